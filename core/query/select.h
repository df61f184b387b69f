/* Reading the rows that a query asks for. */
#ifndef QUERY_SELECT_H
#define QUERY_SELECT_H

#include "query/query.h"

struct statement;

/* The rows, columns as in query->columns; those of the page only, when the query is limited. */
int select_rows(struct db *db, const struct query *query, struct rowset **rows_r, struct error *error)
	__attribute__((warn_unused_result));

/* How many rows there are, whatever the page. */
int select_count(struct db *db, const struct query *query, uint64_t *count_r, struct error *error)
	__attribute__((warn_unused_result));

/* The statements that these run. */
void select_write(struct statement *statement, const struct query *query);
void select_write_count(struct statement *statement, const struct query *query);

#endif
