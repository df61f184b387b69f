#include "config/table.h"

#include <assert.h>

#include "config/value.h"

struct reading {
	const struct config_table *table;
	const struct node *root;
	struct arena *arena;
	const struct environment *environment;
	struct buf messages;		/* a line per mistake */
};

static void complain(struct reading *reading, struct error *problem)
{
	if (reading->messages.n)
		buf_add_char(&reading->messages, '\n');
	buf_add(&reading->messages, str_of(error_message(problem)));
	error_clear(problem);
}

/* ---- values ---- */

static const struct node *find(const struct node *root, const char *path)
{
	const struct node *node = root;

	for (struct str rest = str_of(path); node && !str_is_null(rest);)
		node = node_get_str(node, str_cut(&rest, '.'));
	return node && node->type != NODE_NULL ? node : NULL;
}

static void read_key(struct reading *reading, const struct config_key *key, char *target)
{
	struct str variable =
		key->variable ? environment_get(reading->environment, str_of(key->variable)) : STR_NULL;
	const struct node *node = find(reading->root, key->path);
	struct error problem = ERROR_INIT;
	void *to = target + key->offset;
	int rc = 0;

	if (variable.n) {
		variable = arena_str(reading->arena, variable);
		rc = config_read_text(key, variable, to, reading->arena, &problem);
		if (rc < 0)
			error_prefix(&problem, "the variable %s: ", key->variable);
	} else if (node) {
		rc = value_read_node(key, node, to, reading->arena, &problem);
	} else if (key->default_text) {
		rc = config_read_text(key, str_of(key->default_text), to, reading->arena, &problem);
		assert(rc == 0);
	}
	if (rc < 0)
		complain(reading, &problem);
}

/* ---- names ---- */

/* What a path is to the table: a key, a table that keys lie in, or neither. */
enum place { PLACE_UNKNOWN, PLACE_TABLE, PLACE_KEY };

static enum place place_of(const struct config_table *table, struct str path)
{
	for (size_t i = 0; i < table->count; i++) {
		struct str known = str_of(table->keys[i].path);

		if (str_equal(known, path))
			return PLACE_KEY;
		if (str_starts(known, path) && known.p[path.n] == '.')
			return PLACE_TABLE;
	}
	return PLACE_UNKNOWN;
}

/* What may stand in the table `prefix` ("" or "proxy."), NULL-terminated. */
static const char **names_in(struct reading *reading, struct str prefix)
{
	const struct config_table *table = reading->table;
	const char **names = arena_array(reading->arena, table->count + 1, sizeof(*names));
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++) {
		struct str path = str_of(table->keys[i].path), rest = str_skip(path, prefix.n);
		struct str name = str_take(rest, str_find(rest, '.'));

		if (str_starts(path, prefix) && (!count || !str_equal(str_of(names[count - 1]), name)))
			names[count++] = arena_strdup(reading->arena, name);
	}
	names[count] = NULL;
	return names;
}

/* A key that has this last name elsewhere in the table. */
static const char *elsewhere(const struct config_table *table, struct str name)
{
	for (size_t i = 0; i < table->count; i++) {
		struct str path = str_of(table->keys[i].path);

		if (path.n > name.n && str_ends(path, name) && path.p[path.n - name.n - 1] == '.')
			return table->keys[i].path;
	}
	return NULL;
}

static void complain_unknown(struct reading *reading, const struct node *node, struct str prefix)
{
	const char **names = names_in(reading, prefix);
	const char *other = elsewhere(reading->table, node->key);
	struct error problem = ERROR_INIT;

	if (other && !node_nearest(node->key, names)) {
		node_error(node, &problem, "unknown key `%.*s%.*s`; did you mean `%s`?", STR_ARG(prefix),
			STR_ARG(node->key), other);
	} else {
		node_unknown_key(node, names, &problem);
	}
	complain(reading, &problem);
}

static void check_names(struct reading *reading, const struct node *table, struct str prefix)
{
	node_foreach(item, table) {
		char *path = arena_printf(reading->arena, "%.*s%.*s.", STR_ARG(prefix), STR_ARG(item->key));
		struct str inner = str_of(path), whole = str_take(inner, inner.n - 1);
		enum place place = place_of(reading->table, whole);
		struct error problem = ERROR_INIT;

		/* A dot in quotes ("a.b" = 1) is part of a name. */
		if (place == PLACE_UNKNOWN || str_find(item->key, '.') < item->key.n) {
			complain_unknown(reading, item, prefix);
		} else if (place == PLACE_TABLE && item->type == NODE_TABLE) {
			check_names(reading, item, inner);
		} else if (place == PLACE_TABLE) {
			node_error(item, &problem, "`%.*s` must be a table, but it is %s", STR_ARG(whole),
				node_type_name(item));
			complain(reading, &problem);
		}
	}
}

int config_read(const struct node *root, const struct config_table *table, void *target, struct arena *arena,
	const struct environment *environment, struct error *error)
{
	struct reading reading = { table, root, arena, environment, BUF_INIT };
	int rc = 0;

	if (root && root->type != NODE_TABLE)
		return node_error(root, error, "expected a table, found %s", node_type_name(root));
	check_names(&reading, root, STR(""));
	for (size_t i = 0; i < table->count; i++)
		read_key(&reading, &table->keys[i], target);
	if (reading.messages.n)
		rc = error_set(error, ERROR_CONFIG, "%s", buf_cstr(&reading.messages));
	buf_clear(&reading.messages);
	return rc;
}

void config_describe(const struct config_table *table, struct buf *out)
{
	buf_add_literal(out, "| key | value | default | variable | |\n| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < table->count; i++) {
		const struct config_key *key = &table->keys[i];

		buf_printf(out, "| `%s` | ", key->path);
		value_describe(out, key);
		buf_printf(out, " | %s | %s | %s |\n", key->default_text ? key->default_text : "",
			key->variable ? key->variable : "", key->help ? key->help : "");
	}
}
