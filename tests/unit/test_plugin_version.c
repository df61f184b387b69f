#include "unit.h"

#include "plugin/version.h"

static struct version version(const char *text)
{
	struct version version;

	assert_true(version_parse(str_of(text), &version));
	return version;
}

static void reads_three_numbers_and_what_follows(void **state)
{
	struct version v = version("1.20.300-beta.1+build.7");

	(void)state;
	assert_int_equal(v.major, 1);
	assert_int_equal(v.minor, 20);
	assert_int_equal(v.patch, 300);
	assert_str(v.pre, "beta.1");
}

static void refuses_what_is_no_version(void **state)
{
	static const char *const wrong[] = {"", "1", "1.2", "1.2.3.4", "1.02.3", "a.b.c", "1.2.x", "1..2",
		"1.2.3-", "1.2.3-a..b", "1.2.3+", "-1.2.3", "1.2.99999999999999999999"};
	struct version v;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(version_parse(str_of(wrong[i]), &v));
}

static void sorts_as_semver_does(void **state)
{
	static const char *const rising[] = {"0.0.1", "1.0.0-1", "1.0.0-alpha", "1.0.0-alpha.1",
		"1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
		"1.0.1", "1.1.0", "2.0.0"};

	(void)state;
	for (size_t i = 0; i < sizeof(rising) / sizeof(*rising); i++) {
		for (size_t j = 0; j < sizeof(rising) / sizeof(*rising); j++) {
			struct version a = version(rising[i]), b = version(rising[j]);
			int order = version_compare(&a, &b);

			assert_int_equal(order < 0 ? -1 : order > 0, i < j ? -1 : i > j);
		}
	}
}

static void holds_versions_against_ranges(void **state)
{
	static const struct {
		const char *range, *version;
		bool matches;
	} cases[] = {
		{"*", "0.0.1", true},
		{"x", "3.2.1", true},
		{">=1.0", "1.0.0", true},
		{">=1.0", "0.9.9", false},
		{">=1.0", "7.0.0", true},
		{">1.0", "1.0.5", false},
		{">1.0", "1.1.0", true},
		{">1.0.0", "1.0.1", true},
		{"<2", "1.9.9", true},
		{"<2", "2.0.0", false},
		{"<=1.2", "1.2.9", true},
		{"<=1.2", "1.3.0", false},
		{"<=1.2.3", "1.2.4", false},
		{">=1.0 <2", "1.5.0", true},
		{">=1.0 <2", "2.0.0", false},
		{">= 1.0  < 2 ", "1.5.0", true},
		{"^1.2", "1.2.0", true},
		{"^1.2", "1.9.0", true},
		{"^1.2", "1.1.9", false},
		{"^1.2", "2.0.0", false},
		{"^1.2", "2.0.0-beta", false},
		{"^0.2.3", "0.2.9", true},
		{"^0.2.3", "0.3.0", false},
		{"^0.0.3", "0.0.3", true},
		{"^0.0.3", "0.0.4", false},
		{"^0", "0.9.0", true},
		{"^0.0", "0.1.0", false},
		{"~1.2.3", "1.2.9", true},
		{"~1.2.3", "1.3.0", false},
		{"~1", "1.9.0", true},
		{"~1.2", "1.2.0", true},
		{"1.2.3", "1.2.3", true},
		{"1.2.3", "1.2.4", false},
		{"=1.2.3", "1.2.3+x", true},
		{"1.2", "1.2.7", true},
		{"1.x", "1.7.0", true},
		{"1.x", "2.0.0", false},
		{"1", "1.0.0", true},
		{"1.x || >=3", "2.0.0", false},
		{"1.x || >=3", "3.1.0", true},
		{"1.x||>=3", "1.1.0", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct version v = version(cases[i].version);

		if (version_matches(&v, str_of(cases[i].range)) != cases[i].matches)
			fail_msg("%s in %s", cases[i].version, cases[i].range);
	}
}

static void knows_a_range_from_other_text(void **state)
{
	static const char *const wrong[] = {
		"", " ", "one", ">=", "1.0,2.0", ">=1.0 ||", "|| 1", "^", "=>1.0", "1.x.3", "1.2-beta"};
	static const char *const right[] = { "*", "^1.2.3-beta", ">=1 <2 || 4.x" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		if (version_range_valid(str_of(wrong[i])))
			fail_msg("\"%s\" is no range", wrong[i]);
	}
	for (size_t i = 0; i < sizeof(right) / sizeof(*right); i++)
		assert_true(version_range_valid(str_of(right[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_three_numbers_and_what_follows),
		cmocka_unit_test(refuses_what_is_no_version),
		cmocka_unit_test(sorts_as_semver_does),
		cmocka_unit_test(holds_versions_against_ranges),
		cmocka_unit_test(knows_a_range_from_other_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
