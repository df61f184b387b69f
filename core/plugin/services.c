#include "plugin/services.h"

#include <socle/service.h>

#include "plugin/functions.h"
#include "plugin/hooks.h"

void services_check(struct build *build)
{
	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct manifest *manifest = build->plugins[i].manifest;

		for (unsigned s = 0; s < manifest->services.count; s++)
			functions_check_symbol(build, &build->plugins[i], FUNCTION_SERVICE, manifest->services.items[s].text,
				manifest->services.items[s].node, "service");
	}
}

/* ---- who offers ---- */

static void add_service(struct build *build, const struct plugin *plugin, const struct manifest_name *name)
{
	const struct socle_service *offered =
		loader_symbol(build->scratch, plugin->instance->handle, FUNCTION_SERVICE, name->text);
	struct str namespace = build_namespace(build->scratch, plugin->manifest);
	struct service *service = &build->generation->services[build->generation->service_count];

	if (!offered || offered->size < sizeof(*offered) || !offered->table) {
		problems_add_node(&build->problems, name->node, "service \"%.*s\" is not what SOCLE_SERVICE() defines",
			STR_ARG(name->text));
		return;
	}
	*service = (struct service){ .step = { .instance = plugin->instance, .name = str_of(arena_printf(build->arena,
		"%.*s%.*s", STR_ARG(namespace), STR_ARG(name->text))) }, .version = offered->version,
		.table_size = offered->table_size, .table = offered->table };
	build->generation->service_count++;
}

static void add_services(struct build *build)
{
	unsigned count = 0;

	for (unsigned i = 0; i < build->plugin_count; i++)
		count += build->plugins[i].manifest->services.count;
	build->generation->services = arena_array(build->arena, count + 1, sizeof(struct service));
	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct manifest_names *names = &build->plugins[i].manifest->services;

		for (unsigned s = 0; s < names->count; s++)
			add_service(build, &build->plugins[i], &names->items[s]);
	}
}

/* ---- who uses ---- */

static const struct service *find(const struct generation *generation, const char *uid)
{
	for (unsigned i = 0; i < generation->service_count; i++) {
		if (str_equal(generation->services[i].step.name, str_of(uid)))
			return &generation->services[i];
	}
	return NULL;
}

static bool requires(const struct manifest *manifest, struct str name)
{
	for (unsigned i = 0; i < manifest->requirement_count; i++) {
		if (str_equal(manifest->requirements[i].name, name))
			return true;
	}
	return str_equal(manifest->name, name);
}

static void resolve(struct build *build, const struct plugin *plugin, struct socle_service_use *use)
{
	const struct manifest *manifest = plugin->manifest;
	const struct service *service = find(build->generation, use->uid);
	struct problems *problems = &build->problems;

	if (!service) {
		problems_add_node(problems, manifest->node, "%.*s uses the service \"%s\", which no plugin offers: is the plugin "
			"there and enabled?", STR_ARG(manifest->library), use->uid);
		return;
	}
	if (service->version != use->version)
		problems_add_node(problems, manifest->node, "%.*s uses version %u of the service \"%s\", plugin \"%.*s\" offers "
			"version %u: build one for the other", STR_ARG(manifest->library), use->version, use->uid,
			STR_ARG(service->step.instance->name), service->version);
	else if (service->table_size < use->table_size)
		problems_add_node(problems, manifest->node, "%.*s was built with a newer table of the service \"%s\" than plugin "
			"\"%.*s\" has: a newer version of that plugin is needed", STR_ARG(manifest->library), use->uid,
			STR_ARG(service->step.instance->name));
	else if (!requires(manifest, service->step.instance->name))
		problems_add_node(problems, manifest->node, "%.*s uses the service \"%s\", so the manifest must say requires = { "
			"%.*s = \">=%.*s\" }", STR_ARG(manifest->library), use->uid, STR_ARG(service->step.instance->name),
			STR_ARG(service->step.instance->version));
	use->table = service->table;
	use->service = service;
}

/* A library that was built before services were known has a shorter descriptor. */
static bool has_uses(const struct socle_plugin *plugin)
{
	return plugin->size >= offsetof(struct socle_plugin, uses_end) + sizeof(plugin->uses_end);
}

void services_add(struct build *build)
{
	add_services(build);
	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin_hooks *hooks = build->plugins[i].instance->hooks;
		const struct socle_plugin *plugin = hooks ? hooks->library.plugin : NULL;

		if (!plugin || !has_uses(plugin))
			continue;
		for (struct socle_service_use *const *at = plugin->uses; at < plugin->uses_end; at++)
			resolve(build, &build->plugins[i], *at);
	}
}
