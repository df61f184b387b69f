#include "query/cast.h"

#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "query/datetime.h"

/* MariaDB's json_valid() knows no deeper JSON. */
enum { JSON_DEPTH = 32, VARCHAR_LENGTH = 255 };

/* What still rounds to 99999999.99. */
static const double LAST_DECIMAL = 99999999.994999;

/* One attribute type's idea of a value that is neither null nor a list nor an object. */
typedef int cast_fn(
	const struct param *value, struct arena *arena, struct db_value *value_r, struct error *error);

#define refuse(error, ...) error_set_details((error), ERROR_VALIDATION, json_object(), __VA_ARGS__)

static struct db_value number_value(double number)
{
	if (number >= -0x1p63 && number < 0x1p63 && number == trunc(number))
		return db_int((int64_t)number);
	return db_double(number);
}

static int cast_id(
	const struct param *value, struct arena *arena, struct db_value *value_r, struct error *error)
{
	int64_t id;

	if (value->type == PARAM_STRING)
		*value_r = str_to_int64(value->text, &id) ? db_int(id) : db_text(value->text);
	else
		*value_r = number_value(value->number);
	return 0;
}

static int cast_string(const struct param *value, struct arena *arena, struct db_value *value_r,
	struct error *error)
{
	*value_r = db_text(value->text);
	return 0;
}

static int cast_number(const struct param *value, struct arena *arena, struct db_value *value_r,
	struct error *error)
{
	double number = value->type == PARAM_BOOL ? NAN : param_to_number(value);

	if (!isfinite(number) || (value->type == PARAM_STRING && str_trim(value->text).n == 0))
		return refuse(error, "Expected a valid Number, got %.*s", STR_ARG(value->text));
	*value_r = number_value(number);
	return 0;
}

static int cast_biginteger(const struct param *value, struct arena *arena, struct db_value *value_r,
	struct error *error)
{
	struct str text = str_trim(value->text), digits = text;
	int64_t number;

	if (digits.n && (*digits.p == '+' || *digits.p == '-'))
		digits = str_skip(digits, 1);
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '9')
			digits.n = 0;
	}
	if (digits.n == 0 || value->type == PARAM_BOOL)
		return refuse(error, "Expected a valid BigInteger, got %.*s", STR_ARG(value->text));
	if (*text.p == '+')
		text = digits;
	*value_r = str_to_int64(text, &number) ? db_int(number) : db_text(text);
	return 0;
}

static bool is_true_text(struct str text)
{
	return text.n && !str_is(text, "false") && !str_is(text, "f") && !str_is(text, "0");
}

static int cast_boolean(const struct param *value, struct arena *arena, struct db_value *value_r,
	struct error *error)
{
	struct str text = value->text;

	if (value->type == PARAM_STRING)
		*value_r = db_int(is_true_text(text));
	else
		*value_r = db_int(value->number != 0);
	return 0;
}

static int cast_date(
	const struct param *value, struct arena *arena, struct db_value *value_r, struct error *error)
{
	struct str date;
	bool exists;

	if (value->type != PARAM_STRING || !datetime_find_date(value->text, &date, &exists))
		return refuse(error, "Invalid format, expected yyyy-MM-dd");
	if (!exists)
		return refuse(error, "Invalid date");
	*value_r = db_text(date);
	return 0;
}

static int cast_time(
	const struct param *value, struct arena *arena, struct db_value *value_r, struct error *error)
{
	char clock[DATETIME_CLOCK_SIZE];

	if (value->type != PARAM_STRING)
		return refuse(error, "Expected a string, got a %s",
			value->type == PARAM_BOOL ? "boolean" : "number");
	if (!datetime_parse_clock(value->text, clock))
		return refuse(error, "Invalid time format, expected HH:mm:ss.SSS");
	*value_r = db_text(arena_str(arena, str_of(clock)));
	return 0;
}

static int cast_datetime(const struct param *value, struct arena *arena, struct db_value *value_r,
	struct error *error)
{
	char text[DATETIME_SQL_SIZE];
	int64_t unix_ms;

	if (!datetime_parse(value->text, &unix_ms) || !datetime_format_sql(unix_ms, text))
		return refuse(error, "Invalid format, expected a timestamp or an ISO date");
	*value_r = db_text(arena_str(arena, str_of(text)));
	return 0;
}

/* The driver writes true as 1, and the text of the number is the JSON. */
static int cast_document(const struct param *value, struct arena *arena, struct db_value *value_r,
	struct error *error)
{
	if (value->type == PARAM_BOOL)
		*value_r = db_text(value->number != 0 ? STR("1") : STR("0"));
	else
		*value_r = db_text(value->text);
	return 0;
}

