#include "plugin/queries.h"

#include <socle/documents.h>

#include "plugin/hooks.h"
#include "rest/template.h"

/* A library that was built before queries were known has a shorter descriptor. */
static bool has_queries(const struct socle_plugin *plugin)
{
	return plugin->size >= offsetof(struct socle_plugin, queries_end) + sizeof(plugin->queries_end);
}

static void compile_all(struct build *build, const struct plugin *owner, const struct socle_plugin *plugin)
{
	for (struct socle_query *const *at = plugin->queries; at < plugin->queries_end; at++) {
		struct error error = ERROR_INIT;

		(*at)->compiled = rest_template_compile(build->generation, str_of((*at)->model), str_of((*at)->text), &error);
		if (!(*at)->compiled)
			problems_add_node(&build->problems, owner->manifest->node, "%.*s: %s; correct it where SOCLE_QUERY() has it",
				STR_ARG(owner->manifest->library), error_message(&error));
		error_clear(&error);
	}
}

void queries_compile(struct build *build)
{
	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin *owner = &build->plugins[i];
		const struct plugin_hooks *hooks = owner->instance->hooks;

		if (hooks && has_queries(hooks->library.plugin))
			compile_all(build, owner, hooks->library.plugin);
	}
}
