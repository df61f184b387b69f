#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "document/ecma.h"
#include "document/validate_internal.h"

static json_t *cast_number(const struct attribute *attribute, json_t *value)
{
	return ecma_to_number(value);
}

/* The checks go back to the original of what JSON can't hold. */
static double number_in(const struct field *field)
{
	if (json_is_null(field->value) && field->original)
		return json_is_null(field->original) ? NAN : ecma_number(field->original);
	return ecma_number(field->value);
}

static bool is_number(const struct field *field)
{
	return !isnan(number_in(field));
}

static void add_limit(const struct field *field, const char *words, double limit, struct failures *failures)
{
	char text[JSON_NUMBER_SIZE + 1];

	text[json_format_double(limit, text)] = '\0';
	failures_add(failures, &field->place, field->value, "must be %s than or equal to %s", words, text);
}

static void check_limits(struct check *check, const struct field *field, double min, double max,
	struct failures *failures)
{
	double number = number_in(field);

	if (field->attribute->has_min && !check->options->draft && number < min)
		add_limit(field, "greater", min, failures);
	if (field->attribute->has_max && number > max)
		add_limit(field, "less", max, failures);
}

static unsigned check_integer(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures)
{
	double number = number_in(field);

	if (!isfinite(number) || number != trunc(number))
		failures_add(failures, &field->place, field->value, "must be an integer");
	check_limits(check, field, trunc(field->attribute->min), trunc(field->attribute->max), failures);
	return tick;
}

static unsigned check_decimal(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures)
{
	if (!isfinite(number_in(field)))
		failures_add(failures, &field->place, field->value, "must be a finite number");
	check_limits(check, field, field->attribute->min, field->attribute->max, failures);
	return tick;
}

static bool is_whole(const json_t *value)
{
	return json_number_value(value) == trunc(json_number_value(value));
}

/* ---- biginteger: text of any length ---- */

/* Digits without sign and leading zeros; STR_NULL when it is no such number. */
static struct str digits_of(struct str text, bool *negative_r)
{
	text = str_trim(text);
	*negative_r = text.n && *text.p == '-';
	if (text.n && (*text.p == '-' || *text.p == '+'))
		text = str_skip(text, 1);
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return STR_NULL;
	}
	if (!text.n)
		return STR_NULL;
	while (text.n > 1 && *text.p == '0')
		text = str_skip(text, 1);
	return text;
}

static json_t *cast_biginteger(const struct attribute *attribute, json_t *value)
{
	struct buf text = BUF_INIT;
	struct str digits;
	bool negative;
	json_t *result = NULL;

	if (json_is_integer(value) ||
		(json_is_real(value) && json_real_value(value) == trunc(json_real_value(value)))) {
		json_write(&text, value);
		result = json_stringn_nocheck(text.p, text.n);
	} else if (json_is_string(value)) {
		digits = digits_of(ecma_text(value), &negative);
		if (!str_is_null(digits)) {
			if (negative && !str_is(digits, "0"))
				buf_add_char(&text, '-');
			buf_add(&text, digits);
			/* The same text stays the same value. */
			if (!str_equal(buf_str(&text), ecma_text(value)))
				result = json_stringn_nocheck(text.p, text.n);
		}
	}
	buf_clear(&text);
	return result ? result : json_incref(value);
}

static bool is_biginteger(const json_t *value)
{
	bool negative;

	return json_is_string(value) && !str_is_null(digits_of(ecma_text(value), &negative));
}

static unsigned check_biginteger(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures)
{
	if (!is_biginteger(field->value))
		failures_add(failures, &field->place, field->value, "must be a valid integer");
	return tick;
}

/* ---- boolean ---- */

static json_t *cast_boolean(const struct attribute *attribute, json_t *value)
{
	return ecma_to_boolean(value);
}

static bool is_boolean(const struct field *field)
{
	return json_is_boolean(field->value);
}

const struct scalar_rules validate_integer = {
	.type = "number", .number = true, .unique = true, .always_tested = true,
	.cast = cast_number, .is_type = is_number, .is_comparable = is_whole, .check = check_integer,
};
const struct scalar_rules validate_decimal = {
	.type = "number", .number = true, .unique = true, .always_tested = true,
	.cast = cast_number, .is_type = is_number, .check = check_decimal,
};
const struct scalar_rules validate_biginteger = {
	.unique = true, .always_tested = true,
	.cast = cast_biginteger, .is_comparable = is_biginteger, .check = check_biginteger,
};
const struct scalar_rules validate_boolean = {
	.type = "boolean", .nullable = true, .cast = cast_boolean, .is_type = is_boolean,
};
