#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/node.h"

struct fixture {
	struct arena *arena;
	struct error error;
	char path[64];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(4096);
	snprintf(f->path, sizeof(f->path), "/tmp/socle-env-%d", (int)getpid());
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	error_clear(&f->error);
	arena_free(f->arena);
	free(f);
	return 0;
}

static struct environment *read_bytes(struct fixture *f, const char *text, size_t n)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, n, file), n);
	fclose(file);
	return environment_read(f->arena, f->path, &f->error);
}

static struct environment *read_text(struct fixture *f, const char *text)
{
	struct environment *environment = read_bytes(f, text, strlen(text));

	if (!environment)
		fail_msg("%s", error_message(&f->error));
	return environment;
}

static void refuses(struct fixture *f, const char *text, const char *expected)
{
	assert_null(read_bytes(f, text, strlen(text)));
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	assert_true(strstr(error_message(&f->error), f->path) == error_message(&f->error));
	assert_string_equal(error_message(&f->error) + strlen(f->path), expected);
}

static void reads_names_and_values(void **state)
{
	struct environment *e =
		read_text(*state, "A_1=one\n\n# comment\n  B = two words  \nexport C=3\r\nD=\n");

	assert_str(environment_get(e, STR("A_1")), "one");
	assert_str(environment_get(e, STR("B")), "two words");
	assert_str(environment_get(e, STR("C")), "3");
	assert_str(environment_get(e, STR("D")), "");
	assert_false(str_is_null(environment_get(e, STR("D"))));
	assert_true(str_is_null(environment_get(e, STR("A_"))));
}

static void ends_an_unquoted_value_at_a_comment(void **state)
{
	struct environment *e = read_text(*state, "A=one # two\nB='one # two' # three");

	assert_str(environment_get(e, STR("A")), "one");
	assert_str(environment_get(e, STR("B")), "one # two");
}

static void knows_escapes_in_double_quotes_only(void **state)
{
	struct environment *e =
		read_text(*state, "A=\"a\\nb \\\"c\\\" C:\\\\d\\e\"\nB='a\\nb'\nC=a\\nb\nD=`'\"`");

	assert_str(environment_get(e, STR("A")), "a\nb \"c\" C:\\d\\e");
	assert_str(environment_get(e, STR("B")), "a\\nb");
	assert_str(environment_get(e, STR("C")), "a\\nb");
	assert_str(environment_get(e, STR("D")), "'\"");
}

static void reads_a_quoted_value_of_several_lines(void **state)
{
	struct environment *e = read_text(*state, "KEY=\"-----BEGIN\nabc\n-----END\"\nNEXT=1");

	assert_str(environment_get(e, STR("KEY")), "-----BEGIN\nabc\n-----END");
	assert_str(environment_get(e, STR("NEXT")), "1");
}

static void takes_the_later_of_two_lines(void **state)
{
	assert_str(environment_get(read_text(*state, "A=1\nA=2\n"), STR("A")), "2");
}

static void prefers_the_process_environment(void **state)
{
	struct environment *e = read_text(*state, "SOCLE_TEST_A=file\nSOCLE_TEST_B=file\n");

	setenv("SOCLE_TEST_A", "process", 1);
	setenv("SOCLE_TEST_B", "", 1);
	assert_str(environment_get(e, STR("SOCLE_TEST_A")), "process");
	assert_str(environment_get(e, STR("SOCLE_TEST_B")), "");
	unsetenv("SOCLE_TEST_A");
	unsetenv("SOCLE_TEST_B");
	assert_str(environment_get(e, STR("SOCLE_TEST_A")), "file");
}

static void works_without_a_file(void **state)
{
	struct fixture *f = *state;
	struct environment *e = environment_read(f->arena, "/nonexistent/.env", &f->error);

	assert_non_null(e);
	assert_true(str_is_null(environment_get(e, STR("SOCLE_TEST_A"))));
	setenv("SOCLE_TEST_A", "x", 1);
	assert_str(environment_get(NULL, STR("SOCLE_TEST_A")), "x");
	unsetenv("SOCLE_TEST_A");
}

static void skips_a_byte_order_mark(void **state)
{
	assert_str(environment_get(read_text(*state, "\xEF\xBB\xBF" "A=1"), STR("A")), "1");
}

static void refuses_a_broken_line_with_its_number(void **state)
{
	refuses(*state, "A=1\nnot a variable\n", ":2: expected NAME=value");
	refuses(*state, "=1\n", ":1: expected NAME=value");
	refuses(*state, "1A=1\n", ":1: expected NAME=value");
}

static void refuses_an_open_quote(void **state)
{
	refuses(*state, "A=1\nB=\"two\nthree\n", ":2: the quote \" is not closed");
	refuses(*state, "B='", ":1: the quote ' is not closed");
	refuses(*state, "B=\"a\\\"", ":1: the quote \" is not closed");
}

static void refuses_text_behind_a_closing_quote(void **state)
{
	refuses(*state, "A='one' two\n", ":1: expected nothing but a comment behind the closing '");
}

static void refuses_bytes_that_are_no_text(void **state)
{
	struct fixture *f = *state;

	assert_null(read_bytes(f, "A=1\0", 4));
	assert_non_null(strstr(error_message(&f->error), "NUL"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(reads_names_and_values),
		TEST(ends_an_unquoted_value_at_a_comment),
		TEST(knows_escapes_in_double_quotes_only),
		TEST(reads_a_quoted_value_of_several_lines),
		TEST(takes_the_later_of_two_lines),
		TEST(prefers_the_process_environment),
		TEST(works_without_a_file),
		TEST(skips_a_byte_order_mark),
		TEST(refuses_a_broken_line_with_its_number),
		TEST(refuses_an_open_quote),
		TEST(refuses_text_behind_a_closing_quote),
		TEST(refuses_bytes_that_are_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
