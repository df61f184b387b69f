#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/node.h"

struct fixture {
	struct arena *arena;
	struct environment *environment;
	struct error error;
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

	error_clear(&f->error);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct node *read_text(struct fixture *f, const char *file, const char *text)
{
	struct str name = str_of(file);

	return str_ends(name, STR(".json")) ? node_read_json(f->arena, str_of(text), name, &f->error)
		: node_read_toml(f->arena, str_of(text), name, f->environment, &f->error);
}

static struct node *reads(struct fixture *f, const char *file, const char *text)
{
	struct node *root = read_text(f, file, text);

	if (!root)
		fail_msg("%s", error_message(&f->error));
	return root;
}

static void refuses(struct fixture *f, const char *file, const char *text, const char *message)
{
	assert_null(read_text(f, file, text));
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	assert_string_equal(error_message(&f->error), message);
}

static void as_json(const struct node *node, const char *expected)
{
	json_t *value = node_to_json(node);
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

	assert_string_equal(text, expected);
	free(text);
	json_decref(value);
}

static void toml_keeps_the_order_of_the_file(void **state)
{
	as_json(reads(*state, "a.toml",
			"z = 1\na.y = 2\n[t]\nb = 1\na = 2\n[s]\nx = [3, 1]\n[t.u]\n[a.c]\nk = {q = 1, b = "
			"2}\n"),
		"{\"z\":1,\"a\":{\"y\":2,\"c\":{\"k\":{\"q\":1,\"b\":2}}},\"t\":{\"b\":1,\"a\":2,\"u\":{}},"
		"\"s\":{\"x\":[3,1]}}");
}

static void json_keeps_the_order_of_the_file(void **state)
{
	as_json(reads(*state, "a.json",
			"{\"z\":1,\"a\":[{\"c\":null,\"b\":true}],\"b\":{\"y\":1.5,\"x\":\"\"}}"),
		"{\"z\":1,\"a\":[{\"c\":null,\"b\":true}],\"b\":{\"y\":1.5,\"x\":\"\"}}");
}

static void toml_values_know_their_line_and_column(void **state)
{
	struct fixture *f = *state;
	struct node *root = reads(f, "p.toml", "# first\nname = \"x\"\n\n[t]\n  list = [ 1,\n    2 ]\n");
	const struct node *list = node_get(node_get(root, "t"), "list");

	assert_str(node_where(node_get(root, "name"), f->arena), "p.toml:2:8");
	assert_str(node_where(list->items.first->next, f->arena), "p.toml:6:5");
	assert_str(node_where(node_get(root, "t"), f->arena), "p.toml:4:1");
	assert_str(node_where(root, f->arena), "p.toml:1:1");
}

static void json_values_know_their_path(void **state)
{
	struct fixture *f = *state;
	struct node *root = reads(f, "s.json", "{\"a\":{\"b\":[0,{\"c d\":1}]},\"api::x\":{\"y\":2}}");
	const struct node *member = node_get(node_get(root, "a"), "b")->items.first->next->items.first;

	assert_str(node_where(root, f->arena), "s.json");
	assert_str(node_where(node_get(root, "a"), f->arena), "s.json, at a");
	assert_str(node_where(member, f->arena), "s.json, at a.b[1][\"c d\"]");
	assert_str(
		node_where(node_get(node_get(root, "api::x"), "y"), f->arena), "s.json, at [\"api::x\"].y");
}

static void dates_are_text(void **state)
{
	as_json(reads(*state, "d.toml",
			"a = 1979-05-27T07:32:00.120-07:30\nb = 1979-05-27\nc = 07:32:00.000001\n"
			"d = 1979-05-27T00:32:00Z\ne = 1979-05-27 07:32:01\nf = 1979-05-27T00:00:00+01:00"),
		"{\"a\":\"1979-05-27T07:32:00.12-07:30\",\"b\":\"1979-05-27\",\"c\":\"07:32:00.000001\","
		"\"d\":\"1979-05-27T00:32:00Z\",\"e\":\"1979-05-27T07:32:01\",\"f\":\"1979-05-27T00:00:00+01:"
		"00\"}");
}

static void numbers_keep_their_kind(void **state)
{
	struct node *root = reads(*state, "n.toml", "i = -9223372036854775808\nh = 0xff\nr = 1.0\nn = nan\n");

	assert_true(node_get(root, "i")->integer == INT64_MIN);
	assert_int_equal(node_get(root, "h")->integer, 255);
	assert_int_equal(node_get(root, "r")->type, NODE_REAL);
	assert_true(isnan(node_get(root, "n")->real));
	as_json(node_get(root, "n"), "null");
}

static void toml_mistakes_have_a_place(void **state)
{
	struct fixture *f = *state;

	assert_null(read_text(f, "a.toml", "a = 1\nb = \n"));
	assert_true(strstr(error_message(&f->error), "a.toml:2:5: ") == error_message(&f->error));
	assert_null(read_text(f, "a.toml", "a = 1\na = 2\n"));
	assert_true(strstr(error_message(&f->error), "a.toml:2:") == error_message(&f->error));
	assert_null(read_text(f, "a.toml", "a = \"\xff\"\n"));
	assert_non_null(strstr(error_message(&f->error), "a.toml:1:5: "));
}

/* Found by fuzzing: toml++ has assertions that such texts break. */
static void broken_headers_are_refused_and_no_more(void **state)
{
	struct fixture *f = *state;

	assert_null(read_text(f, "a.toml", "[[\nname = 1\n"));
	assert_true(strstr(error_message(&f->error), "a.toml:1:3: ") == error_message(&f->error));
	assert_null(read_text(f, "a.toml", "[="));
	assert_null(read_text(f, "a.toml", "[[ ."));
}

static void text_outside_of_ascii_needs_quotes(void **state)
{
	struct fixture *f = *state;

	as_json(reads(f, "a.toml", "\xEF\xBB\xBF\"é\" = \"ü\" # ß\n"), "{\"é\":\"ü\"}");
	assert_null(read_text(f, "a.toml", "a = 1\né = 1\n"));
	assert_true(strstr(error_message(&f->error), "a.toml:2:1: ") == error_message(&f->error));
	assert_null(read_text(f, "a.toml", "a = 2é\n"));
}

static void json_mistakes_have_a_place(void **state)
{
	refuses(*state, "a.json", "{\n \"a\": 1,\n \"a\": 2}",
		"a.json:3:4: duplicate object key near '\"a\"'");
	refuses(*state, "a.json", "{\"a\": }", "a.json:1:7: unexpected token near '}'");
	refuses(*state, "a.json", "", "a.json:1:0: unexpected token near end of file");
}

static void nul_characters_are_refused(void **state)
{
	refuses(*state, "a.toml", "a = 1\nb = \"x\\u0000\"",
		"a.toml:2:5: a string may not hold a NUL character");
	refuses(*state, "a.toml", "\"x\\u0000\" = 1", "a.toml:1:13: a key may not hold a NUL character");
	assert_null(read_text(*state, "a.json", "{\"a\":\"\\u0000\"}"));
	assert_null(read_text(*state, "a.json", "{\"\\u0000\":1}"));
}

/* `open` as often as `depth` says, then 1, then `shut` as often. */
static char *nested(struct fixture *f, const char *begin, const char *open, unsigned depth,
	const char *middle, const char *shut)
{
	struct buf text = BUF_INIT;
	char *copy;

	buf_add(&text, str_of(begin));
	for (unsigned i = 0; i < depth; i++)
		buf_add(&text, str_of(open));
	buf_add(&text, str_of(middle));
	for (unsigned i = 0; i < depth; i++)
		buf_add(&text, str_of(shut));
	copy = arena_strdup(f->arena, buf_str(&text));
	buf_clear(&text);
	return copy;
}

static void depth_is_limited(void **state)
{
	struct fixture *f = *state;
	const char *json = "a.json:1: more than 64 arrays and tables inside one another";
	const char *toml = "a.toml:2: more than 64 arrays and tables inside one another";

	reads(f, "a.json", nested(f, "", "[", 64, "1", "]"));
	refuses(f, "a.json", nested(f, "", "[", 65, "1", "]"), json);
	refuses(f, "a.json", nested(f, "", "[", 1000000, "", ""), json);
	reads(f, "a.json", nested(f, "[\"", "\\\"[", 100, "\"]", ""));
	reads(f, "a.toml", nested(f, "\na = ", "[", 63, "1", "]"));
	refuses(f, "a.toml", nested(f, "\na = ", "[", 65, "1", "]"), toml);
	refuses(f, "a.toml", nested(f, "\n", "a.", 1000000, "a = 1", ""), toml);
	refuses(f, "a.toml", nested(f, "\n[", "a.", 1000000, "a]", ""), toml);
	refuses(f, "a.toml", nested(f, "\na = ", "{a.b.c = ", 30, "1", "}"), toml);
	reads(f, "a.toml", nested(f, "a = '", "[", 100, "'", ""));
	reads(f, "a.toml", nested(f, "a = '''", "[.'' \n\"", 100, "'''''", ""));
	reads(f, "a.toml", nested(f, "a = \"\"\"", "{\\\"\"\"{", 100, "\"\"\"\"", " # {"));
	reads(f, "a.toml", nested(f, "a = [", "0.5, ", 100, "1.5]\n", "# ["));
	reads(f, "a.toml", nested(f, "", "", 1, "a.b.c = 1\nd.e.f = 2\n", ""));
}

static void depth_counts_header_and_key_together(void **state)
{
	struct fixture *f = *state;
	char *header = nested(f, "[", "a.", 39, "a]\n", "");

	refuses(f, "a.toml", nested(f, header, "b.", 39, "b = 1", ""),
		"a.toml:2:49: more than 64 arrays and tables inside one another");
}

static void members_are_found_by_name(void **state)
{
	struct node *root = reads(*state, "a.toml", "a = 1\n\"b c\" = 2\nlist = []\n");

	assert_int_equal(node_get(root, "b c")->integer, 2);
	assert_null(node_get(root, "c"));
	assert_null(node_get(NULL, "a"));
	assert_null(node_get(node_get(root, "a"), "a"));
	assert_null(node_get(node_get(root, "list"), "a"));
}

static void absent_keys_keep_the_value(void **state)
{
	struct fixture *f = *state;
	struct node *root = reads(f, "a.toml", "s = \"text\"\nb = true\ni = 7\n");
	struct str text = STR("before");
	int64_t number = 1;
	bool flag = false;

	assert_int_equal(node_read_string(root, "absent", &text, &f->error), 0);
	assert_int_equal(node_read_int(root, "absent", &number, &f->error), 0);
	assert_int_equal(node_read_bool(NULL, "absent", &flag, &f->error), 0);
	assert_str(text, "before");
	assert_int_equal(number, 1);
	assert_int_equal(node_read_string(root, "s", &text, &f->error), 0);
	assert_int_equal(node_read_int(root, "i", &number, &f->error), 0);
	assert_int_equal(node_read_bool(root, "b", &flag, &f->error), 0);
	assert_str(text, "text");
	assert_int_equal(number, 7);
	assert_true(flag);
}

static void another_type_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct node *root = reads(f, "a.toml", "s = 1\nb = \"true\"\ni = 7.5\n");
	struct str text;
	int64_t number;
	bool flag;

