#include "database.h"

#include <mysqld_error.h>

static void begin(struct database *d, struct db *db)
{
	if (db_begin(db, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
}

static void commit(struct database *d, struct db *db)
{
	if (db_commit(db, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
}

/* An empty InnoDB table t with two rows, by a connection of its own. */
static struct db *with_table(struct database *d)
{
	struct db *db = acquire(d);

	command(d, db, "CREATE OR REPLACE TABLE test_tx (id INT PRIMARY KEY, n INT) ENGINE=InnoDB");
	command(d, db, "INSERT INTO test_tx VALUES (1, 0), (2, 0)");
	return db;
}

static void without_table(struct database *d, struct db *db)
{
	command(d, db, "DROP TABLE test_tx");
	db_release(db);
}

static int64_t total(struct database *d, struct db *db)
{
	return query_int(d, db, "SELECT CAST(SUM(n) AS SIGNED) FROM test_tx");
}

TEST(what_is_committed_is_seen_by_others_and_not_before)
{
	struct db *db = with_table(d), *other = acquire(d);

	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = 5 WHERE id = 1");
	assert_int_equal(total(d, other), 0);
	commit(d, db);
	assert_int_equal(total(d, other), 5);
	db_release(other);
	without_table(d, db);
}

TEST(a_transaction_sees_what_others_have_committed_since_it_began)
{
	struct db *db = with_table(d), *other = acquire(d);

	begin(d, db);
	assert_int_equal(total(d, db), 0);
	command(d, other, "UPDATE test_tx SET n = 5 WHERE id = 1");
	assert_int_equal(total(d, db), 5);
	commit(d, db);
	db_release(other);
	without_table(d, db);
}

TEST(inner_transactions_are_undone_alone)
{
	struct db *db = with_table(d);

	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = n + 1 WHERE id = 1");
	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = n + 10 WHERE id = 1");
	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = n + 100 WHERE id = 1");
	commit(d, db);
	db_rollback(db);
	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = n + 1000 WHERE id = 1");
	commit(d, db);
	commit(d, db);
	assert_int_equal(total(d, db), 1001);
	without_table(d, db);
}

TEST(release_undoes_what_was_not_committed)
{
	struct db *db = with_table(d), *other = acquire(d);
	int64_t id = connection_id(d, other);

	begin(d, other);
	begin(d, other);
	command(d, other, "UPDATE test_tx SET n = 7");
	db_release(other);
	assert_int_equal(total(d, db), 0);
	other = acquire(d);
	assert_int_equal(connection_id(d, other), id);
	db_release(other);
	without_table(d, db);
}

TEST(a_transaction_begun_by_hand_is_not_passed_on)
{
	struct db *db = with_table(d), *other = acquire(d);

	command(d, other, "START TRANSACTION");
	command(d, other, "UPDATE test_tx SET n = 7");
	db_release(other);
	assert_int_equal(db_pool_stats(d->pool).open, 1);
	assert_int_equal(total(d, db), 0);
	without_table(d, db);
}

struct rival {
	struct database *d;
	const char *first, *second;
	struct error error;
	unsigned code;
	int rc;
};

static void lock_both(void *arg)
{
	struct rival *rival = arg;
	struct db *db = acquire(rival->d);

	begin(rival->d, db);
	command(rival->d, db, rival->first);
	fiber_sleep(100);
	rival->rc = db_execute(db, str_of(rival->second), NULL, 0, NULL, &rival->error);
	rival->code = db_error_code(db);
	if (rival->rc < 0) {
		struct error after = ERROR_INIT;

		/* The server has undone it all: a further statement would stand alone. */
		assert_int_equal(db_execute(db, STR("UPDATE test_tx SET n = 1000"), NULL, 0, NULL, &after), -1);
		assert_int_equal(after.kind, ERROR_CONFLICT);
		assert_int_equal(db_commit(db, &after), -1);
		assert_int_equal(after.kind, ERROR_CONFLICT);
		error_clear(&after);
		db_rollback(db);
		assert_int_equal(query_int(rival->d, db, "SELECT 1"), 1);
	} else {
		commit(rival->d, db);
	}
	db_release(db);
}

TEST(a_deadlock_is_a_conflict_for_one_of_the_two)
{
	struct db *db = with_table(d);
	struct rival a = { d, "UPDATE test_tx SET n = n + 1 WHERE id = 1", "UPDATE test_tx SET n = n + 1 WHERE id = 2" };
	struct rival b = { d, "UPDATE test_tx SET n = n + 1 WHERE id = 2", "UPDATE test_tx SET n = n + 1 WHERE id = 1" };
	struct rival *loser;
	struct fiber_group group;

	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, lock_both, &a), 0);
	assert_int_equal(fiber_group_spawn(&group, lock_both, &b), 0);
	fiber_group_wait(&group);
	assert_int_equal(a.rc + b.rc, -1);
	loser = a.rc < 0 ? &a : &b;
	assert_int_equal(loser->error.kind, ERROR_CONFLICT);
	assert_int_equal(loser->code, ER_LOCK_DEADLOCK);
	error_clear(&loser->error);
	assert_int_equal(total(d, db), 2);
	without_table(d, db);
}

TEST(a_lock_wait_that_times_out_is_a_conflict)
{
	struct db *db = with_table(d), *other = acquire(d);

	command(d, other, "SET SESSION innodb_lock_wait_timeout = 1");
	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = 1 WHERE id = 1");
	assert_int_equal(db_execute(other, STR("UPDATE test_tx SET n = 2 WHERE id = 1"), NULL, 0, NULL, &d->error), -1);
	assert_int_equal(d->error.kind, ERROR_CONFLICT);
	assert_int_equal(db_error_code(other), ER_LOCK_WAIT_TIMEOUT);
	error_clear(&d->error);
	db_release(other);
	db_rollback(db);
	without_table(d, db);
}

TEST(a_transaction_that_lost_its_connection_stays_lost)
{
	struct db *db = with_table(d), *killer = acquire(d);

	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = 9");
	kill_connection(d, killer, connection_id(d, db));
	assert_int_equal(query_values(d, db, "SELECT 1", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_int_equal(query_values(d, db, "SELECT 1", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_int_equal(db_commit(db, &d->error), -1);
	error_clear(&d->error);
	assert_int_equal(total(d, db), 0);
	db_release(killer);
	without_table(d, db);
}

TEST(a_transaction_begins_on_a_new_connection_when_the_old_one_died_idle)
{
	struct db *db = with_table(d), *killer = acquire(d);

	kill_connection(d, killer, connection_id(d, db));
	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = 3 WHERE id = 1");
	commit(d, db);
	assert_int_equal(total(d, killer), 3);
	db_release(killer);
	without_table(d, db);
}

static void commit_when_cancelled(void *arg)
{
	struct database *d = arg;
	struct db *db = acquire(d);

	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = 4 WHERE id = 1");
	fiber_cancel(fiber_self());
	assert_int_equal(db_commit(db, &d->error), 0);
	assert_int_equal(query_values(d, db, "SELECT 1", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_CANCELLED);
	error_clear(&d->error);
	db_release(db);
}

static void roll_back_when_cancelled(void *arg)
{
	struct database *d = arg;
	struct db *db = acquire(d);

	begin(d, db);
	command(d, db, "UPDATE test_tx SET n = 8 WHERE id = 2");
	fiber_cancel(fiber_self());
	db_release(db);
}

TEST(commit_and_rollback_go_through_when_cancelled)
{
	struct db *db = with_table(d);
	struct fiber_group group;
	int64_t reconnected = (int64_t)db_pool_stats(d->pool).reconnected;

	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, commit_when_cancelled, d), 0);
	fiber_group_wait(&group);
	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, roll_back_when_cancelled, d), 0);
	fiber_group_wait(&group);
	assert_int_equal(total(d, db), 4);
	assert_int_equal(db_pool_stats(d->pool).reconnected, reconnected);
	assert_int_equal(db_pool_stats(d->pool).open, 2);
	without_table(d, db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(what_is_committed_is_seen_by_others_and_not_before),
		DATABASE_TEST(a_transaction_sees_what_others_have_committed_since_it_began),
		DATABASE_TEST(inner_transactions_are_undone_alone),
		DATABASE_TEST(release_undoes_what_was_not_committed),
		DATABASE_TEST(a_transaction_begun_by_hand_is_not_passed_on),
		DATABASE_TEST(a_deadlock_is_a_conflict_for_one_of_the_two),
		DATABASE_TEST(a_lock_wait_that_times_out_is_a_conflict),
		DATABASE_TEST(a_transaction_that_lost_its_connection_stays_lost),
		DATABASE_TEST(a_transaction_begins_on_a_new_connection_when_the_old_one_died_idle),
		DATABASE_TEST(commit_and_rollback_go_through_when_cancelled),
	};

	return cmocka_run_group_tests_name("database transactions", tests, NULL, NULL);
}
