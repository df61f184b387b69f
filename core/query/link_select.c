#include "query/link_select.h"

#include "query/statement.h"

/* Keys in one list; and in one statement, which has room for 65535 values in all. */
enum { LIST = 128, AT_ONCE = 64 * LIST };

/* What one statement asks for. */
struct part {
	const struct link_select *select;
	struct statement *statement;
	unsigned from, count;		/* of the keys */
	unsigned link;			/* the link table's alias */
	struct str column;		/* of the target, that holds the key */
};

/* ---- conditions ---- */

static struct db_value key_at(const struct part *part, unsigned i)
{
	return part->select->keys->keys[part->from + (i < part->count ? i : part->count - 1)];
}

/* The last key stands in for those that a list is short of. */
static void add_keys(struct part *part, unsigned alias, struct str column)
{
	struct statement *statement = part->statement;
	unsigned lists = 1, size = db_list_size(part->count);

	while (lists * LIST < part->count)
		lists *= 2;
	buf_add_char(&statement->sql, '(');
	for (unsigned list = 0; list < lists; list++) {
		if (list)
			statement_add(statement, " OR ");
		statement_column(statement, alias, column);
		statement_add(statement, " IN (");
		for (unsigned i = 0; i < size; i++) {
			if (i)
				buf_add_char(&statement->sql, ',');
			statement_value(statement, key_at(part, list * LIST + i));
		}
		buf_add_char(&statement->sql, ')');
	}
	buf_add_char(&statement->sql, ')');
}

static void and_text(struct part *part, unsigned alias, struct str column, struct str text)
{
	statement_add(part->statement, " AND ");
	statement_column(part->statement, alias, column);
	statement_add(part->statement, " = ");
	statement_value(part->statement, db_text(text));
}

/* Which link rows are this attribute's. Components are told by their field alone, and a morphToMany reads
 * whatever field its rows name: so does Strapi. */
static void and_of_this_attribute(struct part *part)
{
	const struct attribute *via = part->select->via;
	const struct link *link = &via->link;

	if (link->storage == LINK_MORPH_TABLE && link->owner)
		return;
	if (link->storage == LINK_MORPH_TABLE)
		and_text(part, part->link, link->type_column, via->model->uid);
	if (link->storage == LINK_MORPH_TABLE || link->storage == LINK_COMPONENTS)
		and_text(part, part->link, link->field_column, link->field);
}

static void and_conditions(struct part *part)
{
	if (!part->select->query->where.first)
		return;
	statement_add(part->statement, " AND ");
	statement_conditions(part->statement, part->select->query);
}

/* What ties goes by id, so that the answer is the same each time. */
static void add_order(struct part *part)
{
	const struct query *query = part->select->query;

	for (unsigned i = 0; i < query->order_count; i++) {
		const struct query_order *order = &query->order[i];

		buf_add(&part->statement->sql, i ? STR(", ") : STR(" ORDER BY "));
		statement_column(part->statement, order->join ? order->join->alias : 0,
			order->attribute->column);
		if (order->descending)
			statement_add(part->statement, " DESC");
	}
	if (query->order_count)
		statement_add(part->statement, ", t0.`id`");
}

/* ---- running ---- */

static struct rowset *append(struct arena *arena, struct rowset *rows, const struct rowset *more)
{
	struct rowset *both = arena_new_of(arena, struct rowset);
	size_t first = (size_t)rows->count * rows->columns, second = (size_t)more->count * more->columns;

	*both = (struct rowset){ rows->count + more->count, more->columns,
		arena_array(arena, first + second + 1, sizeof(*rows->cells)) };
	memcpy(both->cells, rows->cells, first * sizeof(*rows->cells));
	memcpy(both->cells + first, more->cells, second * sizeof(*more->cells));
	return both;
}

/* One row more than there is room for is enough to see that there are too many. */
static void add_limit(struct part *part)
{
	statement_add(part->statement, " LIMIT ");
	statement_value(part->statement, db_uint(*part->select->room + 1));
}

static int take_room(const struct link_select *select, const struct rowset *rows)
{
	if (rows->count > *select->room) {
		return error_set(select->error, ERROR_VALIDATION,
			"The populate parameter leads to more rows than one query may read (rest.populatedRows)");
	}
	*select->room -= rows->count;
	return 0;
}

/* All rows of a parent come from one statement, in their order. */
static int run(const struct link_select *select, void (*write)(struct part *part), struct str column,
	struct rowset **rows_r)
{
	unsigned total = select->keys->count;

