#include <socle/offload.h>

#include <errno.h>
#include <string.h>

#include "api/door.h"
#include "loop/offload.h"

int socle_offload(socle_context *ctx, void (*function)(void *arg), void *arg)
{
	struct scope *scope = api_scope(ctx, __func__);
	int rc;

	if (!function)
		api_abort(__func__, "no function");
	rc = offload_run(function, arg);
	if (rc == -EAGAIN)
		return scope_throw(scope, ERROR_UNAVAILABLE, "%s(): too many jobs wait for a thread", __func__);
	if (rc < 0)
		return scope_throw(scope, ERROR_UNAVAILABLE, "%s(): no thread: %s", __func__, strerror(-rc));
	return 0;
}