static cast_fn *const casts[ATTRIBUTE_TYPES] = {
	[ATTRIBUTE_ID] = cast_id,
	[ATTRIBUTE_STRING] = cast_string,
	[ATTRIBUTE_TEXT] = cast_string,
	[ATTRIBUTE_RICHTEXT] = cast_string,
	[ATTRIBUTE_EMAIL] = cast_string,
	[ATTRIBUTE_PASSWORD] = cast_string,
	[ATTRIBUTE_UID] = cast_string,
	[ATTRIBUTE_ENUMERATION] = cast_string,
	[ATTRIBUTE_INTEGER] = cast_number,
	[ATTRIBUTE_BIGINTEGER] = cast_biginteger,
	[ATTRIBUTE_FLOAT] = cast_number,
	[ATTRIBUTE_DECIMAL] = cast_number,
	[ATTRIBUTE_BOOLEAN] = cast_boolean,
	[ATTRIBUTE_DATE] = cast_date,
	[ATTRIBUTE_TIME] = cast_time,
	[ATTRIBUTE_DATETIME] = cast_datetime,
	[ATTRIBUTE_TIMESTAMP] = cast_datetime,
	[ATTRIBUTE_JSON] = cast_document,
	[ATTRIBUTE_BLOCKS] = cast_document,
};

static int cast(const struct attribute *attribute, const struct param *value, struct arena *arena,
	struct db_value *value_r, struct error *error)
{
	/* A relation is compared by the id of its row. */
	cast_fn *fn = casts[attribute->type] ? casts[attribute->type] : cast_id;

	return fn(value, arena, value_r, error);
}

int cast_param(const struct attribute *attribute, const struct param *value, struct arena *arena,
	struct db_value *value_r, struct error *error)
{
	if (value->type == PARAM_ARRAY || value->type == PARAM_OBJECT)
		return refuse(error, "Expected one value for \"%.*s\", found %s", STR_ARG(attribute->name),
			value->type == PARAM_ARRAY ? "a list" : "an object");
	if (value->type == PARAM_NULL) {
		*value_r = db_null();
		return 0;
	}
	return cast(attribute, value, arena, value_r, error);
}

struct db_value cast_text(const struct param *value)
{
	return value->type == PARAM_NULL ? db_null() : db_text(value->text);
}

bool cast_truth(const struct param *value)
{
	if (!value || value->type == PARAM_NULL)
		return false;
	if (value->type == PARAM_STRING)
		return is_true_text(value->text);
	return value->type == PARAM_ARRAY || value->type == PARAM_OBJECT || value->number != 0;
}

/* ---- input ---- */

static bool is_nested(const json_t *value, unsigned limit)
{
	const json_t *item;
	const char *key;
	size_t i;

	if (!json_is_object(value) && !json_is_array(value))
		return false;
	if (limit == 0)
		return true;
	json_array_foreach(value, i, item) {
		if (is_nested(item, limit - 1))
			return true;
	}
	json_object_foreach((json_t *)value, key, item) {
		if (is_nested(item, limit - 1))
			return true;
	}
	return false;
}

static int serialise(const struct attribute *attribute, const json_t *value, struct arena *arena,
	struct db_value *value_r, struct error *error)
{
	struct buf out = BUF_INIT;

	if (is_nested(value, JSON_DEPTH))
		return refuse(error, "%.*s may have %d arrays and objects inside one another at most",
			STR_ARG(attribute->name), JSON_DEPTH);
	json_write(&out, value);
	*value_r = db_text(arena_str(arena, buf_str(&out)));
	buf_clear(&out);
	return 0;
}

/* Numbers beyond jansson's are JSON all the same. Only asked of text whose depth is known. */
static bool is_number_too_big(struct str text)
{
	json_error_t problem;
	json_t *parsed = json_loadb(text.p, text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);

	json_decref(parsed);
	return !parsed && json_error_code(&problem) == json_error_numeric_overflow;
}

static int store_document(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error)
{
	struct json_limits limits = { .depth = JSON_DEPTH };
	struct error problem = ERROR_INIT;
	json_t *parsed;
	int rc = 0;

	if (given->type != PARAM_STRING)
		return 0;
	parsed = json_parse(given->text, &limits, &problem);
	if (!parsed && !(problem.kind == ERROR_SYNTAX && is_number_too_big(given->text)))
		rc = refuse(error,
			"%.*s is given as text, which must then be JSON (a string needs quotes inside): %s",
			STR_ARG(attribute->name), error_message(&problem));
	error_clear(&problem);
	json_decref(parsed);
	return rc;
}

/* Characters as the column counts them. */
static size_t characters(struct str text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n; i++)
		n += ((unsigned char)text.p[i] & 0xC0) != 0x80;
	return n;
}

static int store_short(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error)
{
	if (value->text.n > VARCHAR_LENGTH && characters(value->text) > VARCHAR_LENGTH)
		return refuse(error, "%.*s must be at most %d characters", STR_ARG(attribute->name),
			VARCHAR_LENGTH);
	return 0;
}

static int check_range(const struct attribute *attribute, const struct db_value *value, double low,
	double high, const char *kind, struct error *error)
{
	double number = value->type == DB_INT ? (double)value->integer : value->real;

	if (number < low || number > high)
		return refuse(error, "%.*s is out of the range of %s", STR_ARG(attribute->name), kind);
	return 0;
}

