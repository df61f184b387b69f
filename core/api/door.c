#include "api/door.h"

#include <stdlib.h>

#include "base/log.h"

void api_abort(const char *function, const char *what)
{
	log_error("api", "%s() was called with %s", function, what);
	abort();
}

struct scope *api_scope(const socle_context *ctx, const char *function)
{
	/* socle_context is what plugins call a scope; it has no other shape. */
	struct scope *scope = (struct scope *)(uintptr_t)ctx;

	if (!scope)
		api_abort(function, "NULL; hand on the `ctx` that the function was called with");
	if (scope->magic != SCOPE_MAGIC)
		api_abort(function,
			"a pointer that is no context, or one that has ended; hand on the `ctx` that the "
			"function was called with, and keep none");
	return scope;
}

struct request *api_request(socle_context *ctx, const char *function)
{
	struct scope *scope = api_scope(ctx, function);

	if (!scope->request) {
		scope_throw(scope, ERROR_INTERNAL, "%s() was called where there is no request", function);
		return NULL;
	}
	return scope->request;
}

const char *api_plugin_name(const struct scope *scope)
{
	/* An instance's name ends in a NUL: the manifest it comes from is read so. */
	return scope->instance ? scope->instance->name.p : "host";
}
