#include "plugin/builder.h"

#include <errno.h>
#include <unistd.h>

#include "base/json.h"
#include "base/log.h"
#include "pipeline/router.h"
#include "plugin/build.h"
#include "plugin/copy.h"
#include "plugin/embedded.h"
#include "plugin/folder.h"
#include "plugin/functions.h"
#include "plugin/hook_table.h"
#include "plugin/hooks.h"
#include "plugin/middlewares.h"
#include "plugin/queries.h"
#include "plugin/routes.h"
#include "plugin/services.h"
#include "plugin/tasks.h"
#include "rest/access.h"

/* Younger copies may be another worker's that is about to open them, or what the operator goes back to. */
enum { COPIES_KEPT_S = 3600 };

/* ---- shared by the steps ---- */

struct str build_namespace(struct arena *arena, const struct manifest *manifest)
{
	switch (manifest->kind) {
	case MANIFEST_GLOBAL:
		return STR("global::");
	case MANIFEST_ADMIN:
		return STR("admin::");
	case MANIFEST_HOST:
		return STR("socle::");
	default:
		return str_of(arena_printf(arena, "%s::%.*s.", manifest_kind_name(manifest->kind),
			STR_ARG(manifest->name)));
	}
}

struct str build_where(struct build *build, const struct node *node)
{
	return node_where(node, build->arena);
}

const json_t *build_keep(struct build *build, json_t *stolen)
{
	return json_own(build->arena, stolen);
}

const char *build_library(struct build *build, const struct manifest *manifest)
{
	if (manifest->embedded)
		return arena_strdup(build->scratch, manifest->folder);
	return arena_printf(build->scratch, "%.*s/%.*s", STR_ARG(manifest->folder), STR_ARG(manifest->library));
}

/* ---- before any code runs ---- */

static void audit_plugin(struct build *build, struct plugin *plugin)
{
	const struct manifest *manifest = plugin->manifest;
	struct error error = ERROR_INIT;

	if (str_is_null(manifest->library))
		return;
	if (access(build_library(build, manifest), F_OK) < 0 && errno == ENOENT) {
		problems_add_node(&build->problems, node_get(manifest->node, "library"), "%s isn't there: build it (`socle plugin "
			"build`), or take `library` and what it is for away", build_library(build, manifest));
		return;
	}
	if (audit_file(build->scratch, build_library(build, manifest), &plugin->audit, &error) < 0) {
		problems_take(&build->problems, &error);
		return;
	}
	if (plugin->audit.version.n && !str_equal(plugin->audit.version, manifest->version_text)) {
		problems_add_node(&build->problems, manifest->node,
			"the manifest says version %.*s, %.*s says %.*s: one of them is older than the other",
			STR_ARG(manifest->version_text), STR_ARG(manifest->library),
			STR_ARG(plugin->audit.version));
	}
}

static int add_schemas(struct build *build, const struct manifest *manifest, const struct model_source *source,
	struct error *error)
{
	const char *folder = arena_strdup(build->scratch, manifest->folder);

	if (!manifest->embedded)
		return models_add_folder(build->generation->models, source, folder, error);
	return models_add_texts(build->generation->models, source, folder, manifest->embedded->items,
		manifest->embedded->count, error);
}

static void add_models(struct build *build)
{
	struct error error = ERROR_INIT;
	unsigned before = build->problems.count;

	build->generation->models->private_names = build->settings->api.private_attributes.items;
	build->generation->models->private_count = (unsigned)build->settings->api.private_attributes.count;

	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct manifest *manifest = build->plugins[i].manifest;
		struct str namespace = build_namespace(build->arena, manifest);
		struct model_source source = {.plugin = manifest->name, .prefix = namespace, .api = STR_NULL};

		/* The type's own name follows: it is its api's, unless its file or folder names another. */
		if (manifest->kind == MANIFEST_API)
			source.prefix = STR("api::");
		if (add_schemas(build, manifest, &source, &error) < 0)
			problems_take(&build->problems, &error);
	}
	/* A type that couldn't be read would be missed by all that refer to it. */
	if (build->problems.count == before && models_finish(build->generation->models, &error) < 0)
		problems_take(&build->problems, &error);
}

static void make_instance(struct build *build, struct plugin *plugin)
{
	const struct manifest *manifest = plugin->manifest;
	const struct settings_plugin *entry = settings_plugin(build->settings, manifest->name);
	struct instance *instance = arena_new_of(build->arena, struct instance);
	json_t *config = declarations_apply(&manifest->config, entry ? entry->config : NULL, "enabled", false,
		&build->problems);

	build_keep(build, config);
	instance->name = manifest->name;
	instance->version = manifest->version_text;
	instance->kind = str_of(manifest_kind_name(manifest->kind));
	instance->folder = manifest->folder;
	instance->hash =
		str_is_null(plugin->audit.hash) ? STR_NULL : arena_str(build->arena, plugin->audit.hash);
	instance->config = config;
	plugin->instance = instance;
	build->generation->instances[build->generation->instance_count++] = instance;
}

