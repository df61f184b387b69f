/* Dates and times as the content API takes and MariaDB stores them. */
#ifndef QUERY_DATETIME_H
#define QUERY_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* ISO 8601 as date-fns reads it: calendar, ordinal and week dates, "T" or a blank, hours with optional
 * minutes, seconds and fractions, "Z" or an offset; UTC without one. What is no such text may be milliseconds
 * since 1970. False when it is neither, or no moment that there is. */
bool datetime_parse(struct str text, int64_t *unix_ms_r) __attribute__((warn_unused_result));

/* The day that the text begins with, "2024-02-29", of which day is one that exists only if *exists_r. False
 * when it begins otherwise. */
bool datetime_find_date(struct str text, struct str *date_r, bool *exists_r)
	__attribute__((warn_unused_result));

enum { DATETIME_CLOCK_SIZE = sizeof("23:59:59.999") };
/* HH:mm:ss with up to three decimals; written with all three. */
bool datetime_parse_clock(struct str text, char out[DATETIME_CLOCK_SIZE]) __attribute__((warn_unused_result));

enum { DATETIME_SQL_SIZE = sizeof("2024-02-29 23:59:59.999") };
/* False, and nothing written, for years that a DATETIME doesn't have. */
bool datetime_format_sql(int64_t unix_ms, char out[DATETIME_SQL_SIZE]) __attribute__((warn_unused_result));

#endif
