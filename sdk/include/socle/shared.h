/* What the workers of a host share: small values and counters by key.
 *
 * A host has several worker processes, and a variable of a plugin is one per process. What is kept here is
 * one for all of them, and outlives reloads and workers that crash. It is a cache in memory, not a store: it
 * ends with the host, its size is `limits.shared` in server.toml, and when it is full the entries that nobody
 * used for longest go, whose ever they are. Keys are the plugin's own: two plugins may use the same.
 *
 *	int64_t views;
 *
 *	if (socle_shared_add(ctx, "views", 1, 0, &views) < 0)
 *		return -1;
 *
 * A key has at most 400 bytes, a value at most 64 KiB. All functions return a negative number with the error
 * on the context for what is larger, for a value where a counter was expected (and the other way round), and
 * where nothing is shared: with `limits.shared = 0`, and in `init`. Nothing waits. Since SDK 1.2.
 */
#ifndef SOCLE_SHARED_H
#define SOCLE_SHARED_H

#include <stddef.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* Keeps `n` bytes for `ttl_ms` milliseconds; 0: until they make room for others. Replaces what was there.
 * Copied.
 *
 *	if (socle_shared_set(ctx, key, text, strlen(text), 60 * 1000) < 0)
 *		return -1;
 */
SOCLE_API int socle_shared_set(socle_context *ctx, const char *key, const void *value, size_t n, unsigned ttl_ms)
	SOCLE_MUST_CHECK;

/* 1: *value_r is a copy of the value, with a NUL behind it that *n_r (NULL: not wanted) doesn't count, and
 * lives until the request ends. 0: there is none.
 *
 *	const void *text;
 *	int rc = socle_shared_get(ctx, key, &text, NULL);
 *
 *	if (rc > 0)
 *		return socle_send_text(ctx, text);
 */
SOCLE_API int socle_shared_get(socle_context *ctx, const char *key, const void **value_r, size_t *n_r) SOCLE_MUST_CHECK;

/* Adds to a counter and tells what it is then (*value_r; NULL: not wanted). A counter that isn't there begins
 * with 0 and lives for `ttl_ms` milliseconds (0: until it makes room), which later additions don't change. No
 * addition is lost, whichever workers add at once.
 *
 *	int64_t tries;
 *
 *	if (socle_shared_add(ctx, address, 1, 60 * 1000, &tries) < 0)
 *		return -1;
 *	if (tries > 10)
 *		return socle_throw(ctx, SOCLE_RATE_LIMIT, NULL);
 */
SOCLE_API int socle_shared_add(socle_context *ctx, const char *key, int64_t delta, unsigned ttl_ms, int64_t *value_r)
	SOCLE_MUST_CHECK;

/* The same, and tells how many milliseconds the counter has left (0: it has no end).
 *
 *	if (socle_shared_count(ctx, address, 1, 60 * 1000, &tries, &left_ms) < 0)
 *		return -1;
 */
SOCLE_API int socle_shared_count(socle_context *ctx, const char *key, int64_t delta, unsigned ttl_ms, int64_t *value_r,
	uint64_t *left_ms_r) SOCLE_MUST_CHECK;

/* 1: it is gone; 0: there was none.
 *
 *	if (socle_shared_delete(ctx, key) < 0)
 *		return -1;
 */
SOCLE_API int socle_shared_delete(socle_context *ctx, const char *key) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
