#include "unit.h"

#include "query/cast.h"
#include "query/datetime.h"

struct fixture {
	struct arena *arena;
	struct error error;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .arena = arena_new(4096) };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	error_clear(&f->error);
	arena_free(f->arena);
	return 0;
}

/* A value as a test table writes it: "5" an integer, "0.5" a double, "'5'" a text, "NULL". */
static const char *show(struct fixture *f, struct db_value value)
{
	switch (value.type) {
	case DB_INT:
		return arena_printf(f->arena, "%lld", (long long)value.integer);
	case DB_DOUBLE:
		return arena_printf(f->arena, "%g", value.real);
	case DB_TEXT:
		return arena_printf(f->arena, "'%.*s'", STR_ARG(value.text));
	default:
		return "NULL";
	}
}

typedef int cast_call(struct fixture *f, const struct attribute *attribute, const char *json, struct db_value *value_r);

static void release(void *json)
{
	json_decref(json);
}

static json_t *parse(struct fixture *f, const char *json)
{
	json_t *tree = json_loads(json, JSON_DECODE_ANY, NULL);

	assert_non_null(tree);
	arena_defer(f->arena, release, tree);
	return tree;
}

static int call_param(struct fixture *f, const struct attribute *attribute, const char *json, struct db_value *value_r)
{
	return cast_param(attribute, param_of_json(f->arena, parse(f, json)), f->arena, value_r, &f->error);
}

static int call_json(struct fixture *f, const struct attribute *attribute, const char *json, struct db_value *value_r)
{
	return cast_json(attribute, parse(f, json), f->arena, value_r, &f->error);
}

struct expectation {
	enum attribute_type type;
	const char *json;
	const char *value;		/* NULL: refused */
	const char *message;
};

static void check(struct fixture *f, cast_call *call, const struct expectation *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct attribute attribute = { .type = list[i].type, .name = STR("field") };
		struct db_value value;
		int rc = call(f, &attribute, list[i].json, &value);

		if (rc == 0 && (!list[i].value || strcmp(show(f, value), list[i].value) != 0))
			fail_msg("%s gave %s, expected %s", list[i].json, show(f, value),
				list[i].value ? list[i].value : list[i].message);
		if (rc < 0) {
			if (list[i].value)
				fail_msg("%s was refused: %s", list[i].json, error_message(&f->error));
			assert_int_equal(f->error.kind, ERROR_VALIDATION);
			assert_int_equal(json_object_size(f->error.details), 0);
			assert_string_equal(error_message(&f->error), list[i].message);
		}
		error_clear(&f->error);
	}
}

#define CHECK(state, call, list) check(*(state), (call), (list), sizeof(list) / sizeof(*(list)))

#define BAD_DATE "Invalid format, expected yyyy-MM-dd"
#define BAD_TIME "Invalid time format, expected HH:mm:ss.SSS"
#define BAD_DATETIME "Invalid format, expected a timestamp or an ISO date"

