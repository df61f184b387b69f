#include "database.h"

#include "base/clock.h"

static struct db_pool_stats stats(struct database *d)
{
	return db_pool_stats(d->pool);
}

static uint64_t since(uint64_t start_ms)
{
	return clock_monotonic_ms() - start_ms;
}

TEST(connections_are_made_when_needed_and_used_again)
{
	struct db *a = acquire(d), *b;
	int64_t id = connection_id(d, a);

	db_release(a);
	a = acquire(d);
	assert_int_equal(connection_id(d, a), id);
	b = acquire(d);
	assert_int_not_equal(connection_id(d, b), id);
	assert_int_equal(stats(d).open, 2);
	db_release(a);
	db_release(b);
	assert_int_equal(stats(d).idle, 2);
	assert_true(stats(d).available);
}

TEST(who_waits_too_long_gets_an_error)
{
	struct db *db;
	uint64_t start;

	d->options.pool_size = 1;
	d->options.acquire_timeout_ms = 100;
	db = acquire(d);
	start = clock_monotonic_ms();
	assert_null(db_acquire(d->pool, &d->error));
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_in_range(since(start), 95, 1000);
	assert_int_equal(stats(d).timed_out, 1);
	error_clear(&d->error);
	db_release(db);
	db_release(acquire(d));
}

struct turn {
	struct database *d;
	int *next, mine;
	int wrong;
};

static void take_turn(void *arg)
{
	struct turn *turn = arg;
	struct db *db = acquire(turn->d);

	turn->wrong = (*turn->next)++ != turn->mine;
	query(turn->d, db, "SELECT SLEEP(0.01)");
	db_release(db);
}

TEST(those_who_wait_are_served_in_order)
{
	struct turn turns[8];
	struct fiber_group group;
	struct db *db;
	int next = 0;

	d->options.pool_size = 1;
	db = acquire(d);
	fiber_group_init(&group);
	for (int i = 0; i < 8; i++) {
		turns[i] = (struct turn){ d, &next, i, 0 };
		assert_int_equal(fiber_group_spawn(&group, take_turn, &turns[i]), 0);
	}
	assert_int_equal(stats(d).waiting, 8);
	db_release(db);
	/* The first in the queue owns it already. */
	db = acquire(d);
	assert_int_equal(next, 8);
	db_release(db);
	fiber_group_wait(&group);
	for (int i = 0; i < 8; i++)
		assert_false(turns[i].wrong);
	assert_int_equal(stats(d).open, 1);
}

struct call {
	struct database *d;
	const char *sql;	/* NULL: waits for a connection only */
	struct fiber *fiber;
	struct error error;
	uint64_t started, ended;
	int rc;
};

static void make_call(void *arg)
{
	struct call *call = arg;
	struct arena *arena = arena_new(1024);
	struct rowset *rows;
	struct db *db;

	call->fiber = fiber_self();
	call->started = clock_monotonic_ms();
	db = db_acquire(call->d->pool, &call->error);
	call->rc = db && call->sql ? db_query(db, str_of(call->sql), NULL, 0, arena, &rows, &call->error) : db ? 0 : -1;
	db_release(db);
	call->ended = clock_monotonic_ms();
	arena_free(arena);
}

static void cancel_after(struct call *call, int ms)
{
	struct fiber_group group;

	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, make_call, call), 0);
	fiber_sleep(ms);
	fiber_cancel(call->fiber);
	fiber_group_wait(&group);
	assert_int_equal(call->rc, -1);
	assert_int_equal(call->error.kind, ERROR_CANCELLED);
	assert_in_range(call->ended - call->started, (unsigned)ms - 5, (unsigned)ms + 1000);
	error_clear(&call->error);
}

TEST(a_cancelled_statement_ends_at_once_and_its_connection_with_it)
{
	struct db *db = acquire(d);
	struct call call = { d, "SELECT SLEEP(5)" };

	cancel_after(&call, 100);
	assert_int_equal(stats(d).open, 1);
	assert_int_equal(stats(d).idle, 0);
	assert_true(stats(d).available);
	assert_int_equal(query_int(d, db, "SELECT 1"), 1);
	db_release(db);
}

TEST(a_statement_is_cancelled_in_the_middle_of_its_rows)
{
	struct db *db = acquire(d);
	struct call call = { d, "SELECT REPEAT('x', 1000), SLEEP(seq > 5000) FROM seq_1_to_6000" };

	cancel_after(&call, 300);
	assert_int_equal(stats(d).open, 1);
	db_release(db);
}

