#include "query/filter.h"

#include "query/cast.h"

struct compiler {
	struct query *query;
	struct error *error;
	unsigned depth, conditions;
};

/* Where the walk is: a model's table, reached through a join. */
struct place {
	const struct model *model;
	const struct join *join;
};

static struct condition *compile_where(struct compiler *c, struct place place, const struct param *where);
static struct condition *compile_column(struct compiler *c, struct place place, const struct attribute *attribute,
	const struct param *value);

static struct arena *arena_of(struct compiler *c)
{
	return c->query->arena;
}

static void *refuse(struct compiler *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void *refuse(struct compiler *c, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(c->error, ERROR_VALIDATION, format, args);
	va_end(args);
	return NULL;
}

/* ---- what says nothing ---- */

static const struct model *target_of(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_COMPONENT ? attribute->component : attribute->target;
}

/* An operator's operand that is an object without a name that means something: Strapi drops it, and what is left empty by
 * that. */
static bool is_opaque(const struct model *model, enum operator op, const struct param *value)
{
	enum operator inner;

	if (value->type != PARAM_OBJECT || op == OPERATOR_NOT || op == OPERATOR_NULL || op == OPERATOR_NOT_NULL)
		return false;
	param_foreach(item, value) {
		if (operator_of(item->key, &inner) || model_attribute(model, item->key))
			return false;
	}
	return true;
}

static bool says_nothing(const struct model *model, const struct param *value)
{
	if (value->type != PARAM_OBJECT)
		return false;
	param_foreach(item, value) {
		const struct attribute *attribute = model_attribute(model, item->key);
		const struct model *below = attribute && target_of(attribute) ? target_of(attribute) : model;
		enum operator op;

		if (operator_of(item->key, &op) && is_opaque(model, op, item))
			continue;
		if (!says_nothing(below, item))
			return false;
	}
	return true;
}

/* ---- values ---- */

static struct condition *leaf(struct compiler *c, struct place place, const struct attribute *attribute,
	enum operator op, struct db_value *values, unsigned count)
{
	if (++c->conditions > c->query->limits.conditions)
		return refuse(c, "The filters have more than %u conditions (rest.filterConditions)",
			c->query->limits.conditions);
	return condition_compare(arena_of(c), place.join, attribute, op, values, count);
}

static struct condition *compare_one(struct compiler *c, struct place place, const struct attribute *attribute,
	enum operator op, const struct param *value)
{
	struct db_value *cast = arena_new_of(arena_of(c), struct db_value);
	bool negative = op == OPERATOR_NE || op == OPERATOR_NEI;

	if (value->type == PARAM_OBJECT)
		return refuse(c, "The operator %s on \"%.*s\" takes a value, not an object", operator_form(op)->name,
			STR_ARG(attribute->name));
	if (value->type == PARAM_NULL && (negative || op == OPERATOR_EQ || op == OPERATOR_EQI))
		return leaf(c, place, attribute, negative ? OPERATOR_NOT_NULL : OPERATOR_NULL, NULL, 0);
	if (!operator_form(op)->cast)
		*cast = cast_text(value);
	else if (cast_param(attribute, value, arena_of(c), cast, c->error) < 0)
		return NULL;
	return leaf(c, place, attribute, op, cast, 1);
}

static struct condition *compare_list(struct compiler *c, struct place place, const struct attribute *attribute,
	enum operator op, const struct param *value)
{
	unsigned count = value->type == PARAM_ARRAY ? value->count : 1, i = 0;
	struct db_value *values = arena_array(arena_of(c), count ? count : 1, sizeof(*values));

	if (op == OPERATOR_BETWEEN && count != 2)
		return refuse(c, "The operator $between on \"%.*s\" takes two values, found %u",
			STR_ARG(attribute->name), count);
	if (value->type != PARAM_ARRAY) {
		if (value->type == PARAM_OBJECT)
			return refuse(c, "The operator %s on \"%.*s\" takes a list, not an object",
				operator_form(op)->name, STR_ARG(attribute->name));
		if (cast_param(attribute, value, arena_of(c), &values[0], c->error) < 0)
			return NULL;
		return leaf(c, place, attribute, op, values, 1);
	}
	param_foreach(item, value) {
		if (item->type == PARAM_OBJECT || item->type == PARAM_ARRAY)
			return refuse(c, "The list of %s on \"%.*s\" may hold values only", operator_form(op)->name,
				STR_ARG(attribute->name));
		if (cast_param(attribute, item, arena_of(c), &values[i++], c->error) < 0)
			return NULL;
	}
	return leaf(c, place, attribute, op, values, count);
}

static bool too_deep(struct compiler *c)
{
	if (c->depth <= c->query->limits.depth)
		return false;
	refuse(c, "The filters are nested deeper than %u levels (rest.filterDepth)", c->query->limits.depth);
	return true;
}

static struct condition *compile_operator(struct compiler *c, struct place place, const struct attribute *attribute,
	enum operator op, const struct param *value)
{
	struct condition *group, *member;

	if (is_opaque(place.model, op, value))
		return condition_group(arena_of(c), OPERATOR_AND);
	if (op == OPERATOR_AND || op == OPERATOR_OR)
		return refuse(c, "The operator %s can't stand below \"%.*s\": put it around the attribute",
			operator_form(op)->name, STR_ARG(attribute->name));
	if (value->type == PARAM_ARRAY && !operator_form(op)->list) {
		/* Any of them. */
		group = condition_group(arena_of(c), OPERATOR_OR);
		c->depth++;
		param_foreach(item, value) {
			member = too_deep(c) ? NULL : compile_operator(c, place, attribute, op, item);
			if (!member)
				return NULL;
			condition_add(group, member);
		}
		c->depth--;
		return group;
	}
	if (op == OPERATOR_NOT) {
		group = condition_group(arena_of(c), OPERATOR_NOT);
		c->depth++;
		member = too_deep(c) ? NULL : compile_column(c, place, attribute, value);
		if (!member)
			return NULL;
		c->depth--;
		condition_add(group, member);
		return group;
	}
	if (op == OPERATOR_NULL || op == OPERATOR_NOT_NULL)
		return leaf(c, place, attribute,
			cast_truth(value) == (op == OPERATOR_NULL) ? OPERATOR_NULL : OPERATOR_NOT_NULL, NULL, 0);
	if (operator_form(op)->list)
		return compare_list(c, place, attribute, op, value);
	return compare_one(c, place, attribute, op, value);
}

/* What stands below an attribute: a value, a list of values, or an object of operators. */
static struct condition *compile_column(struct compiler *c, struct place place, const struct attribute *attribute,
	const struct param *value)
{
	struct condition *group;

	if (value->type == PARAM_ARRAY)
		return compare_list(c, place, attribute, OPERATOR_IN, value);
	if (value->type != PARAM_OBJECT)
		return compare_one(c, place, attribute, OPERATOR_EQ, value);
	group = condition_group(arena_of(c), OPERATOR_AND);
	param_foreach(item, value) {
		struct condition *member;
		enum operator op;

		if (!operator_of(item->key, &op))
			return refuse(c, "Undefined attribute level operator %.*s", STR_ARG(item->key));
		member = compile_operator(c, place, attribute, op, item);
		if (!member)
			return NULL;
		condition_add(group, member);
	}
	return group;
}

/* ---- relations ---- */

/* {"author": 5} and {"author": {"$in": [...]}} speak of the target's row id. */
static bool speaks_of_the_id(const struct param *value)
{
	enum operator op;

	if (value->type != PARAM_OBJECT)
		return true;
	return value->first && operator_of(value->first->key, &op) && op != OPERATOR_AND && op != OPERATOR_OR &&
		op != OPERATOR_NOT;
}

static const struct attribute *id_of(const struct model *model)
{
	return model->id ? model->id : model_attribute(model, STR("id"));
}

static struct condition *compile_relation(struct compiler *c, struct place place, const struct attribute *attribute,
	const struct param *value)
{
	struct place target;

	if (attribute->type == ATTRIBUTE_DYNAMICZONE || attribute->relation == RELATION_MORPH_TO_ONE ||
		attribute->relation == RELATION_MORPH_TO_MANY || !target_of(attribute))
		return refuse(c, "You cannot filter on \"%.*s\": it leads to several types", STR_ARG(attribute->name));
	if (says_nothing(target_of(attribute), value))
		return condition_group(arena_of(c), OPERATOR_AND);
	target.join = query_join(c->query, place.join, attribute, c->error);
	if (!target.join)
		return NULL;
	target.model = target.join->target;
	if (!speaks_of_the_id(value))
		return compile_where(c, target, value);
	if (value->type == PARAM_OBJECT && value->count > 1)
		return refuse(c, "Only one operator is allowed on the relation \"%.*s\", and no attributes beside it",
			STR_ARG(attribute->name));
	return compile_column(c, target, id_of(target.model), value);
}

/* ---- objects ---- */

static struct condition *compile_group(struct compiler *c, struct place place, enum operator op,
	const struct param *value)
{
	struct condition *group = condition_group(arena_of(c), op);

	if (op != OPERATOR_NOT && value->type != PARAM_ARRAY)
		return refuse(c, "The operator %s takes a list of filters", operator_form(op)->name);
	if (op == OPERATOR_NOT) {
		struct condition *inside = compile_where(c, place, value);

		if (!inside)
			return NULL;
		condition_add(group, inside);
		return group;
	}
	param_foreach(item, value) {
		struct condition *member = compile_where(c, place, item);

		if (!member)
			return NULL;
		condition_add(group, member);
	}
	return group;
}

static struct condition *compile_member(struct compiler *c, struct place place, const struct param *item)
{
	const struct attribute *attribute;
	enum operator op;

	if (operator_of(item->key, &op)) {
		if (is_opaque(place.model, op, item))
			return condition_group(arena_of(c), OPERATOR_AND);
		if (op == OPERATOR_AND || op == OPERATOR_OR || op == OPERATOR_NOT)
			return compile_group(c, place, op, item);
		return refuse(c, "Only $and, $or and $not can only be used as root level operators. Found %.*s.",
			STR_ARG(item->key));
	}
	attribute = model_attribute(place.model, item->key);
	if (!attribute)
		return refuse(c, "Attribute %.*s not found on model %.*s", STR_ARG(item->key),
			STR_ARG(place.model->uid));
	if (attribute_kind(attribute->type)->scalar)
		return compile_column(c, place, attribute, item);
	return compile_relation(c, place, attribute, item);
}

static struct condition *compile_where(struct compiler *c, struct place place, const struct param *where)
{
	struct condition *group = condition_group(arena_of(c), OPERATOR_AND);

	if (where->type != PARAM_OBJECT && where->type != PARAM_ARRAY)
		return refuse(c, "Filters are an object or a list of objects");
	c->depth++;
	if (too_deep(c))
		return NULL;
	param_foreach(item, where) {
		struct condition *member = where->type == PARAM_ARRAY ? compile_where(c, place, item) :
			compile_member(c, place, item);

		if (!member)
			return NULL;
		condition_add(group, member);
	}
	c->depth--;
	return group;
}

/* Takes out groups without a member: "(...)" may not be empty. True when nothing is left of the condition. */
static bool prune(struct condition *condition)
{
	struct condition **at = &condition->first;

	if (condition->op != OPERATOR_AND && condition->op != OPERATOR_OR && condition->op != OPERATOR_NOT)
		return false;
	condition->last = NULL;
	while (*at) {
		if (prune(*at)) {
			*at = (*at)->next;
		} else {
			condition->last = *at;
			at = &(*at)->next;
		}
	}
	return condition->first == NULL;
}

int filter_compile(struct query *query, const struct param *filters, struct error *error)
{
	struct compiler c = { .query = query, .error = error };
	struct condition *condition = compile_where(&c, (struct place){ query->model, NULL }, filters);

	if (!condition)
		return -1;
	if (!prune(condition))
		query_where(query, condition);
	return 0;
}
