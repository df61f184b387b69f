/* The schedule: runs the tasks of a generation at their times.
 *
 *	struct schedule *schedule = schedule_new(loop, generation, pool, claims, idle, arg);
 *
 *	schedule_start(schedule, since_ms);		// times after that are its own, ...
 *	...
 *	schedule_stop(schedule, until_ms, drain_ms);	// ... and those up to this one: idle(arg) when nothing is at work any more
 *	schedule_free(schedule);
 *
 * One timer goes to the next time that is due, and off every SCHEDULE_LOOK_MS at the least, so that a clock on the wall that was put
 * forward or back is noticed. Each run is on a fiber with a scope and an arena of its own. A time that is passed by more than
 * SCHEDULE_LATE_MS (the machine slept, the clock was put forward) is left out with a line in the log, and so is one that comes
 * while the task is at work, unless it may overlap. When a task's times come late and in a heap, they run one after the other.
 */
#ifndef SERVER_SCHEDULE_H
#define SERVER_SCHEDULE_H

#include <jansson.h>
#include <stdint.h>

struct claims;
struct db_pool;
struct generation;
struct loop;
struct schedule;

enum {
	SCHEDULE_LOOK_MS = 30 * 1000,
	SCHEDULE_LATE_MS = 60 * 1000,
	SCHEDULE_RUNS = 64,		/* at work at a time; a time past it is left out */
};

struct schedule *schedule_new(struct loop *loop, struct generation *generation, struct db_pool *pool, struct claims *claims,
	void (*idle)(void *arg), void *arg);

/* Nothing may be at work. NULL is allowed. */
void schedule_free(struct schedule *schedule);

void schedule_start(struct schedule *schedule, int64_t since_ms);

/* What is at work after `drain_ms` is cancelled. `idle` may be called before this returns. */
void schedule_stop(struct schedule *schedule, int64_t until_ms, int64_t drain_ms);

/* Adds how many tasks there are, run, have run, failed and were left out. */
void schedule_report(const struct schedule *schedule, json_t *status);

#endif
