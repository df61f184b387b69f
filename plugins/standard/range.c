#include "range.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* A number that is too large for any file counts as the largest there is. */
static const char *read_number(const char *at, uint64_t *number_r)
{
	uint64_t number = 0;

	for (; is_digit(*at); at++) {
		unsigned digit = (unsigned)(*at - '0');

		number = number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : number * 10 + digit;
	}
	*number_r = number;
	return at;
}

/* What was written: "first-last", "first-" or "-suffix". */
struct spec {
	bool has_first, has_last;
	uint64_t first, last;		/* last: the suffix's length, without a first */
};

/* NULL when it is none. */
static const char *read_spec(const char *at, struct spec *spec)
{
	spec->has_first = is_digit(*at);
	at = read_number(at, &spec->first);
	if (*at++ != '-')
		return NULL;
	spec->has_last = is_digit(*at);
	at = skip_blanks(read_number(at, &spec->last));
	if (!spec->has_first && !spec->has_last)
		return NULL;
	if (spec->has_first && spec->has_last && spec->last < spec->first)
		return NULL;
	return at;
}

static enum range_verdict fit(const struct spec *spec, uint64_t size, struct range *range_r)
{
	uint64_t first = spec->first, last = size - 1;

	if (!spec->has_first) {
		if (spec->last == 0 || size == 0)
			return RANGE_UNSATISFIABLE;
		first = spec->last < size ? size - spec->last : 0;
	} else if (first >= size) {
		return RANGE_UNSATISFIABLE;
	} else if (spec->has_last && spec->last < last) {
		last = spec->last;
	}
	*range_r = (struct range){ first, last - first + 1 };
	return RANGE_PART;
}

enum range_verdict range_read(const char *header, uint64_t size, struct range *range_r)
{
	struct spec spec;
	const char *at;

	if (!header || strncasecmp(header, "bytes=", 6) != 0)
		return RANGE_WHOLE;
	/* A list may have empty members. */
	at = header + 6 + strspn(header + 6, " \t,");
	at = read_spec(at, &spec);
	if (!at || at[strspn(at, " \t,")])
		return RANGE_WHOLE;
	return fit(&spec, size, range_r);
}
