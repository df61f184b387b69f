/* What makes a shared library a plugin, and what it exports.
 *
 * One file of the library says SOCLE_PLUGIN() once, with the hooks that it has; each function that its
 * plugin.toml names is defined with the macro of its kind. Names are resolved by convention when the host
 * starts: the policy "is-owner" is SOCLE_POLICY(is_owner), the handler "article.popular" is
 * SOCLE_ACTION(article_popular), "article.findOne" is SOCLE_ACTION(article_find_one).
 *
 *	#include <socle/socle.h>
 *
 *	static int begin(socle_context *ctx)
 *	{
 *		socle_log_info(ctx, "limit %lld", (long long)socle_config_int(ctx, "popular-limit"));
 *		return 0;
 *	}
 *
 *	SOCLE_PLUGIN(.start = begin)
 *
 *	SOCLE_ACTION(hello_index)
 *	{
 *		return socle_send_text(ctx, "Hello");
 *	}
 *
 * It is built with this SDK and nothing else:
 *
 *	cc -shared -fPIC $(pkg-config --cflags --libs socle) blog.c -o blog.so
 *
 * The life of a plugin, in order; each hook may be absent:
 *
 *	init		in each process that loads it, before anything else; nothing may wait, no database
 *	bootstrap	once per change (not per process), with the database: sample content, migrations
 *	start		in each process, when the database is ready
 *	health		after start, and whenever the host wants to know; negative: not well
 *	stop, exit	at the end, in reverse order of start and init: they can't fail, and nothing may wait
 *
 * (save and restore are for what a version keeps in memory to be handed to the next one in a reload. This host doesn't call
 * them yet: every version starts cold. What has to outlast a reload is in the database, or in socle/shared.h.)
 *
 * When init, bootstrap, start or health fails, what went before is undone in reverse, and the plugins that
 * ran until then go on; the hook that failed undoes by itself what it had begun. Plugin code runs on one thread: no locks are needed. It must not block the thread,
 * start threads that outlive `exit`, or longjmp past a function of the host.
 */
#ifndef SOCLE_PLUGIN_H
#define SOCLE_PLUGIN_H

#include <stddef.h>

#include <socle/context.h>
#include <socle/value.h>

SOCLE_C_BEGIN

struct socle_query;
struct socle_service_use;

/* An action, policy or middleware. Actions and middlewares return 0; a policy 1 to allow and 0 to deny; all
 * of them a negative number after socle_throw(). */
typedef int socle_function(socle_context *ctx);

/* What SOCLE_PLUGIN() fills. Later versions only add members at the end. */
struct socle_plugin {
	size_t size;					/* of this struct, where the plugin was compiled */
	int (*init)(socle_context *ctx);
	int (*bootstrap)(socle_context *ctx);
	int (*start)(socle_context *ctx);
	int (*health)(socle_context *ctx);
	/* Fills an object (at most 1 MiB as text); reads one that the version `from` filled. */
	int (*save)(socle_context *ctx, json_t *state);
	int (*restore)(socle_context *ctx, const json_t *state, const char *from);
	void (*stop)(socle_context *ctx);
	void (*exit)(socle_context *ctx);
	/* What SOCLE_QUERY() defined in the library, from the first to behind the last; SOCLE_PLUGIN()
	 * fills both. */
	struct socle_query *const *queries;
	struct socle_query *const *queries_end;
	/* The same of SOCLE_USE(). */
	struct socle_service_use *const *uses;
	struct socle_service_use *const *uses_end;
};

/* Where the linker collects them; absent from a library without any. */
extern struct socle_query *const __start_socle_queries[] __attribute__((weak, visibility("hidden")));
extern struct socle_query *const __stop_socle_queries[] __attribute__((weak, visibility("hidden")));
extern struct socle_service_use *const __start_socle_service_uses[] __attribute__((weak, visibility("hidden")));
extern struct socle_service_use *const __stop_socle_service_uses[] __attribute__((weak, visibility("hidden")));

/* Read from the file, as an ELF note, before any code of the plugin can run. */
struct socle_note {
	uint32_t name_size, data_size, type;
	char name[8];
	uint32_t sdk_major, sdk_minor;
	uint32_t plugin_size;				/* sizeof(struct socle_plugin) */
	uint32_t value_size;				/* sizeof(struct socle_value) */
	uint32_t pointer_size;
	char version[32];				/* of the plugin, if the compiler was told; else "" */
};

