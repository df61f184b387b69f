/* Content: finding, counting and writing documents.
 *
 * A query is written once, in the REST API's own syntax, and checked when the host starts:
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
 * What is found stays rows: it costs no object per field until somebody asks for a tree. It lives as long as the
 * context. Finding waits for the database without blocking the worker. What the client may not see (private
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
 * which they first stand in the text. Outside of any function. */
#define SOCLE_QUERY(name, model, text)                                                                 \
	static struct socle_query name = { model, text, NULL };                                        \
	__attribute__((section(SOCLE_QUERY_SECTION), used))                                            \
	static struct socle_query *const socle_query_entry_##name = &name;

/* Runs a query. The values fill its open places; their number must be right.
 *
 *	socle_documents *list = socle_find(ctx, popular, socle_int(1000), socle_int(10));
 */
#define socle_find(ctx, query, ...)                                                                    \
	socle_find_values((ctx), &(query), (const struct socle_value[]){ __VA_ARGS__ },                \
		sizeof((const struct socle_value[]){ __VA_ARGS__ }) / sizeof(struct socle_value))

/* The same with values in an array: for queries without open places, and for C++.
 *
 *	socle_documents *all = socle_find_values(ctx, &newest, NULL, 0);
 */
SOCLE_API socle_documents *socle_find_values(socle_context *ctx, const struct socle_query *query,
	const struct socle_value *values, size_t count);

/* For queries that are known only at run time: REST's parameters as an object, borrowed.
 *
 *	json_t *query = json_pack("{s:{s:s}, s:s}", "filters", "slug", slug, "sort", "title");
 *	socle_documents *list = socle_find_query(ctx, "api::article.article", query);
 *	json_decref(query);
 */
SOCLE_API socle_documents *socle_find_query(socle_context *ctx, const char *model, const json_t *query);

/* How many documents were found (of the page, when the query has one). 0 for NULL. */
SOCLE_API size_t socle_documents_count(const socle_documents *documents);

/* The document at a place (from 0) as a tree, for the plugin to change: the caller's, json_decref() it. NULL past the end.
 *
 *	json_t *first = socle_document_json(list, 0);
 *	const char *title = json_string_value(json_object_get(first, "title"));
 */
SOCLE_API json_t *socle_document_json(const socle_documents *documents, size_t index);

/* Answers {"data": [...], "meta": {...}} with status 200. NULL passes the error on.
 *
 *	return socle_send_documents(ctx, list);
 */
SOCLE_API int socle_send_documents(socle_context *ctx, const socle_documents *documents);

/* How many documents of a content type there are (published ones, in the default locale); negative on failure.
 *
 *	if (socle_count(ctx, "api::article.article") == 0)
 *		return import_samples(ctx);
 */
SOCLE_API int64_t socle_count(socle_context *ctx, const char *model);

/* Creates a document from an object of attributes, which is borrowed. The values are checked as the REST API checks
 * them. Returns its documentId, which lives as long as the context; NULL on failure.
 *
 *	json_t *data = json_pack("{s:s}", "name", "Kim");
 *	const char *id = socle_create(ctx, "api::author.author", data);
 *	json_decref(data);
 */
SOCLE_API const char *socle_create(socle_context *ctx, const char *model, const json_t *data);

/* The code of the locale that is meant when nobody names one ("en"), as Strapi's i18n plugin keeps it in the database. Lives as
 * long as the context; NULL on failure.
 *
 *	bool is_default = strcmp(code, socle_default_locale(ctx)) == 0;
 */
SOCLE_API const char *socle_default_locale(socle_context *ctx);

SOCLE_C_END

#endif
