/* The Query Engine's question: which rows of a model, in what order, with which columns.
 *
 * A `struct query` is checked before it is made: it holds attributes and cast values,
 * no names. query/filter.c makes conditions of a parameter tree, query/select.c turns
 * the whole into one parameterised statement and reads its rows. It knows nothing of
 * drafts, locales or callers; who asks adds such conditions (document/).
 *
 *	struct query query;
 *	query_init(&query, arena, article);
 *	query_select_all(&query);
 *	if (filter_compile(&query, filters, &error) < 0)
 *		...
 *	query_where(&query, condition_compare(&query, article->published_at, OPERATOR_NOT_NULL, NULL, 0));
 *	query_order_by(&query, NULL, article->id, false);
 *	select_rows(db, &query, &rows, &error);
 *
 * Everything lies in the arena.
 */
#ifndef QUERY_QUERY_H
#define QUERY_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "db/db.h"
#include "model/model.h"

/* ---- joins ---- */

/* A relation, component or media attribute on the way from the root table to a column. Every mention of it
 * in a filter is a join of its own: two mentions may be met by two different rows. */
struct join {
	const struct join *parent;	/* NULL: the root table */
	const struct attribute *via;
	const struct model *target;
	unsigned link_alias;		/* t<n> of the link table; 0: there is none */
	unsigned alias;			/* t<n> of the target's table */
	struct join *next;
};

/* ---- conditions ---- */

struct peer;

enum operator {
	OPERATOR_EQ, OPERATOR_EQI, OPERATOR_NE, OPERATOR_NEI,
	OPERATOR_LT, OPERATOR_LTE, OPERATOR_GT, OPERATOR_GTE,
	OPERATOR_IN, OPERATOR_NOT_IN, OPERATOR_BETWEEN,
	OPERATOR_CONTAINS, OPERATOR_NOT_CONTAINS, OPERATOR_CONTAINSI, OPERATOR_NOT_CONTAINSI,
	OPERATOR_STARTS_WITH, OPERATOR_STARTS_WITHI, OPERATOR_ENDS_WITH, OPERATOR_ENDS_WITHI,
	OPERATOR_NULL, OPERATOR_NOT_NULL,
	OPERATOR_AND, OPERATOR_OR, OPERATOR_NOT,	/* of conditions, not of values */
	/* filters have no names for these */
	OPERATOR_LIKE,				/* a pattern as it is */
	OPERATOR_PEER, OPERATOR_NO_PEER,	/* query/peer.h */
	OPERATORS
};

/* One row per operator: what parsing, casting and SQL read. */
struct operator_form {
	const char *name;		/* "$eq" */
	const char *sql;		/* between the column and the placeholder */
	bool cast;			/* its value is cast to the column's type; else it is text */
	bool list;			/* takes a list as it is; others are tried element by element */
	bool fold;			/* both sides in LOWER() */
	bool before, after;		/* LIKE: '%' before, after the escaped value */
};
const struct operator_form *operator_form(enum operator op);
bool operator_of(struct str name, enum operator *op_r);

struct condition {
	enum operator op;
	struct condition *first, *last;	/* AND, OR, NOT */
	const struct join *join;	/* NULL: the root table */
	const struct attribute *attribute;
	struct db_value *values;
	unsigned count;
	const struct peer *peer;	/* PEER, NO_PEER */
	struct condition *next;
};

/* ---- the query ---- */

struct query_order {
	const struct join *join;	/* NULL: the root table */
	const struct attribute *attribute;
	bool descending;
};

enum { QUERY_ORDERS = 32, QUERY_TABLES = 61 };	/* MariaDB joins no more tables */

/* What one query may ask of the database. */
struct query_limits {
	unsigned depth;			/* of filters */
	unsigned conditions;		/* of filters, all in all */
	unsigned relations;		/* to many, that filters and sort keys go through: their rows multiply */
	unsigned orders;		/* sort keys, with the one that breaks ties: QUERY_ORDERS at most */
};
#define QUERY_LIMITS_DEFAULT { 32, 500, 10, 20 }

struct query {
	struct arena *arena;
	const struct model *model;
	struct query_limits limits;
	const struct attribute **columns; /* what each row has, in this order */
	unsigned column_count;
	struct str *extras;		/* columns that are read behind those and not shown: what populate needs */
	unsigned extra_count;
	struct join *joins, *last_join;
	unsigned aliases;		/* t0 ... are given away */
	unsigned to_many;		/* joins that may meet several rows each */
	struct condition where;		/* an AND; empty: all rows */
	struct query_order order[QUERY_ORDERS];
	unsigned order_count;
	bool limited;
	uint64_t limit, offset;
	bool for_update;		/* the rows are locked until the transaction ends */
};

void query_init(struct query *query, struct arena *arena, const struct model *model);

/* All scalar columns of the model, in table order. */
void query_select_all(struct query *query);
/* Adds one, unless it is there already. */
void query_select(struct query *query, const struct attribute *column);

/* Reads a column of the table that isn't shown, unless it is read already. To be called when all that is shown is
 * selected. */
void query_read(struct query *query, struct str column);
/* Where a column that is read stands in each row. */
unsigned query_place(const struct query *query, struct str column);

/* ANDs a condition to what there is. NULL adds nothing. */
void query_where(struct query *query, struct condition *condition);

/* False when there are as many already as the limit allows. */
bool query_order_by(struct query *query, const struct join *join, const struct attribute *attribute,
	bool descending) __attribute__((warn_unused_result));

/* Whether a sort key is a column of another table than the query's own. */
bool query_sorts_through_a_join(const struct query *query);

/* A new join below `parent` (NULL: the root) through one of its model's attributes, for a filter or a sort key. NULL
 * with the error set when it is one too many. */
struct join *query_join(struct query *query, const struct join *parent, const struct attribute *via,
	struct error *error) __attribute__((warn_unused_result));

struct condition *condition_group(struct arena *arena, enum operator op);
void condition_add(struct condition *group, struct condition *condition);
/* Takes `count` values; OPERATOR_NULL and OPERATOR_NOT_NULL take none. They are not copied. */
struct condition *condition_compare(struct arena *arena, const struct join *join, const struct attribute *attribute,
	enum operator op, struct db_value *values, unsigned count);

#endif
