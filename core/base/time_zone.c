#include "base/time_zone.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"

enum {
	DAY = 86400,
	FILE_LIMIT = 64 * 1024,
	NAME_LIMIT = 128,
	HEADER = 44,
	RULE_HOURS = 167,		/* of a rule's time of day, as RFC 8536 has it */
};

#define DATABASE "/usr/share/zoneinfo"

/* The day of a year on which clocks change. */
struct change {
	char form;			/* 'M': weekday of a week of a month; 'J': day without leap days, from 1; 'N': from 0 */
	int month, week, day;
	int32_t time;			/* seconds after the midnight it begins with, as the clock showed before */
};

/* What holds behind the last change that is listed. */
struct tail {
	bool known, has_summer;
	int32_t standard, summer;
	struct change begin, end;	/* of summer time */
};

struct time_zone {
	const int64_t *changes;		/* ascending */
	const int32_t *offsets;		/* from each of them on */
	size_t count;
	int32_t first;			/* before all of them */
	struct tail tail;
};

/* ---- a zone as POSIX writes it ---- */

static bool take_char(struct str *rest, char c)
{
	if (!rest->n || rest->p[0] != c)
		return false;
	*rest = str_skip(*rest, 1);
	return true;
}

static bool take_number(struct str *rest, int most, int *number_r)
{
	size_t n = 0;
	int number = 0;

	while (n < rest->n && n < 3 && rest->p[n] >= '0' && rest->p[n] <= '9')
		number = number * 10 + (rest->p[n++] - '0');
	if (!n || number > most)
		return false;
	*rest = str_skip(*rest, n);
	*number_r = number;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "CET" or "<+03>": what it is called doesn't matter here. */
static bool take_name(struct str *rest)
{
	size_t n = 0;

	if (take_char(rest, '<')) {
		n = str_find(*rest, '>');
		if (n == rest->n)
			return false;
		*rest = str_skip(*rest, n + 1);
		return n > 0;
	}
	while (n < rest->n && is_letter(rest->p[n]))
		n++;
	*rest = str_skip(*rest, n);
	return n >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct str *rest, int most_hours, int32_t *seconds_r)
{
	int hours = 0, minutes = 0, seconds = 0;
	bool negative = take_char(rest, '-');

	if (!negative)
		take_char(rest, '+');
	if (!take_number(rest, most_hours, &hours) ||
		(take_char(rest, ':') && (!take_number(rest, 59, &minutes) ||
			(take_char(rest, ':') && !take_number(rest, 59, &seconds)))))
		return false;
	*seconds_r = (hours * 60 + minutes) * 60 + seconds;
	if (negative)
		*seconds_r = -*seconds_r;
	return true;
}

static bool take_change(struct str *rest, struct change *change)
{
	*change = (struct change){ .form = 'N', .time = 2 * 3600 };
	if (take_char(rest, 'M')) {
		change->form = 'M';
		if (!take_number(rest, 12, &change->month) || !change->month || !take_char(rest, '.') ||
			!take_number(rest, 5, &change->week) || !change->week || !take_char(rest, '.') ||
			!take_number(rest, 6, &change->day))
			return false;
	} else if (take_char(rest, 'J')) {
		change->form = 'J';
		if (!take_number(rest, 365, &change->day) || !change->day)
			return false;
	} else if (!take_number(rest, 365, &change->day)) {
		return false;
	}
	return !take_char(rest, '/') || take_time(rest, RULE_HOURS, &change->time);
}

/* "CET-1CEST,M3.5.0,M10.5.0/3": POSIX counts to the west. */
static bool read_posix(struct str text, struct tail *tail)
{
	struct str rest = text;

	*tail = (struct tail){ .known = true };
	if (!take_name(&rest) || !take_time(&rest, 24, &tail->standard))
		return false;
	tail->standard = -tail->standard;
	if (!rest.n)
		return true;
	tail->has_summer = true;
	tail->summer = tail->standard + 3600;
	if (!take_name(&rest))
		return false;
	if (rest.n && rest.p[0] != ',') {
		if (!take_time(&rest, 24, &tail->summer))
			return false;
		tail->summer = -tail->summer;
	}
	if (!rest.n)
		rest = STR(",M3.2.0,M11.1.0");
	return take_char(&rest, ',') && take_change(&rest, &tail->begin) && take_char(&rest, ',') &&
		take_change(&rest, &tail->end) && !rest.n;
}

static int64_t days_to(int year, unsigned month, unsigned day)
{
	return clock_date_to_ms(&(struct clock_date){ .year = year, .month = month, .day = day }) / (DAY * INT64_C(1000));
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* In seconds, as the clock shows it before the change. */
static int64_t change_of(const struct change *change, int year)
{
	int64_t day = days_to(year, 1, 1), next;

	if (change->form == 'N') {
		day += change->day;
	} else if (change->form == 'J') {
		day += change->day - 1 + (is_leap(year) && change->day > 59);
	} else {
		day = days_to(year, (unsigned)change->month, 1);
		next = change->month == 12 ? days_to(year + 1, 1, 1) : days_to(year, (unsigned)change->month + 1, 1);
		/* The first of 1970 was a Thursday. */
		day += (change->day - (day + 4) % 7 + 7) % 7 + 7 * (change->week - 1);
		while (day >= next)
			day -= 7;
	}
	return day * DAY + change->time;
}

static int32_t tail_offset(const struct tail *tail, int64_t unix_s)
{
	struct clock_date date;
	int64_t begin, end;

	if (!tail->has_summer)
		return tail->standard;
	date = clock_date_of((unix_s + tail->standard) * 1000);
	begin = change_of(&tail->begin, date.year) - tail->standard;
	end = change_of(&tail->end, date.year) - tail->summer;
	/* South of the equator summer lasts over the turn of the year. */
	if (begin < end)
		return unix_s >= begin && unix_s < end ? tail->summer : tail->standard;
	return unix_s >= end && unix_s < begin ? tail->standard : tail->summer;
}

/* ---- a zone as tzdata has it ---- */

static int64_t big_endian(const char *p, unsigned bytes)
{
	uint64_t value = (p[0] & 0x80) ? UINT64_MAX : 0;

	for (unsigned i = 0; i < bytes; i++)
		value = value << 8 | (unsigned char)p[i];
	return (int64_t)value;
}

struct header {
	size_t utc_flags, standard_flags, leaps, changes, types, letters;
};

/* False when these bytes don't begin with one. */
static bool read_header(struct str bytes, struct header *header)
{
	size_t *counts[] = { &header->utc_flags, &header->standard_flags, &header->leaps, &header->changes, &header->types,
		&header->letters };

	if (bytes.n < HEADER || !str_starts(bytes, STR("TZif")))
		return false;
	for (unsigned i = 0; i < 6; i++) {
		int64_t count = big_endian(bytes.p + 20 + 4 * i, 4);

		if (count < 0 || count > FILE_LIMIT)
			return false;
		*counts[i] = (size_t)count;
	}
	return true;
}

static size_t body_size(const struct header *header, unsigned time_size)
{
	return header->changes * (time_size + 1) + header->types * 6 + header->letters + header->leaps * (time_size + 4) +
		header->standard_flags + header->utc_flags;
}

static bool take_changes(struct arena *arena, const struct header *header, const char *p, struct time_zone *zone)
{
	const char *indexes = p + header->changes * 8, *types = indexes + header->changes;
	int64_t *changes = arena_array(arena, header->changes + 1, sizeof(*changes));
	int32_t *offsets = arena_array(arena, header->changes + 1, sizeof(*offsets));

	for (size_t i = 0; i < header->types; i++) {
		int64_t offset = big_endian(types + 6 * i, 4);

		if (offset < -TIME_ZONE_FARTHEST || offset > TIME_ZONE_FARTHEST)
			return false;
	}
	for (size_t i = 0; i < header->changes; i++) {
		unsigned type = (unsigned char)indexes[i];

		changes[i] = big_endian(p + 8 * i, 8);
		if (type >= header->types || (i && changes[i] <= changes[i - 1]))
			return false;
		offsets[i] = (int32_t)big_endian(types + 6 * (size_t)type, 4);
	}
	zone->changes = changes;
	zone->offsets = offsets;
	zone->count = header->changes;
	zone->first = (int32_t)big_endian(types, 4);
	return true;
}

const struct time_zone *time_zone_read(struct arena *arena, struct str bytes, struct error *error)
{
	struct time_zone *zone = arena_new_of(arena, struct time_zone);
	struct header header;
	struct str rest = bytes;

	/* First the same with 32 bits, for readers of long ago. */
	if (!read_header(rest, &header) || rest.p[4] < '2')
		goto broken;
	rest = str_skip(rest, HEADER + body_size(&header, 4));
	if (!read_header(rest, &header) || header.types == 0)
		goto broken;
	rest = str_skip(rest, HEADER);
	if (rest.n < body_size(&header, 8) || !take_changes(arena, &header, rest.p, zone))
		goto broken;
	rest = str_skip(rest, body_size(&header, 8));
	/* What holds from the last change on, between two ends of lines; nothing is allowed. */
	if (take_char(&rest, '\n')) {
		struct str rule = str_take(rest, str_find(rest, '\n'));

		if (rule.n && !read_posix(rule, &zone->tail))
			goto broken;
	}
	return zone;
broken:
	error_set(error, ERROR_CONFIG, "this is no file of the time zone database");
	return NULL;
}

/* ---- asking ---- */

int32_t time_zone_offset(const struct time_zone *zone, int64_t unix_s)
{
	size_t low = 0, high = zone->count;

	/* The first change that is later. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (zone->changes[middle] <= unix_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->tail.known)
		return tail_offset(&zone->tail, unix_s);
	return low ? zone->offsets[low - 1] : zone->first;
}

int64_t time_zone_moment(const struct time_zone *zone, int64_t wall)
{
	/* Clocks don't change twice in two days. */
	int32_t before = time_zone_offset(zone, wall - TIME_ZONE_FARTHEST);
	int32_t after = time_zone_offset(zone, wall + TIME_ZONE_FARTHEST);

	if (before != after && time_zone_offset(zone, wall - before) != before &&
		time_zone_offset(zone, wall - after) == after)
		return wall - after;
	return wall - before;
}

/* ---- finding ---- */

static bool is_zone_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (!is_letter(c) && !(c >= '0' && c <= '9') && !strchr("_+-/", c))
			return false;
	}
	/* Without dots a name leads nowhere else. */
	return name.n > 0 && name.n <= NAME_LIMIT && name.p[0] != '/';
}

