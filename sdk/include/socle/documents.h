/* Content: finding, counting and writing documents.
 *
 * There are two ways to ask. A query that is known beforehand speaks as a client of the REST API does: of published documents, in
 * pages. It is written once, in the REST API's own syntax, and checked when the host starts:
 *
 *	SOCLE_QUERY(popular, "api::article.article",
 *		"filters[views][$gt]=:views&sort=views:desc&pagination[limit]=:limit")
 *
 *	SOCLE_ACTION(article_popular)
 *	{
 *		socle_documents *list = socle_find(ctx, popular, socle_int(1000), socle_int(10));
 *
 *		return socle_send_documents(ctx, list);
 *	}
 *
 * The Document Service, which has a function for each of its actions, speaks as code of the server does: of drafts, unless `status` is
 * "published", and of all of them, unless `limit` says otherwise.
 *
 *	json_t *data = socle_own(ctx, json_pack("{s:s}", "title", "Glue"));
 *	socle_documents *draft = socle_create(ctx, "api::article.article", data, NULL);
 *	const char *id = socle_document_id(draft, 0);
 *
 *	if (!id || !socle_publish(ctx, "api::article.article", id, NULL))
 *		return -1;
 *
 * Its `params` are an object, or NULL: `filters`, `sort`, `fields`, `populate` as in REST, `start` and `limit` or `page` and `pageSize`,
 * `status` ("draft", "published"), `locale` (a code; a list of them or "*", where several can be meant), `_q`,
 * `publicationFilter`. They are borrowed: socle_own() frees those that are made for a call. Each write is one transaction; several
 * become one inside socle_transaction() (socle/transaction.h). Document middlewares and lifecycle hooks run as for any other caller.
 *
 * What is found stays rows: it costs no object per field until somebody asks for a tree. It lives as long as the context. Finding waits for the database without blocking the worker. What the client may not see (private
 * attributes, passwords, relations to types that it may not find) never leaves, whoever asked for it.
 *
 * Functions that find return NULL, others a negative number, after leaving an error on the context; handing a NULL list on
 * to socle_send_documents() passes that error on.
 */
#ifndef SOCLE_DOCUMENTS_H
#define SOCLE_DOCUMENTS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include <socle/context.h>
#include <socle/value.h>

SOCLE_C_BEGIN

typedef struct socle_documents socle_documents;

/* A query of this plugin; made by SOCLE_QUERY, compiled by the host. */
struct socle_query {
	const char *model;
	const char *text;
	void *compiled;			/* the host's */
};

#define SOCLE_QUERY_SECTION "socle_queries"

/* Defines a query `name` on a content type. ":word" as a value leaves it open: socle_find() takes them in the order in
 * which they first stand in the text. Outside of any function.
 *
 *	SOCLE_QUERY(popular, "api::article.article",
 *		"filters[views][$gt]=:views&sort=views:desc&pagination[limit]=:limit")
 */
#define SOCLE_QUERY(name, model, text)                                                                 \
	static struct socle_query name = { model, text, NULL };                                        \
	__attribute__((section(SOCLE_QUERY_SECTION), used))                                            \
	static struct socle_query *const socle_query_entry_##name = &name;

/* Runs a query. The values fill its open places; their number must be right.
 *
 *	socle_documents *list = socle_find(ctx, popular, socle_int(1000), socle_int(10));
 */
#ifdef __cplusplus
#define socle_find(ctx, query, ...) socle_find_each((ctx), &(query)__VA_OPT__(, ) __VA_ARGS__)
#else
#define socle_find(ctx, query, ...)                                                                    \
	socle_find_values((ctx), &(query), (const struct socle_value[]){ __VA_ARGS__ },                \
		sizeof((const struct socle_value[]){ __VA_ARGS__ }) / sizeof(struct socle_value))
#endif

/* The same with values in an array: for queries without open places, and for numbers of values that vary.
 *
 *	socle_documents *all = socle_find_values(ctx, &newest, NULL, 0);
 */
