#include "config/node.h"
#include "config/scan.h"

/* What every node of one file shares. */
struct source {
	struct arena *arena;
	struct str file;
};

static struct node *convert(const struct source *source, const json_t *value, const struct node *parent);

static void append(struct node *parent, struct node **last, struct node *item)
{
	if (*last)
		(*last)->next = item;
	else
		parent->items.first = item;
	*last = item;
	parent->items.count++;
}

static void convert_array(const struct source *source, const json_t *value, struct node *node)
{
	struct node *last = NULL;
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
		append(node, &last, convert(source, item, node));
}

static void convert_object(const struct source *source, const json_t *value, struct node *node)
{
	struct node *last = NULL;
	const char *key;
	json_t *item;

	/* jansson iterates in the order of the text. */
	json_object_foreach((json_t *)value, key, item) {
		struct node *member = convert(source, item, node);

		member->key = arena_str(source->arena, str_of(key));
		append(node, &last, member);
	}
}

static struct node *convert(const struct source *source, const json_t *value, const struct node *parent)
{
	struct node *node = arena_new_of(source->arena, struct node);

	node->file = source->file;
	node->parent = parent;
	switch (json_typeof(value)) {
	case JSON_NULL:
		node->type = NODE_NULL;
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		node->type = NODE_BOOL;
		node->boolean = json_is_true(value);
		break;
	case JSON_INTEGER:
		node->type = NODE_INT;
		node->integer = json_integer_value(value);
		break;
	case JSON_REAL:
		node->type = NODE_REAL;
		node->real = json_real_value(value);
		break;
	case JSON_STRING:
		node->type = NODE_STRING;
		node->text = arena_str(source->arena,
			(struct str){ json_string_value(value), json_string_length(value) });
		break;
	case JSON_ARRAY:
		node->type = NODE_ARRAY;
		convert_array(source, value, node);
		break;
	case JSON_OBJECT:
		node->type = NODE_TABLE;
		convert_object(source, value, node);
		break;
	}
	return node;
}

struct node *node_read_json(struct arena *arena, struct str text, struct str file, struct error *error)
{
	struct source source = { arena, arena_str(arena, file) };
	json_error_t problem;
	struct node *root;
	json_t *value;

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_skip(text, 3);
	if (scan_json(text, file, error) < 0)
		return NULL;
	value = json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &problem);
	if (!value) {
		error_set(error, ERROR_CONFIG, "%.*s:%d:%d: %s", STR_ARG(file), problem.line, problem.column,
			problem.text);
		return NULL;
	}
	root = convert(&source, value, NULL);
	json_decref(value);
	return root;
}
