/* Subscribers: code that is told what has happened to entries.
 *
 *	[[subscribers]]
 *	events  = ["entry.publish", "entry.unpublish"]	# "entry.*": all of them
 *	hook    = "refresh"				# SOCLE_SUBSCRIBER(refresh)
 *
 *	SOCLE_SUBSCRIBER(refresh)
 *	{
 *		socle_log_info(ctx, "%s: %s", socle_message_name(message), socle_message_document_id(ctx, message));
 *		return 0;
 *	}
 *
 * Events are entry.create, entry.update, entry.delete, entry.publish, entry.unpublish and entry.draft-discard; one per row, so a create
 * with `status` "published" raises entry.create and entry.publish. Accounts (users, administrators) raise none.
 *
 * Subscribers are told after the commit, on a context without a request, while the client has its answer already: the messages of
 * one transaction in order, those of several side by side. What they throw is logged. A host that ends at that moment tells nobody.
 * With `durable = true` a subscriber runs before the commit, inside the transaction: what it writes through the SDK is there exactly when
 * the change is, and what it throws undoes the change. It must not do anything else than write, for it may run several times
 * (socle_attempt(), socle/transaction.h).
 */
#ifndef SOCLE_SUBSCRIBER_H
#define SOCLE_SUBSCRIBER_H

#include <jansson.h>
#include <stdint.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* What has happened: valid until the subscriber returns. */
typedef struct socle_message socle_message;

/* Defines a subscriber: 0, or negative after socle_throw().
 *
 *	SOCLE_SUBSCRIBER(note)
 *	{
 *		socle_log_info(ctx, "%s", socle_message_name(message));
 *		return 0;
 *	}
 */
#define SOCLE_SUBSCRIBER(name)                                                                                 \
	SOCLE_C SOCLE_EXPORT int socle_subscriber_##name(socle_context *ctx, const socle_message *message);    \
	SOCLE_C SOCLE_EXPORT int socle_subscriber_##name(socle_context *ctx SOCLE_UNUSED,                      \
		const socle_message *message SOCLE_UNUSED)

/* "entry.create". Lives as long as the program.
 *
 *	bool gone = strcmp(socle_message_name(message), "entry.delete") == 0;
 */
SOCLE_API const char *socle_message_name(const socle_message *message);

/* The content type's uid. Lives as long as the context.
 *
 *	bool article = strcmp(socle_message_model(message), "api::article.article") == 0;
 */
SOCLE_API const char *socle_message_model(const socle_message *message);

/* The document; lives as long as the context.
 *
 *	const char *id = socle_message_document_id(ctx, message);
 */
SOCLE_API const char *socle_message_document_id(socle_context *ctx, const socle_message *message);

/* The locale of the row; NULL when its type has none. Lives as long as the context.
 *
 *	const char *locale = socle_message_locale(ctx, message);
 */
SOCLE_API const char *socle_message_locale(socle_context *ctx, const socle_message *message);

/* The row's id.
 *
 *	int64_t row = socle_message_row(message);
 */
SOCLE_API int64_t socle_message_row(const socle_message *message);

/* The entry as webhooks show it: scalars, and each relation, media, component and dynamic zone populated; of deleted and unpublished
 * ones the scalars as they were. Without private attributes and passwords. Read when it is asked for, so it may be newer than the
 * message. Borrowed; NULL with the error on the context when the row is gone (NotFoundError) or can't be read.
 *
 *	json_t *entry = socle_message_entry(ctx, message);
 */
SOCLE_API json_t *socle_message_entry(socle_context *ctx, const socle_message *message);

SOCLE_C_END

#endif
