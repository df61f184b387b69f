#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/cron_rule.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* As the tz database has it since 1996; so that the tests need no files. */
#define BERLIN "CET-1CEST,M3.5.0,M10.5.0/3"

static int set_up(void **state)
{
	*state = arena_new(64 * 1024);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

/* "2026-03-29T01:30:00Z", or without the Z: as though it were. */
static int64_t seconds(const char *text)
{
	struct clock_date date = { 0 };

	assert_int_equal(sscanf(text, "%d-%u-%uT%u:%u:%u", &date.year, &date.month, &date.day, &date.hour, &date.minute,
		&date.second), 6);
	return clock_date_to_ms(&date) / 1000;
}

static const char *text_of(int64_t unix_s, char out[CLOCK_ISO_SIZE])
{
	clock_format_iso(unix_s * 1000, out);
	out[19] = '\0';
	return out;
}

static const struct time_zone *zone_of(struct arena *arena, const char *name)
{
	struct error error = ERROR_INIT;
	const struct time_zone *zone = time_zone_load(arena, str_of(name), &error);

	if (!zone)
		fail_msg("%s", error_message(&error));
	return zone;
}

static struct cron_rule rule_of(const char *text)
{
	struct error error = ERROR_INIT;
	struct cron_rule rule;

	if (cron_rule_parse(str_of(text), &rule, &error) < 0)
		fail_msg("%s", error_message(&error));
	return rule;
}

/* ---- when ---- */

struct series {
	const char *zone, *rule, *after;
	const char *times[6];		/* UTC; after fewer than six nothing is asked; "never" ends */
};

static void check_series(struct arena *arena, const struct series *series)
{
	struct cron_rule rule = rule_of(series->rule);
	const struct time_zone *zone = zone_of(arena, series->zone);
	int64_t at = seconds(series->after);
	char found[CLOCK_ISO_SIZE];

	for (size_t i = 0; i < COUNT(series->times) && series->times[i]; i++) {
		bool comes = cron_rule_next(&rule, zone, at, &at);

		text_of(at, found);
		if (strcmp(comes ? found : "never", series->times[i]) != 0)
			fail_msg("%s in %s after %s: time %zu is %s, expected %s", series->rule, series->zone, series->after, i + 1,
				comes ? found : "never", series->times[i]);
	}
}

static void check_all(struct arena *arena, const struct series *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		check_series(arena, &all[i]);
}

static void times_are_what_the_fields_say(void **state)
{
	static const struct series all[] = {
		{ "UTC", "*/5 * * * * *", "2026-01-01T00:00:01", { "2026-01-01T00:00:05", "2026-01-01T00:00:10" } },
		{ "UTC", "* * * * *", "2026-01-01T00:00:00", { "2026-01-01T00:01:00", "2026-01-01T00:02:00" } },
		{ "UTC", "* * * * * *", "2026-12-31T23:59:58", { "2026-12-31T23:59:59", "2027-01-01T00:00:00" } },
		{ "UTC", "0 0 1 * * 1", "2026-01-01T00:00:00", { "2026-01-05T01:00:00", "2026-01-12T01:00:00" } },
		{ "UTC", "0 0 12 1-7 * *", "2026-01-06T12:00:00", { "2026-01-07T12:00:00", "2026-02-01T12:00:00" } },
		{ "UTC", "0 30 9 * JAN,JUL MON-FRI", "2026-01-30T10:00:00", { "2026-07-01T09:30:00", "2026-07-02T09:30:00" } },
		{ "UTC", "0 30 9 * jan,Jul mon-fri", "2026-01-29T10:00:00", { "2026-01-30T09:30:00", "2026-07-01T09:30:00" } },
		{ "UTC", "5/15 * * * *", "2026-01-01T00:05:00", { "2026-01-01T00:20:00", "2026-01-01T00:35:00", "2026-01-01T00:50:00",
			"2026-01-01T01:05:00" } },
		{ "UTC", "10-50/20 * * * *", "2026-01-01T00:00:00", { "2026-01-01T00:10:00", "2026-01-01T00:30:00",
			"2026-01-01T00:50:00", "2026-01-01T01:10:00" } },
		{ "UTC", "0 0 ? * ?", "2026-02-28T00:00:00", { "2026-03-01T00:00:00" } },
		{ "UTC", "  0\t3  * * * ", "2026-01-01T00:00:00", { "2026-01-01T03:00:00" } },
		{ "UTC", "0 0 0 1 1 * 2030-2031,2035", "2026-01-01T00:00:00", { "2030-01-01T00:00:00", "2031-01-01T00:00:00",
			"2035-01-01T00:00:00", "never" } },
		{ "UTC", "0 0 0 * * * 2020", "2026-01-01T00:00:00", { "never" } },
		{ "UTC", "0 0 29 2 *", "2026-01-01T00:00:00", { "2028-02-29T00:00:00", "2032-02-29T00:00:00" } },
	};

	check_all(*state, all, COUNT(all));
}

static void days_have_forms_of_their_own(void **state)
{
	static const struct series all[] = {
		{ "UTC", "0 0 L * *", "2026-01-30T00:00:00", { "2026-01-31T00:00:00", "2026-02-28T00:00:00", "2026-03-31T00:00:00" } },
		{ "UTC", "0 0 L 2 *", "2027-03-01T00:00:00", { "2028-02-29T00:00:00" } },
		{ "UTC", "0 0 1,L * *", "2026-01-02T00:00:00", { "2026-01-31T00:00:00", "2026-02-01T00:00:00" } },
		/* The 15th is a Sunday in February and March of 2026, a Wednesday in April, a Friday in May; a Saturday in August. */
		{ "UTC", "0 0 15W * *", "2026-02-01T00:00:00", { "2026-02-16T00:00:00", "2026-03-16T00:00:00", "2026-04-15T00:00:00",
			"2026-05-15T00:00:00" } },
		{ "UTC", "0 0 15w 8 *", "2026-02-01T00:00:00", { "2026-08-14T00:00:00" } },
		/* Neither end of a month is left: Saturday the 1st of August, Sunday the 31st of May. */
		{ "UTC", "0 0 1W 8 *", "2026-01-01T00:00:00", { "2026-08-03T00:00:00" } },
		{ "UTC", "0 0 31W 5 *", "2026-01-01T00:00:00", { "2026-05-29T00:00:00" } },
		{ "UTC", "0 0 31W 4-5 *", "2026-01-01T00:00:00", { "2026-05-29T00:00:00" } },
		{ "UTC", "0 0 * * 5#2", "2026-01-01T00:00:00", { "2026-01-09T00:00:00", "2026-02-13T00:00:00" } },
		{ "UTC", "0 0 * * FRI#5", "2026-01-01T00:00:00", { "2026-01-30T00:00:00", "2026-05-29T00:00:00" } },
		{ "UTC", "0 0 * * 5L", "2026-01-01T00:00:00", { "2026-01-30T00:00:00", "2026-02-27T00:00:00" } },
		{ "UTC", "0 0 * * 0", "2026-01-01T00:00:00", { "2026-01-04T00:00:00", "2026-01-11T00:00:00" } },
		{ "UTC", "0 0 * * 7", "2026-01-01T00:00:00", { "2026-01-04T00:00:00", "2026-01-11T00:00:00" } },
		{ "UTC", "0 0 * * 6-7", "2026-01-01T00:00:00", { "2026-01-03T00:00:00", "2026-01-04T00:00:00", "2026-01-10T00:00:00" } },
		{ "UTC", "0 0 * * 5/1", "2026-01-01T00:00:00", { "2026-01-02T00:00:00", "2026-01-03T00:00:00", "2026-01-09T00:00:00" } },
		{ "UTC", "0 0 * * 7/3", "2026-01-01T00:00:00", { "2026-01-03T00:00:00", "2026-01-04T00:00:00", "2026-01-07T00:00:00" } },
	};

	check_all(*state, all, COUNT(all));
}

static void one_of_two_kinds_of_days_is_enough(void **state)
{
	static const struct series all[] = {
		{ "UTC", "0 0 13 * FRI", "2026-01-01T00:00:00", { "2026-01-02T00:00:00", "2026-01-09T00:00:00", "2026-01-13T00:00:00" } },
		/* A list of all days leaves none out. */
		{ "UTC", "0 0 1-31 * FRI", "2026-01-10T00:00:00", { "2026-01-16T00:00:00" } },
		{ "UTC", "0 0 13 * 0-7", "2026-01-10T00:00:00", { "2026-01-13T00:00:00", "2026-02-13T00:00:00" } },
		{ "UTC", "0 0 */10 * MON", "2026-01-01T00:00:00", { "2026-01-05T00:00:00", "2026-01-11T00:00:00" } },
		{ "UTC", "0 0 L * 1#1", "2026-01-01T00:00:00", { "2026-01-05T00:00:00", "2026-01-31T00:00:00", "2026-02-02T00:00:00" } },
	};

	check_all(*state, all, COUNT(all));
}

static void nicknames_are_rules(void **state)
{
	static const struct series all[] = {
		{ "UTC", "@yearly", "2026-01-01T00:00:00", { "2027-01-01T00:00:00" } },
		{ "UTC", "@annually", "2026-01-01T00:00:00", { "2027-01-01T00:00:00" } },
		{ "UTC", "@monthly", "2026-01-01T00:00:00", { "2026-02-01T00:00:00" } },
		{ "UTC", "@weekly", "2026-01-01T00:00:00", { "2026-01-04T00:00:00" } },
		{ "UTC", "@daily", "2026-01-01T00:00:00", { "2026-01-02T00:00:00" } },
		{ "UTC", "@Midnight", "2026-01-01T00:00:00", { "2026-01-02T00:00:00" } },
		{ "UTC", "@hourly", "2026-01-01T00:00:00", { "2026-01-01T01:00:00" } },
		{ "UTC", "@minutely", "2026-01-01T00:00:00", { "2026-01-01T00:01:00" } },
		{ "UTC", "@secondly", "2026-01-01T00:00:00", { "2026-01-01T00:00:01" } },
	};

	check_all(*state, all, COUNT(all));
}

/* Germany's clocks go from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC, and from 03:00 to 02:00 on 2026-10-25 at 01:00 UTC. */
static void a_skipped_time_comes_an_hour_later_by_the_clock(void **state)
{
	static const struct series all[] = {
		{ BERLIN, "30 2 * * *", "2026-03-28T00:00:00", { "2026-03-28T01:30:00", "2026-03-29T01:30:00", "2026-03-30T00:30:00" } },
		/* A host that starts within that hour has not missed it yet. */
		{ BERLIN, "30 2 * * *", "2026-03-29T01:10:00", { "2026-03-29T01:30:00", "2026-03-30T00:30:00" } },
		{ BERLIN, "30 2,3 * * *", "2026-03-28T12:00:00", { "2026-03-29T01:30:00", "2026-03-30T00:30:00", "2026-03-30T01:30:00" } },
		{ BERLIN, "59,0 * * * *", "2026-03-29T00:30:00", { "2026-03-29T00:59:00", "2026-03-29T01:00:00", "2026-03-29T01:59:00" } },
		{ BERLIN, "59 59 * * * *", "2026-03-29T00:00:00", { "2026-03-29T00:59:59", "2026-03-29T01:59:59" } },
		{ BERLIN, "0 3 * * *", "2026-03-28T12:00:00", { "2026-03-29T01:00:00", "2026-03-30T01:00:00" } },
		{ "Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00", { "2026-03-29T01:30:00", "2026-03-30T00:30:00" } },
		/* Half an hour: the order on the wall is not that of the moments. Clocks go from 02:00 to 02:30 on 2026-10-03 at
		 * 15:30 UTC. */
		{ "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "15,40 2 * * *", "2026-10-03T15:00:00", { "2026-10-03T15:40:00",
			"2026-10-03T15:45:00", "2026-10-04T15:15:00" } },
	};

	check_all(*state, all, COUNT(all));
}

