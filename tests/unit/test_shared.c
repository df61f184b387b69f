#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/keygrip.h"
#include "base/shared.h"

static struct shared *make(size_t bytes)
{
	struct error error = ERROR_INIT;
	struct shared *shared = shared_new(bytes, &error);

	assert_non_null(shared);
	return shared;
}

static void assert_value(struct shared *shared, const char *key, uint64_t now, const char *expected)
{
	struct buf value = BUF_INIT;
	enum shared_result result = shared_get(shared, str_of(key), now, &value);

	assert_int_equal(result, expected ? SHARED_OK : SHARED_ABSENT);
	if (expected)
		assert_string_equal(buf_cstr(&value), expected);
	buf_clear(&value);
}

static void values_live_until_their_time_is_over(void **state)
{
	struct shared *shared = make(SHARED_LEAST);

	assert_value(shared, "a", 0, NULL);
	assert_int_equal(shared_set(shared, STR("a"), STR("one"), 1000, 500), SHARED_OK);
	assert_int_equal(shared_set(shared, STR("b"), STR("for ever"), 1000, 0), SHARED_OK);
	assert_value(shared, "a", 1499, "one");
	assert_value(shared, "a", 1500, NULL);
	assert_value(shared, "b", UINT64_MAX, "for ever");
	assert_int_equal(shared_set(shared, STR("b"), STR("another"), 1000, 0), SHARED_OK);
	assert_value(shared, "b", 1000, "another");
	assert_int_equal(shared_delete(shared, STR("b"), 1000), SHARED_OK);
	assert_int_equal(shared_delete(shared, STR("b"), 1000), SHARED_ABSENT);
	assert_int_equal(shared_stats(shared).blocks_used, 0);
	shared_free(shared);
}

/* Of every length, so that each way of lying in blocks is met. */
static void values_of_any_length_come_back_whole(void **state)
{
	struct shared *shared = make(256 * 1024);
	static char bytes[2000];
	struct buf value = BUF_INIT;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7);
	for (size_t n = 0; n < 600; n++) {
		struct str key = { bytes + n, n % 300 };

		assert_int_equal(shared_set(shared, key, (struct str){ bytes, n }, 0, 0), SHARED_OK);
		value.n = 0;
		assert_int_equal(shared_get(shared, key, 0, &value), SHARED_OK);
		assert_int_equal(value.n, n);
		assert_memory_equal(value.p, bytes, n);
		assert_int_equal(shared_delete(shared, key, 0), SHARED_OK);
		assert_int_equal(shared_stats(shared).blocks_used, 0);
	}
	buf_clear(&value);
	shared_free(shared);
}

static void a_counter_keeps_the_time_that_it_began_with(void **state)
{
	struct shared *shared = make(SHARED_LEAST);
	/* So long that the number lies across two blocks for some of them. */
	char key[200];

	for (size_t n = 1; n < sizeof(key); n++) {
		struct str name = { memset(key, 'k', sizeof(key)), n };
		int64_t value;
		uint64_t left;

		assert_int_equal(shared_add(shared, name, 5, 1000, 100, &value, &left), SHARED_OK);
		assert_int_equal(value, 5);
		assert_int_equal(left, 100);
		assert_int_equal(shared_add(shared, name, -7, 1060, 100, &value, &left), SHARED_OK);
		assert_int_equal(value, -2);
		assert_int_equal(left, 40);
		assert_int_equal(shared_add(shared, name, INT64_MIN, 1070, 100, &value, NULL), SHARED_OK);
		assert_true(value == INT64_MIN);
		assert_int_equal(shared_add(shared, name, 1, 1100, 100, &value, &left), SHARED_OK);
		assert_int_equal(value, 1);
		assert_int_equal(left, 100);
	}
	shared_free(shared);
}

static void counters_and_values_are_kept_apart(void **state)
{
	struct shared *shared = make(SHARED_LEAST);
	struct buf value = BUF_INIT;
	int64_t count;

	assert_int_equal(shared_set(shared, STR("v"), STR("text"), 0, 0), SHARED_OK);
	assert_int_equal(shared_add(shared, STR("v"), 1, 0, 0, &count, NULL), SHARED_WRONG_KIND);
	assert_int_equal(shared_add(shared, STR("c"), 1, 0, 0, &count, NULL), SHARED_OK);
	assert_int_equal(shared_get(shared, STR("c"), 0, &value), SHARED_WRONG_KIND);
	buf_clear(&value);
	shared_free(shared);
}

