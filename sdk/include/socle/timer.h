/* Timers: what a plugin does every so often, or once after a while.
 *
 *	static int refresh(socle_context *ctx, void *arg)
 *	{
 *		return cache_refresh(ctx, arg);
 *	}
 *
 *	static int begin(socle_context *ctx)		// SOCLE_PLUGIN(.start = begin)
 *	{
 *		return socle_every(ctx, 60 * 1000, refresh, &cache) ? 0 : -1;
 *	}
 *
 * The function may wait as an action may, and does what it does in each worker process. Its context has no
 * request; an error that it leaves goes to the log. Two runs of one timer never overlap: the time counts from
 * the end of the last. Timers belong to the plugin and are gone before its `stop` is called; a run that waits
 * then is called off. Start them in `start` or later. Since SDK 1.2.
 */
#ifndef SOCLE_TIMER_H
#define SOCLE_TIMER_H

#include <socle/context.h>

SOCLE_C_BEGIN

typedef int socle_timer_function(socle_context *ctx, void *arg);

/* Runs the function in `ms` milliseconds and so long after each run. Returns the timer's number; 0 with the
 * error on the context in `init` and when there are 1024 timers. `arg` is the plugin's and must last as long
 * as the timer.
 *
 *	uint64_t timer = socle_every(ctx, 1000, tick, NULL);
 */
SOCLE_API uint64_t socle_every(socle_context *ctx, unsigned ms, socle_timer_function *function, void *arg)
	SOCLE_MUST_CHECK;

/* The same, once.
 *
 *	if (!socle_after(ctx, 500, flush, batch))
 *		return -1;
 */
SOCLE_API uint64_t socle_after(socle_context *ctx, unsigned ms, socle_timer_function *function, void *arg)
	SOCLE_MUST_CHECK;

/* Takes a timer of the plugin's away. False (and no error) when there is none of that number any more. A run
 * that is under way is called off: what it waits for fails.
 *
 *	socle_timer_stop(ctx, timer);
 */
SOCLE_API bool socle_timer_stop(socle_context *ctx, uint64_t timer);

SOCLE_C_END

#endif
