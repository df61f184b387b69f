#include "unit.h"

#include "config/settings.h"
#include "extension/permission.h"

static bool allowed(const struct str *patterns, size_t count, const char *action)
{
	struct settings settings = { .api.public_actions = { patterns, count } };

	return permission_public(&settings, str_of(action));
}

static void nothing_is_public_unless_a_pattern_says_so(void **state)
{
	assert_false(allowed(NULL, 0, "api::article.article.find"));
}

static void patterns_match_whole_actions(void **state)
{
	static const struct str patterns[] = { STR("api::article.*"), STR("api::tag.tag.find*") };

	assert_true(allowed(patterns, 2, "api::article.article.find"));
	assert_true(allowed(patterns, 2, "api::tag.tag.findOne"));
	assert_false(allowed(patterns, 2, "api::tag.tag.delete"));
	assert_false(allowed(patterns, 2, "xapi::article.article.find"));
	assert_false(allowed(patterns, 2, "api::articles"));
}

static void an_exception_wins_wherever_it_stands(void **state)
{
	static const struct str first[] = { STR("!api::vault.*"), STR("*") }, last[] = { STR("*"), STR("!api::vault.*") };

	assert_false(allowed(first, 2, "api::vault.vault.find"));
	assert_false(allowed(last, 2, "api::vault.vault.find"));
	assert_true(allowed(last, 2, "api::tag.tag.find"));
}

static void stars_may_stand_anywhere(void **state)
{
	assert_true(permission_match(STR("*.find*"), STR("api::a.a.findOne")));
	assert_true(permission_match(STR("a*b*c"), STR("aXbXbc")));
	assert_false(permission_match(STR("a*b*c"), STR("aXbXb")));
	assert_true(permission_match(STR("**"), STR("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_public_unless_a_pattern_says_so),
		cmocka_unit_test(patterns_match_whole_actions),
		cmocka_unit_test(an_exception_wins_wherever_it_stands),
		cmocka_unit_test(stars_may_stand_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
