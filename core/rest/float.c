#include "rest/float.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum {
	EXACT_DIGITS = 15,		/* so many add up without rounding */
	LEAST_POINT = -14, MOST_POINT = 15, /* beyond, MariaDB writes an exponent */
};

/* 0.d1d2d3... times 10 to the power of `point`, in as few digits as tell the number. */
struct digits {
	char digits[JSON_NUMBER_SIZE];
	int count, point;
};

static void take_digits(double value, struct digits *out_r)
{
	char text[JSON_NUMBER_SIZE + 1];
	size_t n = json_format_double(value, text);
	int exponent = 0;
	bool behind = false;

	text[n] = '\0';
	*out_r = (struct digits){ .count = 0 };
	for (const char *p = text; *p; p++) {
		if (*p == 'e') {
			exponent = (int)strtol(p + 1, NULL, 10);
			break;
		}
		if (*p == '.') {
			behind = true;
			continue;
		}
		if (*p != '0' || out_r->count)
			out_r->digits[out_r->count++] = *p;
		if (!behind && out_r->count)
			out_r->point++;
		else if (behind && !out_r->count)
			out_r->point--;
	}
	while (out_r->count && out_r->digits[out_r->count - 1] == '0')
		out_r->count--;
	out_r->point += exponent;
}

static double with_exponent(const struct digits *digits)
{
	double result = 0, factor = 1;

	for (int i = 0; i < digits->count; i++) {
		result = result * 10 + (digits->digits[i] - '0');
		if (i)
			factor *= 10;
	}
	return result / factor * pow(10, digits->point - 1);
}

static double without_exponent(const struct digits *digits)
{
	double result = 0, factor = 1;

	for (int i = 0; i < digits->count || i < digits->point; i++)
		result = result * 10 + (i < digits->count ? digits->digits[i] - '0' : 0);
	for (int i = digits->point; i < digits->count; i++)
		factor *= 10;
	return result / factor;
}

double float_as_read(double value)
{
	struct digits digits;
	double read;

	if (value == 0 || !isfinite(value))
		return value;
	take_digits(fabs(value), &digits);
	if (digits.point < LEAST_POINT || digits.point > MOST_POINT)
		read = with_exponent(&digits);
	else if (digits.count > EXACT_DIGITS)
		read = without_exponent(&digits);
	else
		return value;
	return copysign(read, value);
}