static int store_integer(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error)
{
	return check_range(attribute, value, INT32_MIN, INT32_MAX, "integers of 32 bits", error);
}

static int store_biginteger(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error)
{
	if (value->type == DB_TEXT)
		return refuse(
			error, "%.*s is out of the range of integers of 64 bits", STR_ARG(attribute->name));
	return 0;
}

/* Decimals are rounded by the database, from what was written. */
static int store_decimal(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error)
{
	double number = value->type == DB_INT ? (double)value->integer : value->real;
	char text[JSON_NUMBER_SIZE];

	if (check_range(attribute, value, -LAST_DECIMAL, LAST_DECIMAL, "decimal numbers of 10 digits", error) < 0)
		return -1;
	*value = db_text(arena_str(arena, (struct str){ text, json_format_double(number, text) }));
	return 0;
}

static int store_timestamp(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error)
{
	/* Seconds in 32 bits; the zero is MariaDB's mark for no time at all. */
	if (str_compare(value->text, STR("1970-01-01 00:00:01.000")) < 0 ||
			str_compare(value->text, STR("2038-01-19 03:14:07.999")) > 0)
		return refuse(error, "%.*s must lie between 1970-01-01T00:00:01Z and 2038-01-19T03:14:07Z",
			STR_ARG(attribute->name));
	return 0;
}

/* What a column asks of a value beyond its cast. */
typedef int store_fn(const struct attribute *attribute, const struct param *given, struct arena *arena,
	struct db_value *value, struct error *error);

static store_fn *const stores[ATTRIBUTE_TYPES] = {
	[ATTRIBUTE_STRING] = store_short,
	[ATTRIBUTE_EMAIL] = store_short,
	[ATTRIBUTE_PASSWORD] = store_short,
	[ATTRIBUTE_UID] = store_short,
	[ATTRIBUTE_ENUMERATION] = store_short,
	[ATTRIBUTE_INTEGER] = store_integer,
	[ATTRIBUTE_BIGINTEGER] = store_biginteger,
	[ATTRIBUTE_DECIMAL] = store_decimal,
	[ATTRIBUTE_TIMESTAMP] = store_timestamp,
	[ATTRIBUTE_JSON] = store_document,
	[ATTRIBUTE_BLOCKS] = store_document,
};

static void read_scalar(const json_t *json, struct arena *arena, struct param *value_r)
{
	char text[JSON_NUMBER_SIZE];
	size_t n;

	*value_r = (struct param){ .type = PARAM_BOOL, .number = json_is_true(json) };
	if (json_is_string(json)) {
		value_r->type = PARAM_STRING;
		value_r->text = (struct str){ json_string_value(json), json_string_length(json) };
	} else if (json_is_integer(json)) {
		value_r->type = PARAM_NUMBER;
		value_r->number = (double)json_integer_value(json);
		value_r->text = str_of(arena_printf(arena, "%" PRId64, (int64_t)json_integer_value(json)));
	} else if (json_is_real(json)) {
		value_r->type = PARAM_NUMBER;
		value_r->number = json_real_value(json);
		n = json_format_double(value_r->number, text);
		value_r->text = arena_str(arena, (struct str){ text, n });
	} else {
		value_r->text = json_is_true(json) ? STR("true") : STR("false");
	}
}

/* An object or an array, which few columns take. */
static int cast_nested(const struct attribute *attribute, const json_t *value, struct arena *arena,
	struct db_value *value_r, struct error *error)
{
	switch (attribute->type) {
	case ATTRIBUTE_JSON:
	case ATTRIBUTE_BLOCKS:
		return serialise(attribute, value, arena, value_r, error);
	case ATTRIBUTE_TIME:
		return refuse(error, "Expected a string, got a object");
	case ATTRIBUTE_DATE:
		return refuse(error, "Invalid format, expected yyyy-MM-dd");
	case ATTRIBUTE_DATETIME:
	case ATTRIBUTE_TIMESTAMP:
		return refuse(error, "Invalid format, expected a timestamp or an ISO date");
	default:
		return refuse(error, "%.*s takes one value, found %s", STR_ARG(attribute->name),
			json_is_array(value) ? "an array" : "an object");
	}
}

int cast_json(const struct attribute *attribute, const json_t *value, struct arena *arena,
	struct db_value *value_r, struct error *error)
{
	struct param scalar;
	store_fn *store;

	if (!value || json_is_null(value)) {
		*value_r = db_null();
		return 0;
	}
	if (json_is_object(value) || json_is_array(value))
		return cast_nested(attribute, value, arena, value_r, error);
	read_scalar(value, arena, &scalar);
	if (cast(attribute, &scalar, arena, value_r, error) < 0)
		return -1;
	store = stores[attribute->type];
	return store ? store(attribute, &scalar, arena, value_r, error) : 0;
}
