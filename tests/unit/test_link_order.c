#include "unit.h"

#include <math.h>

#include "query/links.h"

/* What a list of values becomes; "new" is NAN. */
static void fit(const double *given, const double *expected, unsigned count)
{
	struct arena *arena = arena_new(1024);
	double orders[16];

	memcpy(orders, given, count * sizeof(*orders));
	links_fit_orders(arena, orders, count);
	for (unsigned i = 0; i < count; i++) {
		if (fabs(orders[i] - expected[i]) > 1e-9)
			fail_msg("place %u: found %g, expected %g", i, orders[i], expected[i]);
	}
	arena_free(arena);
}

#define FIT(given, ...) \
	do { \
		const double from[] = given, to[] = { __VA_ARGS__ }; \
		fit(from, to, sizeof(to) / sizeof(to[0])); \
	} while (0)
#define LIST(...) { __VA_ARGS__ }

static void values_that_rise_stay(void **state)
{
	FIT(LIST(1, 2, 3), 1, 2, 3);
	FIT(LIST(0.5, 7, 7.25), 0.5, 7, 7.25);
}

static void new_ones_at_the_end_count_on(void **state)
{
	FIT(LIST(NAN, NAN, NAN), 1, 2, 3);
	FIT(LIST(1, 2.5, NAN, NAN), 1, 2.5, 3, 4);
}

static void new_ones_in_between_get_a_place_between_their_neighbours(void **state)
{
	FIT(LIST(1, NAN, 2), 1, 1.5, 2);
	FIT(LIST(NAN, 1, 2), 0.5, 1, 2);
	FIT(LIST(2, NAN, NAN, NAN, 4), 2, 2.5, 3, 3.5, 4);
}

static void one_that_moved_is_all_that_changes(void **state)
{
	/* The last one went to the front. */
	FIT(LIST(4, 1, 2, 3), 0.5, 1, 2, 3);
	/* The first one went to the back. */
	FIT(LIST(2, 3, 4, 1), 2, 3, 4, 5);
}

static void without_room_all_are_numbered_anew(void **state)
{
	FIT(LIST(1, NAN, 1.0000001), 1, 2, 3);
	FIT(LIST(1e-7, NAN), 1, 2);
}

static void values_that_mean_nothing_are_replaced(void **state)
{
	FIT(LIST(0, 0, 0), 1, 2, 3);
	FIT(LIST(-1, 5), 2.5, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_that_rise_stay),
		cmocka_unit_test(new_ones_at_the_end_count_on),
		cmocka_unit_test(new_ones_in_between_get_a_place_between_their_neighbours),
		cmocka_unit_test(one_that_moved_is_all_that_changes),
		cmocka_unit_test(without_room_all_are_numbered_anew),
		cmocka_unit_test(values_that_mean_nothing_are_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
