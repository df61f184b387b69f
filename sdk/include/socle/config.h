/* Configuration: of the plugin, and of one use of a policy or middleware.
 *
 * A plugin declares its keys in plugin.toml; the operator overrides them in config/plugins.toml. Types and
 * ranges are checked and defaults are filled in when the host starts, so reading can't fail:
 *
 *	# plugin.toml
 *	[config.popular-limit]
 *	type = "integer"
 *	default = 10
 *	min = 1
 *	max = 100
 *	help = "how many articles /articles/popular answers with"
 *
 *	int64_t limit = socle_config_int(ctx, "popular-limit");
 *
 * Options are the same for a policy or middleware that can be used several times, each time with its own:
 * declared under [options.<name>.<key>], given by whoever uses it.
 *
 *	# plugin.toml of the middleware's author	# config/middlewares.toml
 *	[options.slow-log.above]			{ name = "blog::slow-log", config = { above = 250 } }
 *	type = "integer"
 *	default = 100
 *
 *	int64_t above = socle_option_int(ctx, "above");
 *
 * A policy or middleware for which no options are declared takes any; nothing is checked and filled in then.
 *
 * Asking for a key that isn't declared, or for another type than its own, is a mistake in the plugin: it is
 * logged, and 0, NULL or false is returned. Keys without a default that nobody set are 0, NULL or false as
 * well. Texts and trees are borrowed: they live as long as the plugin is loaded and must not be changed.
 */
#ifndef SOCLE_CONFIG_H
#define SOCLE_CONFIG_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* ---- of the plugin ---- */

/* type = "integer"
 *
 *	int64_t limit = socle_config_int(ctx, "popular-limit");
 */
SOCLE_API int64_t socle_config_int(socle_context *ctx, const char *key);

/* type = "number" (or "integer")
 *
 *	double share = socle_config_number(ctx, "sample-share");
 */
SOCLE_API double socle_config_number(socle_context *ctx, const char *key);

/* type = "string"
 *
 *	const char *greeting = socle_config_string(ctx, "greeting");
 */
SOCLE_API const char *socle_config_string(socle_context *ctx, const char *key);

/* type = "boolean"
 *
 *	if (socle_config_bool(ctx, "verbose"))
 *		socle_log_info(ctx, "starting");
 */
SOCLE_API bool socle_config_bool(socle_context *ctx, const char *key);

/* Any type, "strings" and "json" among them, as a tree; key NULL: all of it, an object.
 *
 *	const json_t *hosts = socle_config_json(ctx, "hosts");
 */
SOCLE_API const json_t *socle_config_json(socle_context *ctx, const char *key);

/* ---- of this use of a policy or middleware ---- */

/* type = "integer"
 *
 *	int64_t above = socle_option_int(ctx, "above");
 */
SOCLE_API int64_t socle_option_int(socle_context *ctx, const char *key);

/* type = "number" (or "integer")
 *
 *	double share = socle_option_number(ctx, "share");
 */
SOCLE_API double socle_option_number(socle_context *ctx, const char *key);

/* type = "string"
 *
 *	const char *role = socle_option_string(ctx, "role");
 */
SOCLE_API const char *socle_option_string(socle_context *ctx, const char *key);

/* type = "boolean"
 *
 *	bool strict = socle_option_bool(ctx, "strict");
 */
SOCLE_API bool socle_option_bool(socle_context *ctx, const char *key);

/* Any type, as a tree; key NULL: all of them, an object, or NULL when there are none.
 *
 *	const json_t *origin = socle_option_json(ctx, "origin");
 */
SOCLE_API const json_t *socle_option_json(socle_context *ctx, const char *key);

SOCLE_C_END

#endif
