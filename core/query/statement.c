#include "query/statement.h"

#include <assert.h>

#include "query/peer.h"

static void clear(void *arg)
{
	struct statement *statement = arg;

	buf_clear(&statement->sql);
}

void statement_init(struct statement *statement, struct arena *arena)
{
	*statement = (struct statement){ .arena = arena, .sql = BUF_INIT };
	buf_reserve(&statement->sql, 1024);
	arena_defer(arena, clear, statement);
}

void statement_name(struct statement *statement, struct str name)
{
	buf_add_char(&statement->sql, '`');
	for (size_t from = 0; from < name.n;) {
		size_t n = str_find(str_skip(name, from), '`');

		buf_add(&statement->sql, str_take(str_skip(name, from), n));
		from += n + 1;
		if (from <= name.n)
			buf_add_literal(&statement->sql, "``");
	}
	buf_add_char(&statement->sql, '`');
}

static void add_alias(struct statement *statement, unsigned alias)
{
	buf_add_char(&statement->sql, 't');
	buf_add_uint(&statement->sql, alias);
}

void statement_column(struct statement *statement, unsigned alias, struct str column)
{
	add_alias(statement, alias);
	buf_add_char(&statement->sql, '.');
	statement_name(statement, column);
}

void statement_value(struct statement *statement, struct db_value value)
{
	if (statement->count == statement->capacity) {
		unsigned capacity = statement->capacity ? statement->capacity * 2 : 16;
		struct db_value *values = arena_array(statement->arena, capacity, sizeof(*values));

		if (statement->count)
			memcpy(values, statement->values, statement->count * sizeof(*values));
		statement->values = values;
		statement->capacity = capacity;
	}
	statement->values[statement->count++] = value;
	buf_add_char(&statement->sql, '?');
}

void statement_ids(struct statement *statement, const uint64_t *ids, unsigned count)
{
	unsigned size = db_list_size(count);

	for (unsigned i = 0; i < size; i++) {
		buf_add_char(&statement->sql, i ? ',' : '(');
		statement_value(statement, db_uint(ids[i < count ? i : count - 1]));
	}
	buf_add_char(&statement->sql, ')');
}

/* ---- joins ---- */

static void left_join(struct statement *statement, struct str table, unsigned alias)
{
	statement_add(statement, " LEFT JOIN ");
	statement_name(statement, table);
	buf_add_char(&statement->sql, ' ');
	add_alias(statement, alias);
	statement_add(statement, " ON ");
}

static void equal_columns(struct statement *statement, unsigned left, struct str left_column, unsigned right,
	struct str right_column)
{
	statement_column(statement, left, left_column);
	statement_add(statement, " = ");
	statement_column(statement, right, right_column);
}

static void and_equal_text(struct statement *statement, unsigned alias, struct str column, struct str text)
{
	statement_add(statement, " AND ");
	statement_column(statement, alias, column);
	statement_add(statement, " = ");
	statement_value(statement, db_text(text));
}

/* The link row of us, then the row it leads to. */
static void join_by_table(struct statement *statement, const struct join *join, unsigned from)
{
	const struct link *link = &join->via->link;
	bool owned_morph = link->storage == LINK_MORPH_TABLE && link->owner;

	left_join(statement, link->table, join->link_alias);
	equal_columns(statement, from, STR("id"), join->link_alias, link->own_column);
	if (!str_is_null(link->type_column) && link->storage == LINK_MORPH_TABLE && !owned_morph)
		and_equal_text(statement, join->link_alias, link->type_column, join->via->model->uid);
	if (!str_is_null(link->field_column) && !owned_morph)
		and_equal_text(statement, join->link_alias, link->field_column, link->field);
	left_join(statement, join->target->table, join->alias);
	equal_columns(statement, join->link_alias, link->target_column, join->alias, STR("id"));
}

/* A column of one of the two tables holds the other's id. */
static void join_by_column(struct statement *statement, const struct join *join, unsigned from)
{
	const struct link *link = &join->via->link;

	left_join(statement, join->target->table, join->alias);
	if (join->via == join->via->model->localizations)
		equal_columns(statement, from, join->target->document_id->column, join->alias,
			join->target->document_id->column);
	else if (link->owner)
		equal_columns(statement, from, link->own_column, join->alias, STR("id"));
	else
		equal_columns(statement, from, STR("id"), join->alias, link->own_column);
	if (link->storage == LINK_MORPH_COLUMNS && !link->owner)
		and_equal_text(statement, join->alias, link->type_column, join->via->model->uid);
}

static void add_join(struct statement *statement, const struct join *join)
{
	unsigned from = join->parent ? join->parent->alias : 0;

	if (join->link_alias)
		join_by_table(statement, join, from);
	else
		join_by_column(statement, join, from);
}

/* ---- conditions ---- */

static void add_condition(struct statement *statement, const struct condition *condition);