static void what_was_not_used_for_longest_makes_room(void **state)
{
	struct shared *shared = make(SHARED_LEAST);
	char key[16];
	unsigned i;

	shared_set(shared, STR("used"), STR("x"), 0, 0);
	for (i = 0; shared_stats(shared).evicted == 0; i++) {
		assert_true(i < 10000);
		snprintf(key, sizeof(key), "key %u", i);
		assert_int_equal(shared_set(shared, str_of(key), STR("value"), 0, 0), SHARED_OK);
		assert_value(shared, "used", 0, "x");
	}
	assert_true(i > 300);
	assert_value(shared, "key 0", 0, NULL);
	assert_value(shared, key, 0, "value");
	for (; i < 20000; i++) {
		snprintf(key, sizeof(key), "key %u", i);
		assert_int_equal(shared_set(shared, str_of(key), STR("value"), 0, 0), SHARED_OK);
	}
	assert_true(shared_stats(shared).blocks_used <= shared_stats(shared).blocks);
	shared_free(shared);
}

static void what_is_too_large_is_refused(void **state)
{
	struct shared *shared = make(SHARED_LEAST);
	static const char bytes[SHARED_VALUE + 1];

	assert_int_equal(shared_set(shared, (struct str){ bytes, SHARED_KEY + 1 }, STR("x"), 0, 0), SHARED_TOO_LARGE);
	assert_int_equal(shared_set(shared, STR("k"), (struct str){ bytes, sizeof(bytes) }, 0, 0), SHARED_TOO_LARGE);
	assert_int_equal(shared_set(shared, STR("k"), (struct str){ bytes, SHARED_LEAST / 2 }, 0, 0), SHARED_TOO_LARGE);
	assert_int_equal(shared_stats(shared).entries, 0);
	shared_free(shared);
}

enum { PROCESSES = 4, ADDITIONS = 20000 };

static void no_addition_of_several_processes_is_lost(void **state)
{
	struct shared *shared = make(SHARED_LEAST);
	int64_t value;
	int status;

	for (int i = 0; i < PROCESSES; i++) {
		if (fork() == 0) {
			for (int j = 0; j < ADDITIONS; j++)
				shared_add(shared, STR("n"), 1, 0, 0, &value, NULL);
			_exit(0);
		}
	}
	for (int i = 0; i < PROCESSES; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	shared_add(shared, STR("n"), 0, 0, 0, &value, NULL);
	assert_int_equal(value, PROCESSES * ADDITIONS);
	shared_free(shared);
}

static void who_dies_with_the_lock_leaves_nobody_waiting(void **state)
{
	struct shared *shared = make(SHARED_LEAST);
	int status;
	pid_t pid;

	shared_set(shared, STR("k"), STR("value"), 0, 0);
	pid = fork();
	if (pid == 0) {
		shared_lock_for_test(shared);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_value(shared, "k", 0, NULL);
	assert_int_equal(shared_stats(shared).emptied, 1);
	assert_int_equal(shared_set(shared, STR("k"), STR("again"), 0, 0), SHARED_OK);
	assert_value(shared, "k", 0, "again");
	shared_free(shared);
}

/* HMAC-SHA1 of the well-known sentence is de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9. */
static void signatures_are_those_of_keygrip(void **state)
{
	const struct str keys[] = { STR("new"), STR("SEKRIT1") };
	char signature[KEYGRIP_SIZE];

	keygrip_sign(STR("SEKRIT1"), STR("Tue, 15 Jun 1982 00:00:00 GMT"), signature);
	assert_int_equal(strlen(signature), KEYGRIP_SIZE - 1);
	assert_int_equal(keygrip_verify(keys, 2, STR("Tue, 15 Jun 1982 00:00:00 GMT"), str_of(signature)), 1);
	assert_int_equal(keygrip_verify(keys, 1, STR("Tue, 15 Jun 1982 00:00:00 GMT"), str_of(signature)), -1);
	assert_int_equal(keygrip_verify(keys, 2, STR("Tue, 15 Jun 1982 00:00:01 GMT"), str_of(signature)), -1);
	assert_int_equal(keygrip_verify(keys, 2, STR("x"), STR("")), -1);
	keygrip_sign(STR("key"), STR("The quick brown fox jumps over the lazy dog"), signature);
	assert_string_equal(signature, "3nybhbi3iqa8ino29wqQcBydtNk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_live_until_their_time_is_over),
		cmocka_unit_test(values_of_any_length_come_back_whole),
		cmocka_unit_test(a_counter_keeps_the_time_that_it_began_with),
		cmocka_unit_test(counters_and_values_are_kept_apart),
		cmocka_unit_test(what_was_not_used_for_longest_makes_room),
		cmocka_unit_test(what_is_too_large_is_refused),
		cmocka_unit_test(no_addition_of_several_processes_is_lost),
		cmocka_unit_test(who_dies_with_the_lock_leaves_nobody_waiting),
		cmocka_unit_test(signatures_are_those_of_keygrip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
