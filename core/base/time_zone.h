/* Time zones: how far the clocks of a place are ahead of UTC at a moment.
 *
 * libc knows one zone per process, the one that TZ names; here any number can be asked side by side, and asking changes
 * nothing. Zones come from the system's database (tzdata), or are written as POSIX has it.
 *
 *	const struct time_zone *zone = time_zone_load(arena, STR("Europe/Berlin"), &error);
 *	if (!zone)
 *		return -1;
 *	int64_t local = unix_s + time_zone_offset(zone, unix_s);	// "wall": seconds as though the clock on the wall were UTC
 */
#ifndef BASE_TIME_ZONE_H
#define BASE_TIME_ZONE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct time_zone;

/* No clock is further from UTC than this, in seconds. */
enum { TIME_ZONE_FARTHEST = 26 * 3600 };

/* "Europe/Berlin", "UTC", "CET-1CEST,M3.5.0,M10.5.0/3"; STR_NULL: the machine's own (TZ, else /etc/localtime, else UTC). NULL
 * when there is no such zone. */
const struct time_zone *time_zone_load(struct arena *arena, struct str name, struct error *error)
	__attribute__((warn_unused_result));

/* The bytes of a compiled zone (RFC 8536). */
const struct time_zone *time_zone_read(struct arena *arena, struct str bytes, struct error *error)
	__attribute__((warn_unused_result));

/* Seconds east of UTC. */
int32_t time_zone_offset(const struct time_zone *zone, int64_t unix_s);

/* The moment at which the clock on the wall shows `wall`. Of a time that comes twice, the first; of one that is skipped, the
 * moment as far behind the change as it would have been without one (02:30 -> 03:30). */
int64_t time_zone_moment(const struct time_zone *zone, int64_t wall);

#endif
