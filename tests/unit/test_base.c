#include "unit.h"

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"

static void arena_memory_is_aligned_and_distinct(void **state)
{
	struct arena *arena = arena_new(256);
	char *before = NULL;

	for (size_t n = 0; n < 5000; n += 7) {
		char *p = arena_alloc(arena, n);

		assert_int_equal((uintptr_t)p % 16, 0);
		assert_ptr_not_equal(p, before);
		memset(p, 0x5A, n);
		before = p;
	}
	arena_free(arena);
}

static void large_pieces_do_not_end_the_current_chunk(void **state)
{
	struct arena *arena = arena_new(1024);
	char *small = arena_alloc(arena, 16), *large = arena_alloc(arena, 100000), *next = arena_alloc(arena, 16);

	memset(large, 1, 100000);
	assert_true(next > small && next < small + 1024);
	arena_free(arena);
}

static void note(void *arg)
{
	char **at = arg;

	*(*at)++ = '+';
}

static void deferred_functions_run_at_reset_and_at_free(void **state)
{
	char log[8] = "", *at = log;
	struct arena *arena = arena_new(256);

	arena_defer(arena, note, &at);
	arena_defer(arena, note, &at);
	assert_string_equal(log, "");
	arena_reset(arena);
	assert_string_equal(log, "++");
	arena_defer(arena, note, &at);
	arena_free(arena);
	assert_string_equal(log, "+++");
}

static void a_reset_arena_starts_from_nothing(void **state)
{
	struct arena *arena = arena_new(256);
	void *first = arena_alloc(arena, 32);

	arena_alloc(arena, 100000);
	arena_reset(arena);
	assert_int_equal(arena_used(arena), 0);
	assert_ptr_equal(arena_alloc(arena, 32), first);
	arena_free(arena);
}

static void formats_into_the_arena(void **state)
{
	struct arena *arena = arena_new(256);

	assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
	assert_str(arena_str(arena, STR("abc")), "abc");
	arena_free(arena);
}

static void numbers_are_read_whole_or_not_at_all(void **state)
{
	int64_t value = 42;

	assert_true(str_to_int64(STR("-9223372036854775808"), &value));
	assert_true(value == INT64_MIN);
	assert_false(str_to_int64(STR("9223372036854775808"), &value));
	assert_false(str_to_int64(STR(""), &value));
	assert_false(str_to_int64(STR("-"), &value));
	assert_false(str_to_int64(STR("1 "), &value));
	assert_true(value == INT64_MIN);
}

static void cutting_walks_a_list(void **state)
{
	struct str rest = STR("a,,b");

	assert_str(str_cut(&rest, ','), "a");
	assert_str(str_cut(&rest, ','), "");
	assert_str(str_cut(&rest, ','), "b");
	assert_true(str_is_null(rest));
}

static void distance_counts_edits(void **state)
{
	assert_int_equal(str_distance(STR("titel"), STR("title"), 3), 2);
	assert_int_equal(str_distance(STR("port"), STR("port"), 3), 0);
	assert_int_equal(str_distance(STR("port"), STR("completely"), 3), 4);
}

static void tells_utf8_from_other_bytes(void **state)
{
	assert_true(str_is_utf8(STR("déjà 🍕")));
	assert_false(str_is_utf8(STR("\xC0\xAF")));		/* overlong */
	assert_false(str_is_utf8(STR("\xED\xA0\x80")));	/* surrogate */
	assert_false(str_is_utf8(STR("\xF4\x90\x80\x80")));	/* past U+10FFFF */
	assert_false(str_is_utf8(STR("\xE2\x82")));		/* cut off */
}

static void dates_convert_both_ways(void **state)
{
	char text[CLOCK_ISO_SIZE];
	struct clock_date leap = { .year = 2024, .month = 2, .day = 29, .hour = 23, .minute = 59, .second = 59,
		.millisecond = 999 };

	clock_format_iso(clock_date_to_ms(&leap), text);
	assert_string_equal(text, "2024-02-29T23:59:59.999Z");
	clock_format_iso(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	for (int64_t day = -800000; day < 3000000; day += 37) {
		struct clock_date date = clock_date_of(day * 86400000);

		assert_true(clock_date_to_ms(&date) == day * 86400000);
	}
}

static void an_error_keeps_kind_message_and_details(void **state)
{
	struct error error = ERROR_INIT, other = ERROR_INIT;

	assert_int_equal(error_set(&error, ERROR_NOT_FOUND, NULL), -1);
	assert_string_equal(error_message(&error), "Entity not found");
	error_set_details(&error, ERROR_VALIDATION, json_object(), "bad %s", "key");
	error_prefix(&error, "%s: ", "here");
	assert_string_equal(error_message(&error), "here: bad key");
	error_move(&other, &error);
	assert_false(error_is_set(&error));
	assert_non_null(other.details);
	/* Its own message may be an argument. */
	error_set(&other, ERROR_INTERNAL, "again: %s", error_message(&other));
	assert_string_equal(error_message(&other), "again: here: bad key");
	error_clear(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_memory_is_aligned_and_distinct),
		cmocka_unit_test(large_pieces_do_not_end_the_current_chunk),
		cmocka_unit_test(deferred_functions_run_at_reset_and_at_free),
		cmocka_unit_test(a_reset_arena_starts_from_nothing),
		cmocka_unit_test(formats_into_the_arena),
		cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
		cmocka_unit_test(cutting_walks_a_list),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(tells_utf8_from_other_bytes),
		cmocka_unit_test(dates_convert_both_ways),
		cmocka_unit_test(an_error_keeps_kind_message_and_details),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