/* All that can be found out without running any of the plugins' code. */
static int judge(struct build *build, struct error *error)
{
	struct generation *generation = build->generation;

	folder_find_plugins(build);
	generation->instances =
		arena_array(build->arena, build->plugin_count + 1, sizeof(*generation->instances));
	for (unsigned i = 0; i < build->plugin_count; i++) {
		unsigned before = build->problems.count;

		audit_plugin(build, &build->plugins[i]);
		if (build->problems.count > before)
			build->plugins[i].audit = (struct audit){ 0 };
		make_instance(build, &build->plugins[i]);
	}
	add_models(build);
	if (build->problems.count == 0) {
		functions_check(build);
		hook_table_check(build);
		services_check(build);
		tasks_check(build);
	}
	return problems_finish(&build->problems, error);
}

/* ---- with code ---- */

static int open_library(struct build *build, struct plugin *plugin, struct error *error)
{
	struct plugin_hooks *hooks = arena_new_of(build->arena, struct plugin_hooks);
	const struct manifest *manifest = plugin->manifest;

	if (str_is_null(manifest->library))
		return 0;
	if (loader_open(build->arena, build->settings->server.state, manifest->name, &plugin->audit,
		    &hooks->library, error) < 0)
		return error_prefix(error, "%s: ", build_library(build, manifest));
	plugin->instance->hooks = hooks;
	plugin->instance->handle = hooks->library.handle;
	return 0;
}

static int open_libraries(struct build *build, struct error *error)
{
	for (unsigned i = 0; i < build->plugin_count; i++) {
		if (open_library(build, &build->plugins[i], error) < 0)
			return -1;
	}
	return 0;
}

static int resolve(struct build *build, struct error *error)
{
	struct generation *generation = build->generation;

	functions_add(build);
	routes_add(build);
	middlewares_resolve(build);
	hook_table_make(build);
	services_add(build);
	tasks_make(build);
	if (problems_finish(&build->problems, error) < 0)
		return -1;
	functions_finish(build);
	generation->access = access_new(build->arena, build->settings, generation->models);
	generation->host_access = access_new_host(build->arena, generation->models);
	queries_compile(build);
	if (problems_finish(&build->problems, error) < 0)
		return -1;
	generation->router = router_new(generation, error);
	return generation->router ? 0 : -1;
}

static void close_libraries(struct generation *generation)
{
	for (unsigned i = generation->instance_count; i-- > 0;) {
		struct instance *instance = generation->instances[i];

		if (instance->hooks)
			loader_close(&instance->hooks->library);
		instance->handle = NULL;
	}
}

static void release(struct generation *generation)
{
	hooks_undo(generation, HOOK_START);
	hooks_undo(generation, HOOK_INIT);
	close_libraries(generation);
	/* It lives in its own arena. */
	arena_free(generation->arena);
}

static void sweep_copies(struct build *build)
{
	const char **kept = arena_zalloc(build->scratch, (build->plugin_count + 1) * sizeof(*kept));
	unsigned count = 0;

	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin_hooks *hooks = build->plugins[i].instance->hooks;

		if (hooks)
			kept[count++] = strrchr(hooks->library.path, '/') + 1;
	}
	copy_sweep(build->settings->server.state, kept, COPIES_KEPT_S);
}

static struct generation *generation_new(const struct settings *settings, unsigned number)
{
	struct arena *arena = arena_new(64 * 1024);
	struct generation *generation = arena_new_of(arena, struct generation);

	generation->number = number;
	generation->references = 1;
	generation->arena = arena;
	generation->settings = settings;
	generation->models = models_new(arena);
	generation->check_options = functions_check_options;
	generation->release = release;
	return generation;
}

struct generation *builder_build(const struct settings *settings, unsigned number, struct error *error)
{
	struct generation *generation = generation_new(settings, number);
	struct arena *scratch = arena_new(64 * 1024);
	struct build build = {
		.settings = settings,
		.generation = generation,
		.arena = generation->arena,
		.scratch = scratch,
		.problems = PROBLEMS_INIT,
	};
	int rc = judge(&build, error);

	if (rc == 0)
		rc = open_libraries(&build, error);
	if (rc == 0)
		rc = resolve(&build, error);
	if (rc == 0)
		rc = hooks_run(generation, HOOK_INIT, NULL, error);
	if (rc == 0)
		sweep_copies(&build);
	else
		generation_unpin(generation);
	arena_free(scratch);
	return rc == 0 ? generation : NULL;
}

/* ---- in a worker ---- */

int builder_start(struct generation *generation, struct db_pool *pool, struct error *error)
{
	if (hooks_run(generation, HOOK_START, pool, error) < 0)
		return -1;
	if (hooks_run(generation, HOOK_HEALTH, pool, error) == 0)
		return 0;
	hooks_undo(generation, HOOK_START);
	return -1;
}

bool builder_bootstraps(const struct generation *generation)
{
	for (unsigned i = 0; i < generation->instance_count; i++) {
		if (hooks_has(generation->instances[i], HOOK_BOOTSTRAP))
			return true;
	}
	return false;
}

int builder_bootstrap(struct generation *generation, struct db_pool *pool, struct error *error)
{
	return hooks_run(generation, HOOK_BOOTSTRAP, pool, error);
}

int builder_health(struct generation *generation, struct db_pool *pool, struct error *error)
{
	return hooks_run(generation, HOOK_HEALTH, pool, error);
}
