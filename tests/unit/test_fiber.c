#include "unit.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "loop/offload.h"

static struct loop *loop;
static char said[64];

static void say(const char *word)
{
	strcat(said, word);
}

static int setup(void **state)
{
	said[0] = '\0';
	loop = loop_new(&(struct loop_options){ .paint_stacks = true });
	return 0;
}

static int teardown(void **state)
{
	loop_free(loop);
	return 0;
}

static void until_all_ended(void)
{
	while (loop_fibers(loop) > 0)
		loop_turn(loop, true);
}

static void nap(void *arg)
{
	say("a");
	assert_int_equal(fiber_sleep(2), 0);
	say("c");
}

static void a_fiber_runs_at_once_and_goes_on_after_its_wait(void **state)
{
	fiber_spawn(loop, nap, NULL);
	say("b");
	until_all_ended();
	assert_string_equal(said, "abc");
}

static void wait_for_spawner(void *arg)
{
	say("a");
	assert_int_equal(fiber_queue_wait(arg, FIBER_FOREVER), 0);
	say("c");
}

static void spawner(void *arg)
{
	struct fiber_queue told;

	fiber_queue_init(&told);
	say("1");
	fiber_spawn(fiber_loop(), wait_for_spawner, &told);
	say("2");
	assert_int_equal(fiber_yield(), 0);
	say("3");
	assert_true(fiber_queue_wake(&told));
	/* The queue lies on our stack: it must be there until the other one has left it. */
	assert_int_equal(fiber_yield(), 0);
}

static void a_fiber_started_by_a_fiber_returns_to_it_when_it_waits(void **state)
{
	fiber_spawn(loop, spawner, NULL);
	until_all_ended();
	assert_string_equal(said, "1a23c");
}

static void read_pipe(void *arg)
{
	int *fds = arg;
	char c;

	assert_int_equal(fiber_wait_fd(fds[0], EV_READ, 5), -ETIMEDOUT);
	say("t");
	assert_int_equal(fiber_wait_fd(fds[0], EV_READ, FIBER_FOREVER), EV_READ);
	assert_int_equal(read(fds[0], &c, 1), 1);
	say("r");
}

static void write_pipe(void *arg)
{
	int *fds = arg;

	fiber_sleep(20);
	assert_int_equal(write(fds[1], "x", 1), 1);
}

static void waits_for_a_descriptor_with_and_without_end(void **state)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	fiber_spawn(loop, read_pipe, fds);
	fiber_spawn(loop, write_pipe, fds);
	until_all_ended();
	assert_string_equal(said, "tr");
	close(fds[0]);
	close(fds[1]);
}

static struct fiber_queue queue;

static void queue_up(void *arg)
{
	if (fiber_queue_wait(&queue, FIBER_FOREVER) == 0)
		say(arg);
	else
		say("!");
}

static void a_queue_wakes_in_the_order_of_arrival(void **state)
{
	fiber_queue_init(&queue);
	assert_false(fiber_queue_wake(&queue));
	fiber_spawn(loop, queue_up, "a");
	fiber_spawn(loop, queue_up, "b");
	fiber_spawn(loop, queue_up, "c");
	assert_true(fiber_queue_wake(&queue));
	loop_turn(loop, false);
	assert_string_equal(said, "a");
	fiber_queue_wake_all(&queue);
	until_all_ended();
	assert_string_equal(said, "abc");
}

static void queue_briefly(void *arg)
{
	assert_int_equal(fiber_queue_wait(&queue, 3), -ETIMEDOUT);
	say("t");
}

static void a_queue_wait_can_run_out(void **state)
{
	fiber_queue_init(&queue);
	fiber_spawn(loop, queue_briefly, NULL);
	until_all_ended();
	assert_string_equal(said, "t");
	assert_true(fiber_queue_empty(&queue));
}

static void a_cancelled_fiber_is_called_off_wherever_it_waits(void **state)
{
	struct fiber *fiber;

	fiber_queue_init(&queue);
	fiber = fiber_spawn(loop, queue_up, "a");
	fiber_cancel(fiber);
	until_all_ended();
	assert_string_equal(said, "!");
	assert_true(fiber_queue_empty(&queue));
}