static void filter_values_become_parameters(void **state)
{
	static const struct expectation list[] = {
		{ ATTRIBUTE_ID, "\"7\"", "7" },
		{ ATTRIBUTE_ID, "\"7a\"", "'7a'" },
		{ ATTRIBUTE_ID, "7", "7" },
		{ ATTRIBUTE_ID, "null", "NULL" },
		{ ATTRIBUTE_RELATION, "\"3\"", "3" },
		{ ATTRIBUTE_STRING, "\"a\"", "'a'" },
		{ ATTRIBUTE_STRING, "\"\"", "''" },
		{ ATTRIBUTE_STRING, "5", "'5'" },
		{ ATTRIBUTE_STRING, "true", "'true'" },
		{ ATTRIBUTE_JSON, "\"{\\\"n\\\":22}\"", "'{\"n\":22}'" },
		{ ATTRIBUTE_INTEGER, "\"220.0\"", "220" },
		{ ATTRIBUTE_INTEGER, "\"1e2\"", "100" },
		{ ATTRIBUTE_INTEGER, "\"0x0A\"", "10" },
		{ ATTRIBUTE_INTEGER, "\" 5 \"", "5" },
		{ ATTRIBUTE_INTEGER, "\"1.5\"", "1.5" },
		{ ATTRIBUTE_INTEGER, "\"abc\"", NULL, "Expected a valid Number, got abc" },
		{ ATTRIBUTE_INTEGER, "\"\"", NULL, "Expected a valid Number, got " },
		{ ATTRIBUTE_INTEGER, "true", NULL, "Expected a valid Number, got true" },
		{ ATTRIBUTE_FLOAT, "\"NaN\"", NULL, "Expected a valid Number, got NaN" },
		{ ATTRIBUTE_FLOAT, "\"Infinity\"", NULL, "Expected a valid Number, got Infinity" },
		{ ATTRIBUTE_FLOAT, "\"1e300\"", "1e+300" },
		{ ATTRIBUTE_DECIMAL, "\"19.99\"", "19.99" },
		{ ATTRIBUTE_BIGINTEGER, "\" +9007199254740993\"", "9007199254740993" },
		{ ATTRIBUTE_BIGINTEGER, "\"-9223372036854775808\"", "-9223372036854775808" },
		{ ATTRIBUTE_BIGINTEGER, "\"9223372036854775808\"", "'9223372036854775808'" },
		{ ATTRIBUTE_BIGINTEGER, "\"1.5\"", NULL, "Expected a valid BigInteger, got 1.5" },
		{ ATTRIBUTE_BOOLEAN, "\"t\"", "1" },
		{ ATTRIBUTE_BOOLEAN, "\"0\"", "0" },
		{ ATTRIBUTE_BOOLEAN, "\"yes\"", "1" },
		{ ATTRIBUTE_BOOLEAN, "\"\"", "0" },
		{ ATTRIBUTE_BOOLEAN, "false", "0" },
		{ ATTRIBUTE_BOOLEAN, "2", "1" },
		{ ATTRIBUTE_STRING, "[\"a\"]", NULL, "Expected one value for \"field\", found a list" },
		{ ATTRIBUTE_STRING, "{\"a\":1}", NULL, "Expected one value for \"field\", found an object" },
	};

	CHECK(state, call_param, list);
}

static void dates_and_times_are_parsed_as_strapi_parses_them(void **state)
{
	static const struct expectation list[] = {
		{ ATTRIBUTE_DATE, "\"2024-03-10\"", "'2024-03-10'" },
		{ ATTRIBUTE_DATE, "\"2024-03-10T10:00:00.000Z\"", "'2024-03-10'" },
		{ ATTRIBUTE_DATE, "\"2024-3-10\"", NULL, BAD_DATE },
		{ ATTRIBUTE_DATE, "\"2024-13-45\"", NULL, BAD_DATE },
		{ ATTRIBUTE_DATE, "0", NULL, BAD_DATE },
		{ ATTRIBUTE_DATE, "\"2024-02-30\"", NULL, "Invalid date" },
		{ ATTRIBUTE_DATE, "\"2023-02-29\"", NULL, "Invalid date" },
		{ ATTRIBUTE_TIME, "\"12:00:00\"", "'12:00:00.000'" },
		{ ATTRIBUTE_TIME, "\"10:11:12.1\"", "'10:11:12.100'" },
		{ ATTRIBUTE_TIME, "\"23:59:59.999\"", "'23:59:59.999'" },
		{ ATTRIBUTE_TIME, "\"24:00:00\"", NULL, BAD_TIME },
		{ ATTRIBUTE_TIME, "\"12:00\"", NULL, BAD_TIME },
		{ ATTRIBUTE_TIME, "\"10:11:12.1234\"", NULL, BAD_TIME },
		{ ATTRIBUTE_TIME, "\"10:11:12.\"", NULL, BAD_TIME },
		{ ATTRIBUTE_TIME, "5", NULL, "Expected a string, got a number" },
		{ ATTRIBUTE_TIME, "true", NULL, "Expected a string, got a boolean" },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02\"", "'2024-01-02 00:00:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02T03:04:05+02:00\"", "'2024-01-02 01:04:05.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02 03:04\"", "'2024-01-02 03:04:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02T030405.678Z\"", "'2024-01-02 03:04:05.678'" },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02T03,5\"", "'2024-01-02 03:30:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02T24:00\"", "'2024-01-03 00:00:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-W01-1\"", "'2024-01-01 00:00:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-366\"", "'2024-12-31 00:00:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024\"", "'2024-01-01 00:00:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"1970-01-01T00:00:02.042\"", "'1970-01-01 00:00:02.042'" },
		{ ATTRIBUTE_DATETIME, "1700000000000", "'2023-11-14 22:13:20.000'" },
		{ ATTRIBUTE_DATETIME, "\"1700000000000\"", "'2023-11-14 22:13:20.000'" },
		{ ATTRIBUTE_TIMESTAMP, "0", "'1970-01-01 00:00:00.000'" },
		{ ATTRIBUTE_DATETIME, "\"2024-02-30\"", NULL, BAD_DATETIME },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02T25:00\"", NULL, BAD_DATETIME },
		{ ATTRIBUTE_DATETIME, "\"2024-01-02T10:00+10:60\"", NULL, BAD_DATETIME },
		{ ATTRIBUTE_DATETIME, "\"+012024-01-02\"", NULL, BAD_DATETIME },
		{ ATTRIBUTE_DATETIME, "\"nope\"", NULL, BAD_DATETIME },
		{ ATTRIBUTE_DATETIME, "\"\"", NULL, BAD_DATETIME },
		{ ATTRIBUTE_DATETIME, "true", NULL, BAD_DATETIME },
	};

	CHECK(state, call_param, list);
}

