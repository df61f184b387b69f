#include "plugin/functions.h"

#include <stdlib.h>

#include "plugin/loader.h"
#include "rest/actions.h"

/* ---- the table ---- */

static struct build_function *find_exact(const struct build *build, enum function_kind kind, struct str name)
{
	for (unsigned i = 0; i < build->function_count; i++) {
		struct build_function *item = &build->functions[i];

		if (item->function.kind == kind && str_equal(item->function.name, name))
			return item;
	}
	return NULL;
}

static void add(struct build *build, enum function_kind kind, struct str full, extension_fn *fn,
	const struct plugin *owner, struct str name)
{
	if (find_exact(build, kind, full))
		return;
	if (build->function_count == build->function_capacity) {
		unsigned capacity = build->function_capacity ? build->function_capacity * 2 : 64;
		struct build_function *larger = arena_array(build->scratch, capacity, sizeof(*larger));

		if (build->function_count)
			memcpy(larger, build->functions, build->function_count * sizeof(*larger));
		build->functions = larger;
		build->function_capacity = capacity;
	}
	build->functions[build->function_count++] = (struct build_function){
		{ kind, full, fn, owner ? owner->instance : NULL, owner ? manifest_options(owner->manifest, name) : NULL }, owner, name
	};
}

static struct str join(struct build *build, struct str a, const char *between, struct str b)
{
	return str_of(arena_printf(build->arena, "%.*s%s%.*s", STR_ARG(a), between, STR_ARG(b)));
}

/* ---- handlers ---- */

static bool is_type_of(const struct model *model, const struct plugin *plugin)
{
	return model->kind != MODEL_COMPONENT && str_equal(model->plugin, plugin->manifest->name);
}

/* The content type that a handler's controller is named after: "article", or "api::article.article". */
static const struct model *controller_model(
	const struct build *build, const struct plugin *plugin, struct str controller)
{
	const struct models *models = build->generation->models;

	for (unsigned i = 0; i < models->count; i++) {
		const struct model *model = models->list[i];

		if (is_type_of(model, plugin) && str_equal(model->singular, controller))
			return model;
	}
	for (unsigned i = 0; i < models->count; i++) {
		if (models->list[i]->kind != MODEL_COMPONENT && str_equal(models->list[i]->uid, controller))
			return models->list[i];
	}
	return NULL;
}

static bool is_full_uid(struct str name)
{
	for (size_t i = 0; i + 1 < name.n; i++) {
		if (name.p[i] == ':' && name.p[i + 1] == ':')
			return true;
	}
	return false;
}

struct handler functions_handler(
	struct build *build, const struct plugin *plugin, const struct manifest_route *route)
{
	struct str controller = route->controller;
	struct handler handler = { .model = controller_model(build, plugin, controller) };

	if (handler.model) {
		handler.name = join(build, handler.model->uid, ".", route->action);
		handler.own = is_type_of(handler.model, plugin);
		controller = handler.model->singular;
	} else if (is_full_uid(controller)) {
		handler.name = join(build, controller, ".", route->action);
	} else {
		struct str namespace = build_namespace(build->scratch, plugin->manifest);

		handler.name = join(build, join(build, namespace, "", controller), ".", route->action);
		handler.own = true;
	}
	handler.local = join(build, controller, ".", route->action);
	return handler;
}

/* ---- with addresses ---- */

static extension_fn *address_of(struct build *build, const struct plugin *plugin, enum function_kind kind,
	struct str name)
{
	return loader_function(build->scratch, plugin->instance->handle, kind, name);
}

static void add_names(struct build *build, const struct plugin *plugin, enum function_kind kind,
	const struct manifest_names *names)
{
	struct str namespace = build_namespace(build->scratch, plugin->manifest);

	for (unsigned i = 0; i < names->count; i++) {
		struct str name = names->items[i].text;

		add(build, kind, join(build, namespace, "", name), address_of(build, plugin, kind, name),
			plugin, name);
	}
}

static void add_handlers(struct build *build, const struct plugin *plugin)
{
	for (unsigned i = 0; i < plugin->manifest->route_count; i++) {
		struct handler handler = functions_handler(build, plugin, &plugin->manifest->routes[i]);
		extension_fn *fn = NULL;

		if (handler.own)
			fn = address_of(build, plugin, FUNCTION_ACTION, handler.local);
		if (fn)
			add(build, FUNCTION_ACTION, handler.name, fn, plugin, handler.local);
	}
}