/* NULL without an error: there is no such file. */
static const struct time_zone *read_file(struct arena *arena, const char *path, struct error *error)
{
	FILE *file = fopen(path, "re");
	const struct time_zone *zone;
	char *bytes;
	size_t n;

	if (!file)
		return NULL;
	bytes = arena_alloc(arena, FILE_LIMIT);
	n = fread(bytes, 1, FILE_LIMIT, file);
	fclose(file);
	zone = time_zone_read(arena, (struct str){ bytes, n }, error);
	if (!zone)
		error_prefix(error, "%s: ", path);
	return zone;
}

static const struct time_zone *find_zone(struct arena *arena, struct str name, struct error *error)
{
	const struct time_zone *zone = NULL;
	struct time_zone *made;

	if (is_zone_name(name))
		zone = read_file(arena, arena_printf(arena, DATABASE "/%.*s", STR_ARG(name)), error);
	if (zone || error_is_set(error))
		return zone;
	made = arena_new_of(arena, struct time_zone);
	/* UTC is there without any database. */
	if (read_posix(str_is(name, "UTC") ? STR("UTC0") : name, &made->tail))
		return made;
	error_set(error, ERROR_CONFIG, "there is no time zone \"%.*s\": it is a name like \"Europe/Berlin\" from " DATABASE
		" (on Debian the package tzdata), or \"UTC\"", STR_ARG(name));
	return NULL;
}

static const struct time_zone *load_own(struct arena *arena, struct error *error)
{
	const char *named = getenv("TZ");
	const struct time_zone *zone;
	struct str name = str_of(named);

	if (named) {
		if (name.n && name.p[0] == ':')
			name = str_skip(name, 1);
		zone = find_zone(arena, name.n ? name : STR("UTC"), error);
		if (!zone)
			error_prefix(error, "the environment's TZ: ");
		return zone;
	}
	zone = read_file(arena, "/etc/localtime", error);
	return zone || error_is_set(error) ? zone : find_zone(arena, STR("UTC"), error);
}

const struct time_zone *time_zone_load(struct arena *arena, struct str name, struct error *error)
{
	return str_is_null(name) ? load_own(arena, error) : find_zone(arena, name, error);
}
