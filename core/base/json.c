#include "base/json.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_error.h"

#define REPLACEMENT "\xEF\xBF\xBD"	/* U+FFFD */

/* What must not stand raw in a JSON string: 1 for \u00XX, else the letter behind the backslash. */
static const char escapes[256] = {
	[0] = 1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f', 'r', 1, 1,
	1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
	['"'] = '"', ['\\'] = '\\',
};

static void write_escaped(struct buf *out, struct str text)
{
	static const char hex[] = "0123456789abcdef";
	const char *p = text.p, *end = p + text.n, *from = p;

	for (; p < end; p++) {
		char escape = escapes[(unsigned char)*p];

		if (__builtin_expect(!escape, 1))
			continue;
		buf_add(out, str_range(from, p));
		from = p + 1;
		if (escape == 1) {
			char code[6] = { '\\', 'u', '0', '0', hex[(*p >> 4) & 15], hex[*p & 15] };

			buf_add(out, (struct str){ code, 6 });
		} else {
			char pair[2] = { '\\', escape };

			buf_add(out, (struct str){ pair, 2 });
		}
	}
	buf_add(out, str_range(from, end));
}

/* The length of the well-formed sequence that the text begins with, 0 when there is none. */
static size_t utf8_prefix(struct str text)
{
	size_t n = text.n < 4 ? text.n : 4;

	if (n && (unsigned char)text.p[0] < 0x80)
		return 1;
	while (n && !str_is_utf8(str_take(text, n)))
		n--;
	return n;
}

static void write_repaired(struct buf *out, struct str text)
{
	while (text.n) {
		size_t n = utf8_prefix(text);

		if (n)
			write_escaped(out, str_take(text, n));
		else
			buf_add_literal(out, REPLACEMENT);
		text = str_skip(text, n ? n : 1);
	}
}

void json_write_string(struct buf *out, struct str text)
{
	buf_reserve(out, text.n + 2);
	buf_add_char(out, '"');
	if (text.n == 0)
		;
	else if (__builtin_expect(str_is_utf8(text), 1))
		write_escaped(out, text);
	else
		write_repaired(out, text);
	buf_add_char(out, '"');
}

/* Digits and decimal exponent of the shortest text that reads back the same:
 * value = 0.DIGITS * 10^exponent. */
static int shortest_digits(double value, char digits[20], int *exponent_r)
{
	char text[40];
	int n = 0;

	/* 15 digits always come back the same and often suffice; numbers below DBL_MIN have fewer. */
	for (int precision = value < DBL_MIN ? 0 : 14; precision <= 16; precision++) {
		snprintf(text, sizeof(text), "%.*e", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	for (const char *p = text; *p != 'e'; p++) {
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	}
	*exponent_r = atoi(strchr(text, 'e') + 1) + 1;
	while (n > 1 && digits[n - 1] == '0')
		n--;
	return n;
}

size_t json_format_double(double value, char out[JSON_NUMBER_SIZE])
{
	char digits[20], *p = out;
	int n, exponent;

	if (!isfinite(value)) {
		memcpy(out, "null", 4);
		return 4;
	}
	if (value == 0) {
		*p++ = '0';
		return 1;
	}
	if (value < 0) {
		*p++ = '-';
		value = -value;
	}
	n = shortest_digits(value, digits, &exponent);
	if (exponent >= n && exponent <= 21) {
		memcpy(p, digits, (size_t)n);
		memset(p + n, '0', (size_t)(exponent - n));
		p += exponent;
	} else if (exponent > 0 && exponent <= 21) {
		memcpy(p, digits, (size_t)exponent);
		p[exponent] = '.';
		memcpy(p + exponent + 1, digits + exponent, (size_t)(n - exponent));
		p += n + 1;
	} else if (exponent > -6 && exponent <= 0) {
		*p++ = '0';
		*p++ = '.';
		memset(p, '0', (size_t)-exponent);
		p += -exponent;
		memcpy(p, digits, (size_t)n);
		p += n;
	} else {
		*p++ = digits[0];
		if (n > 1) {
			*p++ = '.';
			memcpy(p, digits + 1, (size_t)n - 1);
			p += n - 1;
		}
		p += sprintf(p, "e%+d", exponent - 1);
	}
	return (size_t)(p - out);
}

void json_write_double(struct buf *out, double value)
{
	/* Most numbers are whole and small. */
	if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
		buf_add_int(out, (int64_t)value);
	else
		buf_wrote(out, json_format_double(value, buf_reserve(out, JSON_NUMBER_SIZE)));
}

void json_write(struct buf *out, const json_t *value)
{
	const char *key;
	json_t *item;
	size_t i;
	bool first = true;

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_NULL:
		buf_add_literal(out, "null");
		break;
	case JSON_TRUE:
		buf_add_literal(out, "true");
		break;
	case JSON_FALSE:
		buf_add_literal(out, "false");
		break;
	case JSON_INTEGER:
		buf_add_int(out, json_integer_value(value));
		break;
	case JSON_REAL:
		json_write_double(out, json_real_value(value));
		break;
	case JSON_STRING:
		json_write_string(out, (struct str){ json_string_value(value), json_string_length(value) });
		break;
	case JSON_ARRAY:
		buf_add_char(out, '[');
		json_array_foreach(value, i, item) {
			if (i)
				buf_add_char(out, ',');
			json_write(out, item);
		}
		buf_add_char(out, ']');
		break;
	case JSON_OBJECT:
		buf_add_char(out, '{');
		json_object_foreach((json_t *)value, key, item) {
			if (!first)
				buf_add_char(out, ',');
			first = false;
			json_write_string(out, str_of(key));
			buf_add_char(out, ':');
			json_write(out, item);
		}
		buf_add_char(out, '}');
		break;
	}
}

/* Brackets outside of strings; good enough before parsing, exact for well-formed text. */
static unsigned deepest(struct str text)
{
	unsigned depth = 0, most = 0;
	bool inside = false;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (inside) {
			if (c == '\\')
				i++;
			else if (c == '"')
				inside = false;
		} else if (c == '"') {
			inside = true;
		} else if (c == '[' || c == '{') {
			if (++depth > most)
				most = depth;
		} else if ((c == ']' || c == '}') && depth) {
			depth--;
		}
	}
	return most;
}