	for (unsigned from = 0; from < total; from += AT_ONCE) {
		struct statement *statement = arena_new_of(select->arena, struct statement);
		struct part part = { select, statement, .from = from, .column = column };
		struct rowset *rows;

		part.count = total - from < AT_ONCE ? total - from : AT_ONCE;
		part.link = select->query ? select->query->aliases : 1;
		statement_init(statement, select->arena);
		write(&part);
		add_limit(&part);
		if (db_query(select->db, buf_str(&statement->sql), statement->values, statement->count,
			select->arena, &rows, select->error) < 0 || take_room(select, rows) < 0)
			return -1;
		*rows_r = from ? append(select->arena, *rows_r, rows) : rows;
	}
	return 0;
}

/* ---- statements ---- */

/* " FROM the link rows and their targets WHERE ..." */
static void add_from_links(struct part *part)
{
	struct statement *statement = part->statement;
	const struct query *query = part->select->query;
	const struct link *link = &part->select->via->link;

	statement_add(statement, " FROM ");
	statement_name(statement, link->table);
	buf_printf(&statement->sql, " t%u INNER JOIN ", part->link);
	statement_name(statement, query->model->table);
	statement_add(statement, " t0 ON t0.`id` = ");
	statement_column(statement, part->link, link->target_column);
	statement_joins(statement, query);
	statement_add(statement, " WHERE ");
	add_keys(part, part->link, link->own_column);
	and_of_this_attribute(part);
	and_conditions(part);
}

static void write_through(struct part *part, bool ordered)
{
	struct statement *statement = part->statement;
	const struct link *link = &part->select->via->link;

	statement_add(statement, "SELECT ");
	statement_columns(statement, part->select->query);
	statement_add(statement, ", ");
	statement_column(statement, part->link, link->own_column);
	if (ordered) {
		statement_add(statement, ", ");
		statement_column(statement, part->link, link->order_column);
	}
	add_from_links(part);
	add_order(part);
}

static void write_plain(struct part *part)
{
	write_through(part, false);
}

static void write_ordered(struct part *part)
{
	write_through(part, true);
}

int link_select_through(const struct link_select *select, bool ordered, struct rowset **rows_r)
{
	return run(select, ordered ? write_ordered : write_plain, STR_NULL, rows_r);
}

static void write_count(struct part *part)
{
	struct statement *statement = part->statement;

	statement_add(statement, "SELECT ");
	statement_column(statement, part->link, part->select->via->link.own_column);
	/* A target that meets a condition on several joined rows counts for each, as it does with Strapi. */
	statement_add(statement, ", COUNT(*)");
	add_from_links(part);
	statement_add(statement, " GROUP BY ");
	statement_column(statement, part->link, part->select->via->link.own_column);
}

int link_select_count(const struct link_select *select, struct rowset **rows_r)
{
	return run(select, write_count, STR_NULL, rows_r);
}

static void write_by_column(struct part *part)
{
	struct statement *statement = part->statement;
	const struct attribute *via = part->select->via;

	statement_add(statement, "SELECT ");
	statement_columns(statement, part->select->query);
	statement_add(statement, ", ");
	statement_column(statement, 0, part->column);
	statement_add(statement, " FROM ");
	statement_name(statement, part->select->query->model->table);
	statement_add(statement, " t0");
	statement_joins(statement, part->select->query);
	statement_add(statement, " WHERE ");
	add_keys(part, 0, part->column);
	if (via->link.storage == LINK_MORPH_COLUMNS && !via->link.owner)
		and_text(part, 0, via->link.type_column, via->model->uid);
	and_conditions(part);
	add_order(part);
}

int link_select_by_column(const struct link_select *select, struct str column, struct rowset **rows_r)
{
	return run(select, write_by_column, column, rows_r);
}

static void write_links(struct part *part)
{
	struct statement *statement = part->statement;
	const struct link *link = &part->select->via->link;
	struct str columns[] = { [LINK_KEY] = link->own_column, [LINK_TARGET] = link->target_column,
		[LINK_TYPE] = link->type_column, [LINK_ORDER] = link->order_column };

	for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		buf_add(&statement->sql, i ? STR(", ") : STR("SELECT "));
		statement_column(statement, part->link, columns[i]);
	}
	statement_add(statement, " FROM ");
	statement_name(statement, link->table);
	buf_printf(&statement->sql, " t%u WHERE ", part->link);
	add_keys(part, part->link, link->own_column);
	and_of_this_attribute(part);
	statement_add(statement, " ORDER BY ");
	statement_column(statement, part->link, link->own_column);
	statement_add(statement, ", ");
	statement_column(statement, part->link, link->order_column);
}

int link_select_links(const struct link_select *select, struct rowset **rows_r)
{
	return run(select, write_links, STR_NULL, rows_r);
}
