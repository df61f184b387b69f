#include <socle/time.h>

#include <limits.h>

#include "api/door.h"
#include "base/clock.h"
#include "loop/fiber.h"

uint64_t socle_now_us(void)
{
	return clock_monotonic_us();
}

int64_t socle_unix_ms(void)
{
	return clock_unix_ms();
}

int socle_sleep(socle_context *ctx, unsigned ms)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (!fiber_self())
		return scope_throw(scope, ERROR_INTERNAL, "%s() was called where nothing may wait", __func__);
	if (fiber_sleep(ms < INT_MAX ? (int)ms : INT_MAX) < 0)
		return scope_throw(scope, ERROR_CANCELLED, "the client left");
	return 0;
}
