/* Reading documents: the rows of the version that was asked for. */
#ifndef DOCUMENT_FIND_H
#define DOCUMENT_FIND_H

#include "document/version.h"
#include "query/query.h"

/* Restricts the query to the version and reads its rows. */
int document_find(struct scope *scope, struct query *query, const struct document_version *version,
	struct rowset **rows_r) __attribute__((warn_unused_result));

/* The rows and how many there would be without a page. Counts in the database only when the page doesn't tell. */
int document_find_counted(struct scope *scope, struct query *query, const struct document_version *version,
	struct rowset **rows_r, uint64_t *total_r) __attribute__((warn_unused_result));

/* How many rows there are, whatever the page. */
int document_count(struct scope *scope, struct query *query, const struct document_version *version, uint64_t *total_r)
	__attribute__((warn_unused_result));

#endif
