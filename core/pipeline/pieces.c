/* Answers in pieces: request_write() and what belongs to it. */
#include "loop/fiber.h"
#include "pipeline/request.h"
#include "pipeline/transform.h"

static int start(struct request *request)
{
	struct http_message *message = request->message;

	if (request->streaming)
		return 0;
	if (http_answered(message))
		return scope_throw(&request->scope, ERROR_INTERNAL, "The answer is complete already");
	if (!request->status)
		request->status = 200;
	if (str_is_null(http_answer_header(message, STR("Content-Type"))))
		http_set_header(message, STR("Content-Type"), STR("application/octet-stream"));
	if (transforms_begin(request) < 0) {
		request->broken = true;
		return -1;
	}
	request_drop_body(request);
	request->has_body = true;
	request->streaming = true;
	http_start(message, request->status, -1);
	return 0;
}

static int give(struct request *request, struct str piece, enum transform_how how)
{
	if (transform_runs(request))
		return scope_throw(&request->scope, ERROR_INTERNAL,
			"A transform writes nothing itself: what it makes of a piece it hands on");
	if (request->broken)
		return scope_throw(&request->scope, ERROR_INTERNAL, "The answer has broken off already");
	return start(request) < 0 ? -1 : transforms_give(request, piece, how);
}

int request_write(struct request *request, struct str piece)
{
	return give(request, piece, TRANSFORM_MORE);
}

int request_flush(struct request *request)
{
	return give(request, STR_NULL, TRANSFORM_FLUSH);
}

void request_finish(struct request *request)
{
	/* The wire ends the connection of an answer that isn't finished. */
	if (request->broken)
		return;
	if (transforms_give(request, STR_NULL, TRANSFORM_LAST) < 0)
		request_send_error(request, &request->scope.error);
	else
		http_finish(request->message);
}

bool request_leaving(const struct request *request)
{
	/* Of a HEAD request's answer nothing is sent but its head. */
	return http_leaving(request->message) || fiber_cancelled() ||
		(request->streaming && request->message->method == HTTP_HEAD);
}
