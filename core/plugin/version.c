#include "plugin/version.h"

/* What a range says of one number: "1.x" and "1" leave the others open. */
struct partial {
	struct version version;
	unsigned given;			/* numbers that were written, 0 to 3 */
};

static bool is_identifiers(struct str text)
{
	for (struct str rest = text; !str_is_null(rest);) {
		struct str part = str_cut(&rest, '.');

		if (!part.n)
			return false;
		for (size_t i = 0; i < part.n; i++) {
			char c = part.p[i];

			if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				    c == '-'))
				return false;
		}
	}
	return true;
}

static bool is_wild(struct str part)
{
	return str_is(part, "x") || str_is(part, "X") || str_is(part, "*");
}

static bool parse_partial(struct str text, struct partial *partial_r)
{
	struct partial partial = { .version.pre = STR_NULL };
	uint64_t *numbers[] = { &partial.version.major, &partial.version.minor, &partial.version.patch };
	struct str core = str_take(text, str_find(text, '+'));
	size_t dash = str_find(core, '-');
	bool wild = false;

	if (core.n < text.n && !is_identifiers(str_skip(text, core.n + 1)))
		return false;
	if (dash < core.n) {
		partial.version.pre = str_skip(core, dash + 1);
		if (!is_identifiers(partial.version.pre))
			return false;
		core = str_take(core, dash);
	}
	for (struct str rest = core; !str_is_null(rest);) {
		struct str part = str_cut(&rest, '.');

		if (partial.given == 3)
			return false;
		wild = wild || is_wild(part);
		if (wild) {
			if (!is_wild(part))
				return false;
		} else if (!part.n || (part.n > 1 && part.p[0] == '0') ||
				!str_to_uint64(part, numbers[partial.given++])) {
			return false;
		}
	}
	if (!str_is_null(partial.version.pre) && partial.given != 3)
		return false;
	*partial_r = partial;
	return true;
}

