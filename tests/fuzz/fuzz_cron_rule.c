/* Any bytes as a rule and as a file of the time zone database: refused with words, or asked for their next times, which come one
 * after the other and show on the wall what the rule says.
 *
 * Up to the first end of a line it is the rule, behind it a zone: as POSIX writes one, or a file when it begins like one. */
#include <assert.h>

#include "base/cron_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEPS = 5 };

static const struct time_zone *zone_of(struct arena *arena, struct str text)
{
	struct error error = ERROR_INIT;
	const struct time_zone *zone = str_starts(text, STR("TZif")) ? time_zone_read(arena, text, &error) :
		/* A name would be looked for on the disk. */
		str_find(text, ',') < text.n ? time_zone_load(arena, text, &error) : time_zone_load(arena, STR("UTC"), &error);

	assert(zone || (error.kind == ERROR_CONFIG && error_message(&error)[0]));
	error_clear(&error);
	return zone;
}

static void follow(const struct cron_rule *rule, const struct time_zone *zone, int64_t after)
{
	int64_t next, again;

	for (int i = 0; i < STEPS && cron_rule_next(rule, zone, after, &next); i++) {
		int64_t wall = next + time_zone_offset(zone, next);
		unsigned second = (unsigned)(((wall % 60) + 60) % 60);

		assert(next > after);
		/* Every real change of clocks is by whole minutes. */
		assert(time_zone_offset(zone, next) % 60 || time_zone_offset(zone, next - 86400) % 60 || rule->seconds >> second & 1);
		if (next - 1 > after) {
			assert(cron_rule_next(rule, zone, next - 1, &again));
			assert(again <= next || time_zone_offset(zone, after) != time_zone_offset(zone, next));
		}
		after = next;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, rule_text = str_take(text, str_find(text, '\n'));
	struct str zone_text = str_skip(text, rule_text.n + 1);
	struct error error = ERROR_INIT;
	struct arena *arena = arena_new(4096);
	const struct time_zone *zone = zone_of(arena, zone_text);
	struct cron_rule rule;

	if (cron_rule_parse(rule_text, &rule, &error) < 0)
		assert(error.kind == ERROR_CONFIG && error_message(&error)[0]);
	else if (zone)
		/* A spring in which clocks change nearly everywhere that they do. */
		follow(&rule, zone, 1774500000);
	error_clear(&error);
	arena_free(arena);
	return 0;
}
