#include "base/str.h"

#include <strings.h>

bool str_equal_nocase(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || strncasecmp(a.p, b.p, a.n) == 0);
}

int str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

size_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? (size_t)(at - s.p) : s.n;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[0]))
		s = str_skip(s, 1);
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str str_cut(struct str *rest, char separator)
{
	size_t at = str_find(*rest, separator);
	struct str head = str_take(*rest, at);

	*rest = at < rest->n ? str_skip(*rest, at + 1) : STR_NULL;
	return head;
}

bool str_to_uint64(struct str s, uint64_t *value_r)
{
	uint64_t value = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value))
			return false;
	}
	*value_r = value;
	return true;
}

bool str_to_int64(struct str s, int64_t *value_r)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	uint64_t magnitude;

	if (!str_to_uint64(negative ? str_skip(s, 1) : s, &magnitude))
		return false;
	if (magnitude > (uint64_t)INT64_MAX + negative)
		return false;
	*value_r = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	return true;
}

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
	enum { LONGEST = 64 };
	unsigned row[LONGEST + 1];

	if (a.n > LONGEST || b.n > LONGEST)
		return limit + 1;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; i < a.n; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i + 1;
		for (size_t j = 0; j < b.n; j++) {
			unsigned above = row[j + 1];
			unsigned best = diagonal + (a.p[i] != b.p[j]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			diagonal = above;
			row[j + 1] = best;
		}
	}
	return row[b.n] <= limit ? row[b.n] : limit + 1;
}

/* Length of the well-formed sequence at p, 0 when there is none. The ranges of
 * the second byte are those of the Unicode standard, table 3-7. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t length;

	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xC2 && p[0] <= 0xDF)
		length = 2;
	else if (p[0] >= 0xE0 && p[0] <= 0xEF)
		length = 3;
	else if (p[0] >= 0xF0 && p[0] <= 0xF4)
		length = 4;
	else
		return 0;
	if (p[0] == 0xE0)
		low = 0xA0;
	else if (p[0] == 0xED)
		high = 0x9F;
	else if (p[0] == 0xF0)
		low = 0x90;
	else if (p[0] == 0xF4)
		high = 0x8F;
	if (n < length || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < length; i++) {
		if (p[i] < 0x80 || p[i] > 0xBF)
			return 0;
	}
	return length;
}

bool str_is_utf8(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n;) {
		size_t length = utf8_sequence(p + i, s.n - i);

		if (length == 0)
			return false;
		i += length;
	}
	return true;
}
