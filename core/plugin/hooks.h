/* The life of plugins: the hooks of SOCLE_PLUGIN(), called in load order and undone in reverse.
 *
 *	if (hooks_run(generation, HOOK_INIT, NULL, &error) < 0)	// undone already
 *		return -1;
 *	...
 *	hooks_undo(generation, HOOK_START);
 *	hooks_undo(generation, HOOK_INIT);
 */
#ifndef PLUGIN_HOOKS_H
#define PLUGIN_HOOKS_H

#include "extension/generation.h"
#include "plugin/loader.h"

struct db_pool;

/* instance->hooks */
struct plugin_hooks {
	struct library library;
	bool initialised;
};

enum hook { HOOK_INIT, HOOK_BOOTSTRAP, HOOK_START, HOOK_HEALTH, HOOK_STOP, HOOK_EXIT, HOOKS };

/* Whether the instance has a library with that hook. */
bool hooks_has(const struct instance *instance, enum hook hook);

/* Calls the hook of every plugin that has it. At the first that fails, undoes what this hook did (start,
 * init) in the plugins before and returns -1, with the plugin's name in the error. */
int hooks_run(struct generation *generation, enum hook hook, struct db_pool *pool, struct error *error)
	__attribute__((warn_unused_result));

/* `stop` for HOOK_START, `exit` for HOOK_INIT, in reverse, in the plugins that had begun. */
void hooks_undo(struct generation *generation, enum hook hook);

#endif