static void input_is_stored_as_its_column_holds_it(void **state)
{
	static const struct expectation list[] = {
		{ ATTRIBUTE_STRING, "null", "NULL" },
		{ ATTRIBUTE_STRING, "\"é\"", "'é'" },
		{ ATTRIBUTE_INTEGER, "1000.0", "1000" },
		{ ATTRIBUTE_BIGINTEGER, "9007199254740993", "9007199254740993" },
		{ ATTRIBUTE_BIGINTEGER, "\"12345\"", "12345" },
		{ ATTRIBUTE_FLOAT, "0.25", "0.25" },
		/* The database rounds what was written, not the nearest double. */
		{ ATTRIBUTE_DECIMAL, "1.005", "'1.005'" },
		{ ATTRIBUTE_BOOLEAN, "true", "1" },
		{ ATTRIBUTE_JSON, "{\"b\":[1,2.50,null],\"a\":\"x\"}", "'{\"b\":[1,2.5,null],\"a\":\"x\"}'" },
		{ ATTRIBUTE_JSON, "[]", "'[]'" },
		{ ATTRIBUTE_JSON, "5", "'5'" },
		{ ATTRIBUTE_JSON, "true", "'1'" },
		{ ATTRIBUTE_JSON, "\"{\\\"a\\\":1}\"", "'{\"a\":1}'" },
		{ ATTRIBUTE_JSON, "\"12345678901234567890\"", "'12345678901234567890'" },
		{ ATTRIBUTE_BLOCKS, "[{\"type\":\"paragraph\"}]", "'[{\"type\":\"paragraph\"}]'" },
		{ ATTRIBUTE_DATETIME, "1700000000000", "'2023-11-14 22:13:20.000'" },
		{ ATTRIBUTE_TIMESTAMP, "\"2024-01-02T03:04:05.678Z\"", "'2024-01-02 03:04:05.678'" },
		{ ATTRIBUTE_DATE, "[]", NULL, BAD_DATE },
		{ ATTRIBUTE_TIME, "{}", NULL, "Expected a string, got a object" },
		{ ATTRIBUTE_DATETIME, "[1]", NULL, BAD_DATETIME },
	};

	CHECK(state, call_json, list);
}

