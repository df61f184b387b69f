#include "base/cron_rule.h"

#include <stdio.h>

#include "base/clock.h"

enum { DAY = 86400, MS_PER_DAY = 86400000, NTH_LAST = 6 };

enum field { SECOND, MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR, FIELDS };

/* Three letters each, from the field's least value on. */
static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char weekdays[] = "sunmontuewedthufrisat";

static const struct {
	const char *name;
	int least, most;
	const char *words;		/* NULL: numbers only */
	const char *example;
} fields[FIELDS] = {
	[SECOND] = { "second", 0, 59, NULL, "0-29/10" },
	[MINUTE] = { "minute", 0, 59, NULL, "0,15,30-40" },
	[HOUR] = { "hour", 0, 23, NULL, "9-17" },
	[DAY_OF_MONTH] = { "day of month", 1, 31, NULL, "1,15W,L" },
	[MONTH] = { "month", 1, 12, months, "JAN,6-8" },
	[DAY_OF_WEEK] = { "day of week", 0, 7, weekdays, "MON-FRI" },
	[YEAR] = { "year", CRON_FIRST_YEAR, CRON_LAST_YEAR, NULL, "2030-2032" },
};

static const struct {
	const char *name, *rule;
} nicknames[] = {
	{ "@yearly", "0 0 0 1 1 *" }, { "@annually", "0 0 0 1 1 *" }, { "@monthly", "0 0 0 1 * *" }, { "@weekly", "0 0 0 * * 0" },
	{ "@daily", "0 0 0 * * *" }, { "@midnight", "0 0 0 * * *" }, { "@hourly", "0 0 * * * *" }, { "@minutely", "0 * * * * *" },
	{ "@secondly", "* * * * * *" },
};

/* ---- reading ---- */

struct reading {
	struct cron_rule *rule;
	enum field field;
	struct str item;		/* of the field's list */
	struct error *error;
};

static int refuse(const struct reading *reading, const char *what)
{
	return error_set(reading->error, ERROR_CONFIG, "%s: \"%.*s\" %s; expected something like \"%s\"",
		fields[reading->field].name, STR_ARG(reading->item), what, fields[reading->field].example);
}

static void set(struct cron_rule *rule, enum field field, int value)
{
	uint64_t *const sets[] = { &rule->seconds, &rule->minutes, &rule->hours, &rule->days, &rule->months, &rule->weekdays };

	if (field == YEAR)
		rule->years[(value - CRON_FIRST_YEAR) / 64] |= UINT64_C(1) << (value - CRON_FIRST_YEAR) % 64;
	else
		*sets[field] |= UINT64_C(1) << (field == DAY_OF_WEEK ? value % 7 : value);
}

static bool take_word(struct str *rest, const char *words, int least, int *value_r)
{
	for (size_t i = 0; words && words[i]; i += 3) {
		if (rest->n >= 3 && str_equal_nocase(str_take(*rest, 3), (struct str){ words + i, 3 })) {
			*rest = str_skip(*rest, 3);
			*value_r = least + (int)i / 3;
			return true;
		}
	}
	return false;
}

static bool take_number(struct str *rest, int *value_r)
{
	size_t n = 0;
	int value = 0;

	while (n < rest->n && n < 5 && rest->p[n] >= '0' && rest->p[n] <= '9')
		value = value * 10 + (rest->p[n++] - '0');
	*rest = str_skip(*rest, n);
	*value_r = value;
	return n > 0;
}

static int take_value(const struct reading *reading, struct str *rest, int *value_r)
{
	char what[64];
	int least = fields[reading->field].least, most = fields[reading->field].most;

	if (take_word(rest, fields[reading->field].words, least, value_r))
		return 0;
	if (!take_number(rest, value_r))
		return refuse(reading, rest->n ? "can't be read" : "breaks off");
	if (*value_r >= least && *value_r <= most)
		return 0;
	snprintf(what, sizeof(what), "is not within %d to %d", least, most);
	return refuse(reading, what);
}

