#include "config/value.h"

#include <assert.h>

struct unit {
	const char *name;
	int64_t factor;
};

/* The largest first: the way back to text takes the first that divides, and each list has a 1. */
static const struct unit size_units[] = {
	{ "GiB", 1 << 30 }, { "MiB", 1 << 20 }, { "KiB", 1 << 10 }, { "B", 1 },
	{ "GB", 1 << 30 }, { "MB", 1 << 20 }, { "KB", 1 << 10 },
	{ "G", 1 << 30 }, { "M", 1 << 20 }, { "K", 1 << 10 }, { "", 1 }, { NULL, 0 },
};

static const struct unit duration_units[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 }, { "ms", 1 }, { NULL, 0 },
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };

/* What each type is called, and how it is written. */
static const struct {
	const char *name, *example;
	const struct unit *units;
} kinds[] = {
	[CONFIG_BOOL] = { "true or false", "", NULL },
	[CONFIG_INT] = { "an integer", "", no_units },
	[CONFIG_SIZE] = { "a size", " (such as \"16KiB\")", size_units },
	[CONFIG_DURATION] = { "a duration", " (such as \"30s\" or \"500ms\")", duration_units },
	[CONFIG_STRING] = { "a string", "", NULL },
	[CONFIG_STRING_LIST] = { "a list of strings", "", NULL },
	[CONFIG_PATH_LIST] = { "a list of paths", "", NULL },
	[CONFIG_CHOICE] = { "one of", "", NULL },
	[CONFIG_NODE] = { "anything", "", NULL },
};

/* ---- numbers ---- */

static void write_number(struct buf *out, const struct config_key *key, int64_t value)
{
	const struct unit *unit = kinds[key->type].units;

	while (value % unit->factor)
		unit++;
	buf_add_int(out, value / unit->factor);
	if (value)
		buf_add(out, str_of(unit->name));
}

static int64_t highest(const struct config_key *key)
{
	return key->min || key->max ? key->max : INT64_MAX;
}

static void write_range(struct buf *out, const struct config_key *key)
{
	if (highest(key) == INT64_MAX) {
		buf_add_literal(out, " of at least ");
		write_number(out, key, key->min);
		return;
	}
	buf_add_literal(out, " from ");
	write_number(out, key, key->min);
	buf_add_literal(out, " to ");
	write_number(out, key, key->max);
}

/* `what` is the value as it was found. */
static int expected(const struct config_key *key, const char *what, struct error *error)
{
	struct buf wanted = BUF_INIT;

	value_describe(&wanted, key);
	error_set(error, ERROR_CONFIG, "expected %s%s, found %s", buf_cstr(&wanted), kinds[key->type].example,
		what);
	buf_clear(&wanted);
	return -1;
}

static int expected_not_text(const struct config_key *key, struct str text, struct error *error)
{
	struct buf what = BUF_INIT;

	buf_printf(&what, "\"%.*s%s\"", STR_ARG(str_take(text, 200)), text.n > 200 ? "..." : "");
	expected(key, buf_cstr(&what), error);
	buf_clear(&what);
	return -1;
}

static bool unit_is(const struct config_key *key, const struct unit *unit, struct str name)
{
	if (key->type == CONFIG_SIZE)
		return str_equal_nocase(name, str_of(unit->name));
	return str_equal(name, str_of(unit->name));
}

/* False when it is no number with one of the key's units, or too large for any. */
static bool parse_number(const struct config_key *key, struct str text, int64_t *value_r)
{
	const struct unit *unit = kinds[key->type].units;
	size_t digits = text.n && text.p[0] == '-';
	struct str name;

	while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9')
		digits++;
	if (!str_to_int64(str_take(text, digits), value_r))
		return false;
	name = str_trim(str_skip(text, digits));
	if (*value_r == 0 && name.n == 0)
		return true;
	while (unit->name && !unit_is(key, unit, name))
		unit++;
	return unit->name && !__builtin_mul_overflow(*value_r, unit->factor, value_r);
}

static int store_number(const struct config_key *key, int64_t value, void *to, struct error *error)
{
	struct buf what = BUF_INIT;

	if (value >= key->min && value <= highest(key)) {
		memcpy(to, &value, sizeof(value));
		return 0;
	}
	write_number(&what, key, value);
	expected(key, buf_cstr(&what), error);
	buf_clear(&what);
	return -1;
}

/* ---- texts ---- */

