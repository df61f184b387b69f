#include "db/backoff.h"

#include <errno.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "loop/fiber.h"

enum {
	FIRST_PAUSE_MS = 50, LONGEST_PAUSE_MS = 2000,
	LOG_EVERY = 10,			/* failures, of which the first is told */
};

static int pause_ms(const struct db_backoff *backoff)
{
	int pause = FIRST_PAUSE_MS;

	for (unsigned i = 1; i < backoff->failures && pause < LONGEST_PAUSE_MS; i++)
		pause *= 2;
	return pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
}

bool db_backoff_due(const struct db_backoff *backoff)
{
	return clock_monotonic_ms() >= backoff->retry_at_ms;
}

int db_backoff_rest(const struct db_backoff *backoff, uint64_t deadline_ms)
{
	uint64_t now = clock_monotonic_ms();

	if (now >= backoff->retry_at_ms)
		return 0;
	if (backoff->retry_at_ms >= deadline_ms)
		return -ETIMEDOUT;
	return fiber_sleep((int)(backoff->retry_at_ms - now));
}

void db_backoff_failed(struct db_backoff *backoff, const struct error *error)
{
	backoff->failures++;
	backoff->retry_at_ms = clock_monotonic_ms() + (uint64_t)pause_ms(backoff);
	if (backoff->failures % LOG_EVERY == 1)
		log_warn("db", "%s; trying again", error_message(error));
}

void db_backoff_succeeded(struct db_backoff *backoff)
{
	if (backoff->failures)
		log_info("db", "connected after %u attempts", backoff->failures + 1);
	*backoff = (struct db_backoff){ 0 };
}