bool version_parse(struct str text, struct version *version_r)
{
	struct partial partial;

	if (!parse_partial(text, &partial) || partial.given != 3)
		return false;
	*version_r = partial.version;
	return true;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

/* Numbers sort by value and before words. */
static int compare_identifier(struct str a, struct str b)
{
	uint64_t x, y;
	bool a_number = str_to_uint64(a, &x), b_number = str_to_uint64(b, &y);

	if (a_number && b_number)
		return compare_numbers(x, y);
	if (a_number != b_number)
		return a_number ? -1 : 1;
	return str_compare(a, b);
}

static int compare_pre(struct str a, struct str b)
{
	if (str_is_null(a) || str_is_null(b))
		return str_is_null(a) - str_is_null(b);
	while (!str_is_null(a) && !str_is_null(b)) {
		int order = compare_identifier(str_cut(&a, '.'), str_cut(&b, '.'));

		if (order)
			return order;
	}
	return str_is_null(b) - str_is_null(a);
}

int version_compare(const struct version *a, const struct version *b)
{
	int order = compare_numbers(a->major, b->major);

	if (!order)
		order = compare_numbers(a->minor, b->minor);
	if (!order)
		order = compare_numbers(a->patch, b->patch);
	return order ? order : compare_pre(a->pre, b->pre);
}

/* The first version behind all that share the partial's first `kept` numbers. */
static struct version next_behind(const struct partial *partial, unsigned kept)
{
	struct version next = { .pre = STR_NULL };

	next.major = partial->version.major + (kept == 1);
	if (kept >= 2)
		next.minor = partial->version.minor + (kept == 2);
	if (kept >= 3)
		next.patch = partial->version.patch + 1;
	return next;
}

static bool within(const struct version *version, const struct partial *low, unsigned kept)
{
	struct version high = next_behind(low, kept);

	if (version_compare(version, &low->version) < 0)
		return false;
	/* 2.0.0-beta is before 2.0.0, but no ^1. */
	high.pre = STR("0");
	return kept == 0 || version_compare(version, &high) < 0;
}

/* How many leading numbers `^` keeps: up to the first that isn't 0. */
static unsigned caret_keeps(const struct partial *partial)
{
	if (partial->version.major || partial->given < 2)
		return partial->given ? 1 : 0;
	if (partial->version.minor || partial->given < 3)
		return 2;
	return 3;
}

enum operator { EQUAL, CARET, TILDE, AT_LEAST, ABOVE, AT_MOST, BELOW, OPERATORS };

static const struct str operators[OPERATORS] = {
	[EQUAL] = { "=", 1 }, [CARET] = { "^", 1 }, [TILDE] = { "~", 1 }, [AT_LEAST] = { ">=", 2 },
	[ABOVE] = { ">", 1 }, [AT_MOST] = { "<=", 2 }, [BELOW] = { "<", 1 },
};

static bool holds(const struct version *version, enum operator operator, const struct partial *partial)
{
	struct version behind = next_behind(partial, partial->given);

	switch (operator) {
	case CARET:
		return within(version, partial, caret_keeps(partial));
	case TILDE:
		return within(version, partial, partial->given > 2 ? 2 : partial->given);
	case AT_LEAST:
		return version_compare(version, &partial->version) >= 0;
	case ABOVE:
		if (partial->given == 3)
			return version_compare(version, &partial->version) > 0;
		return partial->given && version_compare(version, &behind) >= 0;
	case AT_MOST:
		if (partial->given == 3)
			return version_compare(version, &partial->version) <= 0;
		return !partial->given || version_compare(version, &behind) < 0;
	case BELOW:
		return partial->given && version_compare(version, &partial->version) < 0;
	case EQUAL:
	case OPERATORS:
		break;
	}
	return partial->given == 3 ? version_compare(version, &partial->version) == 0
		: within(version, partial, partial->given);
}

/* Cuts the next comparison off *rest. False when it isn't one; *rest is STR_NULL behind the last. */
static bool cut_comparison(struct str *rest, enum operator *operator_r, struct partial *partial_r)
{
	size_t length = 0;
	unsigned found = EQUAL;

	*rest = str_trim(*rest);
	for (unsigned i = 0; i < OPERATORS; i++) {
		if (str_starts(*rest, operators[i]) && operators[i].n > length) {
			found = i;
			length = operators[i].n;
		}
	}
	*operator_r = (enum operator)found;
	*rest = str_trim(str_skip(*rest, length));
	if (!rest->n)
		return false;
	return parse_partial(str_cut(rest, ' '), partial_r);
}

/* 1: all comparisons hold; 0: one doesn't; -1: one can't be read. */
static int judge_list(const struct version *version, struct str list)
{
	int result = 1;

	for (struct str rest = list; !str_is_null(rest);) {
		enum operator operator;
		struct partial partial;

		if (!cut_comparison(&rest, &operator, &partial))
			return -1;
		if (!holds(version, operator, &partial))
			result = 0;
	}
	return result;
}

static int judge(const struct version *version, struct str range)
{
	int result = 0;

	for (struct str rest = range; !str_is_null(rest);) {
		struct str list = rest;
		int one;

		for (size_t i = 0; i + 1 < rest.n && list.n == rest.n; i++) {
			if (rest.p[i] == '|' && rest.p[i + 1] == '|')
				list.n = i;
		}
		rest = list.n < rest.n ? str_skip(rest, list.n + 2) : STR_NULL;
		one = judge_list(version, str_trim(list));
		if (one < 0)
			return -1;
		result |= one;
	}
	return result;
}

bool version_range_valid(struct str range)
{
	const struct version any = { .pre = STR_NULL };

	return str_trim(range).n > 0 && judge(&any, range) >= 0;
}

bool version_matches(const struct version *version, struct str range)
{
	return judge(version, range) == 1;
}
