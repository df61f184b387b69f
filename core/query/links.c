#include "query/links.h"

#include <assert.h>
#include <math.h>
#include <mysqld_error.h>

#include "query/statement.h"

static struct statement *begin(struct arena *arena)
{
	struct statement *statement = arena_new_of(arena, struct statement);

	statement_init(statement, arena);
	return statement;
}

static int run(struct db *db, struct statement *statement, struct error *error)
{
	return db_execute(db, buf_str(&statement->sql), statement->values, statement->count, NULL, error);
}

/* The link came, or its target went, since we looked: who looks again knows better. */
static int run_insert(struct db *db, struct statement *statement, struct error *error)
{
	unsigned code;

	if (run(db, statement, error) == 0)
		return 0;
	code = db_error_code(db);
	if (code == ER_DUP_ENTRY || code == ER_NO_REFERENCED_ROW_2)
		error->kind = ERROR_CONFLICT;
	return -1;
}

static void add_equal(struct statement *statement, struct str column, struct db_value value)
{
	statement_name(statement, column);
	statement_add(statement, " = ");
	statement_value(statement, value);
}

/* The morph relation's own side: its links name what they lead to by type, and are all of the row's whatever their field. */
static bool is_morph_owner(const struct attribute *attribute)
{
	return attribute->link.storage == LINK_MORPH_TABLE && attribute->link.owner;
}

static bool has_own_rows(const struct link *link)
{
	return link->storage == LINK_TABLE || link->storage == LINK_MORPH_TABLE || link->storage == LINK_COMPONENTS;
}

/* Rows of the link table that are ours: "`article_id` = ? AND `field` = ? ..." */
static void add_ours(struct statement *statement, const struct attribute *attribute, uint64_t row)
{
	const struct link *link = &attribute->link;

	add_equal(statement, link->own_column, db_uint(row));
	if (link->storage == LINK_TABLE || is_morph_owner(attribute))
		return;
	statement_add(statement, " AND ");
	add_equal(statement, link->field_column, db_text(link->field));
	if (link->storage == LINK_MORPH_TABLE) {
		statement_add(statement, " AND ");
		add_equal(statement, link->type_column, db_text(attribute->model->uid));
	}
}

/* ---- reading ---- */

static bool shows_type(const struct attribute *attribute)
{
	return attribute->link.storage == LINK_COMPONENTS || is_morph_owner(attribute) ||
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
	if (shows_type(attribute))
		statement_name(statement, link->type_column);
	else
		statement_add(statement, "NULL");
	statement_add(statement, " FROM ");
	statement_name(statement, link->table);
	statement_add(statement, " WHERE ");
	add_ours(statement, attribute, row);
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
		add_equal(statement, STR("id"), db_uint(row));
		return;
	}
	add_equal(statement, link->own_column, db_uint(row));
	if (link->storage == LINK_MORPH_COLUMNS) {
		statement_add(statement, " AND ");
		add_equal(statement, link->type_column, db_text(attribute->model->uid));
	}
	statement_add(statement, " ORDER BY `id`");
}

static double order_of(const struct cell *cell)
{
	if (cell->type == CELL_DOUBLE)
		return cell->real;
	return cell->type == CELL_NULL ? NAN : (double)cell_integer(cell);
}

int links_read(struct db *db, struct arena *arena, const struct attribute *attribute, uint64_t row,
	struct links *links_r, struct error *error)
{
	struct statement *statement = begin(arena);
	struct rowset *rows;

	*links_r = (struct links){ 0 };
	if (attribute->link.storage == LINK_NONE)
		return 0;
	if (has_own_rows(&attribute->link))
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
		links_r->orders[links_r->count++] = order_of(&cell[2]);
	}
	return 0;
}

/* ---- writing: links that are rows ---- */

struct writer {
	struct db *db;
	struct arena *arena;
	const struct attribute *attribute;
	uint64_t row;
	const struct links *before;
	const struct link_target *wanted;
	unsigned count;
	int *stood;			/* where each wanted one stood before, -1: it is new */
	double *orders;			/* what each wanted one gets */
	struct error *error;
};

static bool same_target(const struct link_target *a, const struct link_target *b)
{
	return a->id == b->id && str_equal(a->type, b->type);
}