	assert_int_equal(node_read_string(root, "s", &text, &f->error), -1);
	assert_string_equal(
		error_message(&f->error), "a.toml:1:5: `s` must be a string, but it is an integer");
	assert_int_equal(node_read_bool(root, "b", &flag, &f->error), -1);
	assert_string_equal(
		error_message(&f->error), "a.toml:2:5: `b` must be a boolean, but it is a string");
	assert_int_equal(node_read_int(root, "i", &number, &f->error), -1);
	assert_string_equal(error_message(&f->error),
		"a.toml:3:5: `i` must be an integer, but it is a number with a fraction");
}

static void unknown_keys_get_a_suggestion(void **state)
{
	static const char *const known[] = { "name", "version", "defaultLimit", NULL };
	static const char *const none[] = { NULL };
	struct fixture *f = *state;

	assert_int_equal(node_check_keys(reads(f, "a.toml", "name = 1\nversion = 2"), known, &f->error), 0);
	assert_int_equal(node_check_keys(reads(f, "a.toml", "name = 1\nvresion = 2"), known, &f->error), -1);
	assert_string_equal(
		error_message(&f->error), "a.toml:2:11: unknown key `vresion`; did you mean `version`?");
	assert_int_equal(node_check_keys(reads(f, "a.json", "{\"DEFAULTLIMIT\":1}"), known, &f->error), -1);
	assert_string_equal(error_message(&f->error),
		"a.json, at DEFAULTLIMIT: unknown key `DEFAULTLIMIT`; did you mean `defaultLimit`?");
	assert_int_equal(node_check_keys(reads(f, "a.toml", "colour = 1"), known, &f->error), -1);
	assert_string_equal(error_message(&f->error),
		"a.toml:1:10: unknown key `colour`; known here: `name`, `version`, `defaultLimit`");
	assert_int_equal(node_check_keys(reads(f, "a.toml", "x = 1"), none, &f->error), -1);
	assert_string_equal(error_message(&f->error), "a.toml:1:5: unknown key `x`; known here: none");
}

