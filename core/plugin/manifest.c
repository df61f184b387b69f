#include "plugin/manifest.h"

#include <socle/version.h>

#include "plugin/embedded.h"
#include "plugin/manifest_cron.h"
#include "plugin/manifest_hook.h"
#include "plugin/manifest_route.h"

static const char *const kinds[MANIFEST_KINDS + 1] = {
	[MANIFEST_API] = "api", [MANIFEST_PLUGIN] = "plugin", [MANIFEST_GLOBAL] = "global",
	[MANIFEST_ADMIN] = "admin", [MANIFEST_HOST] = "host",
};

const char *manifest_kind_name(enum manifest_kind kind)
{
	return kinds[kind];
}

bool manifest_is_name(struct str name)
{
	if (!name.n || name.p[0] < 'a' || name.p[0] > 'z' || name.p[name.n - 1] == '-')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && name.p[i - 1] != '-')))
			return false;
	}
	return true;
}

/* ---- [plugin] ---- */

/* What a message says was found: a text as it is, anything else by its type. */
static const char *shown(struct arena *arena, const struct node *node)
{
	return node->type == NODE_STRING ? arena_printf(arena, "\"%.*s\"", STR_ARG(node->text)) : node_type_name(node);
}

/* A string that must be there and not be empty. */
static const struct node *required(const struct node *table, const char *key, struct problems *problems)
{
	const struct node *node = node_get(table, key);

	if (!node)
		problems_add_node(problems, table, "`%s` is missing", key);
	else if (node->type != NODE_STRING)
		problems_add_node(
			problems, node, "`%s` must be a string, but it is %s", key, node_type_name(node));
	else if (!node->text.n)
		problems_add_node(problems, node, "`%s` is empty", key);
	else
		return node;
	return NULL;
}

static void read_name(struct manifest *manifest, struct problems *problems)
{
	const struct node *node = required(manifest->node, "name", problems);

	if (!node)
		return;
	manifest->name = node->text;
	if (!manifest_is_name(node->text))
		problems_add_node(problems, node,
			"plugin name \"%.*s\" is not in kebab case (an-example-of-kebab-case)",
			STR_ARG(node->text));
}

static void read_version(struct manifest *manifest, struct problems *problems)
{
	const struct node *node = required(manifest->node, "version", problems);

	if (!node)
		return;
	manifest->version_text = node->text;
	if (!version_parse(node->text, &manifest->version))
		problems_add_node(problems, node, "`version` must be like \"1.0.0\", not \"%.*s\"",
			STR_ARG(node->text));
}

static void read_kind(struct manifest *manifest, struct problems *problems)
{
	const struct node *node = required(manifest->node, "kind", problems);

	if (!node)
		return;
	for (unsigned i = 0; i < MANIFEST_KINDS; i++) {
		if (str_equal(node->text, str_of(kinds[i]))) {
			manifest->kind = (enum manifest_kind)i;
			return;
		}
	}
	problems_add_unknown(problems, node, node->text, kinds, "",
		"`kind` is api, plugin, global, admin or host, not \"%.*s\"", STR_ARG(node->text));
}

static void read_library(struct manifest *manifest, struct problems *problems)
{
	const struct node *node = node_get(manifest->node, "library");
	const struct node *sdk = node_get(manifest->node, "sdk");

	if (node && (node = required(manifest->node, "library", problems))) {
		if (!manifest->embedded)
			manifest->library = node->text;
		if (str_find(node->text, '/') < node->text.n || !str_ends(node->text, STR(".so")))
			problems_add_node(problems, node,
				"`library` is the name of a .so file beside plugin.toml, not \"%.*s\"",
				STR_ARG(node->text));
	}
	if (!sdk)
		return;
	if (sdk->type != NODE_INT) {
		problems_add_node(
			problems, sdk, "`sdk` must be an integer, but it is %s", node_type_name(sdk));
		return;
	}
	manifest->sdk = sdk->integer;
	if (sdk->integer != SOCLE_SDK_MAJOR)
		problems_add_node(problems, sdk,
			"the plugin wants SDK %lld, this host has SDK %d: rebuild it, or take a host "
			"that has it",
			(long long)sdk->integer, SOCLE_SDK_MAJOR);
}

