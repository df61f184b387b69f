#include <socle/timer.h>

#include "api/door.h"
#include "extension/timer.h"

/* socle_context is what plugins call a scope. */
static timer_fn *as_core(socle_timer_function *function)
{
	return (timer_fn *)(void *)function;
}

uint64_t socle_every(socle_context *ctx, unsigned ms, socle_timer_function *function, void *arg)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (!function)
		api_abort(__func__, "no function");
	ms = ms ? ms : 1;
	return timer_start(scope, ms, ms, as_core(function), arg);
}

uint64_t socle_after(socle_context *ctx, unsigned ms, socle_timer_function *function, void *arg)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (!function)
		api_abort(__func__, "no function");
	return timer_start(scope, ms, 0, as_core(function), arg);
}

bool socle_timer_stop(socle_context *ctx, uint64_t timer)
{
	return timer_stop(api_scope(ctx, __func__), timer);
}
