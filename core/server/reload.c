#include "server/reload.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "server/control.h"
#include "server/notify.h"
#include "server/supervisor.h"

/* A candidate has served nobody: it needs no time but for letting its plugins go. */
enum { CANDIDATE_END_MS = 5000 };

/* ---- the outcome ---- */

static void keep_outcome(struct supervisor *supervisor, bool ok, const char *message)
{
	struct reload *reload = &supervisor->reload;

	free(reload->message);
	reload->message = strdup(message);
	if (!reload->message)
		abort();
	reload->ok = ok;
	reload->at_unix_ms = clock_unix_ms();
	reload->stage = RELOAD_IDLE;
	reload->deadline_ms = 0;
	control_reload_ended(supervisor->control, reload->run);
}

static void drop_candidate(struct supervisor *supervisor)
{
	struct reload *reload = &supervisor->reload;
	struct child *child, *next;

	for (child = TAILQ_FIRST(&supervisor->children); child; child = next) {
		next = TAILQ_NEXT(child, entry);
		if (!child->candidate)
			continue;
		child->candidate = false;
		if (child->pid)
			child_retire(child, CANDIDATE_END_MS, 0, clock_unix_ms());
		else
			child_free(child);
	}
	listeners_close(&reload->listeners, &supervisor->listeners, true);
	if (supervisor->generation == 0)
		supervisor->arena = reload->arena;
	else
		arena_free(reload->arena);
	reload->arena = NULL;
	reload->settings = NULL;
}

void reload_refuse(struct supervisor *supervisor, const char *reason)
{
	bool first = supervisor->generation == 0;

	if (supervisor->stopping)
		log_info("server", "generation %u is given up: %s", supervisor->reload.generation, reason);
	else if (first)
		log_error("server", "the host can't start: %s", reason);
	else
		log_error("server", "generation %u is refused, generation %u serves on: %s",
			supervisor->reload.generation, supervisor->generation, reason);
	keep_outcome(supervisor, false, reason);
	drop_candidate(supervisor);
	if (supervisor->stopping)
		return;
	if (first) {
		supervisor->exit_status = 1;
		supervisor_stop(supervisor);
		return;
	}
	notify_ready();
	if (supervisor->reload.again)
		reload_ask(supervisor);
}

/* ---- the steps ---- */

/* The first generation has the settings that the supervisor began with: read once, and warned about once. */
static int read_settings(struct supervisor *supervisor, struct error *error)
{
	struct reload *reload = &supervisor->reload;

	if (supervisor->generation == 0) {
		reload->arena = supervisor->arena;
		reload->settings = supervisor->settings;
		supervisor->arena = NULL;
	} else {
		reload->arena = arena_new(16 * 1024);
		reload->settings = settings_load(reload->arena, supervisor->config_folder, error);
	}
	if (!reload->settings)
		return -1;
	return listeners_open(&reload->listeners, reload->settings, &supervisor->listeners, error);
}

static void begin(struct supervisor *supervisor)
{
	struct reload *reload = &supervisor->reload;
	bool first = supervisor->generation == 0;
	struct error error = ERROR_INIT;

	reload->run++;
	reload->again = false;
	reload->stage = RELOAD_CANARY;
	reload->generation = supervisor->generation + 1;
	reload->listeners.count = 0;
	reload->wants_background = false;
	if (!first) {
		log_info("server", "reloading: generation %u is being built", reload->generation);
		notify_reloading();
		/* The first start waits for its database as long as it takes. */
		reload->deadline_ms = clock_monotonic_ms() + RELOAD_LIMIT_MS;
	}
	if (read_settings(supervisor, &error) < 0) {
		reload_refuse(supervisor, error_message(&error));
		error_clear(&error);
		return;
	}
	child_want(supervisor, CHILD_CANARY, 0, reload->generation, true);
}

unsigned reload_ask(struct supervisor *supervisor)
{
	struct reload *reload = &supervisor->reload;

	if (reload->stage != RELOAD_IDLE) {
		reload->again = true;
		return reload->run + 1;
	}
	begin(supervisor);
	return reload->run;
}

static void want_workers(struct supervisor *supervisor)
{
	struct reload *reload = &supervisor->reload;

	reload->stage = RELOAD_WORKERS;
	for (unsigned i = 1; i <= (unsigned)reload->settings->server.workers; i++)
		child_want(supervisor, CHILD_WORKER, i, reload->generation, true);
	if (reload->wants_background)
		child_want(supervisor, CHILD_BACKGROUND, 0, reload->generation, true);
}