static bool take_char(struct str *rest, const char *either)
{
	if (!rest->n || !rest->p[0] || !strchr(either, rest->p[0]))
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

/* What only days have. 1: it was that, 0: it wasn't. */
static int read_special(const struct reading *reading, int value, struct str rest)
{
	struct cron_rule *rule = reading->rule;
	int nth;

	if (reading->field == DAY_OF_MONTH && rest.n == 1 && take_char(&rest, "Ww")) {
		rule->nearest |= UINT64_C(1) << value;
		return 1;
	}
	if (reading->field != DAY_OF_WEEK)
		return 0;
	if (rest.n == 1 && take_char(&rest, "Ll")) {
		rule->nth[value % 7] |= 1u << NTH_LAST;
		return 1;
	}
	if (!take_char(&rest, "#"))
		return 0;
	if (!take_number(&rest, &nth) || rest.n || nth < 1 || nth > 5)
		return refuse(reading, "has something else than 1 to 5 behind #");
	rule->nth[value % 7] |= (uint8_t)(1u << nth);
	return 1;
}

static int read_step(const struct reading *reading, struct str rest, int *step_r)
{
	*step_r = 1;
	if (!rest.n)
		return 0;
	if (!take_char(&rest, "/"))
		return refuse(reading, "can't be read");
	if (!take_number(&rest, step_r) || rest.n || *step_r < 1)
		return refuse(reading, "has no number from 1 on behind /");
	return 0;
}

static int read_item(const struct reading *reading)
{
	struct str rest = reading->item;
	/* The seventh weekday is the first again: as the end of a range only. */
	int from = fields[reading->field].least, to = reading->field == DAY_OF_WEEK ? 6 : fields[reading->field].most, step, rc;

	if (reading->field == DAY_OF_MONTH && rest.n == 1 && take_char(&rest, "Ll")) {
		reading->rule->last_day = true;
		return 0;
	}
	if (reading->field == DAY_OF_WEEK && rest.n == 1 && take_char(&rest, "Ll"))
		return refuse(reading, "doesn't say of which weekday: \"5L\" is the last Friday");
	if (!take_char(&rest, "*?")) {
		if (take_value(reading, &rest, &from) < 0)
			return -1;
		rc = read_special(reading, from, rest);
		if (rc)
			return rc < 0 ? -1 : 0;
		if (take_char(&rest, "-")) {
			if (take_value(reading, &rest, &to) < 0)
				return -1;
			if (to < from)
				return refuse(reading, "runs backwards: write it as two ranges");
		} else if (!rest.n) {
			to = from;
		} else if (reading->field == DAY_OF_WEEK) {
			from %= 7;
		}
	}
	if (read_step(reading, rest, &step) < 0)
		return -1;
	for (int value = from; value <= to; value += step)
		set(reading->rule, reading->field, value);
	return 0;
}

static int read_field(struct reading *reading, struct str text)
{
	for (struct str rest = text; !str_is_null(rest);) {
		reading->item = str_cut(&rest, ',');
		if (!reading->item.n)
			reading->item = text;
		if (read_item(reading) < 0)
			return -1;
	}
	return 0;
}

/* Cuts the text at white space; returns how many parts there are, which may be more than there is room for. */
static unsigned split(struct str text, struct str parts[FIELDS])
{
	unsigned count = 0;

	for (size_t i = 0, from = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != ' ' && text.p[i] != '\t')
			continue;
		if (i > from) {
			if (count < FIELDS)
				parts[count] = (struct str){ text.p + from, i - from };
			count++;
		}
		from = i + 1;
	}
	return count;
}

static int find_nickname(struct str text, struct str *rule_r, struct error *error)
{
	for (size_t i = 0; i < sizeof(nicknames) / sizeof(nicknames[0]); i++) {
		if (str_equal_nocase(text, str_of(nicknames[i].name))) {
			*rule_r = str_of(nicknames[i].rule);
			return 0;
		}
	}
	if (str_equal_nocase(text, STR("@reboot")))
		return error_set(error, ERROR_CONFIG, "what happens once when the host starts is the plugin's `start`");
	return error_set(error, ERROR_CONFIG,
		"it is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @minutely, @secondly");
}

