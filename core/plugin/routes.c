#include "plugin/routes.h"

#include <stdlib.h>

#include "plugin/core_routes.h"
#include "plugin/functions.h"
#include "rest/actions.h"

static const char *const kind_words[FUNCTION_KINDS] = {
	[FUNCTION_POLICY] = "Policy", [FUNCTION_MIDDLEWARE] = "Middleware", [FUNCTION_ACTION] = "Handler",
};

/* ---- of plugins ---- */

static struct str path_of(
	struct build *build, const struct manifest *manifest, const struct manifest_route *route)
{
	struct str prefix = build->settings->api.prefix;

	if (manifest->kind == MANIFEST_ADMIN)
		return str_of(arena_printf(build->arena, "/admin%.*s", STR_ARG(route->path)));
	if (manifest->kind == MANIFEST_PLUGIN && !route->has_prefix) {
		return str_of(arena_printf(build->arena, "%.*s/%.*s%.*s", STR_ARG(prefix),
			STR_ARG(manifest->name), STR_ARG(route->path)));
	}
	return str_of(arena_printf(build->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(route->path)));
}

static void say_unknown(struct build *build, const struct route *route, enum function_kind kind,
	struct str name, const struct node *node)
{
	problems_add_node(&build->problems, node, "error creating endpoint %.*s %.*s: %s \"%.*s\" not found; "
		"correct the name, or add the plugin that has it",
		STR_ARG(route->method), STR_ARG(route->path), kind_words[kind], STR_ARG(name));
}

static struct route_use *resolve_uses(struct build *build, const struct plugin *plugin,
	const struct route *route, enum function_kind kind, const struct manifest_uses *uses,
	unsigned *count_r)
{
	struct route_use *resolved = arena_array(build->arena, uses->count + 1, sizeof(*resolved));

	*count_r = 0;
	for (unsigned i = 0; i < uses->count; i++) {
		const struct manifest_use *use = &uses->items[i];
		const struct build_function *function = functions_find(build, kind, plugin, use->name);

		if (!function) {
			say_unknown(build, route, kind, use->name, use->node);
			continue;
		}
		resolved[(*count_r)++] = (struct route_use){function->function.name,
			functions_options(build, function, use->config), build_where(build, use->node)};
	}
	return resolved;
}

static void add_declared(
	struct build *build, const struct plugin *plugin, const struct manifest_route *declared)
{
	struct handler handler = functions_handler(build, plugin, declared);
	struct generation *generation = build->generation;
	struct route *route = &generation->routes[generation->route_count++];

	*route = (struct route){
		.method = declared->method,
		.path = path_of(build, plugin->manifest, declared),
		.action = handler.name,
		.where = build_where(build, declared->node),
		.auth = declared->auth,
		.scope = str_is_null(declared->scope) ? handler.name : declared->scope,
		.model = handler.model,
		.instance = plugin->instance,
	};
	if (!functions_find(build, FUNCTION_ACTION, NULL, handler.name))
		say_unknown(build, route, FUNCTION_ACTION, handler.name, node_get(declared->node, "handler"));
	route->policies = resolve_uses(
		build, plugin, route, FUNCTION_POLICY, &declared->policies, &route->policy_count);
	route->middlewares = resolve_uses(build, plugin, route, FUNCTION_MIDDLEWARE, &declared->middlewares,
		&route->middleware_count);
}

/* As in Strapi, those with a prefix of their own come before the others of their file. */
static void add_plugin(struct build *build, const struct plugin *plugin)
{
	for (int prefixed = 1; prefixed >= 0; prefixed--) {
		for (unsigned i = 0; i < plugin->manifest->route_count; i++) {
			if (plugin->manifest->routes[i].has_prefix == prefixed)
				add_declared(build, plugin, &plugin->manifest->routes[i]);
		}
	}
}

static int by_name(const void *a, const void *b)
{
	const struct plugin *const *left = a, *const *right = b;

	return str_compare((*left)->manifest->name, (*right)->manifest->name);
}

/* Apis by name; the others, whose paths begin with their own name, in load order. */
static void add_plugins(struct build *build)
{
	const struct plugin **apis = arena_array(build->scratch, build->plugin_count + 1, sizeof(*apis));
	unsigned count = 0;

	for (unsigned i = 0; i < build->plugin_count; i++) {
		if (build->plugins[i].manifest->kind == MANIFEST_API)
			apis[count++] = &build->plugins[i];
	}
	qsort(apis, count, sizeof(*apis), by_name);
	for (unsigned i = 0; i < count; i++)
		add_plugin(build, apis[i]);
	for (unsigned i = 0; i < build->plugin_count; i++) {
		if (build->plugins[i].manifest->kind != MANIFEST_API)
			add_plugin(build, &build->plugins[i]);
	}
}

/* "([a-z]+)?" of ":cat([a-z]+)?". */
static struct str behind_name(struct str parameter)
{
	size_t n = 1;

	while (n < parameter.n && parameter.p[n] && !strchr("(?*+{", parameter.p[n]))
		n++;
	return str_skip(parameter, n);
}

