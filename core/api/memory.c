#include <socle/memory.h>

#include "api/door.h"
#include "base/json.h"

void *socle_alloc(socle_context *ctx, size_t size)
{
	return arena_zalloc(api_scope(ctx, __func__)->arena, size);
}

char *socle_printf(socle_context *ctx, const char *format, ...)
{
	struct scope *scope = api_scope(ctx, __func__);
	va_list args;
	char *text;

	va_start(args, format);
	text = arena_vprintf(scope->arena, format, args);
	va_end(args);
	return text;
}

char *socle_strdup(socle_context *ctx, const char *text)
{
	struct scope *scope = api_scope(ctx, __func__);

	return text ? arena_strdup(scope->arena, str_of(text)) : NULL;
}

json_t *socle_own(socle_context *ctx, json_t *stolen)
{
	return json_own(api_scope(ctx, __func__)->arena, stolen);
}

bool socle_equal(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Steps of requests are as old as their generation and are only read while it serves; this one slot is the plugin's. Those of hooks
 * and timers are gone after the call. */
static struct step *running_step(struct scope *scope, const char *function)
{
	if (!scope->step || !scope->step->instance || !scope->request) {
		scope_throw(scope, ERROR_INTERNAL, "%s() was called where no policy or middleware runs",
			function);
		return NULL;
	}
	return (struct step *)(uintptr_t)scope->step;
}

void *socle_use_data(socle_context *ctx, size_t size)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct step *step = running_step(scope, __func__);

	if (step && !step->data)
		step->data = arena_zalloc(scope->generation->arena, size);
	return step ? step->data : NULL;
}

void *socle_use_alloc(socle_context *ctx, size_t size)
{
	struct scope *scope = api_scope(ctx, __func__);

	return running_step(scope, __func__) ? arena_zalloc(scope->generation->arena, size) : NULL;
}
