#include "plugin/manifest_route.h"

static struct str required(const struct node *table, const char *key, struct problems *problems)
{
	const struct node *node = node_get(table, key);

	if (!node)
		problems_add_node(problems, table, "a route must have a `%s`", key);
	else if (node->type != NODE_STRING)
		problems_add_node(
			problems, node, "`%s` must be a string, but it is %s", key, node_type_name(node));
	else
		return node->text;
	return STR_NULL;
}

static void read_method(struct manifest_route *route, struct problems *problems)
{
	static const char *const methods[] = { "GET", "POST", "PUT", "PATCH", "DELETE", "ALL", NULL };

	route->method = required(route->node, "method", problems);
	if (str_is_null(route->method))
		return;
	for (unsigned i = 0; methods[i]; i++) {
		if (str_equal(route->method, str_of(methods[i])))
			return;
	}
	problems_add_node(problems, node_get(route->node, "method"),
		"`method` must be one of GET, POST, PUT, PATCH, DELETE, ALL, not \"%.*s\"",
		STR_ARG(route->method));
}

static void read_path(struct manifest_route *route, struct problems *problems)
{
	route->path = required(route->node, "path", problems);
	if (!str_is_null(route->path) && !str_starts(route->path, STR("/")))
		problems_add_node(problems, node_get(route->node, "path"),
			"`path` must begin with '/', but it is \"%.*s\"", STR_ARG(route->path));
}

static void read_handler(struct manifest_route *route, struct problems *problems)
{
	struct str handler = required(route->node, "handler", problems);
	size_t dot = handler.n;

	if (str_is_null(handler))
		return;
	while (dot && handler.p[dot - 1] != '.')
		dot--;
	route->action = str_skip(handler, dot);
	route->controller = str_take(handler, dot ? dot - 1 : 0);
	if (!route->action.n || !route->controller.n)
		problems_add_node(problems, node_get(route->node, "handler"),
			"`handler` must be \"controller.action\", but it is \"%.*s\"", STR_ARG(handler));
}

/* "name" or { name = "name", config = { ... } } */
static bool read_use(
	struct manifest_use *use, const struct node *item, const char *key, struct problems *problems)
{
	static const char *const keys[] = { "name", "config", NULL };
	struct error error = ERROR_INIT;
	const struct node *name = item->type == NODE_TABLE ? node_get(item, "name") : item;

	*use = (struct manifest_use){ .node = item };
	if (!name || name->type != NODE_STRING || !name->text.n) {
		problems_add_node(problems, item,
			"each of `%s` must be a name or { name = \"...\", config = { ... } }", key);
		return false;
	}
	use->name = name->text;
	if (item->type != NODE_TABLE)
		return true;
	if (node_check_keys(item, keys, &error) < 0)
		problems_take(problems, &error);
	use->config = node_get(item, "config");
	return true;
}

static void read_uses(struct manifest_uses *uses, struct arena *arena, const struct node *config,
	const char *key, struct problems *problems)
{
	const struct node *array = node_get(config, key);
	struct manifest_use *items;

	if (!array)
		return;
	if (array->type != NODE_ARRAY) {
		problems_add_node(
			problems, array, "`%s` must be a list, but it is %s", key, node_type_name(array));
		return;
	}
	items = arena_zalloc(arena, (array->items.count + 1) * sizeof(*items));
	node_foreach(item, array) {
		if (read_use(&items[uses->count], item, key, problems))
			uses->count++;
	}
	uses->items = items;
}

static void read_auth_table(struct manifest_route *route, const struct node *auth, struct problems *problems)
{
	static const char *const keys[] = { "scope", NULL };
	const struct node *scope = node_get(auth, "scope");
	struct error error = ERROR_INIT;

	if (node_check_keys(auth, keys, &error) < 0)
		problems_take(problems, &error);
	if (!scope)
		return;
	if (scope->type == NODE_ARRAY && scope->items.count == 1 && scope->items.first->type == NODE_STRING)
		route->scope = scope->items.first->text;
	else
		problems_add_node(problems, scope, "`scope` must be a list of one action's name");
}

static void read_auth(struct manifest_route *route, const struct node *config, struct problems *problems)
{
	const struct node *auth = node_get(config, "auth");

	route->auth = true;
	route->scope = STR_NULL;
	if (!auth)
		return;
	if (auth->type == NODE_BOOL && !auth->boolean)
		route->auth = false;
	else if (auth->type == NODE_TABLE)
		read_auth_table(route, auth, problems);
	else
		problems_add_node(problems, auth,
			"`auth` must be false or { scope = [\"...\"] }; leave it out to ask for the "
			"action's own permission");
}

void manifest_route_read_settings(struct manifest_route *route, struct arena *arena, const struct node *table,
	struct problems *problems)
{
	read_uses(&route->policies, arena, table, "policies", problems);
	read_uses(&route->middlewares, arena, table, "middlewares", problems);
	read_auth(route, table, problems);
}

static void read_config(struct manifest_route *route, struct arena *arena, struct problems *problems)
{
	/* description and tags are for documentation. */
	static const char *const keys[] = {
		"policies", "middlewares", "auth", "prefix", "description", "tags", NULL};
	const struct node *config = node_get(route->node, "config");
	struct error error = ERROR_INIT;

	if (config && config->type != NODE_TABLE) {
		problems_add_node(
			problems, config, "`config` must be a table, but it is %s", node_type_name(config));
		config = NULL;
	}
	if (node_check_keys(config, keys, &error) < 0)
		problems_take(problems, &error);
	manifest_route_read_settings(route, arena, config, problems);
	route->has_prefix = node_get(config, "prefix") != NULL;
}

static void read_route(struct manifest_route *route, struct arena *arena, const struct node *table,
	struct problems *problems)
{
	static const char *const keys[] = { "method", "path", "handler", "config", NULL };
	struct error error = ERROR_INIT;

	route->node = table;
	if (node_check_keys(table, keys, &error) < 0)
		problems_take(problems, &error);
	read_method(route, problems);
	read_path(route, problems);
	read_handler(route, problems);
	read_config(route, arena, problems);
}

void manifest_routes_read(struct manifest *manifest, struct arena *arena, const struct node *array,
	struct problems *problems)
{
	struct manifest_route *items;

	if (!array)
		return;
	if (array->type != NODE_ARRAY) {
		problems_add_node(problems, array, "routes are written as [[routes]]");
		return;
	}
	if (manifest->kind == MANIFEST_GLOBAL || manifest->kind == MANIFEST_HOST) {
		problems_add_node(problems, array,
			"a plugin of kind \"%s\" has no routes; make it one of kind \"plugin\" or \"api\"",
			manifest_kind_name(manifest->kind));
	}
	items = arena_zalloc(arena, (array->items.count + 1) * sizeof(*items));
	node_foreach(item, array) {
		if (item->type == NODE_TABLE)
			read_route(&items[manifest->route_count++], arena, item, problems);
		else
			problems_add_node(problems, item, "routes are written as [[routes]]");
	}
	manifest->routes = items;
}
