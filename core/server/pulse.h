/* A page that a child shares with the supervisor: what it is doing, and that it is alive.
 *
 * The child writes, the supervisor reads; a child that hangs can't be asked, so this
 * is all that is known of it.
 */
#ifndef SERVER_PULSE_H
#define SERVER_PULSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

enum pulse_stage {
	PULSE_BUILDING,		/* loading plugins: its loop doesn't turn yet */
	PULSE_WAITING,		/* for the database */
	PULSE_MIGRATING,
	PULSE_STARTING,		/* `start` or `bootstrap` of the plugins */
	PULSE_READY,		/* waiting for the word to serve */
	PULSE_SERVING,
	PULSE_DRAINING,
	PULSE_ENDING,		/* letting the plugins go: its loop doesn't turn any more */
	PULSE_STAGES
};

enum { PULSE_BEAT_MS = 100 };

struct pulse {
	_Atomic uint64_t beat_ms;	/* clock_monotonic_ms() */
	_Atomic unsigned stage;		/* enum pulse_stage */
	_Atomic bool long_answers;	/* some are under way: a drain may take longer */
};

static inline void pulse_beat(struct pulse *pulse)
{
	atomic_store_explicit(&pulse->beat_ms, clock_monotonic_ms(), memory_order_relaxed);
}

static inline void pulse_enter(struct pulse *pulse, enum pulse_stage stage)
{
	pulse_beat(pulse);
	atomic_store_explicit(&pulse->stage, stage, memory_order_relaxed);
}

/* A damaged child may have written anything. */
static inline enum pulse_stage pulse_stage(const struct pulse *pulse)
{
	unsigned stage = atomic_load_explicit(&pulse->stage, memory_order_relaxed);

	return stage < PULSE_STAGES ? (enum pulse_stage)stage : PULSE_SERVING;
}

/* How long ago the last beat was. */
static inline uint64_t pulse_age_ms(const struct pulse *pulse, uint64_t now_ms)
{
	uint64_t beat = atomic_load_explicit(&pulse->beat_ms, memory_order_relaxed);

	return now_ms > beat ? now_ms - beat : 0;
}

#endif
