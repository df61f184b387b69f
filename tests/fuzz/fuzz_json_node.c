/* Any bytes as a JSON file: what was read into nodes is what jansson reads. */
#include <assert.h>
#include <stdlib.h>

#include "config/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void place_everything(const struct node *node, struct arena *arena)
{
	assert(str_starts(node_where(node, arena), STR("fuzz.json")));
	if (node->type != NODE_ARRAY && node->type != NODE_TABLE)
		return;
	node_foreach(item, node) {
		assert(item->parent == node);
		place_everything(item, arena);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const known[] = { "name", "type", NULL };
	struct arena *arena = arena_new(4096);
	struct error error = ERROR_INIT;
	struct str text = { (const char *)data, size };
	struct node *root = node_read_json(arena, text, STR("fuzz.json"), &error);

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_skip(text, 3);
	if (root) {
		json_t *expected = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
		json_t *found = node_to_json(root);

		assert(json_equal(expected, found));
		json_decref(expected);
		json_decref(found);
		if (size < 4096)
			place_everything(root, arena);
		if (node_check_keys(root, known, &error) < 0)
			assert(str_starts(str_of(error_message(&error)), STR("fuzz.json, at ")));
	} else {
		assert(error.kind == ERROR_CONFIG &&
			str_starts(str_of(error_message(&error)), STR("fuzz.json:")));
	}
	error_clear(&error);
	arena_free(arena);
	return 0;
}
