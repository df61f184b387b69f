/* Links that are rows of a table of their own. */
#include <assert.h>
#include <math.h>
#include <mysqld_error.h>

#include "db/turn.h"
#include "query/links_internal.h"

/* The link came, or its target went, since we looked: who looks again knows better. */
static int run_insert(struct db *db, struct statement *statement, struct error *error)
{
	unsigned code;

	if (links_run(db, statement, error) == 0)
		return 0;
	code = db_error_code(db);
	if (code == ER_DUP_ENTRY || code == ER_NO_REFERENCED_ROW_2)
		error->kind = ERROR_CONFLICT;
	return -1;
}

static int delete_rows(struct links_writer *w, const uint64_t *ids, unsigned count)
{
	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = links_begin(w->arena);

		statement_add(statement, "DELETE FROM ");
		statement_name(statement, w->attribute->link.table);
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, ids + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		if (links_run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

/* A target of these has one owner: it leaves the one that it has, but not the other versions of our own document. */
static bool steals(const struct attribute *attribute)
{
	return attribute->link.storage == LINK_TABLE && attribute->inverse &&
		(attribute->relation == RELATION_ONE_TO_ONE || attribute->relation == RELATION_ONE_TO_MANY);
}

bool links_need_targets(const struct attribute *attribute)
{
	return steals(attribute) || (attribute->link.storage == LINK_TABLE && !str_is_null(attribute->link.inverse_order_column));
}

/* In one order for everybody. Most have been locked when they were looked up. */
static int lock_targets(struct links_writer *w, const uint64_t *targets, unsigned count)
{
	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = links_begin(w->arena);
		struct rowset *rows;

		statement_add(statement, "SELECT `document_id` FROM ");
		statement_name(statement, w->attribute->target->table);
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, targets + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		statement_add(statement, " ORDER BY `id` FOR UPDATE");
		if (db_query(w->db, buf_str(&statement->sql), statement->values, statement->count, w->arena, &rows,
			w->error) < 0)
			return -1;
		for (unsigned i = 0; i < rows->count; i++)
			turn_note(w->db, w->attribute->target->table, cell_text(&rowset_row(rows, i)[0]));
	}
	return 0;
}

static int steal(struct links_writer *w, const uint64_t *targets, unsigned count)
{
	const struct link *link = &w->attribute->link;

	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = links_begin(w->arena);

		statement_add(statement, "DELETE FROM ");
		statement_name(statement, link->table);
		statement_add(statement, " WHERE ");
		statement_name(statement, link->target_column);
		statement_add(statement, " IN ");
		statement_ids(statement, targets + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		statement_add(statement, " AND ");
		statement_name(statement, link->own_column);
		statement_add(statement, " NOT IN (SELECT v.`id` FROM ");
		statement_name(statement, w->attribute->model->table);
		statement_add(statement, " v INNER JOIN ");
		statement_name(statement, w->attribute->model->table);
		statement_add(statement, " o ON o.`document_id` = v.`document_id` WHERE o.`id` = ");
		statement_value(statement, db_uint(w->row));
		statement_add(statement, ")");
		if (links_run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

/* In each new target's list of those that lead to it we come last. */
static int inverse_orders(struct links_writer *w, const uint64_t *targets, unsigned count, double *orders)
{
	const struct link *link = &w->attribute->link;

	for (unsigned i = 0; i < count; i++)
		orders[i] = 1;
	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		unsigned n = count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS;
		struct statement *statement = links_begin(w->arena);
		struct rowset *rows;

		statement_add(statement, "SELECT ");
		statement_name(statement, link->target_column);
		statement_add(statement, ", MAX(");
		statement_name(statement, link->inverse_order_column);
		statement_add(statement, ") FROM ");
		statement_name(statement, link->table);
		statement_add(statement, " WHERE ");
		statement_name(statement, link->target_column);
		statement_add(statement, " IN ");
		statement_ids(statement, targets + from, n);
		statement_add(statement, " GROUP BY 1");
		if (db_query(w->db, buf_str(&statement->sql), statement->values, statement->count, w->arena, &rows,
			w->error) < 0)
			return -1;
		for (unsigned r = 0; r < rows->count; r++) {
			const struct cell *cell = rowset_row(rows, r);

			for (unsigned i = from; i < from + n; i++) {
				if (targets[i] == (uint64_t)cell_integer(&cell[0]) && !isnan(links_order(&cell[1])))
					orders[i] = links_order(&cell[1]) + 1;
			}
		}
	}
	return 0;
}

static struct str type_of(const struct links_writer *w, unsigned i)
{
	return links_show_type(w->attribute) ? w->wanted[i].type : w->attribute->model->uid;
}

static void add_link_columns(struct statement *statement, const struct link *link)
{
	const struct str columns[] = { link->own_column, link->target_column, link->type_column, link->field_column,
		link->order_column, link->inverse_order_column };

	for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		if (str_is_null(columns[i]))
			continue;
		buf_add(&statement->sql, i ? STR(", ") : STR(" ("));
		statement_name(statement, columns[i]);
	}
}

/* A single component has no order. */
static struct db_value order_value(const struct links_writer *w, double order)
{
	if (w->attribute->type == ATTRIBUTE_COMPONENT && !w->attribute->repeatable)
		return db_null();
	return db_double(order);
}

static void add_link_row(struct statement *statement, const struct links_writer *w, unsigned i, double inverse_order)
{
	const struct link *link = &w->attribute->link;

	buf_add_char(&statement->sql, '(');
	statement_value(statement, db_uint(w->row));
	buf_add_char(&statement->sql, ',');
	statement_value(statement, db_uint(w->wanted[i].id));
	if (!str_is_null(link->type_column)) {
		buf_add_char(&statement->sql, ',');
		statement_value(statement, db_text(type_of(w, i)));
	}
	if (!str_is_null(link->field_column)) {
		buf_add_char(&statement->sql, ',');
		statement_value(statement, db_text(link->field.n ? link->field : w->attribute->name));
	}
	if (!str_is_null(link->order_column)) {
		buf_add_char(&statement->sql, ',');
		statement_value(statement, order_value(w, w->orders[i]));
	}
	if (!str_is_null(link->inverse_order_column)) {
		buf_add_char(&statement->sql, ',');
		statement_value(statement, db_double(inverse_order));
	}
	buf_add_char(&statement->sql, ')');
}

enum { ROWS_PER_INSERT = 64 };

static int insert_new(struct links_writer *w)
{
	const struct link *link = &w->attribute->link;
	uint64_t *targets = arena_array(w->arena, w->count, sizeof(*targets));
	unsigned *which = arena_array(w->arena, w->count, sizeof(*which)), count = 0;
	double *inverse = arena_array(w->arena, w->count, sizeof(*inverse));

	for (unsigned i = 0; i < w->count; i++) {
		if (w->stood[i] >= 0)
			continue;
		targets[count] = w->wanted[i].id;
		which[count++] = i;
	}
	if (count == 0)
		return 0;
	if (links_need_targets(w->attribute) && lock_targets(w, targets, count) < 0)
		return -1;
	if (steals(w->attribute) && steal(w, targets, count) < 0)
		return -1;
	if (!str_is_null(link->inverse_order_column) && inverse_orders(w, targets, count, inverse) < 0)
		return -1;
	for (unsigned from = 0; from < count; from += ROWS_PER_INSERT) {
		struct statement *statement = links_begin(w->arena);

		statement_add(statement, "INSERT INTO ");
		statement_name(statement, link->table);
		add_link_columns(statement, link);
		for (unsigned i = from; i < count && i < from + ROWS_PER_INSERT; i++) {
			buf_add(&statement->sql, i > from ? STR(", ") : STR(") VALUES "));
			add_link_row(statement, w, which[i], inverse[i]);
		}
		if (run_insert(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

static int move_kept(struct links_writer *w)
{
	const struct link *link = &w->attribute->link;

	for (unsigned i = 0; i < w->count; i++) {
		struct statement *statement;

		if (w->stood[i] < 0 || w->before->orders[w->stood[i]] == w->orders[i])
			continue;
		statement = links_begin(w->arena);
		statement_add(statement, "UPDATE ");
		statement_name(statement, link->table);
		statement_add(statement, " SET ");
		links_add_equal(statement, link->order_column, db_double(w->orders[i]));
		statement_add(statement, " WHERE ");
		links_add_equal(statement, STR("id"), db_uint(w->before->rows[w->stood[i]]));
		if (links_run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

int links_write_rows(struct links_writer *w)
{
	uint64_t *gone = arena_array(w->arena, w->before->count, sizeof(*gone));
	unsigned gone_count = links_match(w, gone);
	bool ordered = !str_is_null(w->attribute->link.order_column) && order_value(w, 1).type != DB_NULL;

	if (ordered)
		links_fit_orders(w->arena, w->orders, w->count);
	if (delete_rows(w, gone, gone_count) < 0 || insert_new(w) < 0)
		return -1;
	return ordered ? move_kept(w) : 0;
}