SOCLE_API socle_documents *socle_find_values(socle_context *ctx, const struct socle_query *query,
	const struct socle_value *values, size_t count);

#ifdef __cplusplus
SOCLE_C_END

/* What socle_find() is in C++, which takes no address of an array without a name.
 *
 *	socle_documents *list = socle_find_each(ctx, &popular, socle_int(1000), socle_int(10));
 */
template <typename... Values>
static inline socle_documents *socle_find_each(socle_context *ctx, const struct socle_query *query, Values... values)
{
	const struct socle_value all[] = { values..., socle_null() };

	return socle_find_values(ctx, query, all, sizeof...(values));
}

SOCLE_C_BEGIN
#endif

/* For queries that are known only at run time: REST's parameters as an object, borrowed.
 *
 *	json_t *query = json_pack("{s:{s:s}, s:s}", "filters", "slug", slug, "sort", "title");
 *	socle_documents *list = socle_find_query(ctx, "api::article.article", query);
 *	json_decref(query);
 */
SOCLE_API socle_documents *socle_find_query(socle_context *ctx, const char *model, const json_t *query);

/* ---- what was found ---- */

/* How many documents were found (of the page, when the query has one). 0 for NULL.
 *
 *	size_t found = socle_documents_count(list);
 */
SOCLE_API size_t socle_documents_count(const socle_documents *documents);

/* The documentId of the document at a place (from 0); NULL past the end, and when it was not among the `fields`. Lives as long as the
 * context.
 *
 *	const char *id = socle_document_id(list, 0);
 */
SOCLE_API const char *socle_document_id(const socle_documents *documents, size_t index);

/* The document at a place (from 0) as a tree, for the plugin to keep and change: the caller's, json_decref() it. NULL past the end.
 *
 *	json_t *first = socle_document_json(list, 0);
 *	const char *title = json_string_value(json_object_get(first, "title"));
 */
SOCLE_API json_t *socle_document_json(const socle_documents *documents, size_t index);

/* The same tree, but the one that goes out when the documents are sent: what is changed in it, the client sees. Borrowed. NULL past the
 * end.
 *
 *	json_object_del(socle_document_tree(ctx, list, 0), "summary");
 */
SOCLE_API json_t *socle_document_tree(socle_context *ctx, socle_documents *documents, size_t index);

/* Lays a field over a document: the client sees it instead of the stored one, or beside the stored ones. Takes the reference over.
 * Costs no tree. Negative past the end.
 *
 *	for (size_t i = 0; i < socle_documents_count(list); i++)
 *		socle_document_set(ctx, list, i, "rank", json_integer((json_int_t)i + 1));
 */
SOCLE_API int socle_document_set(socle_context *ctx, socle_documents *documents, size_t index, const char *name,
	json_t *stolen);

/* Answers {"data": [...], "meta": {...}} with status 200. NULL passes the error on.
 *
 *	return socle_send_documents(ctx, list);
 */
SOCLE_API int socle_send_documents(socle_context *ctx, const socle_documents *documents);

/* Answers {"data": {...}, "meta": {}} with the first document and this status; 404 when there is none. NULL passes the error on.
 *
 *	return socle_send_document(ctx, 201, socle_create(ctx, "api::article.article", data, NULL));
 */
SOCLE_API int socle_send_document(socle_context *ctx, int status, const socle_documents *documents);

/* ---- the Document Service ---- */

/* All documents that meet the params.
 *
 *	json_t *params = socle_own(ctx, json_pack("{s:{s:i}, s:s, s:i}", "filters", "views", 0, "status", "published", "limit", 10));
 *	socle_documents *unread = socle_find_many(ctx, "api::article.article", params);
 */
SOCLE_API socle_documents *socle_find_many(socle_context *ctx, const char *model, const json_t *params);

/* The first of them; none when there is no such document.
 *
 *	socle_documents *newest = socle_find_first(ctx, "api::article.article",
 *		socle_own(ctx, json_pack("{s:s}", "sort", "createdAt:desc")));
 */