TEST(waiting_for_a_connection_can_be_cancelled)
{
	struct db *db;
	struct call call = { d, NULL };

	d->options.pool_size = 1;
	db = acquire(d);
	cancel_after(&call, 50);
	assert_int_equal(stats(d).waiting, 0);
	db_release(db);
	db_release(acquire(d));
}

TEST(a_connection_killed_while_idle_is_replaced_unseen)
{
	struct db *killer = acquire(d), *db = acquire(d);
	struct db_result result;
	int64_t id = connection_id(d, db);

	db_release(db);
	kill_connection(d, killer, id);
	fiber_sleep(150);
	db = acquire(d);
	/* Even a write, which is never tried twice. */
	assert_int_equal(db_execute(db, STR("DO 1"), NULL, 0, &result, &d->error), 0);
	assert_int_not_equal(connection_id(d, db), id);
	assert_int_equal(stats(d).reconnected, 1);
	db_release(db);
	db_release(killer);
}

TEST(a_read_is_tried_again_when_its_connection_is_gone)
{
	struct db *killer = acquire(d), *db = acquire(d);

	query(d, db, "SELECT 1");
	kill_connection(d, killer, connection_id(d, db));
	assert_int_equal(query_int(d, db, "SELECT 1"), 1);
	assert_int_equal(stats(d).reconnected, 1);
	assert_int_equal(stats(d).open, 2);
	db_release(db);
	db_release(killer);
}

TEST(a_write_is_not_tried_again_when_its_connection_is_gone)
{
	struct db *killer = acquire(d), *db = acquire(d);

	kill_connection(d, killer, connection_id(d, db));
	assert_int_equal(db_execute(db, STR("DO 1"), NULL, 0, NULL, &d->error), -1);
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	error_clear(&d->error);
	assert_int_equal(db_execute(db, STR("DO 1"), NULL, 0, NULL, &d->error), 0);
	db_release(db);
	db_release(killer);
}

TEST(a_connection_killed_while_in_use_is_told_and_recovers)
{
	struct call call = { d, "DO SLEEP(5)" };
	struct db *killer = acquire(d);
	struct fiber_group group;
	int64_t id;

	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, make_call, &call), 0);
	fiber_sleep(100);
	id = query_int(d, killer, "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO = 'DO SLEEP(5)'");
	kill_connection(d, killer, id);
	fiber_group_wait(&group);
	assert_int_equal(call.rc, -1);
	assert_int_equal(call.error.kind, ERROR_UNAVAILABLE);
	error_clear(&call.error);
	assert_int_equal(stats(d).open, 1);
	db_release(acquire(d));
	db_release(killer);
}

TEST(idle_connections_past_the_first_are_closed)
{
	struct db *dbs[4];

	d->options.idle_seconds = 1;
	for (int i = 0; i < 4; i++)
		dbs[i] = acquire(d);
	for (int i = 0; i < 4; i++)
		db_release(dbs[i]);
	assert_int_equal(stats(d).idle, 4);
	fiber_sleep(2500);
	assert_int_equal(stats(d).idle, 1);
	assert_int_equal(stats(d).open, 1);
}

TEST(statements_of_several_fibers_run_side_by_side)
{
	struct call calls[5];
	struct fiber_group group;
	uint64_t start;

	db_release(acquire(d));
	start = clock_monotonic_ms();
	fiber_group_init(&group);
	for (int i = 0; i < 5; i++) {
		calls[i] = (struct call){ d, "SELECT SLEEP(0.2)" };
		assert_int_equal(fiber_group_spawn(&group, make_call, &calls[i]), 0);
	}
	fiber_group_wait(&group);
	assert_in_range(since(start), 190, 700);
	for (int i = 0; i < 5; i++)
		assert_int_equal(calls[i].rc, 0);
}

TEST(a_server_that_is_not_there_is_unavailable_within_the_time)
{
	uint64_t start = clock_monotonic_ms();
	struct db_pool_stats now;

	d->options.socket = STR("/nonexistent/socket");
	d->options.acquire_timeout_ms = 300;
	d->pool = db_pool_new(d->loop, &d->options);
	assert_null(db_acquire(d->pool, &d->error));
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_non_null(strstr(error_message(&d->error), "/nonexistent/socket"));
	assert_in_range(since(start), 0, 1500);
	now = stats(d);
	assert_false(now.available);
	assert_int_equal(now.open, 0);
	error_clear(&d->error);
}