static json_t *parse(struct str text)
{
	return json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

/* The code unit of "\\uXXXX" at p, -1 when there is none. */
static int code_unit(const char *p, const char *end)
{
	char digits[5] = "";

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	memcpy(digits, p + 2, 4);
	return strspn(digits, "0123456789abcdefABCDEF") == 4 ? (int)strtol(digits, NULL, 16) : -1;
}

/* The text as JavaScript understands it: bytes that are no UTF-8, and halves of surrogate pairs, are U+FFFD. */
static void repair(struct buf *out, struct str text)
{
	const char *p = text.p, *end = p + text.n;

	while (p < end) {
		int unit = code_unit(p, end), following = unit >= 0 ? code_unit(p + 6, end) : -1;
		size_t n = utf8_prefix(str_range(p, end));

		if (unit >= 0xD800 && unit < 0xDC00 && following >= 0xDC00 && following < 0xE000) {
			buf_add(out, (struct str){ p, 12 });
			p += 12;
		} else if (unit >= 0xD800 && unit < 0xE000) {
			buf_add_literal(out, "\\uFFFD");
			p += 6;
		} else if (*p == '\\' && p + 1 < end) {
			/* An escaped backslash must not begin the next escape. */
			buf_add(out, (struct str){ p, 2 });
			p += 2;
		} else if (n) {
			buf_add(out, (struct str){ p, n });
			p += n;
		} else {
			buf_add_literal(out, REPLACEMENT);
			p++;
		}
	}
}

json_t *json_parse(struct str text, const struct json_limits *limits, struct error *error)
{
	struct buf repaired = BUF_INIT;
	json_t *value;

	if (limits && limits->depth && deepest(text) > limits->depth) {
		error_set(error, ERROR_BAD_REQUEST,
			"The JSON text has more than %u arrays and objects inside one another", limits->depth);
		return NULL;
	}
	value = parse(text);
	if (value)
		return value;
	repair(&repaired, text);
	value = parse(buf_str(&repaired));
	buf_clear(&repaired);
	if (!value)
		json_error_describe(text, error);
	return value;
}

/* ---- ownership ---- */

static void drop(void *json)
{
	json_decref(json);
}

json_t *json_own(struct arena *arena, json_t *stolen)
{
	if (stolen)
		arena_defer(arena, drop, stolen);
	return stolen;
}

json_t *json_own_copy(struct arena *arena, const json_t *json)
{
	return json_own(arena, json_deep_copy(json));
}
