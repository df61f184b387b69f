#include "server/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/shared.h"
#include "server/background.h"
#include "server/canary.h"
#include "server/control.h"
#include "server/notify.h"
#include "server/worker.h"

enum {
	TICK_MS = 100,
	STALLED_MS = 1000,		/* a tick so late: this process was held up, and so were the others */
	STOP_SLACK_MS = 2000,		/* past the drain time, which workers keep themselves */
	QUICK_DEATH_MS = 10 * 1000,
	DEATHS_WITHOUT_PAUSE = 2,
	PAUSE_LEAST_MS = 100,
	PAUSE_MOST_MS = 10 * 1000,
};

/* ---- workers ---- */

void supervisor_take_places(struct supervisor *supervisor, struct place *places, unsigned count)
{
	free(supervisor->places);
	supervisor->places = places;
	supervisor->place_count = count;
}

static struct place *place_of(struct supervisor *supervisor, const struct child *child)
{
	for (unsigned i = 0; i < supervisor->place_count; i++) {
		if (supervisor->places[i].child == child)
			return &supervisor->places[i];
	}
	return supervisor->background.child == child ? &supervisor->background : NULL;
}

static uint64_t pause_after(unsigned quick_deaths)
{
	uint64_t pause = PAUSE_LEAST_MS;

	if (quick_deaths <= DEATHS_WITHOUT_PAUSE)
		return 0;
	for (unsigned i = DEATHS_WITHOUT_PAUSE + 1; i < quick_deaths && pause < PAUSE_MOST_MS; i++)
		pause *= 2;
	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

static void fill_place(struct supervisor *supervisor, struct place *place)
{
	bool background = place == &supervisor->background;
	unsigned number = background ? 0 : (unsigned)(place - supervisor->places) + 1;

	place->fill_at_ms = 0;
	place->child = child_want(supervisor, background ? CHILD_BACKGROUND : CHILD_WORKER, number, supervisor->generation,
		false);
}

static void fill_places(struct supervisor *supervisor, uint64_t now_ms)
{
	for (unsigned i = 0; i < supervisor->place_count; i++) {
		struct place *place = &supervisor->places[i];

		if (!place->child && now_ms >= place->fill_at_ms)
			fill_place(supervisor, place);
	}
	if (supervisor->wants_background && !supervisor->background.child && now_ms >= supervisor->background.fill_at_ms)
		fill_place(supervisor, &supervisor->background);
}

static void replace(struct supervisor *supervisor, struct place *place, const char *how)
{
	const struct child *child = place->child;
	uint64_t now = clock_monotonic_ms(), pause;
	char name[CHILD_NAME_SIZE];

	place->quick_deaths = now - child->born_ms < QUICK_DEATH_MS ? place->quick_deaths + 1 : 1;
	pause = pause_after(place->quick_deaths);
	place->child = NULL;
	place->fill_at_ms = now + pause;
	if (pause)
		log_error("server", "%s %s; it is replaced in %llu ms%s%s", child_name(child, name), how,
			(unsigned long long)pause, child->reason ? ": " : "",
			child->reason ? child->reason : "");
	else
		log_error("server", "%s %s and is replaced%s%s", child_name(child, name), how,
			child->reason ? ": " : "", child->reason ? child->reason : "");
}

static void child_ended(struct supervisor *supervisor, struct child *child, const char *how, bool well)
{
	struct place *place = place_of(supervisor, child);
	char name[CHILD_NAME_SIZE];

	survey_lost(supervisor, child);
	if (child->candidate)
		reload_child_ended(supervisor, child, how);
	else if (place && !supervisor->stopping)
		replace(supervisor, place, how);
	else if (!well)
		log_warn("server", "%s %s", child_name(child, name), how);
	else
		log_debug("server", "%s %s", child_name(child, name), how);
	if (place && supervisor->stopping)
		place->child = NULL;
	child_free(child);
	if (!supervisor->stopping)
		fill_places(supervisor, clock_monotonic_ms());
}

static struct child *find_child(const struct supervisor *supervisor, pid_t pid)
{
	struct child *child;

	TAILQ_FOREACH(child, &supervisor->children, entry) {
		if (child->pid == pid)
			return child;
	}
	return NULL;
}

static void reap(struct supervisor *supervisor)
{
	char how[64];
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *child = find_child(supervisor, pid);

		if (!child)
			continue;
		channel_catch_up(child->channel);
		if (WIFSIGNALED(status))
			snprintf(how, sizeof(how), "was killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
		else
			snprintf(how, sizeof(how), "has ended with status %d", WEXITSTATUS(status));
		child_ended(supervisor, child, how, WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

/* ---- events ---- */

void supervisor_stop(struct supervisor *supervisor)
{
	const struct settings_timeouts *timeouts = &supervisor->settings->server.timeouts;
	bool again = supervisor->stopping;
	struct child *child, *next;

	supervisor->stopping = true;
	if (!again) {
		notify_stopping();
		if (supervisor->reload.stage != RELOAD_IDLE)
			reload_refuse(supervisor, "the host stops");
		/* Whoever connects now is told at once that nobody is here. */
		listeners_close(&supervisor->listeners, NULL, true);
	}
	for (child = TAILQ_FIRST(&supervisor->children); child; child = next) {
		next = TAILQ_NEXT(child, entry);
		if (!child->pid)
			child_free(child);
		else if (again)
			kill(child->pid, SIGKILL);
		else if (child->state != CHILD_RETIRING)
			child_retire(child, timeouts->drain + STOP_SLACK_MS, timeouts->long_drain + STOP_SLACK_MS, clock_unix_ms());
	}
}

static void on_signal(evutil_socket_t number, short events, void *arg)
{
	struct supervisor *supervisor = arg;

	switch ((int)number) {
	case SIGCHLD:
		reap(supervisor);
		break;
	case SIGHUP:
		if (!supervisor->stopping)
			reload_ask(supervisor);
		break;
	case SIGUSR2:
		log_warn("server",
			"SIGUSR2: this version can't replace its own program; stop it and start the new one");
		break;
	default:
		log_info("server", "SIG%s: %s", sigabbrev_np((int)number),
			supervisor->stopping ? "ending at once" : "draining, then ending");
		supervisor_stop(supervisor);
	}
}

static void on_tick(evutil_socket_t fd, short events, void *arg)
{
	struct supervisor *supervisor = arg;
	uint64_t now = clock_monotonic_ms();
	struct child *child;

	if (now - supervisor->ticked_ms > STALLED_MS)
		supervisor->quiet_until_ms = now + STALLED_MS;
	supervisor->ticked_ms = now;
	TAILQ_FOREACH(child, &supervisor->children, entry)
		child_watch(child, now, now < supervisor->quiet_until_ms);
	survey_tick(supervisor, now);
	if (!supervisor->stopping) {
		reload_tick(supervisor, now);
		fill_places(supervisor, now);
	}
}

/* ---- life cycle ---- */

static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void add_events(struct supervisor *supervisor)
{
	static const int numbers[SUPERVISOR_SIGNALS] = { SIGTERM, SIGINT, SIGHUP, SIGUSR2, SIGCHLD };
	const struct timeval tick = { 0, TICK_MS * 1000 };

	supervisor->base = event_base_new();
	if (!supervisor->base)
		abort();
	for (int i = 0; i < SUPERVISOR_SIGNALS; i++) {
		evsignal_assign(&supervisor->signals[i], supervisor->base, numbers[i], on_signal, supervisor);
		event_add(&supervisor->signals[i], NULL);
	}
	event_assign(&supervisor->tick, supervisor->base, -1, EV_PERSIST, on_tick, supervisor);
	event_add(&supervisor->tick, &tick);
	supervisor->ticked_ms = clock_monotonic_ms();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
}

static void choose_id(struct supervisor *supervisor)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		abort();
	snprintf(supervisor->id, sizeof(supervisor->id), "%016llx", (unsigned long long)random);
}

/* Everything that may fail before anything is forked. */
static int open_up(struct supervisor *supervisor, struct error *error)
{
	const struct settings_server *server;

	supervisor->settings = settings_load(supervisor->arena, supervisor->config_folder, error);
	if (!supervisor->settings)
		return -1;
	server = &supervisor->settings->server;
	log_set_level((enum log_level)server->log_level);
	log_set_format((enum log_format)server->log_format);
	if (state_open(&supervisor->state, server->state, supervisor->state_arena, error) < 0)
		return -1;
	if (!listeners_inherit(&supervisor->listeners) &&
		listeners_open(&supervisor->listeners, supervisor->settings, NULL, error) < 0)
		return -1;
	if (server->limits.shared) {
		supervisor->shared = shared_new((size_t)server->limits.shared, error);
		if (!supervisor->shared)
			return -1;
	}
	supervisor->control = control_new(supervisor, error);
	return supervisor->control ? 0 : -1;
}

/* In a forked child (`keep` not NULL) nothing may happen that is seen outside of it. */
static void supervisor_clear(struct supervisor *supervisor, const struct duty *keep)
{
	struct child *child;

	while ((child = TAILQ_FIRST(&supervisor->children)))
		child_free(child);
	control_free(supervisor->control, !keep);
	listeners_close(&supervisor->listeners, keep ? &keep->listeners : NULL, !keep);
	listeners_close(&supervisor->reload.listeners, keep ? &keep->listeners : NULL, false);
	state_close(&supervisor->state, !keep);
	for (int i = 0; i < SUPERVISOR_SIGNALS; i++)
		event_del(&supervisor->signals[i]);
	event_del(&supervisor->tick);
	event_base_free(supervisor->base);
	if (!keep)
		shared_free(supervisor->shared);
	reload_clear(&supervisor->reload);
	arena_free(supervisor->arena);
	arena_free(supervisor->state_arena);
	free(supervisor->places);
}

/* In the new process: takes along what it needs and lets go of everything else. */
static void become(struct supervisor *supervisor, struct duty *duty, bool candidate)
{
	struct reload *reload = &supervisor->reload;
	struct listeners *listeners = candidate ? &reload->listeners : &supervisor->listeners;
	struct arena **arena = candidate ? &reload->arena : &supervisor->arena;
	sigset_t none;

	duty->settings = candidate ? reload->settings : supervisor->settings;
	duty->arena = *arena;
	duty->shared = supervisor->shared;
	*arena = NULL;
	duty->listeners = *listeners;
	listeners->count = 0;
	/* Both sets may hold the same sockets: what the other one has besides is closed. */
	event_reinit(supervisor->base);
	supervisor_clear(supervisor, duty);
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	/* A terminal sends these to all of its processes; what they mean is the supervisor's to say. */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* True in a new process. */
static bool fork_wanted(struct supervisor *supervisor, struct duty *duty)
{
	struct error error = ERROR_INIT;
	struct child *child, *next;

	for (child = TAILQ_FIRST(&supervisor->children); child; child = next) {
		bool candidate = child->candidate;
		int rc;

		next = TAILQ_NEXT(child, entry);
		if (child->state != CHILD_WANTED)
			continue;
		rc = child_fork(child, duty, &error);
		if (rc > 0) {
			become(supervisor, duty, candidate);
			return true;
		}
		if (rc < 0) {
			child_ended(supervisor, child, error_message(&error), false);
			error_clear(&error);
			return false;	/* the list may have changed */
		}
	}
	return false;
}

static int run_duty(struct duty *duty)
{
	static int (*const run[])(struct duty *duty) = {
		[CHILD_CANARY] = canary_run, [CHILD_WORKER] = worker_run, [CHILD_BACKGROUND] = background_run,
	};
	int status;

	/* Only who serves keeps a port open. */
	if (duty->role == CHILD_BACKGROUND)
		listeners_close(&duty->listeners, NULL, false);
	status = run[duty->role](duty);

	listeners_close(&duty->listeners, NULL, false);
	arena_free(duty->arena);
	return status;
}

int supervisor_run(const char *config_folder)
{
	struct supervisor supervisor = { .config_folder = config_folder, .state.lock = -1 };
	struct error error = ERROR_INIT;
	struct duty duty;
	sigset_t all;

	log_set_process("supervisor");
	raise_file_limit();
	TAILQ_INIT(&supervisor.children);
	LIST_INIT(&supervisor.surveys);
	supervisor.arena = arena_new(16 * 1024);
	supervisor.state_arena = arena_new(1024);
	choose_id(&supervisor);
	add_events(&supervisor);
	if (open_up(&supervisor, &error) < 0) {
		log_error("server", "the host can't start: %s", error_message(&error));
		error_clear(&error);
		supervisor_clear(&supervisor, NULL);
		return 1;
	}
	reload_ask(&supervisor);
	while (!supervisor.stopping || !TAILQ_EMPTY(&supervisor.children)) {
		if (fork_wanted(&supervisor, &duty))
			return run_duty(&duty);
		event_base_loop(supervisor.base, EVLOOP_ONCE);
	}
	/* One more signal now must not change how the host ended. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	supervisor_clear(&supervisor, NULL);
	log_info("server", "stopped");
	return supervisor.exit_status;
}