static void what_the_column_cannot_hold_is_refused_before_the_database_does(void **state)
{
	static const struct expectation list[] = {
		{ ATTRIBUTE_INTEGER, "2147483647", "2147483647" },
		{ ATTRIBUTE_INTEGER, "2147483648", NULL, "field is out of the range of integers of 32 bits" },
		{ ATTRIBUTE_BIGINTEGER, "\"9223372036854775808\"", NULL, "field is out of the range of integers of 64 bits" },
		{ ATTRIBUTE_DECIMAL, "99999999.99", "'99999999.99'" },
		{ ATTRIBUTE_DECIMAL, "123456789.1", NULL, "field is out of the range of decimal numbers of 10 digits" },
		{ ATTRIBUTE_DECIMAL, "99999999.995", NULL, "field is out of the range of decimal numbers of 10 digits" },
		{ ATTRIBUTE_TIMESTAMP, "\"2038-01-19T03:14:08Z\"", NULL,
			"field must lie between 1970-01-01T00:00:01Z and 2038-01-19T03:14:07Z" },
		{ ATTRIBUTE_TIMESTAMP, "0", NULL, "field must lie between 1970-01-01T00:00:01Z and 2038-01-19T03:14:07Z" },
	};
	struct attribute uid = { .type = ATTRIBUTE_UID, .name = STR("field") };
	struct fixture *f = *state;
	struct db_value value;
	char text[700];

	CHECK(state, call_json, list);
	assert_int_equal(call_json(f, &(struct attribute){ .type = ATTRIBUTE_JSON }, "\"plain\"", &value), -1);
	assert_int_equal(f->error.kind, ERROR_VALIDATION);
	/* 255 characters are counted, not bytes. */
	strcpy(text, "\"");
	for (int i = 0; i < 255; i++)
		strcat(text, "é");
	strcat(text, "\"");
	assert_int_equal(call_json(f, &uid, text, &value), 0);
	strcpy(text + strlen(text) - 1, "e\"");
	assert_int_equal(call_json(f, &uid, text, &value), -1);
	assert_string_equal(error_message(&f->error), "field must be at most 255 characters");
}

static void json_deeper_than_mariadb_reads_is_refused(void **state)
{
	struct attribute json = { .type = ATTRIBUTE_JSON, .name = STR("field") };
	struct fixture *f = *state;
	struct db_value value;
	char text[80];

	for (int depth = 32; depth <= 33; depth++) {
		memset(text, '[', (size_t)depth);
		memset(text + depth, ']', (size_t)depth);
		text[2 * depth] = '\0';
		assert_int_equal(call_json(f, &json, text, &value), depth == 32 ? 0 : -1);
	}
	assert_string_equal(error_message(&f->error), "field may have 32 arrays and objects inside one another at most");
}

static void text_operators_take_what_was_written(void **state)
{
	struct fixture *f = *state;
	struct param *query = param_parse(f->arena, STR("a=12%3A00&b=&c"), NULL);

	assert_str(cast_text(param_get(query, STR("a"))).text, "12:00");
	assert_str(cast_text(param_get(query, STR("b"))).text, "");
	assert_int_equal(cast_text(param_get(query, STR("c"))).type, DB_NULL);
}

static void null_operators_force_a_boolean(void **state)
{
	static const struct {
		const char *query;
		bool truth;
	} list[] = {
		{ "x=true", true }, { "x=1", true }, { "x=yes", true }, { "x=False", true }, { "x[]=", true },
		{ "x=false", false }, { "x=f", false }, { "x=0", false }, { "x=", false }, { "x", false }, { "y=1", false },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		struct param *query = param_parse(f->arena, str_of(list[i].query), NULL);

		assert_int_equal(cast_truth(param_get(query, STR("x"))), list[i].truth);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(filter_values_become_parameters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(dates_and_times_are_parsed_as_strapi_parses_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(input_is_stored_as_its_column_holds_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_the_column_cannot_hold_is_refused_before_the_database_does, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(json_deeper_than_mariadb_reads_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(text_operators_take_what_was_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(null_operators_force_a_boolean, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
