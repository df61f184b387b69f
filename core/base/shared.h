/* What the workers of a host share: small values by key, in memory that is made before they are forked.
 *
 *	struct shared *shared = shared_new(8 << 20, &error);	// in the supervisor
 *	...
 *	shared_add(shared, key, 1, now, 60000, &count, &left);	// in any worker
 *
 * It is a cache, not a store: when it is full the entries that were not used for longest go, and all of it
 * ends with the host. It outlives reloads and workers. A worker that is killed in the middle of a change
 * leaves nobody waiting: the next one finds the lock's owner dead, and as half a change can't be told from a
 * whole one, it empties the table.
 *
 * Times are clock_monotonic_ms(), which all processes of a machine agree on.
 */
#ifndef BASE_SHARED_H
#define BASE_SHARED_H

#include "base/buf.h"
#include "base/error.h"

struct shared;

enum {
	SHARED_KEY = 512,		/* bytes of a key at the most */
	SHARED_VALUE = 64 * 1024,	/* of a value */
	SHARED_LEAST = 64 * 1024,	/* of the whole */
};

/* `bytes` are reserved; what is never used takes no memory. NULL with the error set. */
struct shared *shared_new(size_t bytes, struct error *error);
/* Gives this process's view of it back. NULL is allowed. */
void shared_free(struct shared *shared);

enum shared_result {
	SHARED_TOO_LARGE = -2,		/* the key or the value */
	SHARED_WRONG_KIND = -1,		/* a value where a counter was expected, or the other way round */
	SHARED_ABSENT = 0,
	SHARED_OK = 1,
};

/* Adds the value to *out. */
enum shared_result shared_get(struct shared *shared, struct str key, uint64_t now_ms, struct buf *out);
/* `ttl_ms` 0: until it has to make room. */
enum shared_result shared_set(struct shared *shared, struct str key, struct str value, uint64_t now_ms, uint64_t ttl_ms);
/* Adds to a counter; one that isn't there is made, with 0 and the time that it lives, which later calls don't
 * change. *left_ms_r (NULL: not wanted) is what is left of it, 0 without an end. Sticks at the ends of
 * int64_t. */
enum shared_result shared_add(struct shared *shared, struct str key, int64_t delta, uint64_t now_ms, uint64_t ttl_ms,
	int64_t *value_r, uint64_t *left_ms_r);
enum shared_result shared_delete(struct shared *shared, struct str key, uint64_t now_ms);

struct shared_stats {
	unsigned entries, blocks, blocks_used;
	uint64_t evicted, emptied;	/* entries that made room; how often a dead owner was found */
};
struct shared_stats shared_stats(struct shared *shared);

/* ---- for tests ---- */

/* Takes the lock and never gives it back: what a worker does that is killed in the middle of a change. */
void shared_lock_for_test(struct shared *shared);

#endif
