#include "extension/timer.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "base/log.h"
#include "loop/fiber.h"
#include "loop/loop.h"

struct timer {
	LIST_ENTRY(timer) entry;
	uint64_t id;
	struct generation *generation;
	struct instance *instance;
	struct db_pool *pool;
	struct loop *loop;
	struct event event;
	unsigned every_ms;
	timer_fn *fn;
	void *arg;
	struct fiber *fiber;		/* that runs it; NULL */
	bool stopped;			/* goes when the run has ended */
};

static void drop(struct timer *timer)
{
	event_del(&timer->event);
	LIST_REMOVE(timer, entry);
	timer->generation->timer_count--;
	free(timer);
}

static void wait_for(struct timer *timer, unsigned ms)
{
	event_add(&timer->event, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
}

/* ---- running ---- */

static void call(struct timer *timer)
{
	struct step step = { .instance = timer->instance, .name = timer->instance ? timer->instance->name : STR("host") };
	struct arena *arena = arena_new(4 * 1024);
	struct crossing before;
	struct scope scope;

	scope_init(&scope, arena, timer->generation, timer->pool);
	scope.caller = CALLER_HOST;
	before = extension_enter(&scope, &step);
	if (timer->fn(&scope, timer->arg) < 0 && !timer->stopped)
		log_error("timer", "a timer of %.*s failed: %s", STR_ARG(step.name), error_is_set(&scope.error) ?
			error_message(&scope.error) : "it doesn't say why (socle_throw() does)");
	extension_leave(&scope, before);
	arena_free(arena);
}

static void run(void *arg)
{
	struct timer *timer = arg;
	struct generation *generation = generation_pin(timer->generation);

	timer->fiber = fiber_self();
	call(timer);
	timer->fiber = NULL;
	if (timer->stopped || !timer->every_ms)
		drop(timer);
	else
		wait_for(timer, timer->every_ms);
	/* The last one sweeps what timers there are. */
	generation_unpin(generation);
}

static void on_time(evutil_socket_t fd, short events, void *arg)
{
	struct timer *timer = arg;
	unsigned again = timer->every_ms ? timer->every_ms : 1000;

	if (!fiber_spawn(timer->loop, run, timer)) {
		log_error("timer", "no memory to run a timer of %.*s; tried again in %u ms",
			STR_ARG(timer->instance ? timer->instance->name : STR("host")), again);
		wait_for(timer, again);
	}
}

/* ---- starting and stopping ---- */

uint64_t timer_start(struct scope *scope, unsigned first_ms, unsigned every_ms, timer_fn *fn, void *arg)
{
	struct generation *generation = scope->generation;
	struct loop *loop = fiber_loop();
	struct timer *timer;

	if (!loop) {
		scope_throw(scope, ERROR_INTERNAL, "A timer can't be started where nothing may wait: `start` is the place");
		return 0;
	}
	if (generation->timer_count >= TIMERS) {
		scope_throw(scope, ERROR_INTERNAL, "There are %d timers already", TIMERS);
		return 0;
	}
	timer = calloc(1, sizeof(*timer));
	if (!timer)
		abort();
	*timer = (struct timer){ .id = ++generation->last_timer, .generation = generation, .instance = scope->instance,
		.pool = scope->pool, .loop = loop, .every_ms = every_ms, .fn = fn, .arg = arg };
	evtimer_assign(&timer->event, loop_base(loop), on_time, timer);
	LIST_INSERT_HEAD(&generation->timers, timer, entry);
	generation->timer_count++;
	wait_for(timer, first_ms);
	return timer->id;
}

static void end(struct timer *timer)
{
	event_del(&timer->event);
	timer->stopped = true;
	if (!timer->fiber)
		drop(timer);
	else if (timer->fiber != fiber_self())
		fiber_cancel(timer->fiber);
}

bool timer_stop(struct scope *scope, uint64_t id)
{
	struct timer *timer;

	LIST_FOREACH(timer, &scope->generation->timers, entry) {
		if (timer->id == id && timer->instance == scope->instance && !timer->stopped) {
			end(timer);
			return true;
		}
	}
	return false;
}

void timers_sweep(struct generation *generation, const struct instance *instance)
{
	struct timer *timer = LIST_FIRST(&generation->timers), *next;

	for (; timer; timer = next) {
		next = LIST_NEXT(timer, entry);
		if (!instance || timer->instance == instance)
			end(timer);
	}
}