static void variables_are_replaced_in_strings(void **state)
{
	struct fixture *f = *state;

	setenv("SOCLE_TEST_A", "value", 1);
	setenv("SOCLE_TEST_E", "", 1);
	as_json(reads(f, "a.toml",
			"a = \"<${SOCLE_TEST_A}>\"\nb = ['${SOCLE_TEST_NONE:a:b}', '${SOCLE_TEST_NONE:}']\n"
			"c = '$${SOCLE_TEST_A} $ $5 $$'\nd = '${SOCLE_TEST_E:default}'\ne = "
			"'${SOCLE_TEST_A}${SOCLE_TEST_A}'\n"),
		"{\"a\":\"<value>\",\"b\":[\"a:b\",\"\"],\"c\":\"${SOCLE_TEST_A} $ $5 "
		"$$\",\"d\":\"\",\"e\":\"valuevalue\"}");
	unsetenv("SOCLE_TEST_A");
	unsetenv("SOCLE_TEST_E");
}

static void variables_stay_without_an_environment(void **state)
{
	struct fixture *f = *state;
	struct node *root = node_read_toml(f->arena, STR("a = '${X} $${Y}'"), STR("a.toml"), NULL, &f->error);

	as_json(root, "{\"a\":\"${X} $${Y}\"}");
}