#define SOCLE_NOTE_SECTION ".note.socle"
#define SOCLE_NOTE_NAME "Socle"
#define SOCLE_NOTE_TYPE 1

/* -DSOCLE_PLUGIN_VERSION='"1.1.0"': must then be what plugin.toml says. */
#ifndef SOCLE_PLUGIN_VERSION
#define SOCLE_PLUGIN_VERSION ""
#endif

SOCLE_EXPORT extern const struct socle_plugin socle_plugin_descriptor;

/* Once per library, outside of any function, with the hooks in the order of struct socle_plugin (C++ asks
 * for that).
 *
 *	SOCLE_PLUGIN(.start = blog_start, .stop = blog_stop)
 */
#define SOCLE_PLUGIN(...)                                                                              \
	__attribute__((section(SOCLE_NOTE_SECTION), used, aligned(4)))                                 \
	static const struct socle_note socle_plugin_note = {                                           \
		sizeof(SOCLE_NOTE_NAME),                                                               \
		(uint32_t)(sizeof(struct socle_note) - offsetof(struct socle_note, sdk_major)),        \
		SOCLE_NOTE_TYPE, SOCLE_NOTE_NAME, SOCLE_SDK_MAJOR, SOCLE_SDK_MINOR,                    \
		(uint32_t)sizeof(struct socle_plugin), (uint32_t)sizeof(struct socle_value),           \
		(uint32_t)sizeof(void *), SOCLE_PLUGIN_VERSION                                         \
	};                                                                                             \
	_Pragma("GCC diagnostic push")                                                                 \
	_Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"")                             \
	const struct socle_plugin socle_plugin_descriptor = {                                          \
		.size = sizeof(struct socle_plugin), __VA_ARGS__ __VA_OPT__(, )                        \
		.queries = __start_socle_queries, .queries_end = __stop_socle_queries,                 \
		.uses = __start_socle_service_uses, .uses_end = __stop_socle_service_uses              \
	};                                                                                             \
	_Pragma("GCC diagnostic pop")

#define SOCLE_FUNCTION(kind, name)                                                                     \
	SOCLE_C SOCLE_EXPORT int socle_##kind##_##name(socle_context *ctx);                            \
	SOCLE_C SOCLE_EXPORT int socle_##kind##_##name(socle_context *ctx SOCLE_UNUSED)

/* Defines an action: what a route's handler names. Beside the manifest's handlers, an action whose name is
 * one of a content type's own (SOCLE_ACTION(article_find), article_find_one, article_create,
 * article_update, article_delete) in the plugin that has the type replaces it.
 *
 *	SOCLE_ACTION(article_popular)
 *	{
 *		return socle_send_json(ctx, json_array());
 *	}
 */
#define SOCLE_ACTION(name) SOCLE_FUNCTION(action, name)

/* Defines a policy. It allows (1), denies (0) or throws; what would change the request or its answer fails in it (socle/policy.h).
 *
 *	SOCLE_POLICY(is_local)
 *	{
 *		return socle_equal(socle_client_address(ctx), "127.0.0.1");
 *	}
 */
#define SOCLE_POLICY(name) SOCLE_FUNCTION(policy, name)

/* Defines a middleware, for a route or for all requests.
 *
 *	SOCLE_MIDDLEWARE(no_store)
 *	{
 *		int rc = socle_next(ctx);
 *
 *		socle_header(ctx, "Cache-Control", "no-store");
 *		return rc;
 *	}
 */
#define SOCLE_MIDDLEWARE(name) SOCLE_FUNCTION(middleware, name)

/* ---- the plugin's own state ---- */

/* Keeps a pointer for the plugin, from `init` or `start` to `exit`. What it points to is the plugin's: free
 * it in `exit`. One pointer per process and loaded version of the plugin.
 *
 *	socle_set_data(ctx, calloc(1, sizeof(struct cache)));
 */
SOCLE_API void socle_set_data(socle_context *ctx, void *data);

/* What was kept; NULL before.
 *
 *	struct cache *cache = socle_data(ctx);
 */
SOCLE_API void *socle_data(socle_context *ctx);

SOCLE_C_END

#endif
