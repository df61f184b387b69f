#include "pipeline/health.h"

bool health_answer(struct request *request)
{
	struct str path = request->message->path;

	if (!str_equal_nocase(path, STR("/_health")) && !str_equal_nocase(path, STR("/_health/")))
		return false;
	/* Clients of Strapi know its health check by this greeting. */
	http_set_header(request->message, STR("strapi"), STR("You are so French!"));
	request_send_empty(request, 204);
	return true;
}
