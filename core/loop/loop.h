/* The event loop of a process: one per worker, one thread, libevent below.
 *
 * Everything in a worker that waits does so on a fiber (loop/fiber.h) of its
 * loop, so this header is only for those who start and stop one.
 *
 *	struct loop *loop = loop_new(NULL);
 *	fiber_spawn(loop, serve, server);
 *	loop_run(loop);			// until loop_stop()
 *	loop_free(loop);
 */
#ifndef LOOP_LOOP_H
#define LOOP_LOOP_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct loop;

struct loop_options {
	size_t stack_size;	/* bytes per fiber, without its guard page; 256 KiB */
	size_t stack_keep;	/* what a pooled stack may keep in memory; 64 KiB */
	unsigned idle_fibers;	/* pooled at the most; 256 */
	bool paint_stacks;	/* fill stacks, so that fiber_deepest_stack() can tell */
};

/* NULL: the defaults above; a zero in a field means its default. */
struct loop *loop_new(const struct loop_options *options);

/* All fibers must have ended. */
void loop_free(struct loop *loop);

/* Serves events until loop_stop(). */
void loop_run(struct loop *loop);

/* One round: with `block`, waits for at least one event. Returns false when nothing is left to wait for. */
bool loop_turn(struct loop *loop, bool block);
void loop_stop(struct loop *loop);

struct event_base *loop_base(struct loop *loop);

/* What belongs to a loop that knows nothing of it: one thing per function, which gets it when the loop is freed. */
void loop_attach(struct loop *loop, void (*release)(void *thing), void *thing);
/* NULL when there is none. */
void *loop_attached(const struct loop *loop, void (*release)(void *thing));

/* Fibers that have begun and not ended. */
unsigned loop_fibers(const struct loop *loop);

/* The loop that runs on this thread, NULL outside of loop_run(). */
struct loop *loop_current(void);

#endif
