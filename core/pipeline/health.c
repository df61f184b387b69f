#include "pipeline/health.h"

/* A body means nothing here, but one that is broken is refused like anywhere else. */
static int skip_body(struct request *request)
{
	char piece[4096];
	ssize_t n;

	do {
		n = http_read(request->message, piece, sizeof(piece), &request->scope.error);
	} while (n > 0);
	return (int)n;
}

bool health_asked(const struct request *request)
{
	struct str path = request->message->path;

	return str_equal_nocase(path, STR("/_health")) || str_equal_nocase(path, STR("/_health/"));
}

int health_answer(struct request *request)
{
	if (skip_body(request) < 0)
		return -1;
	/* Clients of Strapi know its health check by this greeting. */
	http_set_header(request->message, STR("strapi"), STR("You are so French!"));
	return request_send_empty(request, 204);
}