/* A list of one size class: its last value stands in for those that are missing. */
static void add_list(struct statement *statement, const struct condition *condition, unsigned from, unsigned n)
{
	unsigned size = db_list_size(n);

	buf_add_char(&statement->sql, '(');
	for (unsigned i = 0; i < size; i++) {
		if (i)
			buf_add_char(&statement->sql, ',');
		statement_value(statement, condition->values[from + (i < n ? i : n - 1)]);
	}
	buf_add_char(&statement->sql, ')');
}

/* Longer lists in parts of 128, so that they share prepared shapes. */
static void add_in(struct statement *statement, const struct condition *condition, unsigned alias)
{
	bool negative = condition->op == OPERATOR_NOT_IN;

	if (condition->count == 0) {
		buf_add(&statement->sql, negative ? STR("1 = 1") : STR("1 = 0"));
		return;
	}
	buf_add_char(&statement->sql, '(');
	for (unsigned from = 0; from < condition->count; from += 128) {
		unsigned n = condition->count - from < 128 ? condition->count - from : 128;

		if (from)
			buf_add(&statement->sql, negative ? STR(" AND ") : STR(" OR "));
		statement_column(statement, alias, condition->attribute->column);
		buf_add(&statement->sql, str_of(operator_form(condition->op)->sql));
		add_list(statement, condition, from, n);
	}
	buf_add_char(&statement->sql, ')');
}

static struct str escape_like(struct arena *arena, const struct operator_form *form, struct str text)
{
	char *out = arena_alloc(arena, text.n * 2 + 2), *p = out;

	if (form->before)
		*p++ = '%';
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '%' || text.p[i] == '_' || text.p[i] == '\\')
			*p++ = '\\';
		*p++ = text.p[i];
	}
	if (form->after)
		*p++ = '%';
	return str_range(out, p);
}

static void add_comparison(struct statement *statement, const struct condition *condition, unsigned alias)
{
	const struct operator_form *form = operator_form(condition->op);
	struct db_value value = condition->values[0];

	if (form->before || form->after)
		value.text = escape_like(statement->arena, form, value.text);
	if (form->fold)
		statement_add(statement, "LOWER(");
	statement_column(statement, alias, condition->attribute->column);
	if (form->fold)
		buf_add_char(&statement->sql, ')');
	buf_add(&statement->sql, str_of(form->sql));
	if (form->fold)
		statement_add(statement, "LOWER(");
	statement_value(statement, value);
	if (form->fold)
		buf_add_char(&statement->sql, ')');
}

static void add_leaf(struct statement *statement, const struct condition *condition)
{
	unsigned alias = condition->join ? condition->join->alias : 0;

	switch (condition->op) {
	case OPERATOR_NULL:
	case OPERATOR_NOT_NULL:
		statement_column(statement, alias, condition->attribute->column);
		buf_add(&statement->sql, str_of(operator_form(condition->op)->sql));
		break;
	case OPERATOR_IN:
	case OPERATOR_NOT_IN:
		add_in(statement, condition, alias);
		break;
	case OPERATOR_BETWEEN:
		assert(condition->count == 2);
		statement_column(statement, alias, condition->attribute->column);
		statement_add(statement, " BETWEEN ");
		statement_value(statement, condition->values[0]);
		statement_add(statement, " AND ");
		statement_value(statement, condition->values[1]);
		break;
	case OPERATOR_PEER:
	case OPERATOR_NO_PEER:
		peer_write(statement, condition, alias);
		break;
	default:
		add_comparison(statement, condition, alias);
	}
}

static void add_members(struct statement *statement, const struct condition *group, struct str separator)
{
	buf_add_char(&statement->sql, '(');
	for (const struct condition *member = group->first; member; member = member->next) {
		if (member != group->first)
			buf_add(&statement->sql, separator);
		add_condition(statement, member);
	}
	buf_add_char(&statement->sql, ')');
}

static void add_condition(struct statement *statement, const struct condition *condition)
{
	if (condition->op == OPERATOR_NOT)
		statement_add(statement, "NOT ");
	if (condition->op == OPERATOR_OR)
		add_members(statement, condition, STR(" OR "));
	else if (condition->op == OPERATOR_AND || condition->op == OPERATOR_NOT)
		add_members(statement, condition, STR(" AND "));
	else
		add_leaf(statement, condition);
}

void statement_columns(struct statement *statement, const struct query *query)
{
	for (unsigned i = 0; i < query->column_count + query->extra_count; i++) {
		if (i)
			statement_add(statement, ", ");
		statement_column(statement, 0, i < query->column_count ? query->columns[i]->column :
			query->extras[i - query->column_count]);
	}
}

void statement_joins(struct statement *statement, const struct query *query)
{
	for (const struct join *join = query->joins; join; join = join->next)
		add_join(statement, join);
}

void statement_conditions(struct statement *statement, const struct query *query)
{
	add_members(statement, &query->where, STR(" AND "));
}

void statement_from(struct statement *statement, const struct query *query)
{
	statement_add(statement, " FROM ");
	statement_name(statement, query->model->table);
	statement_add(statement, " t0");
	statement_joins(statement, query);
	if (query->where.first) {
		statement_add(statement, " WHERE ");
		statement_conditions(statement, query);
	}
}
