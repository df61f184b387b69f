#include "server/schedule.h"

#include <assert.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/log.h"
#include "extension/scope.h"
#include "extension/task.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "server/claims.h"

/* A task and what is known of it now. */
struct timed {
	struct schedule *schedule;
	const struct task *task;
	bool comes;			/* next_ms is a time */
	int64_t next_ms;
	unsigned running, leased;	/* leased: of those that run, how many have the task's lease */
	int64_t begun_ms;		/* the latest of those that run */
	int64_t last_ms;		/* the time that was run last; 0: none */
};

struct run {
	LIST_ENTRY(run) entry;
	struct timed *timed;
	struct task_run info;
	struct fiber *fiber;
};

struct schedule {
	struct loop *loop;
	struct generation *generation;
	struct db_pool *pool;
	struct claims *claims;
	void (*idle)(void *arg);
	void *arg;
	struct event timer, renewal, patience;
	bool started, stopping, told, renewing;
	int64_t until_ms;		/* stopping: no time after it */
	struct timed *tasks;
	unsigned count;
	LIST_HEAD(, run) runs;
	unsigned running;
	uint64_t ended, failed, skipped;
};

static void look(struct schedule *schedule);

/* ---- one run ---- */

static void say_failure(struct schedule *schedule, const struct task *task, const struct error *error)
{
	schedule->failed++;
	log_error("cron", "Cron job \"%.*s\" failed: %s", STR_ARG(task->step.name),
		error_is_set(error) ? error_message(error) : "it doesn't say why (socle_throw() does)");
}

static void call(struct schedule *schedule, const struct task_run *info)
{
	struct arena *arena = arena_new(8 * 1024);
	struct scope scope;

	scope_init(&scope, arena, schedule->generation, schedule->pool);
	scope.caller = CALLER_HOST;
	scope.run = info;
	if (extension_call(&scope, &info->task->step) < 0)
		say_failure(schedule, info->task, &scope.error);
	schedule->ended++;
	arena_free(arena);
}

static void leave_out(struct schedule *schedule, const struct task *task, int64_t time_ms, enum log_level level,
	const char *why)
{
	char when[CLOCK_ISO_SIZE];

	schedule->skipped++;
	clock_format_iso(time_ms, when);
	log_at(level, "cron", "%.*s is left out at %s: %s", STR_ARG(task->step.name), when, why);
}

static void work(struct run *run)
{
	struct schedule *schedule = run->timed->schedule;
	const struct task *task = run->info.task;
	struct error error = ERROR_INIT;
	enum claim claim;

	if (claims_take(schedule->claims, task, run->info.time_ms, &claim, &error) < 0) {
		say_failure(schedule, task, &error);
		error_clear(&error);
		return;
	}
	if (claim == CLAIM_AT_WORK)
		leave_out(schedule, task, run->info.time_ms, LOG_INFO, "another process still runs it");
	if (claim != CLAIM_OURS)
		return;
	run->timed->leased++;
	call(schedule, &run->info);
	run->timed->leased--;
	claims_give_back(schedule->claims, task);
}

static void run_fiber(void *arg)
{
	struct run *run = arg;
	struct timed *timed = run->timed;
	struct schedule *schedule = timed->schedule;

	run->fiber = fiber_self();
	work(run);
	LIST_REMOVE(run, entry);
	free(run);
	timed->running--;
	schedule->running--;
	/* A time may have waited for this one to end; the look is for the loop, which this fiber must be off. */
	event_active(&schedule->timer, EV_TIMEOUT, 0);
}

