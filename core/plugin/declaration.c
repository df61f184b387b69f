#include "plugin/declaration.h"

#include <stdlib.h>

static const struct {
	const char *name, *article;
} types[DECLARATION_TYPES] = {
	[DECLARATION_INTEGER] = { "integer", "an integer" },
	[DECLARATION_NUMBER] = { "number", "a number" },
	[DECLARATION_STRING] = { "string", "a string" },
	[DECLARATION_STRINGS] = { "strings", "a string or an array of strings" },
	[DECLARATION_BOOLEAN] = { "boolean", "a boolean" },
	[DECLARATION_JSON] = { "json", "any value" },
};

const char *declaration_type_name(enum declaration_type type)
{
	return types[type].name;
}

/* ---- values ---- */

static bool text_to_real(struct str text, double *value_r)
{
	char copy[64], *end;

	if (!text.n || text.n >= sizeof(copy) || text.p[0] <= ' ')
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*value_r = strtod(copy, &end);
	return end == copy + text.n && *value_r - *value_r == 0;
}

/* What ${NAME} left behind is text, whatever it means: "8080" is an integer where one is asked for. */
static json_t *from_text(enum declaration_type type, struct str text)
{
	int64_t integer;
	double real;

	switch (type) {
	case DECLARATION_INTEGER:
		return str_to_int64(text, &integer) ? json_integer(integer) : NULL;
	case DECLARATION_NUMBER:
		return text_to_real(text, &real) ? json_real(real) : NULL;
	case DECLARATION_BOOLEAN:
		return str_is(text, "true") ? json_true() : str_is(text, "false") ? json_false() : NULL;
	default:
		return json_stringn(text.p, text.n);
	}
}

static bool is_list_of_strings(const struct node *value)
{
	if (value->type != NODE_ARRAY)
		return false;
	node_foreach(item, value) {
		if (item->type != NODE_STRING)
			return false;
	}
	return true;
}

/* NULL when the value is of another type. */
static json_t *typed(enum declaration_type type, const struct node *value)
{
	bool fits;

	if (value->type == NODE_STRING && type != DECLARATION_JSON)
		return from_text(type, value->text);
	switch (type) {
	case DECLARATION_STRINGS:
		fits = is_list_of_strings(value);
		break;
	case DECLARATION_INTEGER:
		fits = value->type == NODE_INT;
		break;
	case DECLARATION_NUMBER:
		fits = value->type == NODE_INT ||
		       (value->type == NODE_REAL && value->real - value->real == 0);
		break;
	case DECLARATION_BOOLEAN:
		fits = value->type == NODE_BOOL;
		break;
	default:
		fits = type == DECLARATION_JSON;
	}
	return fits ? node_to_json(value) : NULL;
}

static bool outside(const json_t *value, const struct node *limit, int direction)
{
	double wanted = limit->type == NODE_INT ? (double)limit->integer : limit->real;
	double found = json_is_string(value) ? (double)json_string_length(value) : json_number_value(value);

	return direction < 0 ? found < wanted : found > wanted;
}

static void write_limit(struct buf *out, const char *words, const struct node *limit)
{
	if (limit && limit->type == NODE_INT)
		buf_printf(out, " %s %lld", words, (long long)limit->integer);
	else if (limit)
		buf_printf(out, " %s %g", words, limit->real);
}

static void range_problem(const struct declaration *declaration, const struct node *value,
	struct problems *problems)
{
	struct buf range = BUF_INIT;

	write_limit(&range, "at least", declaration->min);
	if (declaration->min && declaration->max)
		buf_add_literal(&range, " and");
	write_limit(&range, "at most", declaration->max);
	problems_add_node(problems, value, "the %s of `%.*s` must be%s",
		declaration->type == DECLARATION_STRING ? "length" : "value", STR_ARG(declaration->key),
		buf_cstr(&range));
	buf_clear(&range);
}

static bool is_listed(const struct declaration *declaration, const json_t *value)
{
	bool found = false;

	node_foreach(item, declaration->values) {
		json_t *allowed = typed(declaration->type, item);

		found = found || json_equal(allowed, value);
		json_decref(allowed);
	}
	return found;
}

static void list_problem(
	const struct declaration *declaration, const struct node *value, struct problems *problems)
{
	json_t *list = node_to_json(declaration->values);
	char *text = json_dumps(list, JSON_COMPACT | JSON_ENCODE_ANY);

	problems_add_node(
		problems, value, "`%.*s` must be one of %s", STR_ARG(declaration->key), text ? text : "[]");
	free(text);
	json_decref(list);
}

/* The checked value; null after a problem. */
static json_t *checked(
	const struct declaration *declaration, const struct node *value, struct problems *problems)
{
	json_t *json = typed(declaration->type, value);

	if (!json) {
		problems_add_node(problems, value, "`%.*s` must be %s, but it is %s",
			STR_ARG(declaration->key), types[declaration->type].article, node_type_name(value));
		return json_null();
	}
	if ((declaration->min && outside(json, declaration->min, -1)) ||
			(declaration->max && outside(json, declaration->max, 1)))
		range_problem(declaration, value, problems);
	if (declaration->values && !is_listed(declaration, json))
		list_problem(declaration, value, problems);
	return json;
}

/* ---- declaring ---- */