static void move_settings(struct supervisor *supervisor)
{
	struct reload *reload = &supervisor->reload;

	listeners_close(&supervisor->listeners, &reload->listeners, true);
	supervisor->listeners = reload->listeners;
	reload->listeners.count = 0;
	arena_free(supervisor->arena);
	supervisor->arena = reload->arena;
	supervisor->settings = reload->settings;
	reload->arena = NULL;
	reload->settings = NULL;
	log_set_level((enum log_level)supervisor->settings->server.log_level);
	log_set_format((enum log_format)supervisor->settings->server.log_format);
}

/* The old ones go only now: from here on nothing can fail. */
static void switch_over(struct supervisor *supervisor)
{
	struct reload *reload = &supervisor->reload;
	const struct settings_timeouts *timeouts = &supervisor->settings->server.timeouts;
	unsigned count = (unsigned)reload->settings->server.workers;
	struct place *places = calloc(count, sizeof(*places)), background = { 0 };
	/* No time of a task belongs to both generations, or to none. */
	int64_t now = clock_unix_ms();
	struct child *child, *next;

	if (!places)
		abort();
	for (child = TAILQ_FIRST(&supervisor->children); child; child = next) {
		next = TAILQ_NEXT(child, entry);
		if (child->candidate) {
			child->candidate = false;
			child_serve(child, now);
			if (child->role == CHILD_WORKER)
				places[child->number - 1].child = child;
			else
				background.child = child;
		} else if (!child->pid) {
			child_free(child);
		} else if (child->state != CHILD_RETIRING) {
			/* The worker keeps the drain time itself; this is for one that doesn't. */
			child_retire(child, timeouts->drain + 2000, timeouts->long_drain + 2000, now);
		}
	}
	supervisor_take_places(supervisor, places, count);
	supervisor->background = background;
	supervisor->wants_background = reload->wants_background;
	supervisor->generation = reload->generation;
	supervisor->since_unix_ms = clock_unix_ms();
	move_settings(supervisor);
}

static void say_where(const struct supervisor *supervisor)
{
	char url[300];

	for (unsigned i = 0; i < supervisor->listeners.count; i++) {
		listener_url(&supervisor->listeners.items[i], url, sizeof(url));
		log_info("server", "listening on %s", url);
	}
}

static void complete(struct supervisor *supervisor)
{
	bool first = supervisor->generation == 0;
	char message[80];

	switch_over(supervisor);
	snprintf(message, sizeof(message), "generation %u serves with %u worker%s", supervisor->generation,
		supervisor->place_count, supervisor->place_count == 1 ? "" : "s");
	log_info("server", "%s", message);
	if (first)
		say_where(supervisor);
	keep_outcome(supervisor, true, message);
	notify_ready();
	if (supervisor->reload.again)
		reload_ask(supervisor);
}

static bool all_ready(const struct supervisor *supervisor)
{
	const struct child *child;

	TAILQ_FOREACH(child, &supervisor->children, entry) {
		if (child->candidate && child->state != CHILD_READY)
			return false;
	}
	return true;
}

void reload_child_ready(struct supervisor *supervisor, struct child *child)
{
	/* The canary's word counts when it has ended in good order, too. */
	if (child->role != CHILD_CANARY && all_ready(supervisor))
		complete(supervisor);
}

void reload_child_ended(struct supervisor *supervisor, struct child *child, const char *how)
{
	char name[CHILD_NAME_SIZE], reason[512];

	child->candidate = false;
	if (child->reason) {
		reload_refuse(supervisor, child->reason);
	} else if (child->role == CHILD_CANARY && child->state == CHILD_READY) {
		want_workers(supervisor);
	} else {
		snprintf(reason, sizeof(reason), "%s %s while %s", child_name(child, name), how,
			child_doing(child));
		reload_refuse(supervisor, reason);
	}
}

void reload_tick(struct supervisor *supervisor, uint64_t now_ms)
{
	struct reload *reload = &supervisor->reload;
	const char *doing = "being forked";
	const struct child *child;
	char reason[160];

	if (reload->stage == RELOAD_IDLE || !reload->deadline_ms || now_ms < reload->deadline_ms)
		return;
	TAILQ_FOREACH(child, &supervisor->children, entry) {
		/* A migration is not cut short for taking its time. */
		if (child->candidate && child->pulse && pulse_stage(child->pulse) == PULSE_MIGRATING)
			return;
		if (child->candidate && child->state != CHILD_READY)
			doing = child_doing(child);
	}
	snprintf(reason, sizeof(reason), "it was not ready within %d s, but still %s", RELOAD_LIMIT_MS / 1000,
		doing);
	reload_refuse(supervisor, reason);
}

void reload_clear(struct reload *reload)
{
	arena_free(reload->arena);
	free(reload->message);
}