static void begin(struct timed *timed, int64_t time_ms)
{
	struct schedule *schedule = timed->schedule;
	struct run *run;

	if (schedule->running == SCHEDULE_RUNS) {
		leave_out(schedule, timed->task, time_ms, LOG_ERROR, "too many tasks are at work");
		return;
	}
	run = calloc(1, sizeof(*run));
	if (!run)
		abort();
	run->timed = timed;
	run->info = (struct task_run){ timed->task, time_ms };
	LIST_INSERT_HEAD(&schedule->runs, run, entry);
	timed->running++;
	timed->begun_ms = clock_unix_ms();
	timed->last_ms = time_ms;
	schedule->running++;
	if (fiber_spawn(schedule->loop, run_fiber, run))
		return;
	LIST_REMOVE(run, entry);
	free(run);
	timed->running--;
	schedule->running--;
	leave_out(schedule, timed->task, time_ms, LOG_ERROR, "no memory for a fiber");
}

/* ---- when ---- */

static void set_next(struct timed *timed, int64_t after_ms)
{
	int64_t after_s = after_ms / 1000, next_s;

	timed->comes = timed->task->enabled && cron_rule_next(&timed->task->rule, timed->task->zone, after_s, &next_s);
	timed->next_ms = timed->comes ? next_s * 1000 : 0;
}

/* All times of a task up to now. */
static void look_at(struct timed *timed, int64_t now_ms, int64_t due_ms)
{
	struct schedule *schedule = timed->schedule;

	while (timed->comes && timed->next_ms <= due_ms) {
		int64_t time_ms = timed->next_ms;

		/* The one at work began late itself: this one waits until it has ended. */
		if (timed->running && !timed->task->overlap && timed->begun_ms >= time_ms)
			return;
		set_next(timed, time_ms);
		/* A clock that was put back a little comes to times again that were run. */
		if (time_ms <= timed->last_ms && timed->last_ms - time_ms < CLAIM_EARLY_S * INT64_C(1000))
			continue;
		if (now_ms - time_ms > SCHEDULE_LATE_MS) {
			leave_out(schedule, timed->task, time_ms, LOG_WARN, "the clock has passed that time by more than a minute");
			set_next(timed, now_ms);
		} else if (timed->running && !timed->task->overlap) {
			leave_out(schedule, timed->task, time_ms, LOG_INFO, "it is still at work");
		} else {
			begin(timed, time_ms);
		}
	}
	/* Anew each time: a clock that was put back is noticed so. */
	if (!timed->comes || timed->next_ms > now_ms)
		set_next(timed, now_ms);
}

static void arm(struct schedule *schedule, int64_t now_ms)
{
	int64_t wait = SCHEDULE_LOOK_MS;
	struct timeval delay;

	for (unsigned i = 0; i < schedule->count; i++) {
		const struct timed *timed = &schedule->tasks[i];

		/* One that is due and waits is looked at when the run before it ends. */
		if (timed->comes && timed->next_ms > now_ms && timed->next_ms - now_ms < wait)
			wait = timed->next_ms - now_ms;
	}
	delay = (struct timeval){ wait / 1000, wait % 1000 * 1000 };
	event_add(&schedule->timer, &delay);
}

static bool is_idle(const struct schedule *schedule)
{
	for (unsigned i = 0; i < schedule->count; i++) {
		if (schedule->tasks[i].comes && schedule->tasks[i].next_ms <= schedule->until_ms)
			return false;
	}
	return schedule->running == 0 && !schedule->renewing;
}

static void look(struct schedule *schedule)
{
	int64_t now = clock_unix_ms();
	int64_t due = schedule->stopping && schedule->until_ms < now ? schedule->until_ms : now;

	if (!schedule->started || schedule->told)
		return;
	for (unsigned i = 0; i < schedule->count; i++)
		look_at(&schedule->tasks[i], now, due);
	if (!schedule->stopping) {
		arm(schedule, now);
	} else if (is_idle(schedule)) {
		schedule->told = true;
		schedule->idle(schedule->arg);
	}
}

static void on_timer(evutil_socket_t fd, short events, void *arg)
{
	look(arg);
}

/* ---- leases ---- */

static void renew(void *arg)
{
	struct schedule *schedule = arg;

	/* Runs come and go while this waits; tasks stay. */
	for (unsigned i = 0; i < schedule->count; i++) {
		if (schedule->tasks[i].leased)
			claims_renew(schedule->claims, schedule->tasks[i].task);
	}
	schedule->renewing = false;
	event_active(&schedule->timer, EV_TIMEOUT, 0);
}