static void a_repeated_hour_counts_once(void **state)
{
	static const struct series all[] = {
		{ BERLIN, "30 2 * * *", "2026-10-24T12:00:00", { "2026-10-25T00:30:00", "2026-10-26T01:30:00" } },
		{ BERLIN, "*/30 * * * *", "2026-10-25T00:00:00", { "2026-10-25T00:30:00", "2026-10-25T02:00:00" } },
		{ BERLIN, "*/30 * * * *", "2026-10-25T01:10:00", { "2026-10-25T02:00:00" } },
		{ BERLIN, "* * * * * *", "2026-10-25T00:59:58", { "2026-10-25T00:59:59", "2026-10-25T02:00:00" } },
		{ BERLIN, "0 3 * * *", "2026-10-24T12:00:00", { "2026-10-25T02:00:00", "2026-10-26T02:00:00" } },
		{ "Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00", { "2026-10-25T00:30:00", "2026-10-26T01:30:00" } },
		{ "UTC", "30 2 * * *", "2026-10-24T12:00:00", { "2026-10-25T02:30:00", "2026-10-26T02:30:00" } },
		{ "UTC", "30 2 * * *", "2026-03-28T12:00:00", { "2026-03-29T02:30:00", "2026-03-30T02:30:00" } },
	};

	check_all(*state, all, COUNT(all));
}

