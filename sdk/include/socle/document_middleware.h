/* Document middlewares: code around every call of the Document Service, whoever makes it: REST, another protocol, a plugin.
 *
 *	[[document-middlewares]]
 *	hook    = "audit"			# SOCLE_DOCUMENT_MIDDLEWARE(audit)
 *	models  = ["api::article.article"]	# left out: every content type
 *	actions = ["create", "update"]		# left out: every action
 *
 *	SOCLE_DOCUMENT_MIDDLEWARE(audit)
 *	{
 *		int rc = socle_call_next(ctx, call);
 *
 *		if (rc == 0)
 *			socle_log_info(ctx, "%s %s", socle_call_action(call), socle_call_model(call));
 *		return rc;
 *	}
 *
 * Actions are findOne, findMany, findFirst, count, create, update, delete, clone, publish, unpublish and discardDraft. Middlewares run in
 * load order of plugins, then in the order of the manifest; the first is the outermost. They stand outside of the transaction of a
 * write: what fails behind socle_call_next() has been undone when that returns, and code behind it sees what is committed. What
 * the service does by itself on the way (the publication behind a create) is no call of its own.
 *
 * Not calling socle_call_next() answers instead of the service: with what socle_call_set_documents() or socle_call_set_count() gave,
 * else with nothing.
 */
#ifndef SOCLE_DOCUMENT_MIDDLEWARE_H
#define SOCLE_DOCUMENT_MIDDLEWARE_H

#include <jansson.h>

#include <socle/context.h>
#include <socle/documents.h>

SOCLE_C_BEGIN

/* One call of the Document Service: valid until the middleware returns. */
typedef struct socle_call socle_call;

/* Defines a document middleware: 0, or negative with the error on the context.
 *
 *	SOCLE_DOCUMENT_MIDDLEWARE(pass_on)
 *	{
 *		return socle_call_next(ctx, call);
 *	}
 */
#define SOCLE_DOCUMENT_MIDDLEWARE(name)                                                                        \
	SOCLE_C SOCLE_EXPORT int socle_document_middleware_##name(socle_context *ctx, socle_call *call);       \
	SOCLE_C SOCLE_EXPORT int socle_document_middleware_##name(socle_context *ctx SOCLE_UNUSED,             \
		socle_call *call SOCLE_UNUSED)

/* "findMany", "create", ... Lives as long as the program.
 *
 *	bool writing = strncmp(socle_call_action(call), "find", 4) != 0;
 */
SOCLE_API const char *socle_call_action(const socle_call *call);

/* The content type's uid. Lives as long as the context.
 *
 *	if (strcmp(socle_call_model(call), "api::article.article") != 0)
 *		return socle_call_next(ctx, call);
 */
SOCLE_API const char *socle_call_model(const socle_call *call);

/* What the call was made with, as an object: `documentId`, `data`, `status`, `locale`, `filters`, `sort`, `fields`, `populate`, ...; each
 * where it applies. What is changed in it before socle_call_next() counts. Borrowed. To ask for it costs a tree of the params, to
 * change it that they are read again.
 *
 *	json_t *data = json_object_get(socle_call_params(ctx, call), "data");
 *	json_object_set_new(data, "source", json_string("web"));
 */
SOCLE_API json_t *socle_call_params(socle_context *ctx, socle_call *call);

/* Runs all that stands behind this middleware. 0, or negative: hand that on. Calling it twice is an error.
 *
 *	return socle_call_next(ctx, call);
 */
SOCLE_API int socle_call_next(socle_context *ctx, socle_call *call) SOCLE_MUST_CHECK;

/* After socle_call_next(): what was found or written, which may be changed with socle_document_set() and socle_document_tree(); of delete
 * and unpublish, what went. NULL (and no error): nothing, because there is no such document, and in count.
 *
 *	socle_documents *found = socle_call_documents(ctx, call);
 */
SOCLE_API socle_documents *socle_call_documents(socle_context *ctx, socle_call *call);

/* Makes other documents the result; NULL: none. They must live as long as the context, as all that the SDK finds does.
 *
 *	socle_call_set_documents(ctx, call, socle_find_values(ctx, &newest, NULL, 0));
 */
SOCLE_API void socle_call_set_documents(socle_context *ctx, socle_call *call, const socle_documents *documents);

/* The result of count, and what it is made.
 *
 *	socle_call_set_count(ctx, call, socle_call_count(call) + 1);
 */
SOCLE_API int64_t socle_call_count(const socle_call *call);
SOCLE_API void socle_call_set_count(socle_context *ctx, socle_call *call, int64_t count);

SOCLE_C_END

#endif