static const struct plugin *owner_of(const struct build *build, const struct model *model)
{
	for (unsigned i = 0; i < build->plugin_count; i++) {
		if (is_type_of(model, &build->plugins[i]))
			return &build->plugins[i];
	}
	return NULL;
}

/* The core actions of a type, each replaced by the one of that name that the type's own plugin brings. */
static void add_core_actions(struct build *build, const struct model *model)
{
	const struct plugin *owner = owner_of(build, model);
	const struct rest_core_route *core;

	for (unsigned i = 0; (core = rest_core_route(model, i)) != NULL; i++) {
		struct str action = str_of(core->action), local = join(build, model->singular, ".", action);
		struct str full = join(build, model->uid, ".", action);
		extension_fn *own = owner ? address_of(build, owner, FUNCTION_ACTION, local) : NULL;

		add(build, FUNCTION_ACTION, full, own ? own : rest_core_action(model, action),
			own ? owner : NULL, local);
	}
}

void functions_add(struct build *build)
{
	const struct models *models = build->generation->models;

	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin *plugin = &build->plugins[i];

		add_names(build, plugin, FUNCTION_POLICY, &plugin->manifest->policies);
		add_names(build, plugin, FUNCTION_MIDDLEWARE, &plugin->manifest->middlewares);
		add_handlers(build, plugin);
	}
	for (unsigned i = 0; i < models->count; i++) {
		if (models->list[i]->kind != MODEL_COMPONENT)
			add_core_actions(build, models->list[i]);
	}
}

static int by_kind_and_name(const void *a, const void *b)
{
	const struct function *left = a, *right = b;

	if (left->kind != right->kind)
		return (int)left->kind - (int)right->kind;
	return str_compare(left->name, right->name);
}

void functions_finish(struct build *build)
{
	struct generation *generation = build->generation;

	generation->functions =
		arena_array(build->arena, build->function_count + 1, sizeof(*generation->functions));
	generation->function_count = build->function_count;
	for (unsigned i = 0; i < build->function_count; i++)
		generation->functions[i] = build->functions[i].function;
	qsort(generation->functions, generation->function_count, sizeof(*generation->functions),
		by_kind_and_name);
}

/* ---- finding ---- */

static const struct build_function *find_in(
	struct build *build, enum function_kind kind, const struct plugin *plugin, struct str name)
{
	struct str namespace = build_namespace(build->scratch, plugin->manifest);
	const char *full = arena_printf(build->scratch, "%.*s%.*s", STR_ARG(namespace), STR_ARG(name));

	return find_exact(build, kind, str_of(full));
}

const struct build_function *functions_find(
	struct build *build, enum function_kind kind, const struct plugin *plugin, struct str name)
{
	const struct build_function *found = find_exact(build, kind, name);
	struct str rest = name, first = str_cut(&rest, ':');

	if (!found && plugin)
		found = find_in(build, kind, plugin, name);
	/* "blog::view-counter", whatever kind of plugin blog is */
	if (found || !str_starts(rest, STR(":")))
		return found;
	for (unsigned i = 0; i < build->plugin_count; i++) {
		if (str_equal(build->plugins[i].manifest->name, first))
			return find_in(build, kind, &build->plugins[i], str_skip(rest, 1));
	}
	return NULL;
}

/* NULL: there is nothing to be configured with. */
static json_t *apply(const struct declarations *declared, const struct node *config, struct problems *problems)
{
	static const struct declarations none;

	return declared || config ? declarations_apply(declared ? declared : &none, config, NULL, true, problems) : NULL;
}

const json_t *functions_options(
	struct build *build, const struct build_function *function, const struct node *config)
{
	return build_keep(build, apply(function->function.declared, config, &build->problems));
}

int functions_check_options(const struct function *function, const json_t *config, json_t **options_r, struct error *error)
{
	struct problems problems = PROBLEMS_INIT;
	struct arena *scratch = arena_new(1024);
	char *text = config ? json_dumps(config, JSON_ENCODE_ANY) : NULL;
	const char *what = arena_printf(scratch, "configuration of %.*s", STR_ARG(function->name));
	const struct node *node = text ? node_read_json(scratch, str_of(text), str_of(what), error) : NULL;
	int rc = text && !node ? -1 : 0;

	*options_r = NULL;
	if (rc == 0) {
		*options_r = apply(function->declared, node, &problems);
		rc = problems_finish(&problems, error);
	}
	if (rc < 0) {
		json_decref(*options_r);
		*options_r = NULL;
	}
	free(text);
	arena_free(scratch);
	return rc;
}
