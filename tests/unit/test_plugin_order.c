#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "plugin/order.h"

struct fixture {
	struct arena *arena;
	struct problems problems;
	const struct manifest *manifests[8];
	unsigned count;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(4096);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;

	(void)!problems_finish(&f->problems, &error);
	error_clear(&error);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void add(struct fixture *f, const char *name, const char *version, const char *requires)
{
	const char *file = arena_printf(f->arena, "%s/plugin.toml", name);
	const char *text = arena_printf(f->arena,
		"[plugin]\nname = \"%s\"\nversion = \"%s\"\nkind = \"plugin\"\nrequires = { %s }\n", name,
		version, requires);

	f->manifests[f->count] =
		manifest_parse(f->arena, str_of(text), str_of(file), str_of(name), &f->problems);
	assert_non_null(f->manifests[f->count++]);
}

static const char *sorted(struct fixture *f)
{
	const char *names = "";

	order_plugins(f->manifests, f->count, NULL, &f->problems);
	for (unsigned i = 0; i < f->count; i++)
		names = arena_printf(
			f->arena, "%s%s%.*s", names, i ? " " : "", STR_ARG(f->manifests[i]->name));
	return names;
}

static void assert_said(struct fixture *f, const char *message)
{
	struct error error = ERROR_INIT;

	assert_int_equal(problems_finish(&f->problems, &error), -1);
	if (!strstr(error_message(&error), message))
		fail_msg("said: %s\nexpected: %s", error_message(&error), message);
	error_clear(&error);
}

static void requirements_come_first_and_names_decide_the_rest(void **state)
{
	struct fixture *f = *state;

	add(f, "alpha", "1.0.0", "zeta = \"*\", mid = \">=1\"");
	add(f, "zeta", "1.0.0", "");
	add(f, "mid", "1.2.0", "zeta = \"^1.0\"");
	add(f, "beta", "1.0.0", "");
	assert_string_equal(sorted(f), "zeta mid alpha beta");
	assert_int_equal(f->problems.count, 0);
}

static void names_what_is_missing(void **state)
{
	struct fixture *f = *state;

	add(f, "alpha", "1.0.0", "zeta = \">=1.0\"");
	sorted(f);
	assert_said(f, "alpha/plugin.toml:5:21: plugin \"alpha\" requires \"zeta\" >=1.0, which is not in "
		       "the plugin folders");
}

static void names_what_is_too_old(void **state)
{
	struct fixture *f = *state;

	add(f, "alpha", "1.0.0", "zeta = \">=1.1\"");
	add(f, "zeta", "1.0.9", "");
	sorted(f);
	assert_said(f, "requires \"zeta\" >=1.1, but zeta is version 1.0.9");
}

static void shows_a_circle(void **state)
{
	struct fixture *f = *state;

	add(f, "a", "1.0.0", "b = \"*\"");
	add(f, "b", "1.0.0", "c = \"*\"");
	add(f, "c", "1.0.0", "b = \"*\"");
	sorted(f);
	assert_said(f, "c/plugin.toml:5:18: plugins require one another in a circle: b -> c -> b");
}

static void a_plugin_can_not_require_itself(void **state)
{
	struct fixture *f = *state;

	add(f, "a", "1.0.0", "a = \"*\"");
	sorted(f);
	assert_said(f, "in a circle: a -> a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			requirements_come_first_and_names_decide_the_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_what_is_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_what_is_too_old, set_up, tear_down),
		cmocka_unit_test_setup_teardown(shows_a_circle, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_plugin_can_not_require_itself, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
