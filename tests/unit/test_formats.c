/* The small judges of validation: addresses, links, regular expressions, conditions, JavaScript's view of
 * values. */
#include "unit.h"

#include <math.h>

#include "document/condition.h"
#include "document/ecma.h"
#include "document/email.h"
#include "document/link.h"
#include "document/regexp.h"

static void addresses_are_words_an_at_and_a_name_with_a_dot(void **state)
{
	static const char *const good[] = {
		"a@b.co", "a.b+c/d=e@f.de", "A@B.CO", "a@b.c", "a@c..d.de", "a@b_c.de", "é@ü.fr", "\"a b\"@c.de",
		"\"a\\\"b\"@c.de", "\"a@b\"@c.de", "\"\"@a.bc", "a@1.cc", "a@b.c1c", "a@b.c.co",
	};
	static const char *const bad[] = {
		"", "x", "a@b", "@b.co", "a@", ".a@b.co", "a.@b.co", "a..b@c.de", "a b@c.de", "a@b.c ", "a@c.d1", "a@c.1d",
		"a@-c.de", "a@c-.de", "a@c..de", "a@b.c.", "a@[1.2.3.4]", "a@b@c.de", "\"a\"b@c.de", "\"a@c.de", "\"\\\"@c.de",
		"😀@b.cc", "a@b\x01.cc",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (!email_is_valid(str_of(good[i])))
			fail_msg("%s was refused", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (email_is_valid(str_of(bad[i])))
			fail_msg("%s was taken", bad[i]);
	}
}

static void links_are_paths_or_addresses_of_known_schemes(void **state)
{
	static const char *const good[] = {
		"/", "/a?b#c", "//x", "http://a", "https://a.b:80/c", "HTTP:a", "ftp:/x", " http://x ", "http://u:p@h/",
		"http://[::1]:8080/", "http://1.2.3.4", "http://256", "http://é.fr", "http://a%41.b", "mailto:", "tel:1",
		"http://a:/",
	};
	static const char *const bad[] = {
		"", "x", "#a", "http:", "http://", "http://a:99999", "http://a:b", "http://a b", "http://[]", "http://@",
		"http://1.2.3.999", "http://1.2.3.4.5", "http://a<b", "http://a%20b", "javascript:alert(1)", "data:x",
		"file:///x", "ht tp://x",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		if (!link_is_valid(str_of(good[i])))
			fail_msg("%s was refused", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (link_is_valid(str_of(bad[i])))
			fail_msg("%s was taken", bad[i]);
	}
}

static bool finds(const char *expression, const char *text)
{
	struct error error = ERROR_INIT;
	struct regexp *regexp = regexp_new(str_of(expression), &error);
	bool found;

	if (!regexp)
		fail_msg("%s", error_message(&error));
	found = regexp_search(regexp, str_of(text));
	regexp_free(regexp);
	return found;
}

static void expressions_mean_what_they_mean_in_javascript(void **state)
{
	assert_true(finds("^[A-Z]{3}-[0-9]+$", "ABC-12"));
	assert_false(finds("^[A-Z]{3}-[0-9]+$", "ABC-12\n"));
	assert_true(finds("b", "abc"));
	assert_false(finds("a.c", "a\nc"));
	assert_true(finds("^a[^]c$", "a\nc"));
	assert_false(finds("[]", "a"));
	assert_true(finds("^\\u0041\\x42\\cJ$", "AB\n"));
	assert_true(finds("^\\v$", "\v"));
	assert_false(finds("^\\v$", "\n"));
	assert_true(finds("^\\y\\-\\/$", "y-/"));
	assert_true(finds("^[[:a]+$", "[:a"));
	assert_true(finds("^\\s[\\s]\\S$", "\xC2\xA0\xE2\x80\xA8x"));
	assert_true(finds("^(?:(a)|b)\\1$", "b"));
	assert_true(finds("^\\d\\w$", "1_"));
	assert_false(finds("^\\w$", "é"));
	assert_true(finds("^.$", "é"));
	assert_true(finds("", ""));
}

static void an_expression_that_would_take_for_ever_does_not_match(void **state)
{
	assert_false(finds("^(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
}

static void a_wrong_expression_is_refused_with_its_place(void **state)
{
	struct error error = ERROR_INIT;

	assert_null(regexp_new(STR("a(b"), &error));
	assert_int_equal(error.kind, ERROR_CONFIG);
	assert_string_equal(error_message(&error),
		"The regular expression a(b is wrong near \"\": missing closing parenthesis");
	error_clear(&error);
}

static void assert_printed(const char *expression, const char *expected)
{
	struct buf out = BUF_INIT;

	regexp_print(&out, str_of(expression));
	assert_str(buf_str(&out), expected);
	buf_clear(&out);
}

static void expressions_are_printed_as_literals(void **state)
{
	assert_printed("^https?://", "/^https?:\\/\\//");
	assert_printed("a\\/b[/]c", "/a\\/b[/]c/");
	assert_printed("", "/(?:)/");
	assert_printed("a\nb", "/a\\nb/");
}

static bool met(const char *rule, const char *data)
{
	json_t *rule_tree = json_loads(rule, JSON_DECODE_ANY, NULL), *data_tree = json_loads(data, 0, NULL);
	bool result = condition_met(rule_tree, data_tree);

	assert_non_null(rule_tree);
	json_decref(rule_tree);
	json_decref(data_tree);
	return result;
}

static void conditions_are_json_logic(void **state)
{
	const char *data = "{\"kind\":\"beta\",\"n\":5,\"text\":\"5\",\"off\":false,\"list\":[],\"deep\":{\"a\":[1,{\"b\":\"x\"}]}}";

	assert_true(condition_met(NULL, NULL));
	assert_true(met("{\"==\":[{\"var\":\"kind\"},\"beta\"]}", data));
	assert_false(met("{\"==\":[{\"var\":\"kind\"},\"alpha\"]}", data));
	assert_true(met("{\"==\":[{\"var\":\"missing\"},null]}", data));
	assert_true(met("{\"==\":[{\"var\":\"text\"},5]}", data));
	assert_false(met("{\"===\":[{\"var\":\"text\"},5]}", data));
	assert_true(met("{\"!==\":[{\"var\":\"text\"},5]}", data));
	assert_true(met("{\"!=\":[{\"var\":\"kind\"},\"alpha\"]}", data));
	assert_true(met("{\"!\":{\"var\":\"off\"}}", data));
	assert_true(met("{\"!\":{\"var\":\"list\"}}", data));
	assert_true(met("{\"!!\":[{\"var\":\"n\"}]}", data));
	assert_true(met("{\"and\":[true,{\"<\":[1,{\"var\":\"n\"},6]}]}", data));
	assert_false(met("{\"and\":[true,{\"<\":[1,{\"var\":\"n\"},5]}]}", data));
	assert_true(met("{\"<=\":[1,{\"var\":\"n\"},5]}", data));
	assert_true(met("{\"or\":[false,{\">=\":[{\"var\":\"n\"},\"5\"]}]}", data));
	assert_false(met("{\">\":[{\"var\":\"kind\"},1]}", data));
	assert_true(met("{\"in\":[{\"var\":\"kind\"},[\"alpha\",\"beta\"]]}", data));
	assert_true(met("{\"in\":[\"et\",{\"var\":\"kind\"}]}", data));
	assert_false(met("{\"in\":[5,{\"var\":\"missing\"}]}", data));
	assert_true(met("{\"==\":[{\"var\":\"deep.a.1.b\"},\"x\"]}", data));
	assert_true(met("{\"==\":[{\"var\":[\"deep.a.7\",\"none\"]},\"none\"]}", data));
	assert_true(met("{\"if\":[{\"var\":\"off\"},false,true]}", data));
	assert_false(met("{\"var\":\"off\"}", data));
	assert_true(met("{\"unheard-of\":[1]}", data));
}

static void assert_shown(const char *json, const char *expected)
{
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
	struct buf out = BUF_INIT;

	ecma_print(&out, value);
	assert_str(buf_str(&out), expected);
	buf_clear(&out);
	json_decref(value);
}

static void values_are_shown_as_yup_shows_them(void **state)
{
	assert_shown("null", "null");
	assert_shown("5", "5");
	assert_shown("1e21", "1e+21");
	assert_shown("\"a\\\"b\"", "\"a\"b\"");
	assert_shown("{}", "{}");
	assert_shown("[[]]", "[\n  []\n]");
	assert_shown("{\"day\":\"mon\",\"n\":[1,null]}",
		"{\n  \"day\": \"\\\"mon\\\"\",\n  \"n\": [\n    \"1\",\n    \"null\"\n  ]\n}");
}

static double number(const char *json)
{
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
	double result = ecma_number(value);

	json_decref(value);
	return result;
}

static void numbers_are_read_as_yup_reads_them(void **state)
{
	assert_true(number("\"5\"") == 5);
	assert_true(number("\" 1 0\\n\"") == 10);
	assert_true(number("\"\xC2\xA0 5\"") == 5);
	assert_true(number("\"0x10\"") == 16);
	assert_true(number("\"1e3\"") == 1000);
	assert_true(number("[5,6]") == 5);
	assert_true(number("[\"5a\"]") == 5);
	assert_true(isinf(number("\"-Infinity\"")));
	assert_true(isnan(number("\"\"")));
	assert_true(isnan(number("\"5a\"")));
	assert_true(isnan(number("true")));
	assert_true(isnan(number("{}")));
	assert_true(isnan(number("[]")));
}

static void lengths_are_utf16_units(void **state)
{
	assert_int_equal(ecma_length(STR("abc")), 3);
	assert_int_equal(ecma_length(STR("é€")), 2);
	assert_int_equal(ecma_length(STR("😀😀")), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_words_an_at_and_a_name_with_a_dot),
		cmocka_unit_test(links_are_paths_or_addresses_of_known_schemes),
		cmocka_unit_test(expressions_mean_what_they_mean_in_javascript),
		cmocka_unit_test(an_expression_that_would_take_for_ever_does_not_match),
		cmocka_unit_test(a_wrong_expression_is_refused_with_its_place),
		cmocka_unit_test(expressions_are_printed_as_literals),
		cmocka_unit_test(conditions_are_json_logic),
		cmocka_unit_test(values_are_shown_as_yup_shows_them),
		cmocka_unit_test(numbers_are_read_as_yup_reads_them),
		cmocka_unit_test(lengths_are_utf16_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
