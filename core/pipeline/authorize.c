#include "pipeline/authorize.h"

#include "pipeline/router.h"

/* Nobody can be known yet, so every caller is the public, and a route is open to it or closed. */
int authorize(struct request *request)
{
	if (!request->route->route->auth || request->route->allowed)
		return 0;
	return scope_throw(&request->scope, ERROR_FORBIDDEN, "Forbidden");
}
