#include "server/child.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "server/supervisor.h"

/* Loading, starting and letting go of plugins block the loop and may take their time, but not for ever. */
enum { BLOCKED_LIMIT_MS = 60 * 1000, REFUSED_LIMIT_MS = 10 * 1000 };

struct stage {
	const char *doing;
	bool turns;			/* its loop does, so that it must beat */
};

static const struct stage stages[PULSE_STAGES] = {
	[PULSE_BUILDING] = { "loading plugins", false },
	[PULSE_WAITING] = { "waiting for the database", true },
	[PULSE_MIGRATING] = { "looking after the schema", true },
	[PULSE_STARTING] = { "starting plugins", false },
	[PULSE_READY] = { "ready", true },
	[PULSE_SERVING] = { "serving", true },
	[PULSE_DRAINING] = { "draining", true },
	[PULSE_ENDING] = { "ending", false },
};

struct child *child_want(struct supervisor *supervisor, enum child_role role, unsigned number,
	unsigned generation, bool candidate)
{
	struct child *child = calloc(1, sizeof(*child));

	if (!child)
		abort();
	*child = (struct child){
		.supervisor = supervisor,
		.role = role,
		.number = number,
		.generation = generation,
		.candidate = candidate,
		.born_ms = clock_monotonic_ms(),
	};
	TAILQ_INSERT_TAIL(&supervisor->children, child, entry);
	return child;
}

void child_free(struct child *child)
{
	TAILQ_REMOVE(&child->supervisor->children, child, entry);
	channel_free(child->channel);
	if (child->pulse)
		munmap(child->pulse, sizeof(*child->pulse));
	free(child->reason);
	free(child);
}

const char *child_name(const struct child *child, char out[CHILD_NAME_SIZE])
{
	if (child->role == CHILD_CANARY)
		snprintf(out, CHILD_NAME_SIZE, "the canary (process %d)", (int)child->pid);
	else if (child->role == CHILD_BACKGROUND)
		snprintf(out, CHILD_NAME_SIZE, "the background process (process %d)", (int)child->pid);
	else
		snprintf(out, CHILD_NAME_SIZE, "worker %u (process %d)", child->number, (int)child->pid);
	return out;
}

const char *child_doing(const struct child *child)
{
	return child->pulse ? stages[pulse_stage(child->pulse)].doing : "being forked";
}

/* ---- what it says ---- */

static void keep_reason(struct child *child, const char *reason)
{
	if (child->reason)
		return;
	child->reason = strdup(reason);
	if (!child->reason)
		abort();
}

static void on_ready(struct child *child)
{
	if (child->state != CHILD_STARTING)
		return;
	child->state = CHILD_READY;
	if (child->candidate) {
		reload_child_ready(child->supervisor, child);
	} else if (child->role != CHILD_CANARY) {
		child_serve(child, clock_unix_ms());
	}
}

static void on_message(void *arg, enum channel_type type, const json_t *payload)
{
	struct child *child = arg;
	const char *message = json_string_value(json_object_get(payload, "message"));

	switch (type) {
	case CHANNEL_READY:
		if (child->role == CHILD_CANARY)
			child->supervisor->reload.wants_background = json_is_true(json_object_get(payload, "background"));
		on_ready(child);
		break;
	case CHANNEL_REFUSED:
		/* What follows from it waits until the process has ended. */
		keep_reason(child, message ? message : "it gave no reason");
		child->end_by_ms = clock_monotonic_ms() + REFUSED_LIMIT_MS;
		break;
	case CHANNEL_ANSWER:
		survey_answered(child->supervisor, child, payload);
		break;
	default:
		child_kill(child, "it sent a message that only a supervisor sends");
	}
}

static void on_closed(void *arg, const char *reason)
{
	struct child *child = arg;

	survey_lost(child->supervisor, child);
	/* A process at its end closes everything; one that goes on without its channel can't be told
	 * anything. */
	if (!child->end_by_ms)
		child->end_by_ms = clock_monotonic_ms() + 1000;
}

/* ---- forking ---- */

static int make_pair(struct child *child, int pair[2], struct error *error)
{
	void *page = mmap(NULL, sizeof(*child->pulse), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		-1, 0);

	if (page == MAP_FAILED)
		return error_set(error, ERROR_INTERNAL, "no memory to share with a child: %s",
			strerror(errno));
	child->pulse = page;
	pulse_enter(child->pulse, PULSE_BUILDING);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set(error, ERROR_INTERNAL, "no channel to a child: %s", strerror(errno));
	return 0;
}