static void on_renewal(evutil_socket_t fd, short events, void *arg)
{
	struct schedule *schedule = arg;

	if (LIST_EMPTY(&schedule->runs) || schedule->renewing)
		return;
	schedule->renewing = true;
	if (!fiber_spawn(schedule->loop, renew, schedule))
		schedule->renewing = false;
}

/* ---- life cycle ---- */

static void on_impatience(evutil_socket_t fd, short events, void *arg)
{
	struct schedule *schedule = arg;
	struct run *run;

	LIST_FOREACH(run, &schedule->runs, entry) {
		log_warn("cron", "%.*s has not ended in the time for draining and is cancelled", STR_ARG(run->info.task->step.name));
		if (run->fiber)
			fiber_cancel(run->fiber);
	}
}

struct schedule *schedule_new(struct loop *loop, struct generation *generation, struct db_pool *pool, struct claims *claims,
	void (*idle)(void *arg), void *arg)
{
	struct schedule *schedule = calloc(1, sizeof(*schedule));
	struct event_base *base = loop_base(loop);

	if (!schedule)
		abort();
	*schedule = (struct schedule){ .loop = loop, .generation = generation, .pool = pool, .claims = claims, .idle = idle,
		.arg = arg, .count = generation->task_count };
	schedule->tasks = calloc(schedule->count + 1, sizeof(*schedule->tasks));
	if (!schedule->tasks)
		abort();
	for (unsigned i = 0; i < schedule->count; i++)
		schedule->tasks[i] = (struct timed){ .schedule = schedule, .task = &generation->tasks[i] };
	LIST_INIT(&schedule->runs);
	event_assign(&schedule->timer, base, -1, 0, on_timer, schedule);
	event_assign(&schedule->renewal, base, -1, EV_PERSIST, on_renewal, schedule);
	event_assign(&schedule->patience, base, -1, 0, on_impatience, schedule);
	return schedule;
}

void schedule_free(struct schedule *schedule)
{
	if (!schedule)
		return;
	assert(schedule->running == 0 && !schedule->renewing);
	event_del(&schedule->timer);
	event_del(&schedule->renewal);
	event_del(&schedule->patience);
	free(schedule->tasks);
	free(schedule);
}

void schedule_start(struct schedule *schedule, int64_t since_ms)
{
	const struct timeval renewal = { CLAIM_RENEW_MS / 1000, CLAIM_RENEW_MS % 1000 * 1000 };

	if (schedule->started || schedule->stopping)
		return;
	schedule->started = true;
	for (unsigned i = 0; i < schedule->count; i++)
		set_next(&schedule->tasks[i], since_ms);
	event_add(&schedule->renewal, &renewal);
	look(schedule);
}

void schedule_stop(struct schedule *schedule, int64_t until_ms, int64_t drain_ms)
{
	const struct timeval patience = { drain_ms / 1000, drain_ms % 1000 * 1000 };

	schedule->stopping = true;
	schedule->until_ms = until_ms;
	if (!schedule->started) {
		schedule->told = true;
		schedule->idle(schedule->arg);
		return;
	}
	event_add(&schedule->patience, &patience);
	look(schedule);
}

void schedule_report(const struct schedule *schedule, json_t *status)
{
	unsigned enabled = 0;

	for (unsigned i = 0; i < schedule->count; i++)
		enabled += schedule->tasks[i].task->enabled;
	json_object_set_new(status, "tasks", json_integer(enabled));
	json_object_set_new(status, "running", json_integer(schedule->running));
	json_object_set_new(status, "runs", json_integer((json_int_t)schedule->ended));
	json_object_set_new(status, "failed", json_integer((json_int_t)schedule->failed));
	json_object_set_new(status, "skipped", json_integer((json_int_t)schedule->skipped));
}
