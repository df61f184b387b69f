/* Any bytes as a TOML file: read into nodes, judged by a table of settings, turned into JSON. */
#include <assert.h>
#include <stdlib.h>

#include "config/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct node *node, unsigned depth)
{
	size_t count = 0;

	assert(depth <= 64 && node->line > 0 && node->column > 0);
	if (node->type == NODE_STRING)
		assert(str_is_utf8(node->text) && str_find(node->text, '\0') == node->text.n);
	if (node->type != NODE_ARRAY && node->type != NODE_TABLE)
		return;
	node_foreach(item, node) {
		assert(item->parent == node);
		if (node->type == NODE_TABLE)
			assert(node_get_str(node, item->key) == item);
		check(item, depth + 1);
		count++;
	}
	assert(count == node->items.count);
}

static void use(const struct node *root, struct arena *arena, const struct environment *environment,
	struct error *error)
{
	struct settings *settings = arena_new_of(arena, struct settings);

	check(root, 0);
	json_decref(node_to_json(root));
	for (size_t i = 0; i < SETTINGS_FILES; i++) {
		if (config_read(root, &settings_files[i].table, settings, arena, environment, error) < 0)
			assert(error->kind == ERROR_CONFIG && error_message(error)[0]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(4096);
	struct error error = ERROR_INIT;
	struct environment *environment = environment_read(arena, NULL, &error);
	struct str text = { (const char *)data, size };
	struct node *root = node_read_toml(arena, text, STR("fuzz.toml"), environment, &error);

	if (root)
		use(root, arena, environment, &error);
	else
		assert(error.kind == ERROR_CONFIG &&
			str_starts(str_of(error_message(&error)), STR("fuzz.toml:")));
	error_clear(&error);
	arena_free(arena);
	return 0;
}
