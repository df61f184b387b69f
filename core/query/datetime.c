#include "query/datetime.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

/* The last moment of JavaScript's Date, either side of 1970. */
static const double LAST_MS = 8.64e15;

/* What is left to read. */
struct cursor {
	const char *p, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at(const struct cursor *at)
{
	size_t n = 0;

	while (at->p + n < at->end && is_digit(at->p[n]))
		n++;
	return n;
}

static int take_number(struct cursor *at, size_t n)
{
	int value = 0;

	for (; n; n--)
		value = value * 10 + (*at->p++ - '0');
	return value;
}

static bool take_char(struct cursor *at, char c)
{
	if (at->p == at->end || *at->p != c)
		return false;
	at->p++;
	return true;
}

static bool at_end(const struct cursor *at)
{
	return at->p == at->end;
}

/* ---- days ---- */

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static double day_ms(int year, int month, int day)
{
	struct clock_date date = { .year = year, .month = (unsigned)month, .day = (unsigned)day };

	return (double)clock_date_to_ms(&date);
}

/* Four digits, or a sign and six; a century is two digits, or a sign and four, and then nothing follows. */
static bool take_year(struct cursor *at, int *year_r)
{
	struct cursor from = *at;
	bool negative = take_char(at, '-'), is_signed = negative || take_char(at, '+');
	size_t wanted = is_signed ? 6 : 4, n = digits_at(at);

	if (n >= wanted) {
		*year_r = take_number(at, wanted);
	} else if (n == wanted - 2 && at->p + n == at->end) {
		*year_r = take_number(at, n) * 100;
	} else {
		*at = from;
		return false;
	}
	if (negative)
		*year_r = -*year_r;
	return true;
}

static bool take_week(struct cursor *at, int year, double *ms_r)
{
	int week, day = 1, weekday;
	double fourth;

	if (digits_at(at) < 2)
		return false;
	week = take_number(at, 2);
	take_char(at, '-');
	if (digits_at(at) == 1)
		day = take_number(at, 1);
	else if (at->p[-1] == '-')
		return false;
	if (!at_end(at) || week < 1 || week > 53 || day < 1 || day > 7)
		return false;
	/* Week 1 has the fourth of January; 1970-01-01 was a Thursday. */
	fourth = day_ms(year, 1, 4) / 86400000;
	weekday = (int)fmod(fmod(fourth + 3, 7) + 7, 7);
	*ms_r = (fourth - weekday + (week - 1) * 7 + day - 1) * 86400000;
	return true;
}

/* Behind the year: nothing, an ordinal day, a month with or without a day, or a week. */
static bool parse_day(struct str text, double *ms_r)
{
	struct cursor at = { text.p, text.p + text.n };
	int year, month = 1, day = 1;
	size_t n;

	if (!take_year(&at, &year))
		return false;
	take_char(&at, '-');
	if (take_char(&at, 'W'))
		return take_week(&at, year, ms_r);
	n = digits_at(&at);
	if (n == 3 && at.p + 3 == at.end) {
		day = take_number(&at, 3);
		if (day < 1 || day > 365 + is_leap(year))
			return false;
		*ms_r = day_ms(year, 1, 1) + (day - 1) * 86400000.0;
		return true;
	}
	if (n == 2 || n == 4) {
		month = take_number(&at, 2);
		if (n == 4 || (!at_end(&at) && take_char(&at, '-'))) {
			if (digits_at(&at) != 2)
				return false;
			day = take_number(&at, 2);
		}
	}
	if (!at_end(&at) || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*ms_r = day_ms(year, month, day);
	return true;
}

/* ---- the time of day ---- */

/* Two digits and perhaps a fraction. */
static bool take_unit(struct cursor *at, double *value_r)
{
	char copy[32];
	size_t n, fraction;

	if (digits_at(at) < 2)
		return false;
	n = 2;
	memcpy(copy, at->p, 2);
	at->p += 2;
	if (!at_end(at) && (*at->p == '.' || *at->p == ',')) {
		at->p++;
		fraction = digits_at(at);
		copy[n++] = '.';
		/* More decimals than a double has change nothing. */
		memcpy(copy + n, at->p, fraction < 25 ? fraction : 25);
		n += fraction < 25 ? fraction : 25;
		at->p += fraction;
	}
	copy[n] = '\0';
	*value_r = strtod(copy, NULL);
	return true;
}

static bool parse_time_of_day(struct str text, double *ms_r)
{
	struct cursor at = { text.p, text.p + text.n };
	double units[3] = { 0, 0, 0 }, whole;

	if (!take_unit(&at, &units[0]))
		return false;
	for (int i = 1; i < 3 && !at_end(&at); i++) {
		take_char(&at, ':');
		if (!take_unit(&at, &units[i]))
			return false;
	}
	if (!at_end(&at))
		return false;
	if (units[0] >= 25 || units[1] >= 60 || units[2] >= 60)
		return false;
	if (units[0] == 24 && (units[1] != 0 || units[2] != 0))
		return false;
	*ms_r = units[0] * 3600000 + units[1] * 60000 + units[2] * 1000;
	/* 2.042 * 1000 is a little less than 2042: whole milliseconds stay whole. */
	whole = round(*ms_r);
	if (fabs(*ms_r - whole) < 1e-6)
		*ms_r = whole;
	return true;
}

/* "+02:00", "+0200", "+02". Anything else behind a Z or a sign counts as UTC, as it does for date-fns. */
static bool parse_offset(struct str text, double *ms_r)
{
	struct cursor at = { text.p, text.p + text.n };
	bool east = take_char(&at, '+');
	int hours, minutes = 0;

	*ms_r = 0;
	if ((!east && !take_char(&at, '-')) || digits_at(&at) < 2)
		return true;
	hours = take_number(&at, 2);
	if (!at_end(&at)) {
		take_char(&at, ':');
		if (digits_at(&at) != 2)
			return true;
		minutes = take_number(&at, 2);
		if (!at_end(&at))
			return true;
	}
	*ms_r = (hours * 60 + minutes) * 60000.0 * (east ? -1 : 1);
	return minutes < 60;
}

/* ---- the whole ---- */

static size_t find_any(struct str text, const char *set)
{
	size_t i = 0;

	while (i < text.n && (!text.p[i] || !strchr(set, text.p[i])))
		i++;
	return i;
}

/* Cuts into day, time and zone. */
static bool split(struct str text, struct str *day_r, struct str *time_r, struct str *zone_r)
{
	size_t cut = find_any(text, "T ");

	*day_r = str_take(text, cut);
	*time_r = str_skip(text, cut + 1);
	if (find_any(*time_r, "T ") < time_r->n || find_any(*day_r, ":") < day_r->n)
		return false;
	cut = find_any(*day_r, "Zz");
	if (cut < day_r->n) {
		*time_r = str_skip(text, cut);
		*day_r = str_take(text, cut);
	}
	cut = find_any(*time_r, "Z+-");
	*zone_r = str_skip(*time_r, cut);
	*time_r = str_take(*time_r, cut);
	return true;
}

static bool parse_iso(struct str text, double *ms_r)
{
	struct str day, time, zone;
	double of_day = 0, offset = 0;

	if (!split(text, &day, &time, &zone) || !parse_day(day, ms_r) || fabs(*ms_r) > LAST_MS)
		return false;
	if ((time.n && !parse_time_of_day(time, &of_day)) || (zone.n && !parse_offset(zone, &offset)))
		return false;
	*ms_r = trunc(*ms_r + of_day + offset);
	return fabs(*ms_r) <= LAST_MS;
}

static bool parse_epoch(struct str text, double *ms_r)
{
	struct cursor at = { text.p, text.p + text.n };
	bool negative = take_char(&at, '-');
	size_t n = digits_at(&at);

	if (n == 0 || str_trim(str_range(at.p + n, at.end)).n)
		return false;
	*ms_r = 0;
	for (; n; n--)
		*ms_r = *ms_r * 10 + (*at.p++ - '0');
	if (negative)
		*ms_r = -*ms_r;
	return fabs(*ms_r) <= LAST_MS;
}

bool datetime_parse(struct str text, int64_t *unix_ms_r)
{
	double ms;

	if (!parse_iso(text, &ms) && !parse_epoch(text, &ms))
		return false;
	*unix_ms_r = (int64_t)ms;
	return true;
}

bool datetime_find_date(struct str text, struct str *date_r, bool *exists_r)
{
	struct cursor at = { text.p, text.p + text.n };
	int year, month, day;

	if (digits_at(&at) != 4)
		return false;
	year = take_number(&at, 4);
	if (!take_char(&at, '-') || digits_at(&at) != 2)
		return false;
	month = take_number(&at, 2);
	if (!take_char(&at, '-') || digits_at(&at) < 2)
		return false;
	day = take_number(&at, 2);
	if (month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	*date_r = str_take(text, 10);
	*exists_r = day <= days_in_month(year, month);
	return true;
}

bool datetime_parse_clock(struct str text, char out[DATETIME_CLOCK_SIZE])
{
	static const char highest[] = "29:59:59";
	const char *p = text.p;

	if (text.n < 8 || text.n == 9 || text.n > 12 || (text.n > 8 && p[8] != '.'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		bool colon = i == 2 || i == 5;

		if (colon ? p[i] != ':' : i != 8 && (!is_digit(p[i]) || (i < 8 && p[i] > highest[i])))
			return false;
	}
	if (p[0] == '2' && p[1] > '3')
		return false;
	memcpy(out, "00:00:00.000", DATETIME_CLOCK_SIZE);
	memcpy(out, p, text.n);
	return true;
}

bool datetime_format_sql(int64_t unix_ms, char out[DATETIME_SQL_SIZE])
{
	struct clock_date date = clock_date_of(unix_ms);
	char iso[CLOCK_ISO_SIZE];

	if (date.year < 0 || date.year > 9999)
		return false;
	clock_format_iso(unix_ms, iso);
	memcpy(out, iso, DATETIME_SQL_SIZE - 1);
	out[10] = ' ';
	out[DATETIME_SQL_SIZE - 1] = '\0';
	return true;
}
