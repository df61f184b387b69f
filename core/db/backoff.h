/* Pauses between attempts to connect: 50 ms, doubled up to 2 s, shared by all who try. */
#ifndef DB_BACKOFF_H
#define DB_BACKOFF_H

#include <stdbool.h>
#include <stdint.h>

struct error;

/* All zero: nothing has failed. */
struct db_backoff {
	unsigned failures;		/* in a row */
	uint64_t retry_at_ms;
};

bool db_backoff_due(const struct db_backoff *backoff);
/* Sleeps until the next attempt is due: 0, -ECANCELED, or -ETIMEDOUT at once when that is past the deadline. */
int db_backoff_rest(const struct db_backoff *backoff, uint64_t deadline_ms) __attribute__((warn_unused_result));

/* Both tell the log when it is worth a line. */
void db_backoff_failed(struct db_backoff *backoff, const struct error *error);
void db_backoff_succeeded(struct db_backoff *backoff);

#endif