static bool read_type(const struct node *table, enum declaration_type *type_r, struct problems *problems)
{
	static const char *const names[] = { "integer", "number", "string", "strings", "boolean", "json",
		NULL };
	const struct node *type = node_get(table, "type");

	if (type && type->type == NODE_STRING) {
		for (unsigned i = 0; i < DECLARATION_TYPES; i++) {
			if (str_equal(type->text, str_of(types[i].name))) {
				*type_r = (enum declaration_type)i;
				return true;
			}
		}
		problems_add_unknown(problems, type, type->text, names, "",
			"`type` is integer, number, string, strings, boolean or json, not `%.*s`", STR_ARG(type->text));
	} else {
		problems_add_node(problems, type ? type : table,
			"`%.*s` must say its `type`: integer, number, string, strings, boolean or json",
			STR_ARG(table->key));
	}
	return false;
}

static void check_limit(
	const struct declaration *declaration, const struct node *limit, struct problems *problems)
{
	if (declaration->type > DECLARATION_STRING) {
		problems_add_node(problems, limit, "a %s has no `%.*s`", types[declaration->type].name,
			STR_ARG(limit->key));
	} else if (limit->type != NODE_INT && limit->type != NODE_REAL) {
		problems_add_node(problems, limit, "`%.*s` must be a number, but it is %s",
			STR_ARG(limit->key), node_type_name(limit));
	}
}

/* A limit of the wrong type is said once and then left out. */
static const struct node *limit_of(struct declaration *declaration, const struct node *table, const char *key,
	struct problems *problems)
{
	const struct node *limit = node_get(table, key);
	unsigned before = problems->count;

	if (limit)
		check_limit(declaration, limit, problems);
	return problems->count == before ? limit : NULL;
}

static const struct node *values_of(const struct declaration *declaration, const struct node *table,
	struct problems *problems)
{
	const struct node *values = node_get(table, "values");

	if (!values)
		return NULL;
	if (values->type != NODE_ARRAY || values->items.count == 0) {
		problems_add_node(problems, values, "`values` must be a list with something in it");
		return NULL;
	}
	node_foreach(item, values) {
		json_t *json = typed(declaration->type, item);

		if (!json) {
			problems_add_node(problems, item, "each of `values` must be %s, but this is %s",
				types[declaration->type].article, node_type_name(item));
		}
		json_decref(json);
	}
	return values;
}

static bool read_one(struct declaration *declaration, const struct node *table, struct problems *problems)
{
	static const char *const keys[] = { "type", "default", "min", "max", "values", "help", NULL };
	struct error error = ERROR_INIT;

	if (table->type != NODE_TABLE) {
		problems_add_node(problems, table, "`%.*s` must be a table with a `type`, but it is %s",
			STR_ARG(table->key), node_type_name(table));
		return false;
	}
	if (node_check_keys(table, keys, &error) < 0)
		problems_take(problems, &error);
	if (!read_type(table, &declaration->type, problems))
		return false;
	if (node_read_string(table, "help", &declaration->help, &error) < 0)
		problems_take(problems, &error);
	declaration->key = table->key;
	declaration->min = limit_of(declaration, table, "min", problems);
	declaration->max = limit_of(declaration, table, "max", problems);
	declaration->values = values_of(declaration, table, problems);
	declaration->fallback = node_get(table, "default");
	if (declaration->fallback)
		json_decref(checked(declaration, declaration->fallback, problems));
	return true;
}

void declarations_read(struct declarations *declarations, struct arena *arena, const struct node *table,
	struct problems *problems)
{
	struct declaration *items;

	*declarations = (struct declarations){ .declared = table != NULL };
	if (!table)
		return;
	if (table->type != NODE_TABLE) {
		problems_add_node(problems, table, "`%.*s` must be a table, but it is %s",
			STR_ARG(table->key), node_type_name(table));
		return;
	}
	items = arena_zalloc(arena, (table->items.count + 1) * sizeof(*items));
	declarations->items = items;
	node_foreach(item, table) {
		if (read_one(&items[declarations->count], item, problems))
			declarations->count++;
	}
}

/* ---- applying ---- */

static const struct declaration *find(const struct declarations *declarations, struct str key)
{
	for (unsigned i = 0; i < declarations->count; i++) {
		if (str_equal(declarations->items[i].key, key))
			return &declarations->items[i];
	}
	return NULL;
}

/* Says it as node_check_keys() would: with the nearest name. */
static void check_keys(const struct declarations *declarations, const struct node *given, const char *ignored,
	struct problems *problems)
{
	const char **known = calloc(declarations->count + 2, sizeof(*known));
	unsigned count = 0;

	if (!known)
		abort();
	if (ignored)
		known[count++] = ignored;
	/* Keys of nodes end in a NUL. */
	for (unsigned i = 0; i < declarations->count; i++)
		known[count++] = declarations->items[i].key.p;
	node_foreach(item, given) {
		struct error error = ERROR_INIT;

		if (find(declarations, item->key) || (ignored && str_equal(item->key, str_of(ignored))))
			continue;
		node_unknown_key(item, known, &error);
		problems_take(problems, &error);
	}
	free(known);
}

json_t *declarations_apply(const struct declarations *declarations, const struct node *given,
	const char *ignored, bool free_form, struct problems *problems)
{
	json_t *object;

	if (given && given->type != NODE_TABLE) {
		problems_add_node(
			problems, given, "a configuration is a table, but this is %s", node_type_name(given));
		given = NULL;
	}
	if (free_form && !declarations->declared)
		return given ? node_to_json(given) : json_object();
	check_keys(declarations, given, ignored, problems);
	object = json_object();
	for (unsigned i = 0; i < declarations->count; i++) {
		const struct declaration *declaration = &declarations->items[i];
		const struct node *value = node_get_str(given, declaration->key);

		if (!value)
			value = declaration->fallback;
		json_object_set_new(object, declaration->key.p,
			value ? checked(declaration, value, problems) : json_null());
	}
	return object;
}
