#include "model/types.h"

enum family {
	FAMILY_OTHER,
	FAMILY_INT,
	FAMILY_REAL,
	FAMILY_DECIMAL,
	FAMILY_TEXT,
	FAMILY_DATE,
	FAMILY_TIME,
	FAMILY_DATETIME
};

static const struct base {
	const char *name;
	enum family family;
	int rank; /* within the family: what has a higher one holds all of what has a lower one */
} bases[] = {
	{ "tinyint", FAMILY_INT, 1 },
	{ "smallint", FAMILY_INT, 2 },
	{ "mediumint", FAMILY_INT, 3 },
	{ "int", FAMILY_INT, 4 },
	{ "bigint", FAMILY_INT, 5 },
	{ "float", FAMILY_REAL, 1 },
	{ "double", FAMILY_REAL, 2 },
	{ "decimal", FAMILY_DECIMAL, 1 },
	{ "char", FAMILY_TEXT, 1 },
	{ "varchar", FAMILY_TEXT, 1 },
	{ "tinytext", FAMILY_TEXT, 1 },
	{ "text", FAMILY_TEXT, 2 },
	{ "mediumtext", FAMILY_TEXT, 3 },
	{ "json", FAMILY_TEXT, 4 },
	{ "longtext", FAMILY_TEXT, 4 },
	{ "date", FAMILY_DATE, 1 },
	{ "time", FAMILY_TIME, 1 },
	{ "timestamp", FAMILY_DATETIME, 1 },
	{ "datetime", FAMILY_DATETIME, 2 },
};

struct type {
	struct str base;
	enum family family;
	int rank;
	long first, second;	/* what stands in parentheses */
	bool is_unsigned;
};

static struct type parse(struct str text)
{
	struct type type = { .base = str_take(text, str_find(text, '(')) };
	struct str rest = str_skip(text, type.base.n);

	type.base = str_take(type.base, str_find(type.base, ' '));
	type.is_unsigned = str_ends(text, STR(" unsigned"));
	for (size_t i = 0; i < sizeof(bases) / sizeof(*bases); i++) {
		if (str_equal(type.base, str_of(bases[i].name))) {
			type.family = bases[i].family;
			type.rank = bases[i].rank;
		}
	}
	if (rest.n > 1 && rest.p[0] == '(') {
		struct str arguments = str_take(str_skip(rest, 1), str_find(str_skip(rest, 1), ')'));
		int64_t number;

		type.first = str_to_int64(str_cut(&arguments, ','), &number) ? (long)number : 0;
		type.second = !str_is_null(arguments) && str_to_int64(arguments, &number) ? (long)number : 0;
	}
	return type;
}

static enum change compare_text(const struct type *live, const struct type *wanted)
{
	bool varying = str_is(live->base, "varchar") && str_is(wanted->base, "varchar");

	if (live->rank != wanted->rank)
		return live->rank < wanted->rank ? CHANGE_COPY : CHANGE_DESTRUCTIVE;
	if (live->rank > 1)
		return CHANGE_COPY;
	if (live->first > wanted->first)
		return CHANGE_DESTRUCTIVE;
	return varying ? CHANGE_WIDENING : CHANGE_COPY;
}

static enum change compare_decimal(const struct type *live, const struct type *wanted)
{
	bool holds = wanted->second >= live->second &&
		wanted->first - wanted->second >= live->first - live->second;

	return holds ? CHANGE_COPY : CHANGE_DESTRUCTIVE;
}

enum change types_compare(struct str live_text, struct str wanted_text, bool *same_r, bool *readable_r)
{
	struct type live = parse(live_text), wanted = parse(wanted_text);
	bool same_base = str_equal(live.base, wanted.base);

	*readable_r = live.family == wanted.family && live.family != FAMILY_OTHER;
	/* The width of an integer is only for display, and no real column here is ever below zero. */
	*same_r = str_equal(live_text, wanted_text) ||
		(same_base && live.family == FAMILY_INT && live.is_unsigned == wanted.is_unsigned) ||
		(same_base && live.family == FAMILY_REAL);
	*readable_r |= *same_r;
	if (live.family != wanted.family || live.family == FAMILY_OTHER)
		return CHANGE_DESTRUCTIVE;
	if (live.is_unsigned != wanted.is_unsigned)
		return CHANGE_DESTRUCTIVE;
	if (wanted.family == FAMILY_TEXT)
		return compare_text(&live, &wanted);
	if (wanted.family == FAMILY_DECIMAL)
		return compare_decimal(&live, &wanted);
	return live.rank <= wanted.rank && live.first <= wanted.first ? CHANGE_COPY : CHANGE_DESTRUCTIVE;
}

struct str types_named(struct str name)
{
	static const char *const types[][2] = {
		{ "increments", "int(10) unsigned" },
		{ "string", "varchar(255)" },
		{ "text", "longtext" },
		{ "integer", "int(11)" },
		{ "bigInteger", "bigint(20)" },
		{ "double", "double" },
		{ "float", "double" },
		{ "decimal", "decimal(10,2)" },
		{ "boolean", "tinyint(1)" },
		{ "date", "date" },
		{ "time", "time(3)" },
		{ "datetime", "datetime(6)" },
		{ "timestamp", "timestamp(6)" },
		{ "json", "json" },
		{ "jsonb", "json" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (str_equal(name, str_of(types[i][0])))
			return str_of(types[i][1]);
	}
	return STR_NULL;
}
