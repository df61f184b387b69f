#include "plugin/hooks.h"

#include <assert.h>

#include "base/log.h"
#include "extension/scope.h"
#include "extension/timer.h"

/* A plugin that was built with an older minor version has a shorter struct. */
#define HAS(plugin, hook)                                                                         \
	((plugin)->size >= offsetof(struct socle_plugin, hook) + sizeof((plugin)->hook) && (plugin)->hook)

static const struct socle_plugin *plugin_of(const struct instance *instance)
{
	return instance->hooks->library.plugin;
}

/* The door takes functions of one form; these give each hook that form. */
#define ACTING(hook)                                                                \
	static int call_##hook(struct scope *scope)                                 \
	{                                                                           \
		return plugin_of(scope->instance)->hook((socle_context *)scope);    \
	}
#define ENDING(hook)                                                                \
	static int call_##hook(struct scope *scope)                                 \
	{                                                                           \
		plugin_of(scope->instance)->hook((socle_context *)scope);           \
		return 0;                                                           \
	}

ACTING(init)
ACTING(bootstrap)
ACTING(start)
ACTING(health)
ENDING(stop)
ENDING(exit)

static extension_fn *hook_of(const struct instance *instance, enum hook hook)
{
	const struct socle_plugin *plugin = plugin_of(instance);

	switch (hook) {
	case HOOK_INIT:
		return HAS(plugin, init) ? call_init : NULL;
	case HOOK_BOOTSTRAP:
		return HAS(plugin, bootstrap) ? call_bootstrap : NULL;
	case HOOK_START:
		return HAS(plugin, start) ? call_start : NULL;
	case HOOK_HEALTH:
		return HAS(plugin, health) ? call_health : NULL;
	case HOOK_STOP:
		return HAS(plugin, stop) ? call_stop : NULL;
	case HOOK_EXIT:
		return HAS(plugin, exit) ? call_exit : NULL;
	case HOOKS:
		break;
	}
	return NULL;
}

bool hooks_has(const struct instance *instance, enum hook hook)
{
	return instance->hooks && hook_of(instance, hook);
}

static const char *const names[HOOKS] = {
	[HOOK_INIT] = "init",
	[HOOK_BOOTSTRAP] = "bootstrap",
	[HOOK_START] = "start",
	[HOOK_HEALTH] = "health",
	[HOOK_STOP] = "stop",
	[HOOK_EXIT] = "exit",
};

/* Each call has a scope of its own, so that what one plugin leaves behind is no other's. */
static int call(struct generation *generation, struct instance *instance, enum hook hook,
	struct db_pool *pool, struct error *error)
{
	struct step step = { .fn = hook_of(instance, hook), .instance = instance, .name = instance->name };
	struct arena *arena;
	struct scope scope;
	int rc;

	if (!step.fn)
		return 0;
	arena = arena_new(4 * 1024);
	scope_init(&scope, arena, generation, pool);
	scope.caller = CALLER_HOST;
	rc = extension_call(&scope, &step);
	if (rc < 0) {
		if (error_is_set(&scope.error))
			error_move(error, &scope.error);
		else
			error_set(error, ERROR_CONFIG, "it doesn't say why (socle_throw() does)");
		error_prefix(error, "plugin \"%.*s\" failed in `%s`: ", STR_ARG(instance->name), names[hook]);
	}
	arena_free(arena);
	return rc < 0 ? -1 : 0;
}

static bool *flag_of(struct instance *instance, enum hook hook)
{
	if (hook == HOOK_INIT)
		return &instance->hooks->initialised;
	return hook == HOOK_START ? &instance->started : NULL;
}

int hooks_run(struct generation *generation, enum hook hook, struct db_pool *pool, struct error *error)
{
	for (unsigned i = 0; i < generation->instance_count; i++) {
		struct instance *instance = generation->instances[i];

		if (!instance->hooks)
			continue;
		if (call(generation, instance, hook, pool, error) < 0) {
			if (flag_of(instance, hook))
				hooks_undo(generation, hook);
			return -1;
		}
		if (flag_of(instance, hook))
			*flag_of(instance, hook) = true;
	}
	return 0;
}

void hooks_undo(struct generation *generation, enum hook hook)
{
	assert(hook == HOOK_INIT || hook == HOOK_START);
	for (unsigned i = generation->instance_count; i-- > 0;) {
		struct instance *instance = generation->instances[i];
		struct error error = ERROR_INIT;
		bool *begun = instance->hooks ? flag_of(instance, hook) : NULL;

		timers_sweep(generation, instance);
		if (!begun || !*begun)
			continue;
		*begun = false;
		if (call(generation, instance, hook == HOOK_INIT ? HOOK_EXIT : HOOK_STOP, NULL, &error) < 0) {
			log_error("plugin", "%s", error_message(&error));
			error_clear(&error);
		}
	}
}
