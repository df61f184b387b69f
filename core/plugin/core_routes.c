#include "plugin/core_routes.h"

#include "plugin/manifest_route.h"
#include "rest/actions.h"

struct reading {
	struct build *build;
	struct core_routes *all;
	const struct node **said;	/* by model: the manifest's table; NULL: none */
};

/* ---- one action ---- */

static unsigned action_count(const struct model *model)
{
	unsigned count = 0;

	while (rest_core_route(model, count))
		count++;
	return count;
}

static const char **action_names(struct build *build, const struct model *model)
{
	unsigned count = action_count(model);
	const char **names = arena_zalloc(build->scratch, (count + 1) * sizeof(*names));

	for (unsigned i = 0; i < count; i++)
		names[i] = rest_core_route(model, i)->action;
	return names;
}

/* CORE_ROUTES, and a problem, when the model has no such action. */
static unsigned action_of(struct build *build, const struct model *model, struct str name, const struct node *node)
{
	const char **names = action_names(build, model);

	for (unsigned i = 0; names[i]; i++) {
		if (str_equal(name, str_of(names[i])))
			return i;
	}
	problems_add_unknown(&build->problems, node, name, names, "", "%.*s has no action \"%.*s\"", STR_ARG(model->uid),
		STR_ARG(name));
	return CORE_ROUTES;
}

static void read_enabled(struct build *build, const struct node *table, struct core_route *route)
{
	const struct node *enabled = node_get(table, "enabled");

	if (!enabled)
		return;
	if (enabled->type == NODE_BOOL)
		route->off = !enabled->boolean;
	else
		problems_add_node(&build->problems, enabled, "`enabled` is true or false, but it is %s", node_type_name(enabled));
}

static void read_action(struct reading *reading, const struct plugin *from, const struct node *table,
	struct core_route *route)
{
	static const char *const keys[] = { "enabled", "auth", "policies", "middlewares", "description", "tags", NULL };
	struct manifest_route said = { .node = table };
	struct build *build = reading->build;
	struct error error = ERROR_INIT;

	if (table->type != NODE_TABLE) {
		problems_add_node(&build->problems, table, "the settings of an action are a table, but this is %s",
			node_type_name(table));
		return;
	}
	if (node_check_keys(table, keys, &error) < 0)
		problems_take(&build->problems, &error);
	manifest_route_read_settings(&said, build->scratch, table, &build->problems);
	read_enabled(build, table, route);
	route->node = table;
	if (node_get(table, "auth")) {
		route->open = !said.auth;
		route->scope = said.scope;
	}
	if (node_get(table, "policies")) {
		route->policies = said.policies;
		route->policies_from = from;
	}
	if (node_get(table, "middlewares")) {
		route->middlewares = said.middlewares;
		route->middlewares_from = from;
	}
}

/* ---- one type ---- */

static void mark(struct reading *reading, const struct model *model, const struct node *list, bool *marked)
{
	node_foreach(item, list) {
		unsigned action = item->type == NODE_STRING ? action_of(reading->build, model, item->text, item) : CORE_ROUTES;

		if (item->type != NODE_STRING)
			problems_add_node(&reading->build->problems, item, "an action's name is a string, but this is %s",
				node_type_name(item));
		else if (action < CORE_ROUTES)
			marked[action] = true;
	}
}

static const struct node *list_of(struct build *build, const struct node *table, const char *key)
{
	const struct node *list = node_get(table, key);

	if (list && list->type != NODE_ARRAY) {
		problems_add_node(&build->problems, list, "`%s` is a list of actions, but it is %s", key, node_type_name(list));
		return NULL;
	}
	return list;
}

/* `except` first, then `only`, as in Strapi. */
static void read_choice(struct reading *reading, const struct model *model, const struct node *table,
	struct core_routes *routes)
{
	const struct node *except = list_of(reading->build, table, "except"), *only = list_of(reading->build, table, "only");
	bool left_out[CORE_ROUTES] = { false }, chosen[CORE_ROUTES] = { false };