/* What a step leads to is the same from every moment before it. */
static void the_next_time_does_not_depend_on_where_one_looks_from(void **state)
{
	static const char *const rules[] = { "30 2 * * *", "*/7 * * * *", "0 */2 * * *", "15,45 1-3 29,25 * *", "59 59 2 L 3,10 SUN" };
	static const char *const days[] = { "2026-03-28T22:00:00", "2026-10-24T22:00:00" };
	const struct time_zone *zone = zone_of(*state, BERLIN);

	for (size_t r = 0; r < COUNT(rules); r++) {
		struct cron_rule rule = rule_of(rules[r]);

		for (size_t d = 0; d < COUNT(days); d++) {
			int64_t begin = seconds(days[d]), next = begin, again;

			for (int64_t at = begin; at < begin + 10 * 3600; at += 61) {
				if (next <= at)
					assert_true(cron_rule_next(&rule, zone, at, &next));
				assert_true(next > at);
				assert_true(cron_rule_next(&rule, zone, at, &again));
				assert_int_equal(again, next);
			}
		}
	}
}

/* ---- mistakes ---- */

static void mistakes_are_said_with_their_place(void **state)
{
	static const struct {
		const char *rule, *message;
	} mistakes[] = {
		{ "", "it has 0 fields: expected 5 (minute, hour, day of month, month, day of week), 6 (second in front" },
		{ "x", "the cron rule \"x\" can't be read: it has 1 field: expected 5" },
		{ "* * * *", "it has 4 fields" },
		{ "* * * * * * * *", "it has 8 fields" },
		{ "60 * * * *", "minute: \"60\" is not within 0 to 59; expected something like \"0,15,30-40\"" },
		{ "* 24 * * *", "hour: \"24\" is not within 0 to 23" },
		{ "* * 0 * *", "day of month: \"0\" is not within 1 to 31" },
		{ "* * 32 * *", "day of month: \"32\" is not within" },
		{ "* * * 13 *", "month: \"13\" is not within 1 to 12" },
		{ "* * * JANUARY *", "month: \"JANUARY\" can't be read; expected something like \"JAN,6-8\"" },
		{ "* * * * 8", "day of week: \"8\" is not within 0 to 7" },
		{ "* * * * XYZ", "day of week: \"XYZ\" can't be read" },
		{ "70 * * * * *", "second: \"70\" is not within" },
		{ "* * * * * * 1969", "year: \"1969\" is not within 1970 to 2099" },
		{ "99999999999999999999 * * * *", "is not within 0 to 59" },
		{ "5-1 * * * *", "minute: \"5-1\" runs backwards: write it as two ranges" },
		{ "5- * * * *", "minute: \"5-\" breaks off" },
		{ "-5 * * * *", "minute: \"-5\" can't be read" },
		{ "*/0 * * * *", "minute: \"*/0\" has no number from 1 on behind /" },
		{ "*/ * * * *", "has no number from 1 on behind /" },
		{ "*/5x * * * *", "has no number from 1 on behind /" },
		{ "*5 * * * *", "minute: \"*5\" can't be read" },
		{ "1,,2 * * * *", "minute: \"1,,2\"" },
		{ ", * * * *", "minute: \",\"" },
		{ "L * * * *", "minute: \"L\" can't be read" },
		{ "15W * * * *", "minute: \"15W\" can't be read" },
		{ "* * 15WW * *", "day of month: \"15WW\" can't be read" },
		{ "* * * * L", "doesn't say of which weekday: \"5L\" is the last Friday" },
		{ "* * * * 5#6", "day of week: \"5#6\" has something else than 1 to 5 behind #" },
		{ "* * * * 5#", "has something else than 1 to 5 behind #" },
		{ "0 0 30 2 *", "the time of the cron rule \"0 0 30 2 *\" never comes" },
		{ "0 0 31W 4 *", "never comes" },
		{ "0 0 0 29 2 * 2026", "never comes" },
		{ "@often", "it is none of @yearly, @annually" },
		{ "@reboot", "is the plugin's `start`" },
	};
	struct cron_rule rule;

	for (size_t i = 0; i < COUNT(mistakes); i++) {
		struct error error = ERROR_INIT;

		if (cron_rule_parse(str_of(mistakes[i].rule), &rule, &error) == 0)
			fail_msg("\"%s\" was taken for a rule", mistakes[i].rule);
		if (!strstr(error_message(&error), mistakes[i].message))
			fail_msg("\"%s\": expected \"%s\", found \"%s\"", mistakes[i].rule, mistakes[i].message, error_message(&error));
		assert_int_equal(error.kind, ERROR_CONFIG);
		error_clear(&error);
	}
}

