#include "unit.h"

#include <stdlib.h>

#include "config/table.h"

struct target {
	bool flag;
	int64_t number, any, size, wait;
	struct str text, empty;
	struct config_list names, paths;
	int format;
	const struct node *free;
};

static const char *const formats[] = { "auto", "text", "json", NULL };

#define AT(member) offsetof(struct target, member)
static const struct config_key keys[] = {
	{ "flag", CONFIG_BOOL, AT(flag), "true", .help = "On or off." },
	{ "port", CONFIG_INT, AT(number), "1337", 1, 65535, .variable = "SOCLE_TEST_PORT" },
	{ "any", CONFIG_INT, AT(any), "0" },
	{ "limits.body", CONFIG_SIZE, AT(size), "1MiB", 1, 1 << 30 },
	{ "limits.wait", CONFIG_DURATION, AT(wait), "30s", 0, 600000 },
	{ "log.format", CONFIG_CHOICE, AT(format), "auto", .choices = formats },
	{ "log.text", CONFIG_STRING, AT(text), "hello" },
	{ "log.empty", CONFIG_STRING, AT(empty) },
	{ "names", CONFIG_STRING_LIST, AT(names), "a, b" },
	{ "paths", CONFIG_PATH_LIST, AT(paths), .variable = "SOCLE_TEST_PATHS" },
	{ "free", CONFIG_NODE, AT(free) },
};
static const struct config_table table = { keys, sizeof(keys) / sizeof(keys[0]) };

struct fixture {
	struct arena *arena;
	struct environment *environment;
	struct error error;
	struct target target;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(4096);
	f->environment = environment_read(f->arena, NULL, &f->error);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unsetenv("SOCLE_TEST_PORT");
	unsetenv("SOCLE_TEST_PATHS");
	error_clear(&f->error);
	arena_free(f->arena);
	free(f);
	return 0;
}

static int read_text(struct fixture *f, const char *text)
{
	struct node *root = node_read_toml(f->arena, str_of(text), STR("a.toml"), f->environment, &f->error);

	assert_non_null(root);
	memset(&f->target, 0, sizeof(f->target));
	return config_read(root, &table, &f->target, f->arena, f->environment, &f->error);
}

static struct target *reads(struct fixture *f, const char *text)
{
	if (read_text(f, text) < 0)
		fail_msg("%s", error_message(&f->error));
	return &f->target;
}

static void refuses(struct fixture *f, const char *text, const char *message)
{
	assert_int_equal(read_text(f, text), -1);
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	assert_string_equal(error_message(&f->error), message);
}

static void defaults_are_read_as_if_written(void **state)
{
	struct fixture *f = *state;
	struct target *t = &f->target;

	assert_int_equal(config_read(NULL, &table, t, f->arena, NULL, &f->error), 0);
	assert_true(t->flag);
	assert_int_equal(t->number, 1337);
	assert_int_equal(t->size, 1 << 20);
	assert_int_equal(t->wait, 30000);
	assert_int_equal(t->format, 0);
	assert_str(t->text, "hello");
	assert_true(str_is_null(t->empty));
	assert_int_equal(t->names.count, 2);
	assert_str(t->names.items[1], "b");
	assert_int_equal(t->paths.count, 0);
	assert_null(t->free);
}

static void the_file_replaces_defaults(void **state)
{
	struct target *t = reads(*state, "flag = false\nport = 80\nnames = ['x']\npaths = ['a:b', 'c']\n"
		"free = {x = 1}\n[log]\nformat = 'json'\ntext = ''\n[limits]\nbody = 2048\nwait = '500ms'\n");

	assert_false(t->flag);
	assert_int_equal(t->number, 80);
	assert_int_equal(t->size, 2048);
	assert_int_equal(t->wait, 500);
	assert_int_equal(t->format, 2);
	assert_str(t->text, "");
	assert_int_equal(t->names.count, 1);
	assert_int_equal(t->paths.count, 2);
	assert_str(t->paths.items[0], "a:b");
	assert_int_equal(node_get(t->free, "x")->integer, 1);
}