	if (!except && !only)
		return;
	mark(reading, model, except, left_out);
	mark(reading, model, only, chosen);
	for (unsigned i = 0; i < CORE_ROUTES; i++)
		routes->actions[i].off = left_out[i] || (only && !chosen[i]);
}

static void read_paths(struct build *build, const struct node *table, struct core_routes *routes)
{
	const struct node *prefix = node_get(table, "prefix"), *path = node_get(table, "path");

	if (prefix && (prefix->type != NODE_STRING || !str_starts(prefix->text, STR("/"))))
		problems_add_node(&build->problems, prefix, "`prefix` is a string that begins with '/': \"/v2\"");
	else if (prefix)
		routes->prefix = prefix->text;
	if (path && (path->type != NODE_STRING || !path->text.n || str_starts(path->text, STR("/"))))
		problems_add_node(&build->problems, path, "`path` stands instead of the type's name, without a '/' in front: \"posts\"");
	else if (path)
		routes->path = path->text;
}

static void read_type(struct reading *reading, const struct plugin *from, const struct model *model,
	const struct node *table)
{
	struct core_routes *routes = &reading->all[model->index];

	read_paths(reading->build, table, routes);
	read_choice(reading, model, table, routes);
	node_foreach(item, table) {
		unsigned action;

		if (str_is(item->key, "prefix") || str_is(item->key, "path") || str_is(item->key, "only") ||
			str_is(item->key, "except"))
			continue;
		action = action_of(reading->build, model, item->key, item);
		if (action < CORE_ROUTES)
			read_action(reading, from, item, &routes->actions[action]);
	}
}

/* ---- all of them ---- */

static const struct model *model_of(const struct build *build, const struct plugin *plugin, struct str name)
{
	const struct models *models = build->generation->models;

	for (unsigned i = 0; plugin && i < models->count; i++) {
		const struct model *model = models->list[i];

		if (model->kind != MODEL_COMPONENT && str_equal(model->plugin, plugin->manifest->name) &&
			str_equal(model->singular, name))
			return model;
	}
	return models_find(models, name);
}

static void read_all(struct reading *reading, const struct plugin *from, const struct node *tables)
{
	struct build *build = reading->build;

	if (tables && tables->type != NODE_TABLE) {
		problems_add_node(&build->problems, tables, "the routes of content types are tables, one per type, but this is %s",
			node_type_name(tables));
		return;
	}
	node_foreach(table, tables) {
		const struct model *model = model_of(build, from, table->key);

		if (!model || model->kind == MODEL_COMPONENT) {
			problems_add_node(&build->problems, table, "there is no content type \"%.*s\": one of the plugin's "
				"own goes by its singularName, any other by its uid", STR_ARG(table->key));
		} else if (table->type != NODE_TABLE) {
			problems_add_node(&build->problems, table, "the routes of a content type are a table, but this is %s",
				node_type_name(table));
		} else if (from && reading->said[model->index]) {
			problems_add_node(&build->problems, table, "the routes of %.*s are settled already, at %.*s: leave one of them out",
				STR_ARG(model->uid), STR_ARG(build_where(build, reading->said[model->index])));
		} else {
			reading->said[model->index] = from ? table : reading->said[model->index];
			read_type(reading, from, model, table);
		}
	}
}

const struct core_routes *core_routes_read(struct build *build)
{
	unsigned count = build->generation->models->count;
	struct reading reading = { .build = build,
		.all = arena_zalloc(build->scratch, (count + 1) * sizeof(*reading.all)),
		.said = arena_zalloc(build->scratch, (count + 1) * sizeof(*reading.said)) };

	for (unsigned i = 0; i < build->plugin_count; i++)
		read_all(&reading, &build->plugins[i], build->plugins[i].manifest->core_routes);
	read_all(&reading, NULL, build->settings->api.routes);
	return reading.all;
}