static int read_fields(struct str text, struct cron_rule *rule, struct error *error)
{
	struct reading reading = { .rule = rule, .error = error };
	struct str parts[FIELDS];
	unsigned count = split(text, parts);
	/* Five fields have no seconds, and only seven have years. */
	unsigned first = count == 5 ? MINUTE : SECOND;

	if (count < 5 || count > FIELDS)
		return error_set(error, ERROR_CONFIG, "it has %u field%s: expected 5 (minute, hour, day of month, month, day of "
			"week), 6 (second in front of them) or 7 (a year behind them)", count, count == 1 ? "" : "s");
	if (first == MINUTE)
		rule->seconds = 1;
	if (count < FIELDS)
		memset(rule->years, 0xff, sizeof(rule->years));
	for (unsigned i = 0; i < count; i++) {
		reading.field = (enum field)(first + i);
		if (read_field(&reading, parts[i]) < 0)
			return -1;
	}
	return 0;
}

/* ---- finding ---- */

/* The lowest value of a set from `from` on; negative: none. */
static int next_of(uint64_t set, unsigned from)
{
	uint64_t rest = from < 64 ? set >> from : 0;

	return rest ? (int)from + __builtin_ctzll(rest) : -1;
}

static bool has(uint64_t set, unsigned value)
{
	return set >> value & 1;
}

static bool has_year(const struct cron_rule *rule, int year)
{
	unsigned n = (unsigned)(year - CRON_FIRST_YEAR);

	return has(rule->years[n / 64], n % 64);
}

static int64_t days_to(int year, unsigned month)
{
	return clock_date_to_ms(&(struct clock_date){ .year = year, .month = month, .day = 1 }) / MS_PER_DAY;
}

static int64_t next_month(const struct clock_date *date)
{
	return date->month == 12 ? days_to(date->year + 1, 1) : days_to(date->year, date->month + 1);
}

/* The weekday that is nearest to the day, in the same month. */
static unsigned nearest(unsigned day, unsigned weekday, unsigned length)
{
	if (weekday == 6)
		return day > 1 ? day - 1 : day + 2;
	if (weekday == 0)
		return day < length ? day + 1 : day - 2;
	return day;
}

static bool is_nearest(const struct cron_rule *rule, unsigned day, unsigned weekday, unsigned length)
{
	for (int wanted = next_of(rule->nearest, 1); wanted > 0 && (unsigned)wanted <= length;
		wanted = next_of(rule->nearest, (unsigned)wanted + 1)) {
		/* 35 is a multiple of 7, and no two days are so far apart. */
		unsigned its = (weekday + 35 + (unsigned)wanted - day) % 7;

		if (nearest((unsigned)wanted, its, length) == day)
			return true;
	}
	return false;
}

static bool matches_day(const struct cron_rule *rule, int64_t days, const struct clock_date *date)
{
	unsigned length = (unsigned)(next_month(date) - days_to(date->year, date->month));
	unsigned weekday = (unsigned)((days + 4) % 7);
	bool by_day = has(rule->days, date->day) || (rule->last_day && date->day == length) ||
		is_nearest(rule, date->day, weekday, length);
	bool by_weekday = has(rule->weekdays, weekday) || has(rule->nth[weekday], (date->day - 1) / 7 + 1) ||
		(has(rule->nth[weekday], NTH_LAST) && date->day + 7 > length);

	if (rule->limits_days && rule->limits_weekdays)
		return by_day || by_weekday;
	return by_day && by_weekday;
}

