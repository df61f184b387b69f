#include "loop/loop.h"

#include <assert.h>
#include <stdlib.h>

#include "loop/loop_internal.h"

enum { STACK_SIZE = 256 * 1024, STACK_KEEP = 64 * 1024, IDLE_FIBERS = 256 };

static _Thread_local struct loop *current;

struct loop *loop_current(void)
{
	return current;
}

static void run_ready(evutil_socket_t fd, short events, void *arg)
{
	fiber_run_ready(arg);
}

struct loop *loop_new(const struct loop_options *options)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		abort();
	if (options)
		loop->options = *options;
	if (!loop->options.stack_size)
		loop->options.stack_size = STACK_SIZE;
	if (!loop->options.stack_keep)
		loop->options.stack_keep = STACK_KEEP;
	if (!loop->options.idle_fibers)
		loop->options.idle_fibers = IDLE_FIBERS;
	TAILQ_INIT(&loop->ready);
	TAILQ_INIT(&loop->idle);
	loop->base = event_base_new();
	if (!loop->base)
		abort();
	loop->ready_event = event_new(loop->base, -1, 0, run_ready, loop);
	if (!loop->ready_event)
		abort();
	return loop;
}

void loop_attach(struct loop *loop, void (*release)(void *thing), void *thing)
{
	struct attachment *attachment = malloc(sizeof(*attachment));

	if (!attachment)
		abort();
	*attachment = (struct attachment){ .release = release, .thing = thing };
	SLIST_INSERT_HEAD(&loop->attachments, attachment, entry);
}

void *loop_attached(const struct loop *loop, void (*release)(void *thing))
{
	struct attachment *attachment;

	SLIST_FOREACH(attachment, &loop->attachments, entry) {
		if (attachment->release == release)
			return attachment->thing;
	}
	return NULL;
}

static void release_attachments(struct loop *loop)
{
	struct attachment *attachment;

	while ((attachment = SLIST_FIRST(&loop->attachments))) {
		SLIST_REMOVE_HEAD(&loop->attachments, entry);
		attachment->release(attachment->thing);
		free(attachment);
	}
}

void loop_free(struct loop *loop)
{
	if (!loop)
		return;
	assert(loop->fibers == 0);
	release_attachments(loop);
	offload_free(loop->offload);
	fiber_free_idle(loop);
	event_free(loop->ready_event);
	event_base_free(loop->base);
	if (current == loop)
		current = NULL;
	free(loop);
}

void loop_run(struct loop *loop)
{
	struct loop *outer = current;

	current = loop;
	/* Without the flag the loop would end whenever nothing is waited for, and a server may be told to wait. */
	event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
	current = outer;
}

bool loop_turn(struct loop *loop, bool block)
{
	struct loop *outer = current;
	int rc;

	current = loop;
	rc = event_base_loop(loop->base, EVLOOP_ONCE | (block ? 0 : EVLOOP_NONBLOCK));
	current = outer;
	return rc == 0;
}

void loop_stop(struct loop *loop)
{
	event_base_loopbreak(loop->base);
}

struct event_base *loop_base(struct loop *loop)
{
	return loop->base;
}

unsigned loop_fibers(const struct loop *loop)
{
	return loop->fibers;
}
