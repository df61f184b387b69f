/* Which columns and in which order: `fields` and `sort`, of entries and of what they are populated with.
 *
 * The names are known to be good (rest/check.h).
 */
#ifndef REST_SELECTION_H
#define REST_SELECTION_H

#include "base/error.h"
#include "http/query.h"
#include "query/query.h"
#include "rest/access.h"

/* Nothing, or a star: every column that may be shown. */
bool selection_is_all(const struct param *fields);
/* Some of them. */
bool selection_is_chosen(const struct param *fields);

/* id and documentId come in any case, the others as they are asked for. `fields` may be NULL. */
void selection_fields(struct query *query, const struct access *access, const struct param *fields);

/* What a sort goes by is shown, and first: Strapi selects it so where rows are told apart after joins. To be called before
 * selection_fields(). */
void selection_order(struct query *query, const struct access *access);

/* Whether there is anything in it to sort by. What has blank names and directions only doesn't count. */
bool selection_has_sort(const struct param *sort);

/* The error for one key too many. Returns -1. */
int selection_refuse_sort(const struct query *query, struct error *error);

int selection_sort(struct query *query, const struct param *sort, struct error *error)
	__attribute__((warn_unused_result));

#endif