/* Whether no request could tell them apart: the names of parameters make no difference (pipeline/pattern.h). */
static bool is_same(const struct route *a, const struct route *b)
{
	struct str left = a->path, right = b->path;

	if (!str_equal(a->method, b->method) && !str_is(a->method, "ALL") && !str_is(b->method, "ALL"))
		return false;
	while (!str_is_null(left) && !str_is_null(right)) {
		struct str one = str_cut(&left, '/'), other = str_cut(&right, '/');
		bool both = one.n && other.n && one.p[0] == ':' && other.p[0] == ':';

		if (both ? !str_equal(behind_name(one), behind_name(other)) : !str_equal_nocase(one, other))
			return false;
	}
	return str_is_null(left) && str_is_null(right);
}

/* ---- of content types ---- */

static bool has_core_routes(const struct model *model)
{
	return model->kind != MODEL_COMPONENT && str_starts(model->uid, STR("api::"));
}

static struct str core_path(struct build *build, const struct model *model, const struct core_routes *routes,
	const struct rest_core_route *core)
{
	struct str name = model->kind == MODEL_SINGLE ? model->singular : model->plural;

	return str_of(arena_printf(build->arena, "%.*s%.*s/%.*s%s", STR_ARG(build->settings->api.prefix), STR_ARG(routes->prefix),
		STR_ARG(str_is_null(routes->path) ? name : routes->path), core->with_id ? "/:id" : ""));
}

static void add_core(struct build *build, const struct model *model, const struct core_routes *routes)
{
	struct generation *generation = build->generation;
	const struct rest_core_route *core;

	for (unsigned i = 0; (core = rest_core_route(model, i)) != NULL; i++) {
		struct str action = str_of(arena_printf(build->arena, "%.*s.%s", STR_ARG(model->uid), core->action));
		const struct core_route *said = &routes->actions[i];
		struct route *route;

		if (said->off)
			continue;
		route = &generation->routes[generation->route_count++];
		*route = (struct route){
			.method = str_of(core->method),
			.path = core_path(build, model, routes, core),
			.action = action,
			.where = said->node ? build_where(build, said->node) : model->file,
			.auth = !said->open,
			.scope = str_is_null(said->scope) ? action : said->scope,
			.model = model,
		};
		route->policies = resolve_uses(build, said->policies_from, route, FUNCTION_POLICY, &said->policies,
			&route->policy_count);
		route->middlewares = resolve_uses(build, said->middlewares_from, route, FUNCTION_MIDDLEWARE,
			&said->middlewares, &route->middleware_count);
	}
}

static int by_uid(const void *a, const void *b)
{
	const struct model *const *left = a, *const *right = b;

	return str_compare((*left)->uid, (*right)->uid);
}

static void add_types(struct build *build)
{
	const struct models *models = build->generation->models;
	const struct model **sorted = arena_array(build->scratch, models->count + 1, sizeof(*sorted));
	const struct core_routes *routes = core_routes_read(build);
	unsigned count = 0;

	for (unsigned i = 0; i < models->count; i++) {
		if (has_core_routes(models->list[i]))
			sorted[count++] = models->list[i];
	}
	qsort(sorted, count, sizeof(*sorted), by_uid);
	for (unsigned i = 0; i < count; i++)
		add_core(build, sorted[i], &routes[sorted[i]->index]);
}

/* ---- two in one place ---- */

/* Of whom a route is, for messages: of a plugin, or of the content type that has it by itself. */
static struct str owner(const struct route *route)
{
	return route->instance ? route->instance->name : route->model->uid;
}

/* Within one plugin the first is meant to win: of two routes, and of a route and a content type's own. */
static bool is_meant(const struct route *a, const struct route *b)
{
	if (a->instance && b->instance)
		return a->instance == b->instance;
	if (!a->instance && !b->instance)
		return false;
	return str_equal(a->instance ? a->instance->name : b->instance->name, a->instance ? b->model->plugin : a->model->plugin);
}

/* Among plugins the first would win, by their names: nobody means that. */
static void check_same(struct build *build)
{
	const struct generation *generation = build->generation;

	for (unsigned i = 0; i < generation->route_count; i++) {
		const struct route *route = &generation->routes[i];

		for (unsigned j = 0; j < i; j++) {
			const struct route *other = &generation->routes[j];

			if (is_meant(route, other) || !is_same(route, other))
				continue;
			problems_add(&build->problems, "%.*s: %.*s %.*s is a route of the %s \"%.*s\", too (%.*s); give one of "
				"them another path, or %s", STR_ARG(route->where), STR_ARG(route->method), STR_ARG(route->path),
				other->instance ? "plugin" : "content type", STR_ARG(owner(other)), STR_ARG(other->where),
				route->instance ? "disable one of the plugins" : "switch the content type's own off ([core-routes])");
			break;
		}
	}
}

/* ---- the whole ---- */

static unsigned count_routes(const struct build *build)
{
	const struct models *models = build->generation->models;
	unsigned count = 0;

	for (unsigned i = 0; i < build->plugin_count; i++)
		count += build->plugins[i].manifest->route_count;
	for (unsigned i = 0; i < models->count; i++) {
		for (unsigned j = 0; rest_core_route(models->list[i], j); j++)
			count++;
	}
	return count;
}

void routes_add(struct build *build)
{
	unsigned count = count_routes(build);

	build->generation->routes = arena_array(build->arena, count + 1, sizeof(*build->generation->routes));
	add_plugins(build);
	add_types(build);
	check_same(build);
}
