#include "document/ecma.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "http/query.h"

size_t ecma_length(struct str text)
{
	size_t units = 0;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		/* The code points of four bytes take a pair. */
		units += (c & 0xC0) != 0x80;
		units += c >= 0xF0;
	}
	return units;
}

void ecma_string(struct buf *out, const json_t *value)
{
	const json_t *item;
	size_t i;

	if (json_is_string(value)) {
		buf_add(out, ecma_text(value));
	} else if (json_is_array(value)) {
		json_array_foreach(value, i, item) {
			if (i)
				buf_add_char(out, ',');
			if (!json_is_null(item))
				ecma_string(out, item);
		}
	} else if (json_is_object(value)) {
		buf_add_literal(out, "[object Object]");
	} else {
		json_write(out, value);
	}
}

/* The length of the white space that the text begins with, 0 for none. */
static size_t space_at(struct str text)
{
	static const struct str spaces[] = {
		STR(" "), STR("\t"), STR("\n"), STR("\v"), STR("\f"), STR("\r"), STR("\xC2\xA0"),
		STR("\xE1\x9A\x80"), STR("\xE2\x80\xA8"), STR("\xE2\x80\xA9"), STR("\xE2\x80\xAF"),
		STR("\xE2\x81\x9F"), STR("\xE3\x80\x80"), STR("\xEF\xBB\xBF"),
	};

	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++) {
		if (str_starts(text, spaces[i]))
			return spaces[i].n;
	}
	/* U+2000 to U+200A */
	return text.n >= 3 && memcmp(text.p, "\xE2\x80", 2) == 0 && (unsigned char)text.p[2] <= 0x8A ? 3 : 0;
}

double ecma_number_of_text(struct str text)
{
	struct param param = { .type = PARAM_STRING };
	struct buf digits = BUF_INIT;
	double number;

	while (text.n) {
		size_t n = space_at(text);

		if (n == 0)
			buf_add_char(&digits, *text.p);
		text = str_skip(text, n ? n : 1);
	}
	param.text = buf_str(&digits);
	number = param.text.n ? param_to_number(&param) : NAN;
	buf_clear(&digits);
	return number;
}

/* JavaScript's parseFloat(): what the text begins with. */
static double leading_number(struct str text)
{
	struct buf copy = BUF_INIT;
	double number;
	char *end;

	text = str_trim(text);
	if (str_starts(text, STR("Infinity")) || str_starts(text, STR("+Infinity")))
		return INFINITY;
	if (str_starts(text, STR("-Infinity")))
		return -INFINITY;
	buf_add(&copy, text);
	/* strtod() reads hexadecimal numbers and words as well. */
	copy.n = strspn(buf_cstr(&copy), "0123456789+-.eE");
	number = strtod(buf_cstr(&copy), &end);
	if (end == copy.p)
		number = NAN;
	buf_clear(&copy);
	return number;
}

double ecma_number(const json_t *value)
{
	struct buf text = BUF_INIT;
	double number;

	if (json_is_number(value))
		return json_number_value(value);
	if (json_is_string(value))
		return ecma_number_of_text(ecma_text(value));
	if (!json_is_array(value))
		return NAN;
	/* A list is read as its text: [5] is 5. */
	ecma_string(&text, value);
	number = leading_number(buf_str(&text));
	buf_clear(&text);
	return number;
}

json_t *ecma_to_number(json_t *value)
{
	double number;

	if (json_is_number(value) || json_is_null(value))
		return json_incref(value);
	number = ecma_number(value);
	if (!isfinite(number))
		return json_null();
	if (fabs(number) < 0x1p53 && number == trunc(number))
		return json_integer((json_int_t)number);
	return json_real(number);
}

json_t *ecma_to_text(json_t *value)
{
	struct buf text = BUF_INIT;
	json_t *string;

	if (!json_is_number(value) && !json_is_boolean(value))
		return json_incref(value);
	ecma_string(&text, value);
	string = json_stringn_nocheck(text.p, text.n);
	buf_clear(&text);
	return string;
}

json_t *ecma_to_boolean(json_t *value)
{
	struct buf text = BUF_INIT;
	json_t *result;

	if (json_is_boolean(value) || json_is_null(value))
		return json_incref(value);
	ecma_string(&text, value);
	if (str_equal_nocase(buf_str(&text), STR("true")) || str_is(buf_str(&text), "1"))
		result = json_true();
	else if (str_equal_nocase(buf_str(&text), STR("false")) || str_is(buf_str(&text), "0"))
		result = json_false();
	else
		result = json_incref(value);
	buf_clear(&text);
	return result;
}

static void print_text(struct buf *out, const json_t *value)
{
	if (json_is_string(value)) {
		buf_add_char(out, '"');
		buf_add(out, ecma_text(value));
		buf_add_char(out, '"');
	} else {
		json_write(out, value);
	}
}

static void indent(struct buf *out, unsigned depth)
{
	buf_add_char(out, '\n');
	while (depth--)
		buf_add_literal(out, "  ");
}

static void print_nested(struct buf *out, const json_t *value, unsigned depth)
{
	struct buf text = BUF_INIT;
	const json_t *item;
	const char *key;
	size_t i, n;

	if (json_is_array(value) && json_array_size(value)) {
		buf_add_char(out, '[');
		json_array_foreach(value, i, item) {
			if (i)
				buf_add_char(out, ',');
			indent(out, depth + 1);
			print_nested(out, item, depth + 1);
		}
		indent(out, depth);
		buf_add_char(out, ']');
	} else if (json_is_object(value) && json_object_size(value)) {
		i = 0;
		buf_add_char(out, '{');
		json_object_keylen_foreach((json_t *)value, key, n, item) {
			if (i++)
				buf_add_char(out, ',');
			indent(out, depth + 1);
			json_write_string(out, (struct str){ key, n });
			buf_add_literal(out, ": ");
			print_nested(out, item, depth + 1);
		}
		indent(out, depth);
		buf_add_char(out, '}');
	} else if (json_is_array(value) || json_is_object(value)) {
		buf_add(out, json_is_array(value) ? STR("[]") : STR("{}"));
	} else {
		print_text(&text, value);
		json_write_string(out, buf_str(&text));
		buf_clear(&text);
	}
}

void ecma_print(struct buf *out, const json_t *value)
{
	if (json_is_array(value) || json_is_object(value))
		print_nested(out, value, 0);
	else
		print_text(out, value);
}
