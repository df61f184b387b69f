#include "config/settings_check.h"

#include "base/cron_rule.h"

/* What serves when middlewares.toml has no list. */
static const char *const own_middlewares[] = {
	"socle::logger", "socle::errors", "socle::security", "socle::cors", "socle::powered-by", "socle::query",
	"socle::body", "socle::favicon", "socle::public",
};

static int read_middleware(const struct node *node, struct settings_middleware *middleware,
	struct error *error)
{
	static const char *const known[] = { "name", "config", NULL };

	middleware->node = node;
	if (node->type == NODE_STRING) {
		middleware->name = node->text;
	} else if (node->type == NODE_TABLE) {
		if (node_check_keys(node, known, error) < 0 ||
			node_read_string(node, "name", &middleware->name, error) < 0)
			return -1;
		middleware->config = node_get(node, "config");
	}
	if (!middleware->name.n) {
		const char *found = node->type == NODE_TABLE ? "a table without a name"
			: node->type == NODE_STRING ? "an empty string" : node_type_name(node);

		return node_error(node, error, "expected the name of a middleware, or "
			"{ name = \"...\", config = { ... } }, found %s", found);
	}
	if (middleware->config && middleware->config->type != NODE_TABLE) {
		return node_error(middleware->config, error, "`config` must be a table, but it is %s",
			node_type_name(middleware->config));
	}
	return 0;
}

static void take_own_middlewares(struct settings_loading *loading)
{
	size_t count = sizeof(own_middlewares) / sizeof(own_middlewares[0]);
	struct settings_middleware *list = arena_zalloc(loading->arena, count * sizeof(*list));

	for (size_t i = 0; i < count; i++)
		list[i].name = str_of(own_middlewares[i]);
	loading->settings->middlewares = list;
	loading->settings->middleware_count = count;
}

static void read_middlewares(struct settings_loading *loading)
{
	const struct node *use = loading->settings->middleware_list;
	struct settings_middleware *list;
	struct error problem = ERROR_INIT;
	size_t count = 0;

	if (!use) {
		take_own_middlewares(loading);
		return;
	}
	if (use->type != NODE_ARRAY) {
		node_error(use, &problem, "`use` must be an array, but it is %s", node_type_name(use));
		settings_note(loading, &problem);
		return;
	}
	list = arena_zalloc(loading->arena, use->items.count * sizeof(*list));
	node_foreach(item, use) {
		if (read_middleware(item, &list[count++], &problem) < 0)
			settings_note(loading, &problem);
	}
	loading->settings->middlewares = list;
	loading->settings->middleware_count = count;
}

static int read_plugin(const struct node *node, struct settings_plugin *plugin, struct error *error)
{
	*plugin = (struct settings_plugin){ .name = node->key, .enabled = true };
	if (node->type == NODE_BOOL) {
		plugin->enabled = node->boolean;
		return 0;
	}
	if (node->type != NODE_TABLE) {
		return node_error(node, error,
			"expected true, false or a table of the plugin's settings, found %s",
			node_type_name(node));
	}
	plugin->config = node;
	return node_read_bool(node, "enabled", &plugin->enabled, error);
}

static void read_plugins(struct settings_loading *loading)
{
	const struct node *root = loading->roots[SETTINGS_PLUGINS];
	struct settings_plugin *list;
	struct error problem = ERROR_INIT;
	size_t count = 0;

	if (!root)
		return;
	list = arena_array(loading->arena, root->items.count, sizeof(*list));
	node_foreach(item, root) {
		if (read_plugin(item, &list[count++], &problem) < 0)
			settings_note(loading, &problem);
	}
	loading->settings->plugins = list;
	loading->settings->plugin_count = count;
}

/* Whether there is such a task is known when all plugins are: plugin/tasks.h. */
static int check_task(const struct node *task, struct error *error)
{
	static const char *const known[] = { "name", "rule", "tz", "enabled", NULL };
	struct str name = STR_NULL, rule = STR_NULL, zone = STR_NULL;
	bool enabled;

	if (task->type != NODE_TABLE)
		return node_error(task, error, "a task must be a table, but it is %s", node_type_name(task));
	if (node_check_keys(task, known, error) < 0 || node_read_string(task, "name", &name, error) < 0 ||
		node_read_string(task, "rule", &rule, error) < 0 || node_read_string(task, "tz", &zone, error) < 0 ||
		node_read_bool(task, "enabled", &enabled, error) < 0)
		return -1;
	if (!name.n || task->items.count < 2)
		return node_error(task, error, "a task needs its `name`, and what is to be different: `rule`, `tz` or `enabled`");
	if (node_get(task, "rule") && cron_rule_parse(rule, &(struct cron_rule){ 0 }, error) < 0) {
		struct error said = ERROR_INIT;

		error_move(&said, error);
		node_error(node_get(task, "rule"), error, "%s", error_message(&said));
		error_clear(&said);
		return -1;
	}
	return 0;
}

static void check_cron(struct settings_loading *loading)
{
	const struct node *tasks = loading->settings->cron_tasks;
	struct error problem = ERROR_INIT;

	if (tasks && tasks->type != NODE_ARRAY) {
		node_error(tasks, &problem, "`tasks` must be an array of tables ([[tasks]]), but it is %s",
			node_type_name(tasks));
		settings_note(loading, &problem);
		return;
	}
	node_foreach(task, tasks) {
		if (check_task(task, &problem) < 0)
			settings_note(loading, &problem);
	}
}

void settings_read_lists(struct settings_loading *loading)
{
	read_middlewares(loading);
	read_plugins(loading);
	check_cron(loading);
}