static void undo(void *arg)
{
	assert_int_equal(fiber_sleep(10000), -ECANCELED);
	assert_true(fiber_cancelled());
	assert_int_equal(fiber_sleep(1), -ECANCELED);
	fiber_shield(true);
	assert_int_equal(fiber_sleep(1), 0);
	fiber_shield(false);
	assert_int_equal(fiber_sleep(1), -ECANCELED);
	say("u");
}

static void a_shielded_wait_goes_through_after_cancellation(void **state)
{
	fiber_cancel(fiber_spawn(loop, undo, NULL));
	until_all_ended();
	assert_string_equal(said, "u");
}

static void member(void *arg)
{
	say(fiber_sleep(*(int *)arg) == 0 ? "m" : "x");
}

static void lead(void *arg)
{
	int times[] = { 1, 2, 0 };
	struct fiber_group group;

	fiber_group_init(&group);
	for (int i = 0; i < 3; i++)
		assert_int_equal(fiber_group_spawn(&group, member, &times[i]), 0);
	say("l");
	fiber_group_wait(&group);
	say("e");
}

static void a_group_is_waited_for_whole(void **state)
{
	fiber_spawn(loop, lead, NULL);
	until_all_ended();
	assert_string_equal(said, "lmmme");
}

static void lead_for_long(void *arg)
{
	int forever = 100000;
	struct fiber_group group;

	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, member, &forever), 0);
	fiber_group_wait(&group);
	say("e");
}

static void cancelling_the_leader_cancels_its_group(void **state)
{
	fiber_cancel(fiber_spawn(loop, lead_for_long, NULL));
	until_all_ended();
	assert_string_equal(said, "xe");
}

static void block(void *arg)
{
	usleep(3000);
	*(int *)arg += 1;
}

static void hand_out(void *arg)
{
	assert_int_equal(offload_run(block, arg), 0);
	say("o");
}

static void blocking_work_leaves_the_loop_to_others(void **state)
{
	int done[9] = { 0 };

	for (int i = 0; i < 9; i++)
		fiber_spawn(loop, hand_out, &done[i]);
	assert_string_equal(said, "");
	until_all_ended();
	assert_string_equal(said, "ooooooooo");
	for (int i = 0; i < 9; i++)
		assert_int_equal(done[i], 1);
}

static void use_stack(void *arg)
{
	volatile char deep[100 * 1024];

	for (size_t i = 0; i < sizeof(deep); i += 512)
		deep[i] = 1;
}

static void painted_stacks_tell_how_deep_it_went(void **state)
{
	fiber_spawn(loop, use_stack, NULL);
	assert_true(fiber_deepest_stack(loop) > 100 * 1024);
	assert_true(fiber_deepest_stack(loop) < 128 * 1024);
}

static void tick(void *arg)
{
	for (int i = 0; i < 3; i++)
		fiber_yield();
	++*(int *)arg;
}

static void thousands_of_fibers_come_and_go(void **state)
{
	int ended = 0;

	for (int i = 0; i < 3000; i++)
		assert_non_null(fiber_spawn(loop, tick, &ended));
	assert_int_equal(loop_fibers(loop), 3000);
	until_all_ended();
	assert_int_equal(ended, 3000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_fiber_runs_at_once_and_goes_on_after_its_wait),
		TEST(a_fiber_started_by_a_fiber_returns_to_it_when_it_waits),
		TEST(waits_for_a_descriptor_with_and_without_end),
		TEST(a_queue_wakes_in_the_order_of_arrival),
		TEST(a_queue_wait_can_run_out),
		TEST(a_cancelled_fiber_is_called_off_wherever_it_waits),
		TEST(a_shielded_wait_goes_through_after_cancellation),
		TEST(a_group_is_waited_for_whole),
		TEST(cancelling_the_leader_cancels_its_group),
		TEST(blocking_work_leaves_the_loop_to_others),
		TEST(painted_stacks_tell_how_deep_it_went),
		TEST(thousands_of_fibers_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
