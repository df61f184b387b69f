#include "query/select.h"

#include "query/statement.h"

static void add_direction(struct statement *statement, bool descending)
{
	if (descending)
		statement_add(statement, " DESC");
}

static void add_limit(struct statement *statement, const struct query *query)
{
	if (!query->limited && query->offset == 0)
		return;
	statement_add(statement, " LIMIT ");
	statement_value(statement, db_uint(query->limited ? query->limit : UINT64_MAX));
	if (query->offset) {
		statement_add(statement, " OFFSET ");
		statement_value(statement, db_uint(query->offset));
	}
}

static void plain(struct statement *statement, const struct query *query)
{
	/* A join can give an entry several times. */
	buf_add(&statement->sql, query->joins ? STR("SELECT DISTINCT ") : STR("SELECT "));
	statement_columns(statement, query);
	statement_from(statement, query);
	for (unsigned i = 0; i < query->order_count; i++) {
		buf_add(&statement->sql, i ? STR(", ") : STR(" ORDER BY "));
		statement_column(statement, 0, query->order[i].attribute->column);
		add_direction(statement, query->order[i].descending);
	}
	add_limit(statement, query);
}

/* "o0", "o1", ...: a sort key below the ranking. */
static void order_name(struct statement *statement, unsigned i)
{
	buf_add_char(&statement->sql, 'o');
	buf_add_uint(&statement->sql, i);
}

/* A key on a joined table has several values per entry: the best-ranked one counts. The innermost selection has all, the
 * one around it numbers them per entry, the outermost takes the first. */
static void ranked(struct statement *statement, const struct query *query)
{
	statement_add(statement, "SELECT ");
	statement_columns(statement, query);
	statement_add(statement, " FROM ");
	statement_name(statement, query->model->table);
	statement_add(statement, " t0 INNER JOIN (SELECT r.*, ROW_NUMBER() OVER (PARTITION BY r.`id` ORDER BY ");
	for (unsigned i = 0; i < query->order_count; i++) {
		buf_add(&statement->sql, i ? STR(", r.") : STR("r."));
		order_name(statement, i);
		add_direction(statement, query->order[i].descending);
	}
	statement_add(statement, ") n FROM (SELECT t0.`id`");
	for (unsigned i = 0; i < query->order_count; i++) {
		const struct query_order *order = &query->order[i];

		statement_add(statement, ", ");
		statement_column(statement, order->join ? order->join->alias : 0, order->attribute->column);
		buf_add_char(&statement->sql, ' ');
		order_name(statement, i);
	}
	statement_from(statement, query);
	statement_add(statement, ") r) s ON s.`id` = t0.`id` AND s.n = 1 ORDER BY ");
	for (unsigned i = 0; i < query->order_count; i++) {
		buf_add(&statement->sql, i ? STR(", s.") : STR("s."));
		order_name(statement, i);
		add_direction(statement, query->order[i].descending);
	}
	add_limit(statement, query);
}

void select_write(struct statement *statement, const struct query *query)
{
	if (query_sorts_through_a_join(query))
		ranked(statement, query);
	else
		plain(statement, query);
	if (query->for_update)
		statement_add(statement, " FOR UPDATE");
}

void select_write_count(struct statement *statement, const struct query *query)
{
	buf_add(&statement->sql, query->joins ? STR("SELECT COUNT(DISTINCT t0.`id`)") : STR("SELECT COUNT(*)"));
	statement_from(statement, query);
}

int select_rows(struct db *db, const struct query *query, struct rowset **rows_r, struct error *error)
{
	struct statement *statement = arena_new_of(query->arena, struct statement);

	statement_init(statement, query->arena);
	select_write(statement, query);
	return db_query(db, buf_str(&statement->sql), statement->values, statement->count, query->arena, rows_r, error);
}

int select_count(struct db *db, const struct query *query, uint64_t *count_r, struct error *error)
{
	struct statement *statement = arena_new_of(query->arena, struct statement);
	struct rowset *rows;

	statement_init(statement, query->arena);
	select_write_count(statement, query);
	if (db_query(db, buf_str(&statement->sql), statement->values, statement->count, query->arena, &rows, error) < 0)
		return -1;
	*count_r = rows->count ? (uint64_t)cell_integer(rows->cells) : 0;
	return 0;
}