static void a_variable_that_is_not_set_is_an_error(void **state)
{
	refuses(*state, "a.toml", "a = 1\nb = 'x ${SOCLE_TEST_NONE}'",
		"a.toml:2:5: `${SOCLE_TEST_NONE}`: the variable is not set; set it in the environment or in "
		".env, "
		"or write `${SOCLE_TEST_NONE:default}`");
	refuses(*state, "a.toml", "b = '${'",
		"a.toml:1:5: `${` without a closing `}` (write `$${` for a literal `${`)");
	refuses(*state, "a.toml", "b = '${a-b}'",
		"a.toml:1:5: `${a-b}`: expected the name of an environment variable "
		"between the braces (write `$${` for a literal `${`)");
	refuses(*state, "a.toml", "b = '${:x}'",
		"a.toml:1:5: `${:x}`: expected the name of an environment variable "
		"between the braces (write `$${` for a literal `${`)");
}

static void a_variable_that_is_no_text_is_an_error(void **state)
{
	setenv("SOCLE_TEST_A", "\xff", 1);
	refuses(*state, "a.toml", "a = '${SOCLE_TEST_A}'",
		"a.toml:1:5: `${SOCLE_TEST_A}`: the variable is not UTF-8");
	unsetenv("SOCLE_TEST_A");
}