SOCLE_API socle_documents *socle_find_first(socle_context *ctx, const char *model, const json_t *params);

/* The document of that id; none when there is no such document.
 *
 *	socle_documents *one = socle_find_one(ctx, "api::article.article", socle_param(ctx, "id"), NULL);
 */
SOCLE_API socle_documents *socle_find_one(socle_context *ctx, const char *model, const char *document_id, const json_t *params);

/* How many documents meet the params; negative on failure.
 *
 *	if (socle_count(ctx, "api::article.article", NULL) == 0)
 *		return import_samples(ctx);
 */
SOCLE_API int64_t socle_count(socle_context *ctx, const char *model, const json_t *params);

/* Creates a document from an object of attributes, which is borrowed. Values are checked as the REST API checks them. With `status`
 * "published" it is published at once. A `documentId` among the attributes is the document's (another is made without one): when content
 * comes from elsewhere. Where that document has the locale already, it is an error.
 *
 *	json_t *data = socle_own(ctx, json_pack("{s:s}", "name", "Kim"));
 *	socle_documents *kim = socle_create(ctx, "api::author.author", data, NULL);
 */
SOCLE_API socle_documents *socle_create(socle_context *ctx, const char *model, const json_t *data, const json_t *params);

/* Changes the attributes that `data` has; makes the locale when the document lacks it. Nothing is found when there is no such document.
 *
 *	socle_documents *after = socle_update(ctx, "api::article.article", id,
 *		socle_own(ctx, json_pack("{s:i}", "views", 7)), NULL);
 */
SOCLE_API socle_documents *socle_update(socle_context *ctx, const char *model, const char *document_id, const json_t *data,
	const json_t *params);

/* Removes drafts and published versions, of the default locale or of those that `locale` names ("*": all). Returns the rows that went,
 * as they were. A draft alone can't be deleted: `status` "draft" is an error.
 *
 *	size_t gone = socle_documents_count(socle_delete(ctx, "api::article.article", id, NULL));
 */
SOCLE_API socle_documents *socle_delete(socle_context *ctx, const char *model, const char *document_id, const json_t *params);

/* Copies the drafts of the locales meant into a new document, with what `data` (NULL: nothing) says instead. Returns its drafts.
 *
 *	const char *copy = socle_document_id(socle_clone(ctx, "api::article.article", id, NULL, NULL), 0);
 */
SOCLE_API socle_documents *socle_clone(socle_context *ctx, const char *model, const char *document_id, const json_t *data,
	const json_t *params);

/* These three are for types with draft & publish; elsewhere they fail. Without `locale` the default one is meant.
 * Publishes the drafts, which are judged in full; returns the published rows.
 *
 *	if (!socle_publish(ctx, "api::article.article", id, socle_own(ctx, json_pack("{s:s}", "locale", "*"))))
 *		return -1;
 */
SOCLE_API socle_documents *socle_publish(socle_context *ctx, const char *model, const char *document_id, const json_t *params);

/* Takes published versions back; drafts stay. Returns the rows that went, as they were.
 *
 *	socle_documents *gone = socle_unpublish(ctx, "api::article.article", id, NULL);
 */
SOCLE_API socle_documents *socle_unpublish(socle_context *ctx, const char *model, const char *document_id, const json_t *params);

/* Makes the drafts like what is published; a draft that never was published stays. Returns the drafts.
 *
 *	socle_documents *drafts = socle_discard_draft(ctx, "api::article.article", id, NULL);
 */
SOCLE_API socle_documents *socle_discard_draft(socle_context *ctx, const char *model, const char *document_id,
	const json_t *params);

/* The code of the locale that is meant when nobody names one ("en"), as Strapi's i18n plugin keeps it in the database. Lives as
 * long as the context; NULL on failure.
 *
 *	bool is_default = strcmp(code, socle_default_locale(ctx)) == 0;
 */
SOCLE_API const char *socle_default_locale(socle_context *ctx);

SOCLE_C_END

#endif
