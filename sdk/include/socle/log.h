/* The host's log: a line an event, to standard error, with the plugin's name in it.
 *
 * Text on a terminal, JSON lines otherwise. Levels below the configured one cost next to nothing.
 *
 *	socle_log_warn(ctx, "the feed answered %d, using what we have", status);
 */
#ifndef SOCLE_LOG_H
#define SOCLE_LOG_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* Something is broken and a person has to mend it.
 *
 *	socle_log_error(ctx, "can't read %s: %s", path, strerror(errno));
 */
SOCLE_API void socle_log_error(socle_context *ctx, const char *format, ...) SOCLE_PRINTF(2, 3);

/* Something is not as it should be, and the plugin goes on.
 *
 *	socle_log_warn(ctx, "%s took %lld ms", name, (long long)ms);
 */
SOCLE_API void socle_log_warn(socle_context *ctx, const char *format, ...) SOCLE_PRINTF(2, 3);

/* Something happened that an operator likes to know.
 *
 *	socle_log_info(ctx, "imported %zu articles", count);
 */
SOCLE_API void socle_log_info(socle_context *ctx, const char *format, ...) SOCLE_PRINTF(2, 3);

/* For whoever looks for a mistake.
 *
 *	socle_log_debug(ctx, "cache miss for %s", key);
 */
SOCLE_API void socle_log_debug(socle_context *ctx, const char *format, ...) SOCLE_PRINTF(2, 3);

SOCLE_C_END

#endif