static void read_requirements(struct manifest *manifest, struct arena *arena, struct problems *problems)
{
	const struct node *table = node_get(manifest->node, "requires");
	struct manifest_requirement *items;

	if (!table)
		return;
	if (table->type != NODE_TABLE) {
		problems_add_node(problems, table,
			"`requires` must be a table, { other-plugin = \">=1.0\" }, but it is %s",
			node_type_name(table));
		return;
	}
	items = arena_zalloc(arena, (table->items.count + 1) * sizeof(*items));
	node_foreach(item, table) {
		if (item->type != NODE_STRING || !version_range_valid(item->text)) {
			problems_add_node(problems, item,
				"what is required of `%.*s` must be a range of versions like \">=1.0\" or "
				"\"^1.2\", but it is %s", STR_ARG(item->key), shown(arena, item));
			continue;
		}
		items[manifest->requirement_count++] =
			(struct manifest_requirement){item->key, item->text, item};
	}
	manifest->requirements = items;
}

static bool is_repeated(const struct manifest_name *items, unsigned count, struct str text)
{
	for (unsigned i = 0; i < count; i++) {
		if (str_equal(items[i].text, text))
			return true;
	}
	return false;
}

static void read_names(struct manifest_names *names, struct arena *arena, const struct node *table,
	const char *key, struct problems *problems)
{
	const struct node *array = node_get(table, key);
	struct manifest_name *items;

	if (!array)
		return;
	if (array->type != NODE_ARRAY) {
		problems_add_node(problems, array, "`%s` must be a list of names, but it is %s", key,
			node_type_name(array));
		return;
	}
	items = arena_zalloc(arena, (array->items.count + 1) * sizeof(*items));
	node_foreach(item, array) {
		if (item->type != NODE_STRING || !manifest_is_name(item->text))
			problems_add_node(problems, item, "each of `%s` must be a name in kebab case "
				"(an-example-of-kebab-case), but this is %s", key, shown(arena, item));
		else if (is_repeated(items, names->count, item->text))
			problems_add_node(
				problems, item, "`%s` lists \"%.*s\" twice", key, STR_ARG(item->text));
		else
			items[names->count++] = (struct manifest_name){ item->text, item };
	}
	names->items = items;
}

static void read_plugin_table(struct manifest *manifest, struct arena *arena, struct problems *problems)
{
	static const char *const keys[] = {"name", "version", "kind", "library", "sdk", "requires",
		"policies", "middlewares", "services", NULL};
	struct error error = ERROR_INIT;

	if (node_check_keys(manifest->node, keys, &error) < 0)
		problems_take(problems, &error);
	read_name(manifest, problems);
	read_version(manifest, problems);
	read_kind(manifest, problems);
	read_library(manifest, problems);
	read_requirements(manifest, arena, problems);
	read_names(&manifest->policies, arena, manifest->node, "policies", problems);
	read_names(&manifest->middlewares, arena, manifest->node, "middlewares", problems);
	read_names(&manifest->services, arena, manifest->node, "services", problems);
	if (str_is_null(manifest->library) &&
		manifest->policies.count + manifest->middlewares.count + manifest->services.count)
		problems_add_node(problems, manifest->node,
			"policies, middlewares and services are code: `library` is missing");
}

/* ---- [options.<function>] ---- */

static void read_options(struct manifest *manifest, struct arena *arena, const struct node *table,
	struct problems *problems)
{
	struct manifest_options *items;

	if (!table)
		return;
	if (table->type != NODE_TABLE) {
		problems_add_node(
			problems, table, "`options` must be a table, but it is %s", node_type_name(table));
		return;
	}
	items = arena_zalloc(arena, (table->items.count + 1) * sizeof(*items));
	manifest->options = items;
	node_foreach(item, table) {
		struct manifest_options *options = &items[manifest->option_count++];

		if (!is_repeated(manifest->policies.items, manifest->policies.count, item->key) &&
			!is_repeated(manifest->middlewares.items, manifest->middlewares.count, item->key))
			problems_add_node(problems, item,
				"options of \"%.*s\", which is in neither `policies` nor `middlewares`",
				STR_ARG(item->key));
		options->function = item->key;
		declarations_read(&options->declarations, arena, item, problems);
	}
}

