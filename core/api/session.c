#include <socle/session.h>

#include "api/door.h"

json_t *socle_session(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	if (request && !request->session)
		scope_throw(&request->scope, ERROR_INTERNAL, "%s(): no middleware keeps sessions; add \"socle::session\" to "
			"middlewares.toml, and `keys` to server.toml", __func__);
	return request ? api_tree(request, request->session) : NULL;
}

int socle_set_session(socle_context *ctx, json_t *stolen)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request || !json_is_object(stolen)) {
		json_decref(stolen);
		return request ? scope_throw(&request->scope, ERROR_INTERNAL, "%s(): a session is an object", __func__) : -1;
	}
	json_decref(request->session);
	request->session = stolen;
	return 0;
}
