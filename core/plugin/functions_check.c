/* Before any library is opened: is what the manifests list there, and only once? */
#include "plugin/functions.h"

#include "plugin/loader.h"
#include "rest/actions.h"

static bool exports(
	struct build *build, const struct plugin *plugin, enum function_kind kind, struct str name)
{
	return audit_exports(&plugin->audit, str_of(loader_symbol_name(build->scratch, kind, name)));
}

static void say_lacking(struct build *build, const struct plugin *plugin, enum function_kind kind,
	struct str name, const struct node *node, const char *what)
{
	static const char *const macros[FUNCTION_KINDS] = {
		[FUNCTION_POLICY] = "SOCLE_POLICY", [FUNCTION_MIDDLEWARE] = "SOCLE_MIDDLEWARE",
		[FUNCTION_ACTION] = "SOCLE_ACTION", [FUNCTION_LIFECYCLE] = "SOCLE_LIFECYCLE",
		[FUNCTION_DOCUMENT_MIDDLEWARE] = "SOCLE_DOCUMENT_MIDDLEWARE", [FUNCTION_SUBSCRIBER] = "SOCLE_SUBSCRIBER",
		[FUNCTION_SERVICE] = "SOCLE_SERVICE", [FUNCTION_TASK] = "SOCLE_TASK",
	};
	const char *symbol = loader_symbol_name(build->scratch, kind, name);
	/* Behind "socle_policy_". */
	const char *argument = symbol + strlen("socle_") + strlen(loader_kind_name(kind)) + 1;

	if (str_is_null(plugin->manifest->library)) {
		problems_add_node(&build->problems, node,
			"%s \"%.*s\" is code, and the plugin has none: `library` is missing", what,
			STR_ARG(name));
		return;
	}
	problems_add_node(&build->problems, node,
		"%s \"%.*s\" is the symbol `%s`, which %s lacks; define it with %s(%s)",
		what, STR_ARG(name), symbol, build_library(build, plugin->manifest), macros[kind], argument);
}

void functions_check_symbol(struct build *build, const struct plugin *plugin, enum function_kind kind, struct str name,
	const struct node *node, const char *what)
{
	if (!exports(build, plugin, kind, name))
		say_lacking(build, plugin, kind, name, node, what);
}

/* ---- names that are listed ---- */

static void check_names(struct build *build, const struct plugin *plugin, enum function_kind kind,
	const struct manifest_names *names, const char *what)
{
	for (unsigned i = 0; i < names->count; i++)
		functions_check_symbol(build, plugin, kind, names->items[i].text, names->items[i].node, what);
}

static void check_handlers(struct build *build, const struct plugin *plugin)
{
	for (unsigned i = 0; i < plugin->manifest->route_count; i++) {
		const struct manifest_route *route = &plugin->manifest->routes[i];
		struct handler handler = functions_handler(build, plugin, route);

		if (!handler.own || exports(build, plugin, FUNCTION_ACTION, handler.local))
			continue;
		if (!handler.model || !rest_core_action(handler.model, route->action))
			say_lacking(build, plugin, FUNCTION_ACTION, handler.local,
				node_get(route->node, "handler"), "handler");
	}
}

/* ---- names that two plugins list ---- */

/* Plugins of kind "global", "admin" and "host" have their namespace in common. */
static void check_twice(struct build *build, const struct plugin *plugin, const struct manifest_names *names,
	const struct plugin *other, const struct manifest_names *others, const char *what)
{
	for (unsigned i = 0; i < names->count; i++) {
		for (unsigned j = 0; j < others->count; j++) {
			if (!str_equal(names->items[i].text, others->items[j].text))
				continue;
			problems_add_node(&build->problems, names->items[i].node, "%s \"%.*s%.*s\" is one of the plugin \"%.*s\", too "
				"(%.*s); rename one of them, or disable one of the plugins", what,
				STR_ARG(build_namespace(build->scratch, plugin->manifest)), STR_ARG(names->items[i].text),
				STR_ARG(other->manifest->name), STR_ARG(build_where(build, others->items[j].node)));
		}
	}
}

static void check_namespace(struct build *build, const struct plugin *plugin, const struct plugin *other)
{
	const struct manifest *a = plugin->manifest, *b = other->manifest;

	if (a->kind != b->kind || a->kind == MANIFEST_API || a->kind == MANIFEST_PLUGIN)
		return;
	check_twice(build, plugin, &a->policies, other, &b->policies, "policy");
	check_twice(build, plugin, &a->middlewares, other, &b->middlewares, "middleware");
	check_twice(build, plugin, &a->services, other, &b->services, "service");
}

/* ---- the whole ---- */

void functions_check(struct build *build)
{
	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin *plugin = &build->plugins[i];

		check_names(build, plugin, FUNCTION_POLICY, &plugin->manifest->policies, "policy");
		check_names(build, plugin, FUNCTION_MIDDLEWARE, &plugin->manifest->middlewares, "middleware");
		check_handlers(build, plugin);
		for (unsigned j = 0; j < i; j++)
			check_namespace(build, plugin, &build->plugins[j]);
	}
}
