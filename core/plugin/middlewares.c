#include "plugin/middlewares.h"

#include "pipeline/builtin.h"
#include "plugin/functions.h"

/* Every known name, for "did you mean". */
static const char *nearest(struct build *build, struct str name)
{
	const char **known, *own;
	unsigned count = 0;

	while (pipeline_builtin_name(count))
		count++;
	known = arena_array(build->scratch, count + build->function_count + 1, sizeof(*known));
	for (count = 0; (own = pipeline_builtin_name(count)) != NULL; count++)
		known[count] = own;
	for (unsigned i = 0; i < build->function_count; i++) {
		const struct function *function = &build->functions[i].function;

		if (function->kind == FUNCTION_MIDDLEWARE)
			known[count++] = function->name.p;
	}
	known[count] = NULL;
	return node_nearest(name, known);
}

static void say_unknown(struct build *build, const struct settings_middleware *use)
{
	const char *near = nearest(build, use->name);

	if (use->node) {
		problems_add_node(&build->problems, use->node, "Middleware %.*s not found.%s%s%s",
			STR_ARG(use->name), near ? " Did you mean \"" : " Correct the name, or add the plugin that has it",
			near ? near : "", near ? "\"?" : "");
	} else {
		problems_add(&build->problems,
			"Middleware %.*s not found: without a list in middlewares.toml the host uses it; "
			"add the plugin that has it, or write a list without it",
			STR_ARG(use->name));
	}
}

static bool resolve(struct build *build, const struct settings_middleware *use, struct step *step)
{
	const struct build_function *function;
	struct error error = ERROR_INIT;

	*step = (struct step){.fn = pipeline_builtin(use->name), .name = arena_str(build->arena, use->name)};
	if (step->fn) {
		if (use->config)
			step->config = build_keep(build, node_to_json(use->config));
		step->data = pipeline_builtin_options(use->name, build->arena, build->settings, step->config, &error);
		if (error_is_set(&error) && use->node)
			problems_add_node(&build->problems, use->node, "%.*s: %s", STR_ARG(use->name), error_message(&error));
		error_clear(&error);
		return true;
	}
	function = functions_find(build, FUNCTION_MIDDLEWARE, NULL, use->name);
	if (!function)
		return false;
	step->fn = function->function.fn;
	step->instance = function->function.instance;
	step->name = function->function.name;
	step->config = functions_options(build, function, use->config);
	return true;
}

void middlewares_resolve(struct build *build)
{
	const struct settings *settings = build->settings;
	struct step *steps = arena_array(build->arena, settings->middleware_count + 1, sizeof(*steps));
	unsigned count = 0;

	for (size_t i = 0; i < settings->middleware_count; i++) {
		if (resolve(build, &settings->middlewares[i], &steps[count]))
			count++;
		else
			say_unknown(build, &settings->middlewares[i]);
	}
	build->generation->middlewares = (struct chain){ steps, count };
}
