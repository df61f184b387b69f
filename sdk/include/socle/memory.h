/* Memory, and texts that may be NULL.
 *
 * What a plugin makes while it serves a request belongs to the request and goes when it ends: there is
 * nothing to free and nothing to check, as these functions never return NULL. In a hook of SOCLE_PLUGIN()
 * the memory goes when the hook has returned.
 *
 *	char *slug = socle_printf(ctx, "%s-%d", base, number);
 *	json_t *list = socle_own(ctx, json_array());
 *
 * What has to last longer:
 *	- for one use of a policy or middleware: socle_use_data();
 *	- for the plugin: malloc() in `init`, socle_set_data() (socle/plugin.h), free() in `exit`.
 */
#ifndef SOCLE_MEMORY_H
#define SOCLE_MEMORY_H

#include <stddef.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* `size` bytes, all zero, aligned for anything.
 *
 *	struct point *points = socle_alloc(ctx, count * sizeof(*points));
 */
SOCLE_API void *socle_alloc(socle_context *ctx, size_t size);

/* A text in printf's form.
 *
 *	const char *key = socle_printf(ctx, "%s:%lld", name, (long long)id);
 */
SOCLE_API char *socle_printf(socle_context *ctx, const char *format, ...) SOCLE_PRINTF(2, 3);

/* A copy of a text; NULL of NULL.
 *
 *	char *mine = socle_strdup(ctx, socle_param(ctx, "id"));
 */
SOCLE_API char *socle_strdup(socle_context *ctx, const char *text);

/* Gives a reference to the request, which drops it at its end. Returns the tree, so that it can be used at
 * once; NULL of NULL.
 *
 *	json_t *seen = socle_own(ctx, json_object());
 */
SOCLE_API json_t *socle_own(socle_context *ctx, json_t *stolen);

/* Whether two texts are the same. NULL equals nothing, not even NULL: two absent owners are not one owner.
 *
 *	SOCLE_POLICY(is_owner)
 *	{
 *		return socle_equal(socle_param(ctx, "owner"), socle_user_name(ctx));
 *	}
 */
SOCLE_API bool socle_equal(const char *a, const char *b);

/* In a policy or middleware: `size` bytes that are this use's own, the same ones each time, all zero at
 * first. Two uses (two routes, two entries in middlewares.toml) have two. They go when plugins or
 * configuration change: nothing in them is freed, so keep only numbers in them, and what socle_use_alloc()
 * or socle_header_set_new() gave. NULL with the error on the context where no policy or middleware runs.
 * `size` must be the same at every call.
 *
 *	struct hits { uint64_t count; } *hits = socle_use_data(ctx, sizeof(*hits));
 *	hits->count++;
 */
SOCLE_API void *socle_use_data(socle_context *ctx, size_t size);

/* Zeroed memory that lives as long as socle_use_data()'s. Each call takes more of it: for what is made once.
 *
 *	char *joined = socle_use_alloc(ctx, length + 1);
 */
SOCLE_API void *socle_use_alloc(socle_context *ctx, size_t size);

SOCLE_C_END

#endif
