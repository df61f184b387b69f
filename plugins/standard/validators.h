/* What tells whether a client's copy of a file is still good: tags and dates. Knows nothing of the host; tests/fuzz reads
 * it, too. */
#ifndef STANDARD_VALIDATORS_H
#define STANDARD_VALIDATORS_H

#include <stdbool.h>
#include <time.h>

/* Whether If-None-Match's list of tags (or "*") has this one. Weak ones count as their strong twins. */
bool tags_have(const char *list, const char *tag);

enum { DATE_SIZE = sizeof("Sun, 06 Nov 1994 08:49:37 GMT") };

/* False for a year that has no such date. */
bool date_write(time_t seconds, char date_r[DATE_SIZE]);

/* A date in the form that is in use, or in one of the two that were. */
bool date_read(const char *text, time_t *seconds_r);

#endif