TEST(a_port_where_nobody_listens_is_unavailable)
{
	d->options.socket = STR_NULL;
	d->options.host = STR("localhost");
	d->options.port = 1;
	d->options.acquire_timeout_ms = 200;
	d->pool = db_pool_new(d->loop, &d->options);
	assert_null(db_acquire(d->pool, &d->error));
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_non_null(strstr(error_message(&d->error), "localhost port 1"));
	error_clear(&d->error);
}

TEST(a_wrong_database_name_is_told_at_once)
{
	uint64_t start = clock_monotonic_ms();

	d->options.database = STR("no_such_database_here");
	d->pool = db_pool_new(d->loop, &d->options);
	assert_int_equal(db_pool_wait(d->pool, &d->error), -1);
	assert_int_equal(d->error.kind, ERROR_CONFIG);
	assert_in_range(since(start), 0, 1000);
	error_clear(&d->error);
}

static void wait_for_server(void *arg)
{
	struct call *call = arg;

	call->fiber = fiber_self();
	call->rc = db_pool_wait(call->d->pool, &call->error);
}

TEST(waiting_for_the_server_ends_when_cancelled)
{
	struct call call = { d };
	struct fiber_group group;

	d->options.socket = STR("/nonexistent/socket");
	d->pool = db_pool_new(d->loop, &d->options);
	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, wait_for_server, &call), 0);
	fiber_sleep(400);
	fiber_cancel(call.fiber);
	fiber_group_wait(&group);
	assert_int_equal(call.rc, -1);
	assert_int_equal(call.error.kind, ERROR_CANCELLED);
	error_clear(&call.error);
}

TEST(waiting_for_a_server_that_is_there_takes_no_time)
{
	d->pool = db_pool_new(d->loop, &d->options);
	assert_int_equal(db_pool_wait(d->pool, &d->error), 0);
	assert_int_equal(stats(d).idle, 1);
}

TEST(a_freed_pool_waits_for_those_who_hold_a_connection)
{
	struct call call = { d, NULL };
	struct fiber_group group;
	struct db *db;

	d->options.pool_size = 1;
	db = acquire(d);
	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, make_call, &call), 0);
	db_pool_free(d->pool);
	d->pool = NULL;
	fiber_group_wait(&group);
	assert_int_equal(call.rc, -1);
	assert_int_equal(call.error.kind, ERROR_UNAVAILABLE);
	error_clear(&call.error);
	assert_int_equal(query_int(d, db, "SELECT 3"), 3);
	db_release(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(connections_are_made_when_needed_and_used_again),
		DATABASE_TEST(who_waits_too_long_gets_an_error),
		DATABASE_TEST(those_who_wait_are_served_in_order),
		DATABASE_TEST(a_cancelled_statement_ends_at_once_and_its_connection_with_it),
		DATABASE_TEST(a_statement_is_cancelled_in_the_middle_of_its_rows),
		DATABASE_TEST(waiting_for_a_connection_can_be_cancelled),
		DATABASE_TEST(a_connection_killed_while_idle_is_replaced_unseen),
		DATABASE_TEST(a_read_is_tried_again_when_its_connection_is_gone),
		DATABASE_TEST(a_write_is_not_tried_again_when_its_connection_is_gone),
		DATABASE_TEST(a_connection_killed_while_in_use_is_told_and_recovers),
		DATABASE_TEST(idle_connections_past_the_first_are_closed),
		DATABASE_TEST(statements_of_several_fibers_run_side_by_side),
		DATABASE_TEST(a_server_that_is_not_there_is_unavailable_within_the_time),
		DATABASE_TEST(a_port_where_nobody_listens_is_unavailable),
		DATABASE_TEST(a_wrong_database_name_is_told_at_once),
		DATABASE_TEST(waiting_for_the_server_ends_when_cancelled),
		DATABASE_TEST(waiting_for_a_server_that_is_there_takes_no_time),
		DATABASE_TEST(a_freed_pool_waits_for_those_who_hold_a_connection),
	};

	return cmocka_run_group_tests_name("database pool", tests, NULL, NULL);
}
