/* Time, in the units that its users need. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Never goes back; the zero is arbitrary. For durations and deadlines. */
static inline uint64_t clock_monotonic_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static inline uint64_t clock_monotonic_ms(void)
{
	return clock_monotonic_us() / 1000u;
}

/* Milliseconds since 1970-01-01T00:00:00Z. For what is stored or shown. */
int64_t clock_unix_ms(void);

/* A moment of the Gregorian calendar, in UTC. */
struct clock_date {
	int year;
	unsigned month, day;		/* from 1 */
	unsigned hour, minute, second, millisecond;
};

/* Both work for every year from -271821 to 275760, the range of JavaScript dates. */
struct clock_date clock_date_of(int64_t unix_ms);
int64_t clock_date_to_ms(const struct clock_date *date);

enum { CLOCK_ISO_SIZE = sizeof("2025-02-01T10:00:00.000Z") };
/* Writes 24 characters and a NUL; for years 0 to 9999. */
void clock_format_iso(int64_t unix_ms, char out[CLOCK_ISO_SIZE]);

#endif
