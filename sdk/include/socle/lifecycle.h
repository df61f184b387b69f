/* Lifecycle hooks: code that runs before and after rows of a content type or component are written or read, whoever asks for it.
 *
 * The manifest says when:
 *
 *	[[lifecycles]]
 *	model  = "api::article.article"		# or a list of them; "*": every content type and component
 *	events = ["beforeCreate", "beforeUpdate"]
 *	hook   = "fill_summary"			# SOCLE_LIFECYCLE(fill_summary)
 *
 * Events are beforeX and afterX, where X is Create, CreateMany, Update, UpdateMany, Delete, DeleteMany, FindOne, FindMany or Count.
 *
 *	SOCLE_LIFECYCLE(fill_summary)
 *	{
 *		json_t *data = socle_event_data(event);
 *
 *		if (!json_object_get(data, "summary"))
 *			json_object_set_new(data, "summary", json_string("(none)"));
 *		return 0;
 *	}
 *
 * Hooks run one after the other: plugins in load order, entries in the order of the manifest. Those of writes run inside the
 * transaction: a negative return after socle_throw() undoes all of it, and when the database calls a transaction off it is tried
 * again, hooks included (socle_attempt(), socle_on_commit(): socle/transaction.h). They see rows, not documents: creating with
 * `status` "published" creates two rows, publishing again deletes the published row and creates it anew (its id stays). Components are
 * written before the hooks of the row that holds them run, and have hooks of their own. Finds run hooks for what the caller reads, not
 * for what the host looks up on the way.
 */
#ifndef SOCLE_LIFECYCLE_H
#define SOCLE_LIFECYCLE_H

#include <jansson.h>

#include <socle/context.h>
#include <socle/documents.h>

SOCLE_C_BEGIN

/* What happens: valid until the hook returns. */
typedef struct socle_event socle_event;

/* Defines a lifecycle hook: 0, or negative after socle_throw().
 *
 *	SOCLE_LIFECYCLE(keep)
 *	{
 *		return socle_throw(ctx, SOCLE_FORBIDDEN, "%s is not for deleting", socle_event_model(event));
 *	}
 */
#define SOCLE_LIFECYCLE(name)                                                                                  \
	SOCLE_C SOCLE_EXPORT int socle_lifecycle_##name(socle_context *ctx, socle_event *event);               \
	SOCLE_C SOCLE_EXPORT int socle_lifecycle_##name(socle_context *ctx SOCLE_UNUSED, socle_event *event SOCLE_UNUSED)

/* "beforeCreate". Lives as long as the program.
 *
 *	bool before = strncmp(socle_event_name(event), "before", 6) == 0;
 */
SOCLE_API const char *socle_event_name(const socle_event *event);

/* The uid: "api::article.article", "shared.seo". Lives as long as the context.
 *
 *	socle_log_debug(ctx, "%s of %s", socle_event_name(event), socle_event_model(event));
 */
SOCLE_API const char *socle_event_model(const socle_event *event);

/* What is written, in create and update: an object, in createMany a list of them. Before, changes count, but for what the host sets
 * (id, documentId, createdAt, updatedAt, publishedAt, locale) and components, which are written already. Relations stand as
 * { "set": [{ "id": 7 }] } with row ids; values that a hook sets are not validated again. Borrowed; NULL elsewhere.
 *
 *	json_object_set_new(socle_event_data(event), "checked", json_true());
 */
SOCLE_API json_t *socle_event_data(socle_event *event);

/* Which row, in update and delete: {"id": 7}; which rows, in updateMany and deleteMany: filters. Borrowed; NULL elsewhere.
 *
 *	json_int_t id = json_integer_value(json_object_get(socle_event_where(event), "id"));
 */
SOCLE_API const json_t *socle_event_where(const socle_event *event);

/* After create and update: the row as it is stored, all scalar attributes, private ones too. Before and after delete: the row as it
 * was. Borrowed; NULL elsewhere.
 *
 *	const char *slug = json_string_value(json_object_get(socle_event_result(event), "slug"));
 */
SOCLE_API const json_t *socle_event_result(const socle_event *event);

/* Before a find or a count: a further condition that rows must meet, in the form of REST's `filters`; borrowed. Negative with a
 * ValidationError when it names what the model hasn't got.
 *
 *	json_t *only = socle_own(ctx, json_pack("{s:b}", "archived", 0));
 *
 *	return socle_event_filter(ctx, event, only);
 */
SOCLE_API int socle_event_filter(socle_context *ctx, socle_event *event, const json_t *filters) SOCLE_MUST_CHECK;

/* After a find: what was found, which may be changed with socle_document_set() and socle_document_tree(). NULL elsewhere.
 *
 *	socle_documents *found = socle_event_documents(ctx, event);
 */
SOCLE_API socle_documents *socle_event_documents(socle_context *ctx, socle_event *event);

/* After count, createMany, updateMany and deleteMany: how many. 0 elsewhere.
 *
 *	socle_log_info(ctx, "%lld rows", (long long)socle_event_count(event));
 */
SOCLE_API int64_t socle_event_count(const socle_event *event);

/* An object that this entry of the manifest keeps from before to after. Borrowed.
 *
 *	json_object_set_new(socle_event_state(ctx, event), "began", json_integer((json_int_t)socle_now_us()));
 */
SOCLE_API json_t *socle_event_state(socle_context *ctx, socle_event *event);

SOCLE_C_END

#endif