static void a_rule_has_a_limit_and_may_hold_any_byte(void **state)
{
	char text[CRON_RULE_LIMIT + 2];
	struct error error = ERROR_INIT;
	struct cron_rule rule;

	memset(text, '1', sizeof(text));
	assert_int_equal(cron_rule_parse((struct str){ text, CRON_RULE_LIMIT + 1 }, &rule, &error), -1);
	assert_non_null(strstr(error_message(&error), "has 257 characters, more than 256"));
	assert_int_equal(cron_rule_parse((struct str){ "\0 * * * *", 9 }, &rule, &error), -1);
	assert_int_equal(cron_rule_parse((struct str){ "*\0 * * * *", 10 }, &rule, &error), -1);
	error_clear(&error);
}

/* ---- time zones ---- */

/* libc is the second opinion. */
static void offsets_are_those_of_libc(void **state)
{
	static const char *const names[] = { "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
		"Asia/Kathmandu", "Africa/Casablanca", "Europe/Dublin", "America/Santiago", "UTC", BERLIN, "NZST-12NZDT,M9.5.0,M4.1.0/3",
		"<-03>3", "EST5EDT", "XXX3YYY2,J60/1,J300/-3", "XXX3YYY2,59/1,299/25" };
	const char *before = getenv("TZ");
	char *kept = before ? strdup(before) : NULL;

	for (size_t i = 0; i < COUNT(names); i++) {
		const struct time_zone *zone = zone_of(*state, names[i]);

		setenv("TZ", names[i], 1);
		tzset();
		/* To 2080 in steps of a bit less than half a day. */
		for (int64_t at = 0; at < INT64_C(3471292800); at += 42013) {
			time_t moment = (time_t)at;
			struct tm local;

			localtime_r(&moment, &local);
			if (time_zone_offset(zone, at) != local.tm_gmtoff)
				fail_msg("%s at %lld: %d, libc says %ld", names[i], (long long)at, (int)time_zone_offset(zone, at),
					local.tm_gmtoff);
		}
	}
	if (kept)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
	free(kept);
}

