/* Fibers: straight-line code that waits without blocking the thread.
 *
 * A fiber is a function with a stack of its own (pooled, with a guard page
 * below). When it waits, the loop goes on with others and comes back when what
 * it waited for has happened. All fibers of a loop share one thread: between two
 * waits a fiber has the worker to itself and needs no lock.
 *
 *	static void serve(void *arg)
 *	{
 *		if (fiber_wait_fd(fd, EV_READ, 30000) < 0)
 *			return;		// -ETIMEDOUT or -ECANCELED
 *		...
 *	}
 *	fiber_spawn(loop, serve, connection);
 *
 * Whatever waits returns 0 (or more) or a negative errno:
 *	-ETIMEDOUT  the time ran out
 *	-ECANCELED  fiber_cancel() was called: nobody needs the result, clean up and return
 * A cancelled fiber stays cancelled, so every further wait fails at once, but for
 * those inside fiber_shield(): undoing things may wait.
 *
 * Times are milliseconds; FIBER_FOREVER waits without end.
 */
#ifndef LOOP_FIBER_H
#define LOOP_FIBER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

struct fiber;
struct loop;

typedef void fiber_fn(void *arg);

enum { FIBER_FOREVER = -1 };

/* Starts fn(arg) at once; returns when it first waits or ends. May be called from
 * a fiber or from the loop's own stack. NULL when no stack can be had (errno). The
 * handle is valid until the fiber ends. */
struct fiber *fiber_spawn(struct loop *loop, fiber_fn *fn, void *arg);

/* The running fiber, NULL on the loop's own stack. */
struct fiber *fiber_self(void);

/* The loop of the running fiber. */
struct loop *fiber_loop(void);

/* Waits until fd is readable (EV_READ) or writable (EV_WRITE), or both; returns which. */
int fiber_wait_fd(int fd, short events, int timeout_ms) __attribute__((warn_unused_result));

int fiber_sleep(int ms);

/* Lets others run; returns in the next turn of the loop. */
int fiber_yield(void);

/* Makes the fiber's present and further waits return -ECANCELED. */
void fiber_cancel(struct fiber *fiber);
bool fiber_cancelled(void);

/* Between shield(true) and shield(false) waits ignore cancellation. Nests. */
void fiber_shield(bool on);

/* ---- waiting for one another ---- */

struct fiber_waiter;
TAILQ_HEAD(fiber_waiters, fiber_waiter);

/* Fibers that wait for something that has no file descriptor: first come, first woken. */
struct fiber_queue {
	struct fiber_waiters waiters;
};

void fiber_queue_init(struct fiber_queue *queue);
int fiber_queue_wait(struct fiber_queue *queue, int timeout_ms) __attribute__((warn_unused_result));
/* The woken one runs in the loop's next turn. False when nobody waited. */
bool fiber_queue_wake(struct fiber_queue *queue);
void fiber_queue_wake_all(struct fiber_queue *queue);
bool fiber_queue_empty(const struct fiber_queue *queue);

/* Several fibers at work for one: the way to run statements side by side. Every
 * group that was set up must be waited for, on the fiber that set it up.
 *
 *	struct fiber_group group;
 *	fiber_group_init(&group);
 *	fiber_group_spawn(&group, run_count, &count);
 *	run_page(&page);
 *	fiber_group_wait(&group);	// also when cancelled: its members use our stack
 *
 * Members inherit the spawner's cancellation: cancelling it cancels them. */
struct fiber_group {
	struct fiber_queue done;
	LIST_HEAD(, fiber) members;
	LIST_ENTRY(fiber_group) of_owner;
};

void fiber_group_init(struct fiber_group *group);
int fiber_group_spawn(struct fiber_group *group, fiber_fn *fn, void *arg) __attribute__((warn_unused_result));
void fiber_group_wait(struct fiber_group *group);

/* ---- for tests ---- */

/* The deepest stack use of any fiber so far, in bytes; needs paint_stacks. */
size_t fiber_deepest_stack(struct loop *loop);

#endif