static int read_number(const struct config_key *key, struct str text, void *to, struct error *error)
{
	int64_t value;

	if (!parse_number(key, str_trim(text), &value))
		return expected_not_text(key, text, error);
	return store_number(key, value, to, error);
}

static int read_bool(const struct config_key *key, struct str text, bool *to, struct error *error)
{
	if (!str_is(text, "true") && !str_is(text, "false"))
		return expected_not_text(key, text, error);
	*to = str_is(text, "true");
	return 0;
}

static int read_choice(const struct config_key *key, struct str text, int *to, struct error *error)
{
	for (int i = 0; key->choices[i]; i++) {
		if (str_equal(text, str_of(key->choices[i]))) {
			*to = i;
			return 0;
		}
	}
	return expected_not_text(key, text, error);
}

static void read_list(struct str text, char separator, struct config_list *to, struct arena *arena)
{
	size_t most = 1;
	struct str *items;

	for (size_t i = 0; i < text.n; i++)
		most += text.p[i] == separator;
	items = arena_array(arena, most, sizeof(*items));
	*to = (struct config_list){ items, 0 };
	for (struct str rest = text; !str_is_null(rest);) {
		struct str item = str_trim(str_cut(&rest, separator));

		if (item.n)
			items[to->count++] = item;
	}
}

int config_read_text(const struct config_key *key, struct str text, void *to, struct arena *arena,
	struct error *error)
{
	switch (key->type) {
	case CONFIG_BOOL:
		return read_bool(key, text, to, error);
	case CONFIG_INT:
	case CONFIG_SIZE:
	case CONFIG_DURATION:
		return read_number(key, text, to, error);
	case CONFIG_STRING:
		*(struct str *)to = text;
		return 0;
	case CONFIG_STRING_LIST:
		read_list(text, ',', to, arena);
		return 0;
	case CONFIG_PATH_LIST:
		read_list(text, ':', to, arena);
		return 0;
	case CONFIG_CHOICE:
		return read_choice(key, text, to, error);
	case CONFIG_NODE:
		break;
	}
	assert(!"a node has no text: such a key can have neither default nor variable");
	return -1;
}

/* ---- nodes ---- */

static int read_array(const struct config_key *key, const struct node *node, struct config_list *to,
	struct arena *arena, struct error *error)
{
	struct str *items = arena_array(arena, node->items.count, sizeof(*items));

	*to = (struct config_list){ items, 0 };
	node_foreach(item, node) {
		if (item->type != NODE_STRING) {
			return node_error(item, error, "`%s`: expected a string in the list, found %s",
				key->path, node_type_name(item));
		}
		items[to->count++] = item->text;
	}
	return 0;
}

static int read_scalar(const struct config_key *key, const struct node *node, void *to, struct arena *arena,
	struct error *error)
{
	bool number = key->type == CONFIG_INT || key->type == CONFIG_SIZE ||
		(key->type == CONFIG_DURATION && node->type == NODE_INT && node->integer == 0);

	if (node->type == NODE_STRING)
		return config_read_text(key, node->text, to, arena, error);
	if (node->type == NODE_INT && number)
		return store_number(key, node->integer, to, error);
	if (node->type == NODE_INT && key->type == CONFIG_DURATION)
		return expected(key, "a number without its unit", error);
	if (node->type == NODE_BOOL && key->type == CONFIG_BOOL) {
		*(bool *)to = node->boolean;
		return 0;
	}
	return expected(key, node_type_name(node), error);
}

int value_read_node(const struct config_key *key, const struct node *node, void *to, struct arena *arena,
	struct error *error)
{
	bool list = key->type == CONFIG_STRING_LIST || key->type == CONFIG_PATH_LIST;
	struct error problem = ERROR_INIT;

	if (key->type == CONFIG_NODE) {
		*(const struct node **)to = node;
		return 0;
	}
	if (list && node->type == NODE_ARRAY)
		return read_array(key, node, to, arena, error);
	if (read_scalar(key, node, to, arena, &problem) == 0)
		return 0;
	node_error(node, error, "`%s`: %s", key->path, error_message(&problem));
	error_clear(&problem);
	return -1;
}

/* ---- words ---- */

void value_describe(struct buf *out, const struct config_key *key)
{
	buf_add(out, str_of(kinds[key->type].name));
	if (kinds[key->type].units)
		write_range(out, key);
	for (size_t i = 0; key->type == CONFIG_CHOICE && key->choices[i]; i++)
		buf_printf(out, "%s \"%s\"", i ? "," : "", key->choices[i]);
}