static void a_byte_order_mark_is_skipped(void **state)
{
	as_json(reads(*state, "a.json", "\xEF\xBB\xBF{}"), "{}");
	as_json(reads(*state, "a.toml", "\xEF\xBB\xBF" "a = 1"), "{\"a\":1}");
}

static void a_replaced_value_is_not_replaced_again(void **state)
{
	setenv("SOCLE_TEST_A", "${SOCLE_TEST_A}", 1);
	as_json(reads(*state, "a.toml", "a = '${SOCLE_TEST_A}'"), "{\"a\":\"${SOCLE_TEST_A}\"}");
	unsetenv("SOCLE_TEST_A");
}

static void files_are_read_by_their_ending(void **state)
{
	struct fixture *f = *state;
	char *path = arena_printf(f->arena, "/tmp/socle-node-%d.toml", (int)getpid());
	FILE *file = fopen(path, "w");
	struct node *root;

	fprintf(file, "a = \"%s\"\n", nested(f, "", "0123456789", 5000, "", ""));
	fclose(file);
	root = node_read_file(f->arena, path, NULL, &f->error);
	unlink(path);
	assert_non_null(root);
	assert_int_equal(node_get(root, "a")->text.n, 50000);
	assert_null(node_read_file(f->arena, path, NULL, &f->error));
	assert_non_null(strstr(error_message(&f->error), ".toml: cannot be read: No such file"));
	assert_null(node_read_file(f->arena, "/tmp/x.yaml", NULL, &f->error));
	assert_string_equal(
		error_message(&f->error), "/tmp/x.yaml: expected a name that ends in .toml or .json");
}

static void a_file_that_is_too_large_is_refused(void **state)
{
	struct fixture *f = *state;
	char *path = arena_printf(f->arena, "/tmp/socle-node-%d.json", (int)getpid());
	FILE *file = fopen(path, "w");

	assert_int_equal(ftruncate(fileno(file), (4 << 20) + 1), 0);
	fclose(file);
	assert_null(node_read_file(f->arena, path, NULL, &f->error));
	unlink(path);
	assert_non_null(strstr(error_message(&f->error), "larger than the limit of 4 MiB"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(toml_keeps_the_order_of_the_file),
		TEST(json_keeps_the_order_of_the_file),
		TEST(toml_values_know_their_line_and_column),
		TEST(json_values_know_their_path),
		TEST(dates_are_text),
		TEST(numbers_keep_their_kind),
		TEST(toml_mistakes_have_a_place),
		TEST(broken_headers_are_refused_and_no_more),
		TEST(text_outside_of_ascii_needs_quotes),
		TEST(json_mistakes_have_a_place),
		TEST(nul_characters_are_refused),
		TEST(depth_is_limited),
		TEST(depth_counts_header_and_key_together),
		TEST(members_are_found_by_name),
		TEST(absent_keys_keep_the_value),
		TEST(another_type_is_an_error),
		TEST(unknown_keys_get_a_suggestion),
		TEST(variables_are_replaced_in_strings),
		TEST(variables_stay_without_an_environment),
		TEST(a_variable_that_is_not_set_is_an_error),
		TEST(a_variable_that_is_no_text_is_an_error),
		TEST(a_byte_order_mark_is_skipped),
		TEST(a_replaced_value_is_not_replaced_again),
		TEST(files_are_read_by_their_ending),
		TEST(a_file_that_is_too_large_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
