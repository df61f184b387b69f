/* From a tree of filters to conditions: Strapi's `where` grammar.
 *
 *	{ "title": { "$contains": "a" }, "$or": [ { "views": "1" }, { "author": { "name": "Kim" } } ] }
 *
 * Values are cast to their column's type here (query/cast.h). What Strapi answers
 * with 500 because its engine stumbles (an operator at the root, "$between" with one value, ...) is an
 * ERROR_VALIDATION that says what was expected.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "http/query.h"
#include "query/query.h"

/* ANDs the filters to the query. `filters` is an object or an array of objects. How deep they go and how many
 * conditions they have is limited by query->limits. */
int filter_compile(struct query *query, const struct param *filters, struct error *error)
	__attribute__((warn_unused_result));

#endif