static void the_machines_own_zone_is_that_of_the_environment(void **state)
{
	const char *before = getenv("TZ");
	char *kept = before ? strdup(before) : NULL;
	struct error error = ERROR_INIT;

	setenv("TZ", ":Europe/Berlin", 1);
	assert_int_equal(time_zone_offset(time_zone_load(*state, STR_NULL, &error), 1767225600), 3600);
	setenv("TZ", "", 1);
	assert_int_equal(time_zone_offset(time_zone_load(*state, STR_NULL, &error), 1767225600), 0);
	setenv("TZ", "No/Where", 1);
	assert_null(time_zone_load(*state, STR_NULL, &error));
	assert_non_null(strstr(error_message(&error), "the environment's TZ: there is no time zone \"No/Where\""));
	error_clear(&error);
	unsetenv("TZ");
	assert_non_null(time_zone_load(*state, STR_NULL, &error));
	if (kept)
		setenv("TZ", kept, 1);
	free(kept);
}

static void an_unknown_zone_is_said(void **state)
{
	static const char *const names[] = { "Europe/Berlim", "", "../../etc/passwd", "/etc/localtime", "Europe", "CET",
		"CET-1CEST,M13.1.0,M10.5.0", "CET-25", "A1", "<>1" };

	for (size_t i = 0; i < COUNT(names); i++) {
		struct error error = ERROR_INIT;

		/* Some of them are zones where the database has them so. */
		if (time_zone_load(*state, str_of(names[i]), &error) && strcmp(names[i], "CET") != 0)
			fail_msg("\"%s\" was taken for a zone", names[i]);
		error_clear(&error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_what_the_fields_say),
		cmocka_unit_test(days_have_forms_of_their_own),
		cmocka_unit_test(one_of_two_kinds_of_days_is_enough),
		cmocka_unit_test(nicknames_are_rules),
		cmocka_unit_test(a_skipped_time_comes_an_hour_later_by_the_clock),
		cmocka_unit_test(a_repeated_hour_counts_once),
		cmocka_unit_test(the_next_time_does_not_depend_on_where_one_looks_from),
		cmocka_unit_test(mistakes_are_said_with_their_place),
		cmocka_unit_test(a_rule_has_a_limit_and_may_hold_any_byte),
		cmocka_unit_test(offsets_are_those_of_libc),
		cmocka_unit_test(the_machines_own_zone_is_that_of_the_environment),
		cmocka_unit_test(an_unknown_zone_is_said),
	};

	return cmocka_run_group_tests_name("cron rules and time zones", tests, set_up, tear_down);
}
