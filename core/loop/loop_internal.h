/* What loop.c, fiber.c and offload.c share; nobody else includes this. */
#ifndef LOOP_LOOP_INTERNAL_H
#define LOOP_LOOP_INTERNAL_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>
#include <ucontext.h>

#include "loop/fiber.h"
#include "loop/loop.h"

struct offload;

struct fiber_waiter {
	struct fiber *fiber;
	struct fiber_queue *queue;
	TAILQ_ENTRY(fiber_waiter) entry;
};

/* A fiber is running, or waiting (nothing but its wake-up can run it), or ready
 * (on loop->ready, to run in the next turn), or idle (on loop->idle). */
enum fiber_state { FIBER_IDLE, FIBER_RUNNING, FIBER_WAITING, FIBER_READY };

struct fiber {
	struct loop *loop;
	ucontext_t context;
	char *stack;			/* behind the guard page */
	fiber_fn *fn;
	void *arg;
	struct fiber *resumer;		/* who gets the thread back; NULL: the loop's own stack */

	enum fiber_state state;
	int result;			/* what the present wait returns */
	bool cancelled;
	unsigned shields;
	struct event event;		/* of the present wait: descriptor, timer or both */
	struct fiber_waiter waiter;	/* of the present wait: a queue */
	TAILQ_ENTRY(fiber) entry;	/* on loop->ready or loop->idle */

	struct fiber_group *group;	/* whose member it is */
	LIST_ENTRY(fiber) of_group;
	LIST_HEAD(, fiber_group) groups; /* that it set up and hasn't waited for */

	void *fake_stack;		/* AddressSanitizer's */
	unsigned valgrind_id;
};

/* See loop_attach(). */
struct attachment {
	SLIST_ENTRY(attachment) entry;
	void (*release)(void *thing);
	void *thing;
};

struct loop {
	struct event_base *base;
	struct loop_options options;
	TAILQ_HEAD(fiber_list, fiber) ready, idle;
	struct event *ready_event;	/* active while `ready` isn't empty */
	unsigned fibers, idle_count;
	size_t deepest;			/* with paint_stacks */
	struct offload *offload;	/* NULL before the first job */
	SLIST_HEAD(, attachment) attachments;

	ucontext_t context;		/* of the loop's own stack */
	void *fake_stack;
	const void *stack_bottom;	/* of the loop's own stack, as AddressSanitizer told it */
	size_t stack_size;
};

void fiber_run_ready(struct loop *loop);
void fiber_free_idle(struct loop *loop);
/* Puts a waiting fiber on the ready list; its wait returns `result`. */
void fiber_make_ready(struct fiber *fiber, int result);
/* Gives the thread away until somebody makes the running fiber ready. */
int fiber_suspend(void);
void offload_free(struct offload *offload);

#endif
