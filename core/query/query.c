#include "query/query.h"

#include <assert.h>

static const struct operator_form forms[OPERATORS] = {
	[OPERATOR_EQ] = { "$eq", " = ", .cast = true },
	[OPERATOR_EQI] = { "$eqi", " = ", .fold = true },
	[OPERATOR_NE] = { "$ne", " <> ", .cast = true },
	[OPERATOR_NEI] = { "$nei", " <> ", .fold = true },
	[OPERATOR_LT] = { "$lt", " < ", .cast = true },
	[OPERATOR_LTE] = { "$lte", " <= ", .cast = true },
	[OPERATOR_GT] = { "$gt", " > ", .cast = true },
	[OPERATOR_GTE] = { "$gte", " >= ", .cast = true },
	[OPERATOR_IN] = { "$in", " IN ", .cast = true, .list = true },
	[OPERATOR_NOT_IN] = { "$notIn", " NOT IN ", .cast = true, .list = true },
	[OPERATOR_BETWEEN] = { "$between", " BETWEEN ", .cast = true, .list = true },
	[OPERATOR_CONTAINS] = { "$contains", " LIKE ", .before = true, .after = true },
	[OPERATOR_NOT_CONTAINS] = { "$notContains", " NOT LIKE ", .before = true, .after = true },
	[OPERATOR_CONTAINSI] = { "$containsi", " LIKE ", .fold = true, .before = true, .after = true },
	[OPERATOR_NOT_CONTAINSI] = { "$notContainsi", " NOT LIKE ", .fold = true, .before = true, .after = true },
	[OPERATOR_STARTS_WITH] = { "$startsWith", " LIKE ", .after = true },
	[OPERATOR_STARTS_WITHI] = { "$startsWithi", " LIKE ", .fold = true, .after = true },
	[OPERATOR_ENDS_WITH] = { "$endsWith", " LIKE ", .before = true },
	[OPERATOR_ENDS_WITHI] = { "$endsWithi", " LIKE ", .fold = true, .before = true },
	[OPERATOR_NULL] = { "$null", " IS NULL" },
	[OPERATOR_NOT_NULL] = { "$notNull", " IS NOT NULL" },
	[OPERATOR_AND] = { "$and", " AND " },
	[OPERATOR_OR] = { "$or", " OR " },
	[OPERATOR_NOT] = { "$not", "NOT ", .cast = true },
	[OPERATOR_LIKE] = { "", " LIKE " },
	[OPERATOR_PEER] = { "" },
	[OPERATOR_NO_PEER] = { "" },
};

const struct operator_form *operator_form(enum operator op)
{
	return &forms[op];
}

bool operator_of(struct str name, enum operator *op_r)
{
	if (name.n == 0 || name.p[0] != '$')
		return false;
	for (unsigned i = 0; i < OPERATORS; i++) {
		if (str_equal(name, str_of(forms[i].name))) {
			*op_r = (enum operator)i;
			return true;
		}
	}
	return false;
}

void query_init(struct query *query, struct arena *arena, const struct model *model)
{
	*query = (struct query){ .arena = arena, .model = model, .limits = QUERY_LIMITS_DEFAULT, .aliases = 1,
		.where.op = OPERATOR_AND };
	query->columns = arena_array(arena, model->column_count, sizeof(*query->columns));
}

void query_select_all(struct query *query)
{
	for (unsigned i = 0; i < query->model->column_count; i++)
		query->columns[i] = query->model->columns[i];
	query->column_count = query->model->column_count;
}

void query_select(struct query *query, const struct attribute *column)
{
	for (unsigned i = 0; i < query->column_count; i++) {
		if (query->columns[i] == column)
			return;
	}
	query->columns[query->column_count++] = column;
}

/* False when it isn't read. */
static bool find_place(const struct query *query, struct str column, unsigned *place_r)
{
	for (unsigned i = 0; i < query->column_count; i++) {
		if (str_equal(query->columns[i]->column, column)) {
			*place_r = i;
			return true;
		}
	}
	for (unsigned i = 0; i < query->extra_count; i++) {
		if (str_equal(query->extras[i], column)) {
			*place_r = query->column_count + i;
			return true;
		}
	}
	return false;
}

void query_read(struct query *query, struct str column)
{
	struct str *extras;
	unsigned place;

	if (find_place(query, column, &place))
		return;
	/* Few queries have any, and fewer more than one. */
	extras = arena_array(query->arena, query->extra_count + 1, sizeof(*extras));
	for (unsigned i = 0; i < query->extra_count; i++)
		extras[i] = query->extras[i];
	extras[query->extra_count++] = column;
	query->extras = extras;
}

unsigned query_place(const struct query *query, struct str column)
{
	unsigned place = 0;
	bool found = find_place(query, column, &place);

	assert(found);
	(void)found;
	return place;
}

void query_where(struct query *query, struct condition *condition)
{
	if (condition)
		condition_add(&query->where, condition);
}

bool query_order_by(struct query *query, const struct join *join, const struct attribute *attribute,
	bool descending)
{
	if (query->order_count == query->limits.orders)
		return false;
	query->order[query->order_count++] = (struct query_order){ join, attribute, descending };
	return true;
}

bool query_sorts_through_a_join(const struct query *query)
{
	for (unsigned i = 0; i < query->order_count; i++) {
		if (query->order[i].join)
			return true;
	}
	return false;
}

static bool has_link_table(const struct attribute *via)
{
	return via->link.storage == LINK_TABLE || via->link.storage == LINK_MORPH_TABLE ||
		via->link.storage == LINK_COMPONENTS;
}

/* Where each of n joins meets several rows, the statement goes through the product of their numbers. */
static bool can_join(struct query *query, const struct attribute *via, struct error *error)
{
	if (query->aliases + 2 > QUERY_TABLES) {
		error_set(error, ERROR_VALIDATION,
			"The filters and the sort keys go through too many relations: %d tables can be joined",
			QUERY_TABLES);
		return false;
	}
	if (via->to_many && query->to_many == query->limits.relations) {
		error_set(error, ERROR_VALIDATION,
			"The filters and the sort keys go through more than %u relations to many (rest.filterRelations)",
			query->limits.relations);
		return false;
	}
	query->to_many += via->to_many;
	return true;
}

struct join *query_join(struct query *query, const struct join *parent, const struct attribute *via,
	struct error *error)
{
	struct join *join;

	if (!can_join(query, via, error))
		return NULL;
	join = arena_new_of(query->arena, struct join);
	join->parent = parent;
	join->via = via;
	join->target = via->type == ATTRIBUTE_COMPONENT ? via->component : via->target;
	join->link_alias = has_link_table(via) ? query->aliases++ : 0;
	join->alias = query->aliases++;
	if (query->last_join)
		query->last_join->next = join;
	else
		query->joins = join;
	query->last_join = join;
	return join;
}

struct condition *condition_group(struct arena *arena, enum operator op)
{
	struct condition *group = arena_new_of(arena, struct condition);

	group->op = op;
	return group;
}

void condition_add(struct condition *group, struct condition *condition)
{
	condition->next = NULL;
	if (group->last)
		group->last->next = condition;
	else
		group->first = condition;
	group->last = condition;
}

struct condition *condition_compare(struct arena *arena, const struct join *join, const struct attribute *attribute,
	enum operator op, struct db_value *values, unsigned count)
{
	struct condition *condition = condition_group(arena, op);

	condition->join = join;
	condition->attribute = attribute;
	condition->values = values;
	condition->count = count;
	return condition;
}
