/* What plugins do every so often, or once after a while.
 *
 * A timer belongs to the plugin and the generation that made it. It runs on a fiber, with a scope of its own
 * and without a request, and pins the generation only while it runs: an idle timer keeps nothing alive. The
 * host takes a plugin's timers away before its `stop` is called.
 *
 *	uint64_t id = timer_start(scope, 1000, 60 * 1000, refresh, cache);	// in a second, then each minute
 *	timer_stop(scope, id);
 */
#ifndef EXTENSION_TIMER_H
#define EXTENSION_TIMER_H

#include "extension/generation.h"
#include "extension/scope.h"

enum { TIMERS = 1024 };			/* of one generation, in one process */

typedef int timer_fn(struct scope *scope, void *arg);

/* `every_ms` 0: once. The next run begins so long after the last has ended, so that they never overlap. 0
 * with the error on the scope where there is no loop, and when there are too many. */
uint64_t timer_start(struct scope *scope, unsigned first_ms, unsigned every_ms, timer_fn *fn, void *arg);

/* False when the plugin has none of that number (any more). One that runs comes to its end, called off. */
bool timer_stop(struct scope *scope, uint64_t id);

/* All of this instance; NULL: of the generation. */
void timers_sweep(struct generation *generation, const struct instance *instance);

#endif
