#include "config/node.h"


#include "base/buf.h"
#include "base/json.h"

const struct node *node_get_str(const struct node *table, struct str key)
{
	if (!table || table->type != NODE_TABLE)
		return NULL;
	node_foreach(item, table) {
		if (str_equal(item->key, key))
			return item;
	}
	return NULL;
}

const struct node *node_get(const struct node *table, const char *key)
{
	return node_get_str(table, str_of(key));
}

const char *node_type_name(const struct node *node)
{
	static const char *const names[] = {
		[NODE_NULL] = "null",
		[NODE_BOOL] = "a boolean",
		[NODE_INT] = "an integer",
		[NODE_REAL] = "a number with a fraction",
		[NODE_STRING] = "a string",
		[NODE_ARRAY] = "an array",
		[NODE_TABLE] = "a table",
	};

	return node ? names[node->type] : "nothing";
}

static bool is_bare_key(struct str key)
{
	static const char bare[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	for (size_t i = 0; i < key.n; i++) {
		if (!key.p[i] || !strchr(bare, key.p[i]))
			return false;
	}
	return key.n > 0;
}

static size_t index_of(const struct node *node)
{
	size_t index = 0;

	for (const struct node *item = node->parent->items.first; item != node; item = item->next)
		index++;
	return index;
}

/* Recurses no deeper than files nest: 64 levels. */
static void write_path(struct buf *out, const struct node *node)
{
	if (!node->parent)
		return;
	write_path(out, node->parent);
	if (node->parent->type == NODE_ARRAY) {
		buf_printf(out, "[%zu]", index_of(node));
	} else if (is_bare_key(node->key)) {
		if (node->parent->parent)
			buf_add_char(out, '.');
		buf_add(out, node->key);
	} else {
		buf_add_char(out, '[');
		json_write_string(out, node->key);
		buf_add_char(out, ']');
	}
}

static void write_where(struct buf *out, const struct node *node)
{
	buf_add(out, node->file);
	if (node->line) {
		buf_printf(out, ":%u:%u", node->line, node->column);
	} else if (node->parent) {
		buf_add_literal(out, ", at ");
		write_path(out, node);
	}
}

struct str node_where(const struct node *node, struct arena *arena)
{
	struct buf place = BUF_INIT;
	struct str copy;

	write_where(&place, node);
	copy = arena_str(arena, buf_str(&place));
	buf_clear(&place);
	return copy;
}

int node_error(const struct node *node, struct error *error, const char *format, ...)
{
	struct buf message = BUF_INIT;
	va_list args;

	write_where(&message, node);
	buf_add_literal(&message, ": ");
	va_start(args, format);
	buf_vprintf(&message, format, args);
	va_end(args);
	error_set(error, ERROR_CONFIG, "%s", buf_cstr(&message));
	buf_clear(&message);
	return -1;
}

/* 1 when the key is there with that type, 0 when it is absent, -1 for another type. */
static int find_typed(const struct node *table, const char *key, enum node_type type,
	const struct node **found_r, struct error *error)
{
	const struct node wanted = { .type = type };
	const struct node *node = node_get(table, key);

	if (!node)
		return 0;
	if (node->type != type) {
		return node_error(node, error, "`%s` must be %s, but it is %s", key, node_type_name(&wanted),
			node_type_name(node));
	}
	*found_r = node;
	return 1;
}

int node_read_string(const struct node *table, const char *key, struct str *value_r, struct error *error)
{
	const struct node *node;
	int found = find_typed(table, key, NODE_STRING, &node, error);

	if (found > 0)
		*value_r = node->text;
	return found < 0 ? -1 : 0;
}

int node_read_bool(const struct node *table, const char *key, bool *value_r, struct error *error)
{
	const struct node *node;
	int found = find_typed(table, key, NODE_BOOL, &node, error);

	if (found > 0)
		*value_r = node->boolean;
	return found < 0 ? -1 : 0;
}

int node_read_int(const struct node *table, const char *key, int64_t *value_r, struct error *error)
{
	const struct node *node;
	int found = find_typed(table, key, NODE_INT, &node, error);

	if (found > 0)
		*value_r = node->integer;
	return found < 0 ? -1 : 0;
}

const char *node_nearest(struct str word, const char *const *known)
{
	const char *nearest = NULL;
	unsigned limit = word.n < 4 ? 1 : word.n < 8 ? 2 : 3;

	for (; *known; known++) {
		unsigned distance = str_distance(word, str_of(*known), limit);

		if (str_equal_nocase(word, str_of(*known)))
			return *known;
		if (distance <= limit) {
			nearest = *known;
			limit = distance ? distance - 1 : 0;
		}
	}
	return nearest;
}

int node_unknown_key(const struct node *node, const char *const *known, struct error *error)
{
	const char *nearest = node_nearest(node->key, known);
	struct buf list = BUF_INIT;

	if (nearest) {
		return node_error(node, error, "unknown key `%.*s`; did you mean `%s`?", STR_ARG(node->key),
			nearest);
	}
	for (size_t i = 0; known[i]; i++)
		buf_printf(&list, "%s`%s`", i ? ", " : "", known[i]);
	node_error(node, error, "unknown key `%.*s`; known here: %s", STR_ARG(node->key),
		list.n ? buf_cstr(&list) : "none");
	buf_clear(&list);
	return -1;
}

int node_check_keys(const struct node *table, const char *const *known, struct error *error)
{
	if (!table || table->type != NODE_TABLE)
		return 0;
	node_foreach(item, table) {
		const char *const *name = known;

		while (*name && !str_equal(item->key, str_of(*name)))
			name++;
		if (!*name)
			return node_unknown_key(item, known, error);
	}
	return 0;
}

static json_t *array_to_json(const struct node *node)
{
	json_t *array = json_array();

	node_foreach(item, node)
		json_array_append_new(array, node_to_json(item));
	return array;
}

static json_t *table_to_json(const struct node *node)
{
	json_t *object = json_object();

	/* Keys end in a NUL and hold none: both readers see to it. */
	node_foreach(item, node)
		json_object_set_new(object, item->key.p, node_to_json(item));
	return object;
}

json_t *node_to_json(const struct node *node)
{
	json_t *real;

	switch (node ? node->type : NODE_NULL) {
	case NODE_BOOL:
		return json_boolean(node->boolean);
	case NODE_INT:
		return json_integer(node->integer);
	case NODE_REAL:
		/* TOML has inf and nan, JSON hasn't. */
		real = json_real(node->real);
		return real ? real : json_null();
	case NODE_STRING:
		return json_stringn(node->text.p, node->text.n);
	case NODE_ARRAY:
		return array_to_json(node);
	case NODE_TABLE:
		return table_to_json(node);
	case NODE_NULL:
		break;
	}
	return json_null();
}
