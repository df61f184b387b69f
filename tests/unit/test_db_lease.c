#include "database.h"

#include "base/clock.h"
#include "db/lease.h"

enum { EARLY_S = 300 };

/* A table that is there may be somebody's; these rows are ours. */
static struct db *begin(struct database *d)
{
	struct db *db = acquire(d);

	if (lease_prepare(db, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
	command(d, db, "DELETE FROM `socle_leases` WHERE `name` LIKE 'test %'");
	return db;
}

static void end(struct database *d, struct db *db)
{
	command(d, db, "DELETE FROM `socle_leases` WHERE `name` LIKE 'test %'");
	db_release(db);
}

static bool take(struct database *d, struct db *db, const char *holder, unsigned seconds)
{
	bool taken;

	if (lease_take(db, STR("test lease"), str_of(holder), seconds, &taken, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
	return taken;
}

static bool claim(struct database *d, struct db *db, const char *holder, int64_t unix_ms)
{
	bool taken;

	if (lease_claim(db, STR("test claim"), str_of(holder), unix_ms, EARLY_S, &taken, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
	return taken;
}

TEST(one_has_the_lease_until_it_is_given_back)
{
	struct db *db = begin(d);

	assert_true(take(d, db, "a", 60));
	assert_false(take(d, db, "b", 60));
	assert_true(take(d, db, "a", 60));
	lease_release(db, STR("test lease"), STR("b"));
	assert_false(take(d, db, "b", 60));
	lease_release(db, STR("test lease"), STR("a"));
	assert_true(take(d, db, "b", 60));
	end(d, db);
}

TEST(a_lease_whose_time_is_up_is_anybodys)
{
	struct db *db = begin(d);

	assert_true(take(d, db, "a", 60));
	command(d, db, "UPDATE `socle_leases` SET `until` = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE `name` = 'test lease'");
	assert_true(take(d, db, "b", 60));
	assert_false(take(d, db, "a", 60));
	end(d, db);
}

TEST(a_moment_is_claimed_once)
{
	struct db *db = begin(d);
	int64_t now = clock_unix_ms() / 1000 * 1000;

	assert_true(claim(d, db, "a", now));
	assert_false(claim(d, db, "b", now));
	assert_false(claim(d, db, "a", now));
	assert_true(claim(d, db, "b", now + 1000));
	end(d, db);
}

TEST(claims_only_go_forward)
{
	struct db *db = begin(d);
	int64_t now = clock_unix_ms() / 1000 * 1000;

	assert_true(claim(d, db, "a", now - 7200 * 1000));
	assert_true(claim(d, db, "b", now));
	assert_false(claim(d, db, "a", now - 3600 * 1000));
	assert_false(claim(d, db, "a", now - 1));
	end(d, db);
}

TEST(a_moment_that_is_far_away_is_not_claimed)
{
	struct db *db = begin(d);
	int64_t now = clock_unix_ms();

	assert_false(claim(d, db, "a", now + (EARLY_S + 60) * 1000));
	assert_true(claim(d, db, "b", now));
	/* A clock that is a bit ahead is no reason. */
	assert_true(claim(d, db, "a", now + (EARLY_S - 60) * 1000));
	end(d, db);
}

struct racer {
	struct database *d;
	int64_t moment;
	unsigned won;
};

static void race(void *arg)
{
	struct racer *racer = arg;
	struct db *db = acquire(racer->d);

	for (int i = 0; i < 20; i++)
		racer->won += claim(racer->d, db, "racer", racer->moment + i);
	db_release(db);
}

TEST(of_many_at_the_same_moment_one_has_it)
{
	struct db *db = begin(d);
	struct racer racers[6];
	struct fiber_group group;
	unsigned won = 0;

	fiber_group_init(&group);
	for (int i = 0; i < 6; i++) {
		racers[i] = (struct racer){ d, clock_unix_ms() / 1000 * 1000 - 5000, 0 };
		racers[i].moment = racers[0].moment;
		assert_int_equal(fiber_group_spawn(&group, race, &racers[i]), 0);
	}
	fiber_group_wait(&group);
	for (int i = 0; i < 6; i++)
		won += racers[i].won;
	/* A moment may be passed over when another racer is ahead, but never is it won twice; the last is always won. */
	assert_in_range(won, 1, 20);
	end(d, db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(one_has_the_lease_until_it_is_given_back),
		DATABASE_TEST(a_lease_whose_time_is_up_is_anybodys),
		DATABASE_TEST(a_moment_is_claimed_once),
		DATABASE_TEST(claims_only_go_forward),
		DATABASE_TEST(a_moment_that_is_far_away_is_not_claimed),
		DATABASE_TEST(of_many_at_the_same_moment_one_has_it),
	};

	return cmocka_run_group_tests_name("leases", tests, NULL, NULL);
}