/* A child must not outlive its supervisor, which may be gone already. */
static void tie_to(pid_t supervisor)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(1);
}

int child_fork(struct child *child, struct duty *duty_r, struct error *error)
{
	const struct channel_events events = { on_message, on_closed };
	struct supervisor *supervisor = child->supervisor;
	sigset_t all, before;
	pid_t self = getpid();
	int pair[2];

	if (make_pair(child, pair, error) < 0)
		return -1;
	/* A signal caught by the new process before it has let go of our handlers would count as ours. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	child->pid = fork();
	if (child->pid == 0) {
		tie_to(self);
		close(pair[0]);
		*duty_r = (struct duty){ .role = child->role, .number = child->number,
			.generation = child->generation, .pulse = child->pulse, .channel = pair[1] };
		memcpy(duty_r->host, supervisor->id, sizeof(duty_r->host));
		child->pulse = NULL;
		return 1;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(pair[1]);
	if (child->pid < 0) {
		child->pid = 0;
		close(pair[0]);
		return error_set(error, ERROR_INTERNAL, "no new process: %s", strerror(errno));
	}
	child->channel = channel_new(supervisor->base, pair[0], &events, child);
	child->state = CHILD_STARTING;
	child->born_ms = clock_monotonic_ms();
	return 0;
}

void child_serve(struct child *child, int64_t since_ms)
{
	child->state = CHILD_SERVING;
	channel_send(child->channel, CHANNEL_SERVE, json_pack("{s:I}", "since", (json_int_t)since_ms));
}

/* ---- ending ---- */

void child_retire(struct child *child, int64_t within_ms, int64_t long_ms, int64_t until_ms)
{
	uint64_t now = clock_monotonic_ms();

	child->state = CHILD_RETIRING;
	child->end_by_ms = now + (uint64_t)within_ms;
	child->long_end_by_ms = long_ms > within_ms ? now + (uint64_t)long_ms : 0;
	if (child->channel)
		channel_send(child->channel, CHANNEL_DRAIN, json_pack("{s:I}", "until", (json_int_t)until_ms));
}

void child_kill(struct child *child, const char *why)
{
	char name[CHILD_NAME_SIZE];

	if (!child->pid || child->reason)
		return;
	keep_reason(child, why);
	log_error("server", "%s is killed: %s", child_name(child, name), why);
	kill(child->pid, SIGKILL);
}

static void watch_beat(struct child *child, const struct stage *stage, uint64_t age)
{
	const struct settings_timeouts *timeouts = &child->supervisor->settings->server.timeouts;
	int64_t limit = stage->turns ? timeouts->handler_kill : BLOCKED_LIMIT_MS;
	char name[CHILD_NAME_SIZE], why[128];

	if (age >= (uint64_t)limit) {
		snprintf(why, sizeof(why), "it has not yielded for %llu ms while %s", (unsigned long long)age,
			stage->doing);
		child_kill(child, why);
	} else if (!child->slow && stage->turns && age >= (uint64_t)timeouts->handler_warn + PULSE_BEAT_MS) {
		child->slow = true;
		log_warn("server", "%s has not yielded for %llu ms while %s", child_name(child, name),
			(unsigned long long)age, stage->doing);
	} else if (child->slow && age < (uint64_t)timeouts->handler_warn) {
		child->slow = false;
	}
}

/* Its long answers have more time than the rest of it. */
static bool may_stay(const struct child *child, uint64_t now_ms)
{
	return now_ms < child->long_end_by_ms &&
		atomic_load_explicit(&child->pulse->long_answers, memory_order_relaxed);
}

void child_watch(struct child *child, uint64_t now_ms, bool quiet)
{
	if (!child->pid)
		return;
	if (child->end_by_ms && now_ms >= child->end_by_ms && !may_stay(child, now_ms)) {
		/* The reason may be its own; this one is only for the log. */
		if (!child->reason)
			child_kill(child, "it has not ended in its time");
		else
			kill(child->pid, SIGKILL);
		return;
	}
	if (!quiet)
		watch_beat(child, &stages[pulse_stage(child->pulse)], pulse_age_ms(child->pulse, now_ms));
}