static void sizes_have_units(void **state)
{
	static const struct { const char *text; int64_t bytes; } cases[] = {
		{ "'16KiB'", 16384 }, { "'1mb'", 1 << 20 }, { "'56kb'", 57344 }, { "'3 MiB'", 3 << 20 },
		{ "'1g'", 1 << 30 }, { "'17'", 17 }, { "17", 17 }, { "'17B'", 17 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = *state;
		struct target *t = reads(f, arena_printf(f->arena, "limits.body = %s", cases[i].text));

		assert_int_equal(t->size, cases[i].bytes);
	}
}

static void durations_have_units(void **state)
{
	static const struct { const char *text; int64_t ms; } cases[] = {
		{ "'500ms'", 500 }, { "'30s'", 30000 }, { "'10m'", 600000 },
		{ "0", 0 }, { "'0'", 0 }, { "'0s'", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fixture *f = *state;
		struct target *t = reads(f, arena_printf(f->arena, "limits.wait = %s", cases[i].text));

		assert_int_equal(t->wait, cases[i].ms);
	}
	refuses(*state, "limits.wait = 30",
		"a.toml:1:15: `limits.wait`: expected a duration from 0 to 10m (such as \"30s\" "
		"or \"500ms\"), found a number without its unit");
	refuses(*state, "limits.wait = '30'",
		"a.toml:1:15: `limits.wait`: expected a duration from 0 to 10m (such as "
		"\"30s\" or \"500ms\"), found \"30\"");
	refuses(*state, "limits.wait = '1M'",
		"a.toml:1:15: `limits.wait`: expected a duration from 0 to 10m (such as "
		"\"30s\" or \"500ms\"), found \"1M\"");
}

static void range_errors_say_what_is_allowed_and_what_was_found(void **state)
{
	refuses(*state, "port = 70000",
		"a.toml:1:8: `port`: expected an integer from 1 to 65535, found 70000");
	refuses(*state, "port = 0", "a.toml:1:8: `port`: expected an integer from 1 to 65535, found 0");
	refuses(*state, "any = -1", "a.toml:1:7: `any`: expected an integer of at least 0, found -1");
	refuses(*state, "[limits]\nbody = '2GiB'",
		"a.toml:2:8: `limits.body`: expected a size from 1B to 1GiB (such as "
		"\"16KiB\"), found 2GiB");
	refuses(*state, "limits.wait = '1h'",
		"a.toml:1:15: `limits.wait`: expected a duration from 0 to 10m (such as "
		"\"30s\" or \"500ms\"), found 1h");
	refuses(*state, "limits.body = '9223372036854775807MiB'",
		"a.toml:1:15: `limits.body`: expected a size from 1B to "
		"1GiB (such as \"16KiB\"), found \"9223372036854775807MiB\"");
}

static void type_errors_say_what_was_expected(void **state)
{
	refuses(*state, "port = 1.5",
		"a.toml:1:8: `port`: expected an integer from 1 to 65535, found a number with a fraction");
	refuses(*state, "flag = 1", "a.toml:1:8: `flag`: expected true or false, found an integer");
	refuses(*state, "flag = 'yes'", "a.toml:1:8: `flag`: expected true or false, found \"yes\"");
	refuses(*state, "[log]\ntext = 1", "a.toml:2:8: `log.text`: expected a string, found an integer");
	refuses(*state, "names = ['a', 1]",
		"a.toml:1:15: `names`: expected a string in the list, found an integer");
	refuses(*state, "names = 1", "a.toml:1:9: `names`: expected a list of strings, found an integer");
	refuses(*state, "log.format = 'yaml'",
		"a.toml:1:14: `log.format`: expected one of \"auto\", \"text\", "
		"\"json\", found \"yaml\"");
	refuses(*state, "log = 1", "a.toml:1:7: `log` must be a table, but it is an integer");
}

static void text_of_a_variable_serves_every_type(void **state)
{
	struct target *t =
		reads(*state, "port = '${SOCLE_TEST_NONE:8080}'\nflag = '${SOCLE_TEST_NONE:false}'\n"
			      "names = '${SOCLE_TEST_NONE:x, y,}'\npaths = '${SOCLE_TEST_NONE:}'\n");

	assert_int_equal(t->number, 8080);
	assert_false(t->flag);
	assert_int_equal(t->names.count, 2);
	assert_str(t->names.items[1], "y");
	assert_int_equal(t->paths.count, 0);
}

static void a_variable_wins_over_the_file(void **state)
{
	struct fixture *f = *state;

	setenv("SOCLE_TEST_PORT", "9000", 1);
	setenv("SOCLE_TEST_PATHS", "/a:b/c", 1);
	reads(f, "port = 80\npaths = ['x']");
	assert_int_equal(f->target.number, 9000);
	assert_int_equal(f->target.paths.count, 2);
	assert_str(f->target.paths.items[1], "b/c");
}

static void an_empty_variable_does_not_count(void **state)
{
	setenv("SOCLE_TEST_PORT", "", 1);
	assert_int_equal(reads(*state, "port = 80")->number, 80);
}

static void a_wrong_variable_is_named(void **state)
{
	setenv("SOCLE_TEST_PORT", "x", 1);
	refuses(*state, "", "the variable SOCLE_TEST_PORT: expected an integer from 1 to 65535, found \"x\"");
	setenv("SOCLE_TEST_PORT", "0", 1);
	refuses(*state, "", "the variable SOCLE_TEST_PORT: expected an integer from 1 to 65535, found 0");
}

static void unknown_keys_get_a_suggestion(void **state)
{
	refuses(*state, "prot = 1", "a.toml:1:8: unknown key `prot`; did you mean `port`?");
	refuses(*state, "[limits]\nbdy = 1", "a.toml:2:7: unknown key `bdy`; did you mean `body`?");
	refuses(*state, "[limit]\nbody = 1", "a.toml:1:1: unknown key `limit`; did you mean `limits`?");
	refuses(*state, "format = 'json'", "a.toml:1:10: unknown key `format`; did you mean `log.format`?");
	refuses(*state, "[log]\nport = 1",
		"a.toml:2:8: unknown key `port`; known here: `format`, `text`, `empty`");
	refuses(*state, "[log]\ncolour = 1",
		"a.toml:2:10: unknown key `colour`; known here: `format`, `text`, `empty`");
}

static void a_dot_in_quotes_is_part_of_a_name(void **state)
{
	refuses(*state, "'limits.body' = 1",
		"a.toml:1:17: unknown key `limits.body`; known here: `flag`, `port`, "
		"`any`, `limits`, `log`, `names`, `paths`, `free`");
}

static void all_mistakes_are_told_at_once(void **state)
{
	setenv("SOCLE_TEST_PATHS", "a", 1);
	refuses(*state, "prot = 1\nport = 0\n[log]\nformat = 'x'\n",
		"a.toml:1:8: unknown key `prot`; did you mean `port`?\n"
		"a.toml:2:8: `port`: expected an integer from 1 to 65535, found 0\n"
		"a.toml:4:10: `log.format`: expected one of \"auto\", \"text\", \"json\", found \"x\"");
}

static void null_is_as_good_as_absent(void **state)
{
	struct fixture *f = *state;
	struct node *root = node_read_json(f->arena, STR("{\"port\":null}"), STR("a.json"), &f->error);

	assert_int_equal(config_read(root, &table, &f->target, f->arena, NULL, &f->error), 0);
	assert_int_equal(f->target.number, 1337);
}

static void something_else_than_a_table_is_refused(void **state)
{
	struct fixture *f = *state;
	struct node *root = node_read_json(f->arena, STR("[1]"), STR("a.json"), &f->error);

	assert_int_equal(config_read(root, &table, &f->target, f->arena, NULL, &f->error), -1);
	assert_string_equal(error_message(&f->error), "a.json: expected a table, found an array");
}

static void the_table_documents_itself(void **state)
{
	struct buf out = BUF_INIT;

	config_describe(&table, &out);
	assert_non_null(strstr(buf_cstr(&out), "| `flag` | true or false | true |  | On or off. |\n"));
	assert_non_null(strstr(
		buf_cstr(&out), "| `port` | an integer from 1 to 65535 | 1337 | SOCLE_TEST_PORT |  |\n"));
	assert_non_null(strstr(buf_cstr(&out), "| `limits.body` | a size from 1B to 1GiB | 1MiB |"));
	buf_clear(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(defaults_are_read_as_if_written),
		TEST(the_file_replaces_defaults),
		TEST(sizes_have_units),
		TEST(durations_have_units),
		TEST(range_errors_say_what_is_allowed_and_what_was_found),
		TEST(type_errors_say_what_was_expected),
		TEST(text_of_a_variable_serves_every_type),
		TEST(a_variable_wins_over_the_file),
		TEST(an_empty_variable_does_not_count),
		TEST(a_wrong_variable_is_named),
		TEST(unknown_keys_get_a_suggestion),
		TEST(a_dot_in_quotes_is_part_of_a_name),
		TEST(all_mistakes_are_told_at_once),
		TEST(null_is_as_good_as_absent),
		TEST(something_else_than_a_table_is_refused),
		TEST(the_table_documents_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