const struct declarations *manifest_options(const struct manifest *manifest, struct str function)
{
	for (unsigned i = 0; i < manifest->option_count; i++) {
		if (str_equal(manifest->options[i].function, function))
			return &manifest->options[i].declarations;
	}
	return NULL;
}

/* ---- the file ---- */

/* What stands behind the last '/'. */
static struct str base_name(struct str path)
{
	while (str_find(path, '/') < path.n)
		path = str_skip(path, str_find(path, '/') + 1);
	return path;
}

static const struct manifest *read_root(struct arena *arena, const struct node *root, struct str file,
	struct str folder, const struct embedded *embedded, struct problems *problems)
{
	static const char *const keys[] = {
		"plugin", "routes", "core-routes", "config", "options", "lifecycles", "document-middlewares", "subscribers", "cron", NULL};
	struct manifest *manifest = arena_new_of(arena, struct manifest);
	unsigned before = problems->count;
	struct error error = ERROR_INIT;

	manifest->file = file;
	manifest->folder = folder;
	manifest->embedded = embedded;
	/* It is the library itself, whatever its manifest calls that. */
	if (embedded)
		manifest->library = base_name(folder);
	if (node_check_keys(root, keys, &error) < 0)
		problems_take(problems, &error);
	manifest->node = node_get(root, "plugin");
	if (!manifest->node || manifest->node->type != NODE_TABLE) {
		problems_add_node(
			problems, manifest->node ? manifest->node : root, "the table [plugin] is missing");
		return NULL;
	}
	read_plugin_table(manifest, arena, problems);
	manifest_routes_read(manifest, arena, node_get(root, "routes"), problems);
	manifest->core_routes = node_get(root, "core-routes");
	manifest_hooks_read(manifest, arena, root, problems);
	manifest_cron_read(manifest, arena, root, problems);
	declarations_read(&manifest->config, arena, node_get(root, "config"), problems);
	read_options(manifest, arena, node_get(root, "options"), problems);
	return problems->count == before ? manifest : NULL;
}

const struct manifest *manifest_parse(
	struct arena *arena, struct str text, struct str file, struct str folder, struct problems *problems)
{
	struct error error = ERROR_INIT;
	const struct node *root = node_read_toml(arena, text, file, NULL, &error);

	if (!root) {
		problems_take(problems, &error);
		return NULL;
	}
	return read_root(arena, root, file, folder, NULL, problems);
}

static const struct manifest *read_embedded(struct arena *arena, struct str path, struct problems *problems)
{
	struct embedded *files = arena_new_of(arena, struct embedded);
	const char *file = arena_strdup(arena, path);
	struct error error = ERROR_INIT;
	const struct node *root;
	struct str name;

	if (embedded_read(arena, file, files, &error) < 0) {
		problems_take(problems, &error);
		return NULL;
	}
	name = str_of(arena_printf(arena, "%s(plugin.toml)", file));
	root = node_read_toml(arena, embedded_find(files, STR("plugin.toml"))->text, name, NULL, &error);
	if (!root) {
		problems_take(problems, &error);
		return NULL;
	}
	return read_root(arena, root, name, str_of(file), files, problems);
}

const struct manifest *manifest_read(struct arena *arena, struct str path, struct problems *problems)
{
	const char *file = arena_printf(arena, "%.*s/plugin.toml", STR_ARG(path));
	struct error error = ERROR_INIT;
	const struct node *root;

	if (embedded_is(path))
		return read_embedded(arena, path, problems);
	root = node_read_file(arena, file, NULL, &error);
	if (!root) {
		problems_take(problems, &error);
		return NULL;
	}
	return read_root(arena, root, str_of(file), path, NULL, problems);
}
