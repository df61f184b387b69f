#include "unit.h"

#include <math.h>

#include "document/document_id.h"

enum { IDS = 20000 };

static void is_a_letter_and_23_letters_or_digits(void **state)
{
	char id[DOCUMENT_ID_SIZE];

	for (int i = 0; i < IDS; i++) {
		document_id_new(id);
		assert_int_equal(strlen(id), 24);
		assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789"), 24);
		assert_true(id[0] >= 'a' && id[0] <= 'z');
	}
}

/* Six standard deviations: a bias of 7 to 6, as a plain remainder gives, is found; chance isn't, once in a
 * hundred million runs. */
static void every_character_is_as_likely_as_any_other(void **state)
{
	const double expected = IDS * 23.0 / 36, allowed = 6 * sqrt(expected);
	unsigned counts[256] = { 0 };
	char id[DOCUMENT_ID_SIZE];

	for (int i = 0; i < IDS; i++) {
		document_id_new(id);
		for (int k = 1; k < 24; k++)
			counts[(unsigned char)id[k]]++;
	}
	for (const char *c = "abcdefghijklmnopqrstuvwxyz0123456789"; *c; c++)
		assert_true(fabs(counts[(unsigned char)*c] - expected) < allowed);
}

static void two_are_never_the_same(void **state)
{
	char first[DOCUMENT_ID_SIZE], second[DOCUMENT_ID_SIZE];

	document_id_new(first);
	document_id_new(second);
	assert_string_not_equal(first, second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_a_letter_and_23_letters_or_digits),
		cmocka_unit_test(every_character_is_as_likely_as_any_other),
		cmocka_unit_test(two_are_never_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
