/* Leases of tasks at work, with claims that are written down here and not in a database. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "extension/scope.h"
#include "extension/task.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "server/claims.h"
#include "server/schedule.h"

enum { TASKS = SCHEDULE_RUNS + 6 };

static struct task tasks[TASKS];
static unsigned renewed[TASKS];
static struct fiber_queue renewal;
static bool idle;

/* ---- claims.h ---- */

int claims_take(struct claims *claims, const struct task *task, int64_t time_ms, enum claim *claim_r, struct error *error)
{
	*claim_r = CLAIM_OURS;
	return 0;
}

void claims_renew(struct claims *claims, const struct task *task)
{
	renewed[task - tasks]++;
	fiber_queue_wake_all(&renewal);
}

void claims_give_back(struct claims *claims, const struct task *task)
{
}

/* ---- */

static int until_renewed(struct scope *scope)
{
	const struct task *task = scope->run->task;

	while (!renewed[task - tasks]) {
		if (fiber_queue_wait(&renewal, 60 * 1000) < 0)
			return scope_throw(scope, ERROR_TIMEOUT, "never renewed");
	}
	return 0;
}

static void on_idle(void *arg)
{
	idle = true;
	loop_stop(arg);
}

/* However many tasks there are, and wherever this one stands among them. */
static void the_lease_of_whatever_is_at_work_is_renewed(void **state)
{
	struct loop *loop = loop_new(NULL);
	struct arena *arena = arena_new(4096);
	struct generation generation = { .references = 1, .arena = arena, .tasks = tasks, .task_count = TASKS };
	struct error error = ERROR_INIT;
	struct schedule *schedule;
	int64_t now = clock_unix_ms();

	fiber_queue_init(&renewal);
	for (unsigned i = 0; i < TASKS; i++) {
		tasks[i] = (struct task){ .step = { .fn = until_renewed, .name = STR("test") }, .enabled = i % (TASKS - 1) == 0,
			.zone = time_zone_load(arena, STR("UTC"), &error) };
		assert_int_equal(cron_rule_parse(STR("* * * * * *"), &tasks[i].rule, &error), 0);
	}
	schedule = schedule_new(loop, &generation, NULL, NULL, on_idle, loop);
	schedule_start(schedule, now - 1500);
	schedule_stop(schedule, now, 120 * 1000);
	if (!idle)
		loop_run(loop);
	assert_true(renewed[0] > 0 && renewed[TASKS - 1] > 0);
	assert_int_equal(renewed[1], 0);
	schedule_free(schedule);
	loop_free(loop);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_lease_of_whatever_is_at_work_is_renewed) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
