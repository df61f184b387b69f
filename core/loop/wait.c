/* What a fiber can wait for: a descriptor, a time, one another; and being called off meanwhile. */
#include <assert.h>
#include <errno.h>

#include "loop/loop_internal.h"

static bool called_off(const struct fiber *fiber)
{
	return fiber->cancelled && fiber->shields == 0;
}

static struct timeval *interval(int timeout_ms, struct timeval *store)
{
	if (timeout_ms < 0)
		return NULL;
	store->tv_sec = timeout_ms / 1000;
	store->tv_usec = timeout_ms % 1000 * 1000;
	return store;
}

static void on_event(evutil_socket_t fd, short events, void *arg)
{
	struct fiber *fiber = arg;

	if (fiber->state != FIBER_WAITING)
		return;
	fiber_make_ready(fiber, events & (EV_READ | EV_WRITE) ? events & (EV_READ | EV_WRITE) : -ETIMEDOUT);
}

int fiber_wait_fd(int fd, short events, int timeout_ms)
{
	struct fiber *fiber = fiber_self();
	struct timeval store;
	int rc;

	assert(fiber);
	if (called_off(fiber))
		return -ECANCELED;
	event_assign(&fiber->event, fiber->loop->base, fd, events, on_event, fiber);
	if (event_add(&fiber->event, interval(timeout_ms, &store)) < 0)
		return -EBADF;
	rc = fiber_suspend();
	event_del(&fiber->event);
	return rc;
}

int fiber_sleep(int ms)
{
	int rc = fiber_wait_fd(-1, 0, ms);

	return rc == -ETIMEDOUT ? 0 : rc;
}

int fiber_yield(void)
{
	return fiber_sleep(0);
}

/* ---- being called off ---- */

void fiber_cancel(struct fiber *fiber)
{
	struct fiber_group *group;
	struct fiber *member;

	fiber->cancelled = true;
	LIST_FOREACH(group, &fiber->groups, of_owner)
		LIST_FOREACH(member, &group->members, of_group)
			fiber_cancel(member);
	if (fiber->state != FIBER_WAITING || fiber->shields)
		return;
	if (fiber->waiter.queue) {
		TAILQ_REMOVE(&fiber->waiter.queue->waiters, &fiber->waiter, entry);
		fiber->waiter.queue = NULL;
	}
	fiber_make_ready(fiber, -ECANCELED);
}

bool fiber_cancelled(void)
{
	return fiber_self() && fiber_self()->cancelled;
}

void fiber_shield(bool on)
{
	struct fiber *fiber = fiber_self();

	if (!fiber)
		return;
	assert(on || fiber->shields > 0);
	fiber->shields += on ? 1u : -1u;
}

/* ---- queues ---- */

void fiber_queue_init(struct fiber_queue *queue)
{
	TAILQ_INIT(&queue->waiters);
}

int fiber_queue_wait(struct fiber_queue *queue, int timeout_ms)
{
	struct fiber *fiber = fiber_self();
	struct timeval store;
	int rc;

	assert(fiber);
	if (called_off(fiber))
		return -ECANCELED;
	fiber->waiter.fiber = fiber;
	fiber->waiter.queue = queue;
	TAILQ_INSERT_TAIL(&queue->waiters, &fiber->waiter, entry);
	event_assign(&fiber->event, fiber->loop->base, -1, 0, on_event, fiber);
	if (timeout_ms >= 0)
		event_add(&fiber->event, interval(timeout_ms, &store));
	rc = fiber_suspend();
	event_del(&fiber->event);
	if (fiber->waiter.queue) {	/* the time ran out: nobody took us off */
		TAILQ_REMOVE(&queue->waiters, &fiber->waiter, entry);
		fiber->waiter.queue = NULL;
	}
	return rc;
}

bool fiber_queue_wake(struct fiber_queue *queue)
{
	struct fiber_waiter *waiter;

	/* One whose time has just run out is ready already and can't be woken for this. */
	TAILQ_FOREACH(waiter, &queue->waiters, entry) {
		if (waiter->fiber->state == FIBER_WAITING) {
			TAILQ_REMOVE(&queue->waiters, waiter, entry);
			waiter->queue = NULL;
			fiber_make_ready(waiter->fiber, 0);
			return true;
		}
	}
	return false;
}

void fiber_queue_wake_all(struct fiber_queue *queue)
{
	while (fiber_queue_wake(queue))
		;
}

bool fiber_queue_empty(const struct fiber_queue *queue)
{
	return TAILQ_EMPTY(&queue->waiters);
}

/* ---- groups ---- */

void fiber_group_init(struct fiber_group *group)
{
	struct fiber *owner = fiber_self();

	assert(owner);
	fiber_queue_init(&group->done);
	LIST_INIT(&group->members);
	LIST_INSERT_HEAD(&owner->groups, group, of_owner);
}

void fiber_group_wait(struct fiber_group *group)
{
	fiber_shield(true);
	while (!LIST_EMPTY(&group->members)) {
		/* Without end and shielded: nothing but the last member's end returns from it. */
		int rc = fiber_queue_wait(&group->done, FIBER_FOREVER);

		assert(rc == 0);
		(void)rc;
	}
	fiber_shield(false);
	LIST_REMOVE(group, of_owner);
}
