#include <math.h>

#include "query/links_internal.h"

struct statement *links_begin(struct arena *arena)
{
	struct statement *statement = arena_new_of(arena, struct statement);

	statement_init(statement, arena);
	return statement;
}

int links_run(struct db *db, struct statement *statement, struct error *error)
{
	return db_execute(db, buf_str(&statement->sql), statement->values, statement->count, NULL, error);
}

void links_add_equal(struct statement *statement, struct str column, struct db_value value)
{
	statement_name(statement, column);
	statement_add(statement, " = ");
	statement_value(statement, value);
}

void links_add_ours(struct statement *statement, const struct attribute *attribute, uint64_t row)
{
	const struct link *link = &attribute->link;

	links_add_equal(statement, link->own_column, db_uint(row));
	if (link->storage == LINK_TABLE || links_is_morph_owner(attribute))
		return;
	statement_add(statement, " AND ");
	links_add_equal(statement, link->field_column, db_text(link->field));
	if (link->storage == LINK_MORPH_TABLE) {
		statement_add(statement, " AND ");
		links_add_equal(statement, link->type_column, db_text(attribute->model->uid));
	}
}

/* ---- reading ---- */

bool links_show_type(const struct attribute *attribute)
{
	return attribute->link.storage == LINK_COMPONENTS || links_is_morph_owner(attribute) ||
		attribute->relation == RELATION_MORPH_TO_ONE;
}

/* id, target, order, type: NULL where there is none. */
static void select_link_rows(struct statement *statement, const struct attribute *attribute, uint64_t row)
{
	const struct link *link = &attribute->link;

	statement_add(statement, "SELECT `id`, ");
	statement_name(statement, link->target_column);
	statement_add(statement, ", ");
	if (str_is_null(link->order_column))
		statement_add(statement, "NULL");
	else
		statement_name(statement, link->order_column);
	statement_add(statement, ", ");
	if (links_show_type(attribute))
		statement_name(statement, link->type_column);
	else
		statement_add(statement, "NULL");
	statement_add(statement, " FROM ");
	statement_name(statement, link->table);
	statement_add(statement, " WHERE ");
	links_add_ours(statement, attribute, row);
	statement_add(statement, " ORDER BY 3, `id`");
}

/* Links in columns: of our row, or of the rows that lead to us. */
static void select_columns(struct statement *statement, const struct attribute *attribute, uint64_t row)
{
	const struct link *link = &attribute->link;

	statement_add(statement, "SELECT 0, ");
	statement_name(statement, link->owner ? (link->storage == LINK_COLUMN ? link->own_column : link->target_column) :
		STR("id"));
	statement_add(statement, ", NULL, ");
	if (link->owner && link->storage == LINK_MORPH_COLUMNS)
		statement_name(statement, link->type_column);
	else
		statement_add(statement, "NULL");
	statement_add(statement, " FROM ");
	statement_name(statement, link->owner ? attribute->model->table : attribute->target->table);
	statement_add(statement, " WHERE ");
	if (link->owner) {
		links_add_equal(statement, STR("id"), db_uint(row));
		return;
	}
	links_add_equal(statement, link->own_column, db_uint(row));
	if (link->storage == LINK_MORPH_COLUMNS) {
		statement_add(statement, " AND ");
		links_add_equal(statement, link->type_column, db_text(attribute->model->uid));
	}
	statement_add(statement, " ORDER BY `id`");
}

double links_order(const struct cell *cell)
{
	if (cell->type == CELL_DOUBLE)
		return cell->real;
	return cell->type == CELL_NULL ? NAN : (double)cell_integer(cell);
}

int links_read(struct db *db, struct arena *arena, const struct attribute *attribute, uint64_t row,
	struct links *links_r, struct error *error)
{
	struct statement *statement = links_begin(arena);
	struct rowset *rows;

	*links_r = (struct links){ 0 };
	if (attribute->link.storage == LINK_NONE)
		return 0;
	if (links_has_own_rows(&attribute->link))
		select_link_rows(statement, attribute, row);
	else
		select_columns(statement, attribute, row);
	if (db_query(db, buf_str(&statement->sql), statement->values, statement->count, arena, &rows, error) < 0)
		return -1;
	links_r->targets = arena_array(arena, rows->count, sizeof(*links_r->targets));
	links_r->rows = arena_array(arena, rows->count, sizeof(*links_r->rows));
	links_r->orders = arena_array(arena, rows->count, sizeof(*links_r->orders));
	for (unsigned i = 0; i < rows->count; i++) {
		const struct cell *cell = rowset_row(rows, i);

		if (cell[1].type == CELL_NULL)
			continue;
		links_r->rows[links_r->count] = (uint64_t)cell_integer(&cell[0]);
		links_r->targets[links_r->count] = (struct link_target){ (uint64_t)cell_integer(&cell[1]), cell_text(&cell[3]) };
		links_r->orders[links_r->count++] = links_order(&cell[2]);
	}
	return 0;
}

/* ---- writing ---- */

static bool same_target(const struct link_target *a, const struct link_target *b)
{
	return a->id == b->id && str_equal(a->type, b->type);
}

unsigned links_match(struct links_writer *w, uint64_t *gone)
{
	bool *taken = arena_zalloc(w->arena, w->before->count + 1);
	unsigned gone_count = 0, next = 0;

	for (unsigned i = 0; i < w->count; i++) {
		w->stood[i] = -1;
		/* Most stand where they stood: behind the one before. */
		for (unsigned tried = 0; tried < w->before->count && w->stood[i] < 0; tried++) {
			unsigned b = (next + tried) % w->before->count;

			if (!taken[b] && same_target(&w->before->targets[b], &w->wanted[i])) {
				taken[b] = true;
				w->stood[i] = (int)b;
				next = b + 1;
			}
		}
		w->orders[i] = w->stood[i] < 0 ? NAN : w->before->orders[w->stood[i]];
	}
	for (unsigned b = 0; b < w->before->count; b++) {
		if (!taken[b])
			gone[gone_count++] = w->before->rows[b];
	}
	return gone_count;
}

int links_write(struct db *db, struct arena *arena, const struct attribute *attribute, uint64_t row,
	const struct links *before, const struct link_target *wanted, unsigned count, struct error *error)
{
	struct links_writer w = { .db = db, .arena = arena, .attribute = attribute, .row = row, .before = before,
		.wanted = wanted, .count = count, .error = error };

	w.stood = arena_array(arena, count, sizeof(*w.stood));
	w.orders = arena_array(arena, count, sizeof(*w.orders));
	return links_has_own_rows(&attribute->link) ? links_write_rows(&w) : links_write_columns(&w);
}
