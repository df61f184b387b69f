/* Rows: changing many at a time, below documents.
 *
 * These functions are what Strapi's Query Engine has as createMany, updateMany and deleteMany. They know nothing of drafts,
 * locales, relations and components (deleted rows take theirs along), and validate nothing but that a value fits its column; of the
 * lifecycle hooks only beforeCreateMany, afterCreateMany and so on run, and no events are raised. For everything else
 * socle/documents.h is the right place.
 *
 *	json_t *old = socle_own(ctx, json_pack("{s:{s:s}}", "createdAt", "$lt", "2020-01-01"));
 *
 *	if (socle_rows_delete_many(ctx, "plugin::stats.hit", old) < 0)
 *		return -1;
 *
 * Each call is one transaction of at most 10,000 rows; past them it fails, and nothing is changed. All return how many rows it
 * was about, or a negative number with the error on the context.
 */
#ifndef SOCLE_ROWS_H
#define SOCLE_ROWS_H

#include <jansson.h>
#include <stdint.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* `list` is an array of objects of attributes, borrowed. documentId, createdAt and updatedAt are made where they are absent; publishedAt and
 * locale are null unless they are given.
 *
 *	json_t *list = socle_own(ctx, json_pack("[{s:s}, {s:s}]", "path", "/a", "path", "/b"));
 *	int64_t created = socle_rows_create_many(ctx, "plugin::stats.hit", list);
 */
SOCLE_API int64_t socle_rows_create_many(socle_context *ctx, const char *model, const json_t *list) SOCLE_MUST_CHECK;

/* Writes the attributes of `data` to all rows that meet `where` (REST's filters; NULL: every row). updatedAt stays as it is.
 * Of several who ask for the same rows at once one changes each, if `data` takes it out of what the others look for.
 *
 *	json_t *zero = socle_own(ctx, json_pack("{s:i}", "count", 0));
 *	int64_t changed = socle_rows_update_many(ctx, "plugin::stats.hit", NULL, zero);
 */
SOCLE_API int64_t socle_rows_update_many(socle_context *ctx, const char *model, const json_t *where, const json_t *data)
	SOCLE_MUST_CHECK;

/* Deletes all rows that meet `where` (NULL: every row), with their components and links.
 *
 *	int64_t gone = socle_rows_delete_many(ctx, "plugin::stats.hit", NULL);
 */
SOCLE_API int64_t socle_rows_delete_many(socle_context *ctx, const char *model, const json_t *where) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
