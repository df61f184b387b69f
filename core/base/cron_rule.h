/* Cron rules: when something is to happen again and again.
 *
 *	minute hour day-of-month month day-of-week		"30 3 * * MON-FRI"
 *	second minute hour day-of-month month day-of-week [year]	"0 30 3 L * *"
 *	@yearly @annually @monthly @weekly @daily @midnight @hourly @minutely @secondly
 *
 * A field is a star (all values), or a list of values and ranges: 1,3,10-20. Behind a star or a range stands a step, if any:
 * 10-50/20; 5/15 is from 5 to the end. Months and weekdays have names; 0 and 7 are Sunday; ? is a star. Days of the month
 * besides: L the last one, 15W the weekday nearest to the 15th in the same month; weekdays besides: 5L the last Friday, 5#2 the
 * second one. When both kinds of days leave some out, one of the two is enough.
 *
 * A rule is about the clock on the wall. When that is put forward, a time that is skipped happens as much later; when it is put
 * back, what happened in the hour doesn't happen again.
 *
 *	struct cron_rule rule;
 *
 *	if (cron_rule_parse(STR("0 3 * * *"), &rule, &error) < 0)
 *		return -1;
 *	if (cron_rule_next(&rule, zone, now_s, &next_s))
 *		...
 */
#ifndef BASE_CRON_RULE_H
#define BASE_CRON_RULE_H

#include "base/error.h"
#include "base/str.h"
#include "base/time_zone.h"

enum { CRON_RULE_LIMIT = 256, CRON_FIRST_YEAR = 1970, CRON_LAST_YEAR = 2099 };

/* Bit n is the value n. */
struct cron_rule {
	uint64_t seconds, minutes, hours, days, months, weekdays;
	uint64_t years[3];		/* bit 0 of the first is CRON_FIRST_YEAR */
	uint64_t nearest;		/* 15W */
	bool last_day;			/* L */
	uint8_t nth[7];			/* of a weekday: bits 1 to 5; bit 6: the last */
	bool limits_days, limits_weekdays;
};

/* Says the rule, the field, what is wrong and what would be right. A rule whose time never comes is wrong, too. */
int cron_rule_parse(struct str text, struct cron_rule *rule_r, struct error *error) __attribute__((warn_unused_result));

/* The first time later than `after`, both in seconds since 1970 UTC. False: there is none up to CRON_LAST_YEAR. */
bool cron_rule_next(const struct cron_rule *rule, const struct time_zone *zone, int64_t after_s, int64_t *next_s_r)
	__attribute__((warn_unused_result));

#endif