/* The first time of a day from the second on; negative: none. */
static int next_in_day(const struct cron_rule *rule, int from)
{
	unsigned hour_from = (unsigned)from / 3600, minute_from = (unsigned)from / 60 % 60, second_from = (unsigned)from % 60;

	for (int hour = next_of(rule->hours, hour_from); hour >= 0; hour = next_of(rule->hours, (unsigned)hour + 1)) {
		bool first = (unsigned)hour == hour_from;
		int minute = next_of(rule->minutes, first ? minute_from : 0);

		for (; minute >= 0; minute = next_of(rule->minutes, (unsigned)minute + 1)) {
			bool very_first = first && (unsigned)minute == minute_from;
			int second = next_of(rule->seconds, very_first ? second_from : 0);

			if (second >= 0)
				return (hour * 60 + minute) * 60 + second;
		}
	}
	return -1;
}

/* The first time on the wall behind `after`, which may not be before 1970. */
static bool next_wall(const struct cron_rule *rule, int64_t after, int64_t *wall_r)
{
	int64_t days = (after + 1) / DAY;
	int from = (int)((after + 1) % DAY);

	for (; ; from = 0) {
		struct clock_date date = clock_date_of(days * MS_PER_DAY);
		int second;

		if (date.year > CRON_LAST_YEAR)
			return false;
		if (!has_year(rule, date.year)) {
			days = days_to(date.year + 1, 1);
			continue;
		}
		if (!has(rule->months, date.month)) {
			days = next_month(&date);
			continue;
		}
		second = matches_day(rule, days, &date) ? next_in_day(rule, from) : -1;
		if (second >= 0) {
			*wall_r = days * DAY + second;
			return true;
		}
		days++;
	}
}

static int32_t least_offset(const struct time_zone *zone, int64_t at, int sign)
{
	int32_t least = INT32_MAX;

	for (int i = -2; i <= 2; i++) {
		int32_t offset = sign * time_zone_offset(zone, at + i * (int64_t)TIME_ZONE_FARTHEST);

		least = offset < least ? offset : least;
	}
	return sign * least;
}

bool cron_rule_next(const struct cron_rule *rule, const struct time_zone *zone, int64_t after_s, int64_t *next_s_r)
{
	int64_t after = after_s < -DAY ? -DAY : after_s, wall, end = INT64_MAX;
	bool found = false;

	/* Where clocks change, the order on the wall is not that of the moments: all that may be the first are looked at. */
	wall = after + least_offset(zone, after, 1);
	wall = wall < -1 ? -1 : wall;
	while (next_wall(rule, wall, &wall) && wall < end) {
		int64_t moment = time_zone_moment(zone, wall);

		if (moment <= after_s || (found && moment >= *next_s_r))
			continue;
		found = true;
		*next_s_r = moment;
		end = moment + least_offset(zone, moment, -1);
	}
	return found;
}

/* ---- the whole ---- */

int cron_rule_parse(struct str text, struct cron_rule *rule_r, struct error *error)
{
	struct str given = str_trim(text), fields_text = given;
	int64_t wall;

	*rule_r = (struct cron_rule){ 0 };
	if (given.n > CRON_RULE_LIMIT)
		return error_set(error, ERROR_CONFIG, "the cron rule has %zu characters, more than %d", given.n, CRON_RULE_LIMIT);
	if (str_starts(given, STR("@")) && find_nickname(given, &fields_text, error) < 0)
		return error_prefix(error, "the cron rule \"%.*s\" can't be read: ", STR_ARG(given));
	if (read_fields(fields_text, rule_r, error) < 0)
		return error_prefix(error, "the cron rule \"%.*s\" can't be read: ", STR_ARG(given));
	rule_r->limits_days = (rule_r->days & 0xfffffffe) != 0xfffffffe;
	rule_r->limits_weekdays = (rule_r->weekdays & 0x7f) != 0x7f;
	if (!next_wall(rule_r, -1, &wall))
		return error_set(error, ERROR_CONFIG, "the time of the cron rule \"%.*s\" never comes: no year from %d to %d has "
			"such a day", STR_ARG(given), CRON_FIRST_YEAR, CRON_LAST_YEAR);
	return 0;
}
