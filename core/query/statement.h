/* SQL text with its parameters, as it is put together. */
#ifndef QUERY_STATEMENT_H
#define QUERY_STATEMENT_H

#include "query/query.h"

struct statement {
	struct arena *arena;
	struct buf sql;
	struct db_value *values;
	unsigned count, capacity;
};

/* The text is freed with the arena. */
void statement_init(struct statement *statement, struct arena *arena);

#define statement_add(statement, literal) buf_add_literal(&(statement)->sql, literal)

/* "`name`", with backquotes inside doubled. */
void statement_name(struct statement *statement, struct str name);

/* "t1.`name`" */
void statement_column(struct statement *statement, unsigned alias, struct str column);

/* "?" and its value. */
void statement_value(struct statement *statement, struct db_value value);

/* What each row of the query has: its columns, then its extras. */
void statement_columns(struct statement *statement, const struct query *query);

/* "(?,?,...)": at most 128 ids, in one of the sizes of db_list_size(), so that lists share prepared shapes. */
enum { STATEMENT_IDS = 128 };
void statement_ids(struct statement *statement, const uint64_t *ids, unsigned count);

/* FROM, the joins, WHERE: what a selection and its count have in common. */
void statement_from(struct statement *statement, const struct query *query);

/* Its parts, for who puts another table in front: the joins; the conditions, as "(a AND b)", of which there must be some. */
void statement_joins(struct statement *statement, const struct query *query);
void statement_conditions(struct statement *statement, const struct query *query);

#endif