/* Pairs what is wanted with what stands, and notes which links have to go. */
static unsigned match(struct writer *w, uint64_t *gone)
{
	bool *taken = arena_zalloc(w->arena, w->before->count + 1);
	unsigned gone_count = 0;

	for (unsigned i = 0; i < w->count; i++) {
		w->stood[i] = -1;
		for (unsigned b = 0; b < w->before->count && w->stood[i] < 0; b++) {
			if (!taken[b] && same_target(&w->before->targets[b], &w->wanted[i])) {
				taken[b] = true;
				w->stood[i] = (int)b;
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

static int delete_rows(struct writer *w, const uint64_t *ids, unsigned count)
{
	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = begin(w->arena);

		statement_add(statement, "DELETE FROM ");
		statement_name(statement, w->attribute->link.table);
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, ids + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		if (run(w->db, statement, w->error) < 0)
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
static int lock_targets(struct writer *w, const uint64_t *targets, unsigned count)
{
	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = begin(w->arena);
		struct rowset *rows;

		statement_add(statement, "SELECT `id` FROM ");
		statement_name(statement, w->attribute->target->table);
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, targets + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		statement_add(statement, " ORDER BY `id` FOR UPDATE");
		if (db_query(w->db, buf_str(&statement->sql), statement->values, statement->count, w->arena, &rows,
			w->error) < 0)
			return -1;
	}
	return 0;
}

static int steal(struct writer *w, const uint64_t *targets, unsigned count)
{
	const struct link *link = &w->attribute->link;

	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = begin(w->arena);

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
		if (run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

/* In each new target's list of those that lead to it we come last. */
static int inverse_orders(struct writer *w, const uint64_t *targets, unsigned count, double *orders)
{
	const struct link *link = &w->attribute->link;

	for (unsigned i = 0; i < count; i++)
		orders[i] = 1;
	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		unsigned n = count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS;
		struct statement *statement = begin(w->arena);
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
				if (targets[i] == (uint64_t)cell_integer(&cell[0]) && !isnan(order_of(&cell[1])))
					orders[i] = order_of(&cell[1]) + 1;
			}
		}
	}
	return 0;
}

static struct str type_of(const struct writer *w, unsigned i)
{
	return shows_type(w->attribute) ? w->wanted[i].type : w->attribute->model->uid;
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
static struct db_value order_value(const struct writer *w, double order)
{
	if (w->attribute->type == ATTRIBUTE_COMPONENT && !w->attribute->repeatable)
		return db_null();
	return db_double(order);
}

static void add_link_row(struct statement *statement, const struct writer *w, unsigned i, double inverse_order)
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

static int insert_new(struct writer *w)
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
		struct statement *statement = begin(w->arena);

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

static int move_kept(struct writer *w)
{
	const struct link *link = &w->attribute->link;

	for (unsigned i = 0; i < w->count; i++) {
		struct statement *statement;

		if (w->stood[i] < 0 || w->before->orders[w->stood[i]] == w->orders[i])
			continue;
		statement = begin(w->arena);
		statement_add(statement, "UPDATE ");
		statement_name(statement, link->table);
		statement_add(statement, " SET ");
		add_equal(statement, link->order_column, db_double(w->orders[i]));
		statement_add(statement, " WHERE ");
		add_equal(statement, STR("id"), db_uint(w->before->rows[w->stood[i]]));
		if (run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

static int write_rows(struct writer *w)
{
	uint64_t *gone = arena_array(w->arena, w->before->count, sizeof(*gone));
	unsigned gone_count = match(w, gone);
	bool ordered = !str_is_null(w->attribute->link.order_column) && order_value(w, 1).type != DB_NULL;

	if (ordered)
		links_fit_orders(w->arena, w->orders, w->count);
	if (delete_rows(w, gone, gone_count) < 0 || insert_new(w) < 0)
		return -1;
	return ordered ? move_kept(w) : 0;
}

/* ---- writing: links in columns ---- */

static int set_own_column(struct writer *w)
{
	const struct link *link = &w->attribute->link;
	const struct link_target *last = w->count ? &w->wanted[w->count - 1] : NULL;
	struct statement *statement = begin(w->arena);
	bool morph = link->storage == LINK_MORPH_COLUMNS;

	statement_add(statement, "UPDATE ");
	statement_name(statement, w->attribute->model->table);
	statement_add(statement, " SET ");
	add_equal(statement, morph ? link->target_column : link->own_column, last ? db_uint(last->id) : db_null());
	if (morph) {
		statement_add(statement, ", ");
		add_equal(statement, link->type_column, last ? db_text(last->type) : db_null());
	}
	statement_add(statement, " WHERE ");
	add_equal(statement, STR("id"), db_uint(w->row));
	return run(w->db, statement, w->error);
}

/* Rows that lead to us by a column of theirs. */
static int set_their_column(struct writer *w, const uint64_t *ids, unsigned count, bool to_us)
{
	const struct link *link = &w->attribute->link;

	for (unsigned from = 0; from < count; from += STATEMENT_IDS) {
		struct statement *statement = begin(w->arena);

		statement_add(statement, "UPDATE ");
		statement_name(statement, w->attribute->target->table);
		statement_add(statement, " SET ");
		add_equal(statement, link->own_column, to_us ? db_uint(w->row) : db_null());
		if (link->storage == LINK_MORPH_COLUMNS) {
			statement_add(statement, ", ");
			add_equal(statement, link->type_column, to_us ? db_text(w->attribute->model->uid) : db_null());
		}
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, ids + from, count - from < STATEMENT_IDS ? count - from : STATEMENT_IDS);
		if (run(w->db, statement, w->error) < 0)
			return -1;
	}
	return 0;
}

static int write_columns(struct writer *w)
{
	uint64_t *gone = arena_array(w->arena, w->before->count, sizeof(*gone));
	uint64_t *fresh = arena_array(w->arena, w->count, sizeof(*fresh));
	unsigned gone_count = 0, fresh_count = 0;

	if (w->attribute->link.owner)
		return set_own_column(w);
	match(w, arena_array(w->arena, w->before->count, sizeof(uint64_t)));
	for (unsigned b = 0; b < w->before->count; b++) {
		bool stays = false;

		for (unsigned i = 0; i < w->count; i++)
			stays = stays || w->stood[i] == (int)b;
		if (!stays)
			gone[gone_count++] = w->before->targets[b].id;
	}
	for (unsigned i = 0; i < w->count; i++) {
		if (w->stood[i] < 0)
			fresh[fresh_count++] = w->wanted[i].id;
	}
	return set_their_column(w, gone, gone_count, false) < 0 ? -1 : set_their_column(w, fresh, fresh_count, true);
}

int links_write(struct db *db, struct arena *arena, const struct attribute *attribute, uint64_t row,
	const struct links *before, const struct link_target *wanted, unsigned count, struct error *error)
{
	struct writer w = { .db = db, .arena = arena, .attribute = attribute, .row = row, .before = before,
		.wanted = wanted, .count = count, .error = error };

	w.stood = arena_array(arena, count, sizeof(*w.stood));
	w.orders = arena_array(arena, count, sizeof(*w.orders));
	return has_own_rows(&attribute->link) ? write_rows(&w) : write_columns(&w);
}
