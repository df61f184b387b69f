#ifndef _GNU_SOURCE
#define _GNU_SOURCE		/* strptime(), timegm() */
#endif

#include "validators.h"

#include <stddef.h>
#include <string.h>

bool tags_have(const char *list, const char *tag)
{
	size_t n = strlen(tag);

	list += strspn(list, " \t,");
	if (list[0] == '*')
		return true;
	while (*list) {
		const char *end;

		if (list[0] == 'W' && list[1] == '/')
			list += 2;
		if (list[0] != '"' || !(end = strchr(list + 1, '"')))
			return false;
		end++;
		if ((size_t)(end - list) == n && memcmp(list, tag, n) == 0)
			return true;
		list = end + strspn(end, " \t,");
	}
	return false;
}

bool date_write(time_t seconds, char date_r[DATE_SIZE])
{
	struct tm tm;

	return gmtime_r(&seconds, &tm) &&
		strftime(date_r, DATE_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &tm) == DATE_SIZE - 1;
}

bool date_read(const char *text, time_t *seconds_r)
{
	static const char *const forms[] = {
		"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		struct tm tm = { 0 };
		const char *end = strptime(text, forms[i], &tm);

		if (end && !*end) {
			*seconds_r = timegm(&tm);
			return true;
		}
	}
	return false;
}
