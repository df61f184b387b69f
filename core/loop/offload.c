#include "loop/offload.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop/loop_internal.h"

enum { THREADS = 4, WAITING = 256 };

struct job {
	void (*fn)(void *arg);
	void *arg;
	struct fiber *fiber;
	STAILQ_ENTRY(job) entry;
};

STAILQ_HEAD(jobs, job);

struct offload {
	pthread_mutex_t lock;		/* guards waiting, done, stopping */
	pthread_cond_t wanted;
	struct jobs waiting, done;
	unsigned waiting_count;
	bool stopping;
	pthread_t threads[THREADS];
	unsigned thread_count;
	int done_fd;			/* an eventfd: `done` isn't empty */
	struct event *done_event;
};

static void *work(void *arg)
{
	struct offload *offload = arg;

	pthread_mutex_lock(&offload->lock);
	for (;;) {
		struct job *job = STAILQ_FIRST(&offload->waiting);

		if (!job) {
			if (offload->stopping)
				break;
			pthread_cond_wait(&offload->wanted, &offload->lock);
			continue;
		}
		STAILQ_REMOVE_HEAD(&offload->waiting, entry);
		offload->waiting_count--;
		pthread_mutex_unlock(&offload->lock);
		job->fn(job->arg);
		pthread_mutex_lock(&offload->lock);
		STAILQ_INSERT_TAIL(&offload->done, job, entry);
		eventfd_write(offload->done_fd, 1);
	}
	pthread_mutex_unlock(&offload->lock);
	return NULL;
}

/* On the loop: the fibers of finished jobs go on. */
static void on_done(evutil_socket_t fd, short events, void *arg)
{
	struct offload *offload = arg;
	struct jobs done = STAILQ_HEAD_INITIALIZER(done);
	eventfd_t count;

	eventfd_read(fd, &count);
	pthread_mutex_lock(&offload->lock);
	STAILQ_CONCAT(&done, &offload->done);
	pthread_mutex_unlock(&offload->lock);
	while (!STAILQ_EMPTY(&done)) {
		struct job *job = STAILQ_FIRST(&done);

		STAILQ_REMOVE_HEAD(&done, entry);
		fiber_make_ready(job->fiber, 0);
	}
}

static struct offload *offload_new(struct loop *loop)
{
	struct offload *offload = calloc(1, sizeof(*offload));

	if (!offload)
		abort();
	pthread_mutex_init(&offload->lock, NULL);
	pthread_cond_init(&offload->wanted, NULL);
	STAILQ_INIT(&offload->waiting);
	STAILQ_INIT(&offload->done);
	offload->done_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	offload->done_event = event_new(loop->base, offload->done_fd, EV_READ | EV_PERSIST, on_done, offload);
	if (offload->done_fd < 0 || !offload->done_event)
		abort();
	event_add(offload->done_event, NULL);
	return offload;
}

/* Threads start one a job until there are enough. Signals stay the loop's. */
static int start_thread(struct offload *offload)
{
	sigset_t all, before;
	int rc;

	if (offload->thread_count == THREADS)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&offload->threads[offload->thread_count], NULL, work, offload);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		offload->thread_count++;
	return offload->thread_count > 0 ? 0 : -rc;
}

int offload_run(void (*fn)(void *arg), void *arg)
{
	struct fiber *fiber = fiber_self();
	struct job job = { .fn = fn, .arg = arg, .fiber = fiber };
	struct offload *offload;
	int rc;

	if (!fiber) {
		fn(arg);
		return 0;
	}
	if (!fiber->loop->offload)
		fiber->loop->offload = offload_new(fiber->loop);
	offload = fiber->loop->offload;
	rc = start_thread(offload);
	if (rc < 0)
		return rc;
	pthread_mutex_lock(&offload->lock);
	if (offload->waiting_count >= WAITING) {
		pthread_mutex_unlock(&offload->lock);
		return -EAGAIN;
	}
	offload->waiting_count++;
	STAILQ_INSERT_TAIL(&offload->waiting, &job, entry);
	pthread_cond_signal(&offload->wanted);
	pthread_mutex_unlock(&offload->lock);
	/* The thread uses this stack: the fiber must be here when it is done. */
	fiber_shield(true);
	fiber_suspend();
	fiber_shield(false);
	return 0;
}

void offload_free(struct offload *offload)
{
	if (!offload)
		return;
	pthread_mutex_lock(&offload->lock);
	offload->stopping = true;
	pthread_cond_broadcast(&offload->wanted);
	pthread_mutex_unlock(&offload->lock);
	for (unsigned i = 0; i < offload->thread_count; i++)
		pthread_join(offload->threads[i], NULL);
	event_free(offload->done_event);
	close(offload->done_fd);
	pthread_cond_destroy(&offload->wanted);
	pthread_mutex_destroy(&offload->lock);
	free(offload);
}
