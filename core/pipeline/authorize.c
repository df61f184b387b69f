#include "pipeline/authorize.h"

#include "pipeline/router.h"

static bool has_token(const struct http_message *message)
{
	struct str header = http_header(message, STR("Authorization")), scheme = str_cut(&header, ' ');

	/* Another scheme is as if there were none. */
	return str_equal_nocase(scheme, STR("Bearer"));
}

/* Nobody can be known yet: every caller is the public, to whom a route is open or closed. Who says to be somebody is not
 * believed, and isn't taken for nobody either. */
int authorize(struct request *request)
{
	if (!request->route->route->auth)
		return 0;
	if (has_token(request->message))
		return scope_throw(&request->scope, ERROR_UNAUTHORIZED, "Missing or invalid credentials");
	if (request->route->allowed)
		return 0;
	return scope_throw(&request->scope, ERROR_FORBIDDEN, "Forbidden");
}
