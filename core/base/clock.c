#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>

enum { MS_PER_DAY = 86400000 };

int64_t clock_unix_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Days since 1970-01-01; years are counted from March, so that the leap day comes
 * last, and eras of 400 years repeat exactly. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

struct clock_date clock_date_of(int64_t unix_ms)
{
	int64_t days = unix_ms / MS_PER_DAY, rest = unix_ms % MS_PER_DAY;
	struct clock_date date;

	if (rest < 0) {
		rest += MS_PER_DAY;
		days--;
	}
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t day_of_era = days - era * 146097;
	int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month = (5 * day_of_year + 2) / 153;

	date.day = (unsigned)(day_of_year - (153 * month + 2) / 5 + 1);
	date.month = (unsigned)(month < 10 ? month + 3 : month - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
	date.millisecond = (unsigned)(rest % 1000);
	rest /= 1000;
	date.second = (unsigned)(rest % 60);
	date.minute = (unsigned)(rest / 60 % 60);
	date.hour = (unsigned)(rest / 3600);
	return date;
}

int64_t clock_date_to_ms(const struct clock_date *date)
{
	int64_t days = days_from_civil(date->year, date->month, date->day);

	return days * MS_PER_DAY + ((date->hour * 60 + date->minute) * 60 + date->second) * (int64_t)1000 +
		date->millisecond;
}

void clock_format_iso(int64_t unix_ms, char out[CLOCK_ISO_SIZE])
{
	struct clock_date d = clock_date_of(unix_ms);
	unsigned parts[] = { (unsigned)d.year, d.month, d.day, d.hour, d.minute, d.second, d.millisecond };
	static const char form[] = "0000-11-22T33:44:55.666Z";

	/* Each digit of the form names its part; from the right, so that the last digit comes first. */
	for (size_t i = sizeof(form); i-- > 0;) {
		bool digit = form[i] >= '0' && form[i] <= '9';
		unsigned *part = digit ? &parts[form[i] - '0'] : NULL;

		out[i] = digit ? (char)('0' + *part % 10) : form[i];
		if (digit)
			*part /= 10;
	}
}
