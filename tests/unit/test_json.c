#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"

static void assert_number(double value, const char *expected)
{
	struct buf out = BUF_INIT;

	json_write_double(&out, value);
	assert_string_equal(buf_cstr(&out), expected);
	buf_clear(&out);
}

static void numbers_are_written_as_javascript_does(void **state)
{
	assert_number(0, "0");
	assert_number(-0.0, "0");
	assert_number(1, "1");
	assert_number(-1.5, "-1.5");
	assert_number(0.1, "0.1");
	assert_number(0.1 + 0.2, "0.30000000000000004");
	assert_number(100, "100");
	assert_number(1e21, "1e+21");
	assert_number(123456789012345680000.0, "123456789012345680000");
	assert_number(0.000001, "0.000001");
	assert_number(0.0000001, "1e-7");
	assert_number(1.5e-9, "1.5e-9");
	assert_number(5e-324, "5e-324");
	assert_number(1.7976931348623157e308, "1.7976931348623157e+308");
	assert_number(9007199254740993.0, "9007199254740992");
	assert_number(NAN, "null");
	assert_number(INFINITY, "null");
}

static void numbers_read_back_as_themselves(void **state)
{
	char text[JSON_NUMBER_SIZE + 1];

	srand(1);
	for (int i = 0; i < 20000; i++) {
		double value = ldexp((double)rand() / RAND_MAX - 0.5, rand() % 600 - 300);

		text[json_format_double(value, text)] = '\0';
		assert_true(strtod(text, NULL) == value);
	}
}

static void assert_text(struct str text, const char *expected)
{
	struct buf out = BUF_INIT;

	json_write_string(&out, text);
	assert_string_equal(buf_cstr(&out), expected);
	buf_clear(&out);
}

static void strings_are_escaped(void **state)
{
	assert_text(STR(""), "\"\"");
	assert_text(STR("a\"b\\c/d"), "\"a\\\"b\\\\c/d\"");
	assert_text(STR("\b\f\n\r\t\x01\x1f\x7f"), "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
	assert_text(STR("é🍕"), "\"é🍕\"");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	assert_text(STR("a\xff\"z"), "\"a\xEF\xBF\xBD\\\"z\"");
	assert_text(STR("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void trees_are_written_in_their_own_order(void **state)
{
	struct error error = ERROR_INIT;
	json_t *tree = json_parse(STR("{\"b\":[1,2.5,null,true],\"a\":{\"x\":\"y\"},\"c\":\"\\u0000\"}"), NULL, &error);
	struct buf out = BUF_INIT;

	assert_non_null(tree);
	json_write(&out, tree);
	assert_string_equal(buf_cstr(&out), "{\"b\":[1,2.5,null,true],\"a\":{\"x\":\"y\"},\"c\":\"\\u0000\"}");
	json_decref(tree);
	buf_clear(&out);
}

static void halves_of_pairs_and_broken_bytes_are_replaced(void **state)
{
	static const struct {
		struct str text;
		const char *value;
	} vectors[] = {
		{ STR("[\"a\\ud800b\"]"), "a\xEF\xBF\xBD" "b" },
		{ STR("[\"\\udc00\\ud83c\\udf55\"]"), "\xEF\xBF\xBD🍕" },
		{ STR("[\"\\\\ud800\\ud800\"]"), "\\ud800\xEF\xBF\xBD" },
		{ STR("[\"a\xFFz\"]"), "a\xEF\xBF\xBDz" },
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct error error = ERROR_INIT;
		json_t *tree = json_parse(vectors[i].text, NULL, &error);

		assert_non_null(tree);
		assert_string_equal(json_string_value(json_array_get(tree, 0)), vectors[i].value);
		json_decref(tree);
	}
}

static void mistakes_are_told_in_v8s_words(void **state)
{
	static const struct {
		const char *text, *message;
	} vectors[] = {
		{ "{", "Expected property name or '}' in JSON at position 1" },
		{ "{\"data\":{\"name\":\"x\",}}", "Expected double-quoted property name in JSON at position 20" },
		{ "[1 2]", "Expected ',' or ']' after array element in JSON at position 3" },
		{ "{\"a\" 1}", "Expected ':' after property name in JSON at position 5" },
		{ "[\"a", "Unterminated string in JSON at position 3" },
		{ "[", "Unexpected end of JSON input" },
		{ "[] x", "Unexpected non-whitespace character after JSON at position 3" },
		{ "[nul]", "Unexpected token ']', \"[nul]\" is not valid JSON" },
		{ "[-]", "No number after minus sign in JSON at position 2" },
		{ "[\"\\x\"]", "Bad escaped character in JSON at position 3" },
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct error error = ERROR_INIT;

		assert_null(json_parse(str_of(vectors[i].text), NULL, &error));
		assert_string_equal(error_message(&error), vectors[i].message);
		error_clear(&error);
	}
}

static void depth_is_checked_before_anything_recurses(void **state)
{
	struct json_limits limits = { .depth = 3 };
	struct error error = ERROR_INIT;
	json_t *tree = json_parse(STR("[[{\"[[[[\":\"[\\\"[\"}]]"), &limits, &error);

	assert_non_null(tree);
	json_decref(tree);
	assert_null(json_parse(STR("[[[[]]]]"), &limits, &error));
	assert_int_equal(error.kind, ERROR_BAD_REQUEST);
	assert_null(json_parse(STR("[[["), &limits, &error));
	assert_int_equal(error.kind, ERROR_SYNTAX);
	error_clear(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_written_as_javascript_does),
		cmocka_unit_test(numbers_read_back_as_themselves),
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(trees_are_written_in_their_own_order),
		cmocka_unit_test(halves_of_pairs_and_broken_bytes_are_replaced),
		cmocka_unit_test(mistakes_are_told_in_v8s_words),
		cmocka_unit_test(depth_is_checked_before_anything_recurses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
