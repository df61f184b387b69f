#include <socle/shared.h>

#include "api/door.h"
#include "base/clock.h"
#include "base/shared.h"

enum { KEY = 400 };	/* the plugin's name has room beside it */

/* "blog", a NUL, and the plugin's own key. STR_NULL with the error set. */
static struct str full_key(struct scope *scope, const char *function, const char *key)
{
	const char *plugin = api_plugin_name(scope);
	size_t n = key ? strlen(key) : KEY + 1, plugin_n = strlen(plugin) + 1;
	char *full;

	if (!scope->generation || !scope->generation->shared) {
		scope_throw(scope, ERROR_INTERNAL, "%s(): nothing is shared: in `init`, and with limits.shared = 0", function);
		return STR_NULL;
	}
	if (n > KEY || plugin_n + n > SHARED_KEY) {
		scope_throw(scope, ERROR_INTERNAL, "%s(): a key has at most %d bytes, this one %zu", function, KEY, n);
		return STR_NULL;
	}
	full = arena_alloc(scope->arena, plugin_n + n);
	memcpy(full, plugin, plugin_n);
	memcpy(full + plugin_n, key, n);
	return (struct str){ full, plugin_n + n };
}

static int explain(struct scope *scope, const char *function, const char *key, enum shared_result result)
{
	switch (result) {
	case SHARED_TOO_LARGE:
		return scope_throw(scope, ERROR_INTERNAL, "%s(ctx, \"%s\"): a value has at most %d bytes, and a quarter of "
			"limits.shared", function, key, SHARED_VALUE);
	case SHARED_WRONG_KIND:
		return scope_throw(scope, ERROR_INTERNAL, "%s(ctx, \"%s\"): a value can't be counted, and a counter not read; "
			"socle_shared_add() is for counters", function, key);
	default:
		return (int)result;
	}
}

int socle_shared_set(socle_context *ctx, const char *key, const void *value, size_t n, unsigned ttl_ms)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct str full = full_key(scope, __func__, key);
	int rc;

	if (str_is_null(full))
		return -1;
	rc = explain(scope, __func__, key, shared_set(scope->generation->shared, full, (struct str){ value, n },
		clock_monotonic_ms(), ttl_ms));
	return rc < 0 ? rc : 0;
}

int socle_shared_get(socle_context *ctx, const char *key, const void **value_r, size_t *n_r)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct str full = full_key(scope, __func__, key);
	struct buf value = BUF_INIT;
	int rc;

	if (str_is_null(full))
		return -1;
	rc = explain(scope, __func__, key, shared_get(scope->generation->shared, full, clock_monotonic_ms(), &value));
	if (rc > 0) {
		*value_r = arena_strdup(scope->arena, buf_str(&value));
		if (n_r)
			*n_r = value.n;
	}
	buf_clear(&value);
	return rc;
}

int socle_shared_count(socle_context *ctx, const char *key, int64_t delta, unsigned ttl_ms, int64_t *value_r,
	uint64_t *left_ms_r)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct str full = full_key(scope, __func__, key);
	int64_t value;
	int rc;

	if (str_is_null(full))
		return -1;
	rc = explain(scope, __func__, key, shared_add(scope->generation->shared, full, delta, clock_monotonic_ms(), ttl_ms,
		value_r ? value_r : &value, left_ms_r));
	return rc < 0 ? rc : 0;
}

int socle_shared_add(socle_context *ctx, const char *key, int64_t delta, unsigned ttl_ms, int64_t *value_r)
{
	return socle_shared_count(ctx, key, delta, ttl_ms, value_r, NULL);
}

int socle_shared_delete(socle_context *ctx, const char *key)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct str full = full_key(scope, __func__, key);

	if (str_is_null(full))
		return -1;
	return explain(scope, __func__, key, shared_delete(scope->generation->shared, full, clock_monotonic_ms()));
}
