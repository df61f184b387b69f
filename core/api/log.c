#include <socle/log.h>

#include <stdlib.h>

#include "api/door.h"
#include "base/log.h"

static void write_line(socle_context *ctx, enum log_level level, const char *function, const char *format,
	va_list args)
{
	const struct scope *scope = api_scope(ctx, function);
	struct buf message = BUF_INIT;

	if (!log_enabled(level))
		return;
	buf_vprintf(&message, format, args);
	log_fields(level, "plugin", (struct log_field[]){LOG_TEXT("plugin", api_plugin_name(scope))}, 1,
		"%s: %s", api_plugin_name(scope), buf_cstr(&message));
	buf_clear(&message);
}

#define WRITE(level)                                             \
	do {                                                     \
		va_list args;                                    \
                                                                 \
		va_start(args, format);                          \
		write_line(ctx, (level), __func__, format, args); \
		va_end(args);                                    \
	} while (0)

void socle_log_error(socle_context *ctx, const char *format, ...)
{
	WRITE(LOG_ERROR);
}

void socle_log_warn(socle_context *ctx, const char *format, ...)
{
	WRITE(LOG_WARN);
}

void socle_log_info(socle_context *ctx, const char *format, ...)
{
	WRITE(LOG_INFO);
}

void socle_log_debug(socle_context *ctx, const char *format, ...)
{
	WRITE(LOG_DEBUG);
}
