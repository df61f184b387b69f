#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "extension/scope.h"
#include "extension/task.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "server/schedule.h"

/* Tasks that every host runs need no database. */
struct fixture {
	struct loop *loop;
	struct arena *arena;
	struct generation generation;
	struct task task;
	struct schedule *schedule;
	bool idle;
	int64_t times[64];		/* that were run, in their order */
	unsigned count, at_work, most_at_work;
	int sleep_ms, last_rc;
};

static struct fixture *current;

static int run(struct scope *scope)
{
	struct fixture *f = current;

	assert_int_equal(scope->caller, CALLER_HOST);
	assert_null(scope->request);
	f->times[f->count++ % 64] = scope->run->time_ms;
	f->at_work++;
	f->most_at_work = f->at_work > f->most_at_work ? f->at_work : f->most_at_work;
	f->last_rc = f->sleep_ms ? fiber_sleep(f->sleep_ms) : 0;
	f->at_work--;
	return f->last_rc < 0 ? scope_throw(scope, ERROR_CANCELLED, "cancelled") : 0;
}

static void on_idle(void *arg)
{
	((struct fixture *)arg)->idle = true;
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct error error = ERROR_INIT;

	log_set_level(LOG_ERROR);
	f->loop = loop_new(NULL);
	f->arena = arena_new(4096);
	f->generation = (struct generation){ .references = 1, .arena = f->arena, .tasks = &f->task, .task_count = 1 };
	f->task = (struct task){ .step = { .fn = run, .name = STR("test") }, .every_host = true, .enabled = true };
	f->task.zone = time_zone_load(f->arena, STR("UTC"), &error);
	current = f;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	schedule_free(f->schedule);
	loop_free(f->loop);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void start(struct fixture *f, const char *rule, int64_t since_ms)
{
	struct error error = ERROR_INIT;

	assert_int_equal(cron_rule_parse(str_of(rule), &f->task.rule, &error), 0);
	f->schedule = schedule_new(f->loop, &f->generation, NULL, NULL, on_idle, f);
	schedule_start(f->schedule, since_ms);
}

static void turn_until(struct fixture *f, unsigned count)
{
	while (f->count < count)
		loop_turn(f->loop, true);
}

/* Until nothing is at work, with no time after `until_ms`. */
static void stop(struct fixture *f, int64_t until_ms, int64_t drain_ms)
{
	schedule_stop(f->schedule, until_ms, drain_ms);
	while (!f->idle)
		loop_turn(f->loop, true);
}

static void assert_times(const struct fixture *f, unsigned count, int64_t first, int64_t step)
{
	assert_int_equal(f->count, count);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(f->times[i], first + i * step);
}

static int64_t reported(const struct fixture *f, const char *key)
{
	json_t *status = json_object();
	int64_t value;

	schedule_report(f->schedule, status);
	value = json_integer_value(json_object_get(status, key));
	json_decref(status);
	return value;
}

static void times_since_the_change_are_all_run_in_order(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_unix_ms() / 1000 * 1000;

	/* The change was a while ago; the time of the change itself was the predecessor's. */
	f->sleep_ms = 1;
	start(f, "* * * * * *", now - 5000);
	turn_until(f, 5);
	assert_int_equal(f->most_at_work, 1);
	stop(f, 0, 10000);
	for (unsigned i = 0; i < f->count; i++)
		assert_int_equal(f->times[i], now - 4000 + i * 1000);
	assert_int_equal(reported(f, "skipped"), 0);
	assert_int_equal(reported(f, "runs"), f->count);
}

static void times_up_to_the_change_are_still_run(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_unix_ms() / 1000 * 1000;

	f->sleep_ms = 1;
	start(f, "* * * * * *", now - 5000);
	assert_int_equal(f->count, 1);
	stop(f, now - 2000, 10000);
	assert_times(f, 3, now - 4000, 1000);
}

static void a_time_long_past_is_left_out(void **state)
{
	struct fixture *f = *state;
	/* Once an hour, three minutes ago. */
	int64_t now = clock_unix_ms(), minute = now / 60000 % 60;
	char rule[32];

	snprintf(rule, sizeof(rule), "%d * * * *", (int)((minute + 57) % 60));
	start(f, rule, now - 3 * 3600 * INT64_C(1000));
	assert_int_equal(f->count, 0);
	assert_true(reported(f, "skipped") >= 1);
	stop(f, now, 1000);
	assert_int_equal(f->count, 0);
}

static void one_that_may_overlap_runs_side_by_side(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_unix_ms() / 1000 * 1000;

	f->sleep_ms = 50;
	f->task.overlap = true;
	start(f, "* * * * * *", now - 5000);
	assert_true(f->at_work >= 5);
	stop(f, 0, 10000);
	assert_int_equal(f->at_work, 0);
}

static void a_time_that_comes_during_a_run_is_left_out(void **state)
{
	struct fixture *f = *state;

	f->sleep_ms = 1500;
	start(f, "* * * * * *", clock_unix_ms());
	turn_until(f, 2);
	stop(f, 0, 10000);
	assert_int_equal(f->most_at_work, 1);
	assert_true(f->times[1] - f->times[0] >= 2000);
	assert_true(reported(f, "skipped") >= 1);
}

static void what_does_not_end_in_time_is_cancelled(void **state)
{
	struct fixture *f = *state;

	f->sleep_ms = 60 * 1000;
	start(f, "* * * * * *", clock_unix_ms() / 1000 * 1000 - 1000);
	turn_until(f, 1);
	stop(f, 0, 20);
	assert_true(f->last_rc < 0);
	assert_int_equal(reported(f, "failed"), 1);
}

static void a_task_that_is_disabled_is_not_run(void **state)
{
	struct fixture *f = *state;

	f->task.enabled = false;
	start(f, "* * * * * *", clock_unix_ms() - 5000);
	stop(f, clock_unix_ms(), 1000);
	assert_int_equal(f->count, 0);
	assert_int_equal(reported(f, "tasks"), 0);
}

static void one_that_was_never_started_is_idle_at_once(void **state)
{
	struct fixture *f = *state;

	f->schedule = schedule_new(f->loop, &f->generation, NULL, NULL, on_idle, f);
	schedule_stop(f->schedule, clock_unix_ms(), 1000);
	assert_true(f->idle);
}

static void too_many_at_a_time_are_left_out(void **state)
{
	struct fixture *f = *state;
	int64_t now = clock_unix_ms() / 1000 * 1000;

	/* One of each of the last 59 seconds, and then more. */
	f->sleep_ms = 60 * 1000;
	f->task.overlap = true;
	start(f, "* * * * * *", now - 59000);
	while (reported(f, "skipped") == 0)
		loop_turn(f->loop, true);
	assert_int_equal(f->at_work, SCHEDULE_RUNS);
	stop(f, 0, 20);
}

#define SCHEDULE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCHEDULE_TEST(times_since_the_change_are_all_run_in_order),
		SCHEDULE_TEST(times_up_to_the_change_are_still_run),
		SCHEDULE_TEST(a_time_long_past_is_left_out),
		SCHEDULE_TEST(one_that_may_overlap_runs_side_by_side),
		SCHEDULE_TEST(a_time_that_comes_during_a_run_is_left_out),
		SCHEDULE_TEST(what_does_not_end_in_time_is_cancelled),
		SCHEDULE_TEST(a_task_that_is_disabled_is_not_run),
		SCHEDULE_TEST(one_that_was_never_started_is_idle_at_once),
		SCHEDULE_TEST(too_many_at_a_time_are_left_out),
	};

	return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
