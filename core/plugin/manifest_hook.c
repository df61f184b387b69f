#include "plugin/manifest_hook.h"

/* One row per kind of hook. */
static const struct section {
	const char *name;		/* of the array of tables */
	enum function_kind kind;
	const char *model_key;		/* NULL: it is about every model */
	const char *when_key;
	bool model_required, when_required;
	const char *const keys[6];
} sections[] = {
	{ "lifecycles", FUNCTION_LIFECYCLE, "model", "events", true, true, { "model", "events", "hook", NULL } },
	{ "document-middlewares", FUNCTION_DOCUMENT_MIDDLEWARE, "models", "actions", false, false,
		{ "models", "actions", "hook", NULL } },
	{ "subscribers", FUNCTION_SUBSCRIBER, NULL, "events", false, true, { "events", "hook", "durable", NULL } },
};

enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

bool manifest_hook_is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (i && ((c >= '0' && c <= '9') || c == '_' || c == '-'))))
			return false;
	}
	return name.n > 0;
}

static void read_name(struct manifest_hook *hook, const struct section *section, struct problems *problems)
{
	const struct node *node = node_get(hook->node, "hook");

	if (!node)
		problems_add_node(problems, hook->node, "an entry of `%s` must have a `hook`", section->name);
	else if (node->type != NODE_STRING || !manifest_hook_is_name(node->text))
		problems_add_node(problems, node, "`hook` is a function's name in small letters: \"fill_summary\"");
	else
		hook->name = node->text;
}

/* A name or a list of them. */
static void read_list(struct manifest_names *names, struct arena *arena, const struct node *table, const char *key,
	bool required, struct problems *problems)
{
	const struct node *node = node_get(table, key);
	struct manifest_name *items;

	if (!node) {
		if (required)
			problems_add_node(problems, table, "`%s` is missing", key);
		return;
	}
	if (node->type != NODE_STRING && node->type != NODE_ARRAY) {
		problems_add_node(problems, node, "`%s` is a name or a list of names, but it is %s", key, node_type_name(node));
		return;
	}
	items = arena_zalloc(arena, (node->type == NODE_ARRAY ? node->items.count + 1 : 1) * sizeof(*items));
	names->items = items;
	if (node->type == NODE_STRING) {
		items[names->count++] = (struct manifest_name){ node->text, node };
		return;
	}
	node_foreach(item, node) {
		if (item->type == NODE_STRING)
			items[names->count++] = (struct manifest_name){ item->text, item };
		else
			problems_add_node(problems, item, "each of `%s` is a name, but this is %s", key, node_type_name(item));
	}
	if (required && node->items.count == 0)
		problems_add_node(problems, node, "`%s` is empty: the hook would never run", key);
}

static void read_durable(struct manifest_hook *hook, struct problems *problems)
{
	const struct node *node = node_get(hook->node, "durable");

	if (!node)
		return;
	hook->durable = node->type == NODE_BOOL && node->boolean;
	if (node->type != NODE_BOOL)
		problems_add_node(problems, node, "`durable` is true or false, but it is %s", node_type_name(node));
}

static void read_hook(struct manifest_hook *hook, const struct section *section, struct arena *arena,
	struct problems *problems)
{
	struct error error = ERROR_INIT;

	if (node_check_keys(hook->node, section->keys, &error) < 0)
		problems_take(problems, &error);
	hook->kind = section->kind;
	read_name(hook, section, problems);
	if (section->model_key)
		read_list(&hook->models, arena, hook->node, section->model_key, section->model_required, problems);
	read_list(&hook->when, arena, hook->node, section->when_key, section->when_required, problems);
	read_durable(hook, problems);
}

static unsigned count_all(const struct node *root)
{
	unsigned count = 0;

	for (unsigned i = 0; i < SECTIONS; i++) {
		const struct node *array = node_get(root, sections[i].name);

		count += array && array->type == NODE_ARRAY ? (unsigned)array->items.count : 0;
	}
	return count;
}

void manifest_hooks_read(struct manifest *manifest, struct arena *arena, const struct node *root,
	struct problems *problems)
{
	struct manifest_hook *hooks = arena_zalloc(arena, (count_all(root) + 1) * sizeof(*hooks));

	manifest->hooks = hooks;
	for (unsigned i = 0; i < SECTIONS; i++) {
		const struct node *array = node_get(root, sections[i].name);

		if (array && array->type != NODE_ARRAY) {
			problems_add_node(problems, array, "hooks are written as [[%s]]", sections[i].name);
			continue;
		}
		if (!array)
			continue;
		node_foreach(item, array) {
			hooks[manifest->hook_count].node = item;
			if (item->type == NODE_TABLE)
				read_hook(&hooks[manifest->hook_count++], &sections[i], arena, problems);
			else
				problems_add_node(problems, item, "hooks are written as [[%s]]", sections[i].name);
		}
	}
	if (manifest->hook_count && str_is_null(manifest->library))
		problems_add_node(problems, manifest->node, "hooks are code: `library` is missing");
}
