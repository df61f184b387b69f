/* The way of a request: in through the middlewares, to its route, and out again. */
#include "base/clock.h"
#include "base/log.h"
#include "model/model.h"
#include "pipeline/authorize.h"
#include "pipeline/chain.h"
#include "pipeline/health.h"
#include "pipeline/router.h"

static int run_action(struct request *request)
{
	return extension_call(&request->scope, &request->route->action);
}

/* A policy says 1 (allow), 0 (deny), or fails with an error of its own. */
static int run_policies(struct request *request)
{
	const struct chain *policies = &request->route->policies;

	for (unsigned i = 0; i < policies->count; i++) {
		int rc = extension_decide(&request->scope, &policies->steps[i]);

		if (rc < 0)
			return -1;
		if (rc == 0)
			return scope_throw(&request->scope, ERROR_POLICY, NULL);
	}
	return 0;
}

/* What a route throws as "unauthorized" or "forbidden" loses its own words: they might tell too much. */
static void mask(struct scope *scope)
{
	if (scope->error.kind == ERROR_UNAUTHORIZED)
		error_set(&scope->error, ERROR_UNAUTHORIZED, "Unauthorized");
	else if (scope->error.kind == ERROR_FORBIDDEN)
		error_set(&scope->error, ERROR_FORBIDDEN, "Forbidden");
}

static bool is_stale(const struct request *request)
{
	const struct generation *generation = request->scope.generation;

	return request->model && generation->unserved && generation->unserved[request->model->index];
}

/* A statement that failed for a missing column will fail for every request: the type is put aside. */
static void note_stale(struct request *request)
{
	if (request->scope.error.kind == ERROR_STALE && request->model)
		generation_mark_stale(request->scope.generation, request->model, error_message(&request->scope.error));
}

static int run_route(struct request *request)
{
	struct scope *scope = &request->scope;

	if (authorize(request) < 0)
		return -1;
	if (is_stale(request))
		return scope_throw(scope, ERROR_UNAVAILABLE, "%.*s can't be served: its table doesn't fit its schema",
			STR_ARG(request->model->uid));
	if (run_policies(request) >= 0 && chain_run(request, &request->route->middlewares, run_action) >= 0)
		return 0;
	note_stale(request);
	mask(scope);
	return -1;
}

/* Behind the last global middleware. */
static int route_request(struct request *request)
{
	struct str allow = STR_NULL;
	int rc;

	if (request->status || request->has_body)
		return 0;
	if (health_asked(request))
		return health_answer(request);
	rc = router_match(request->scope.generation->router, request, &allow);
	if (rc < 0)
		return -1;
	if (rc == ROUTER_MATCH)
		return run_route(request);
	if (rc == ROUTER_NOT_FOUND)
		return 0;
	http_set_header(request->message, STR("Allow"), allow);
	if (request->message->method == HTTP_OPTIONS)
		return request_send_text(request, 200, STR("text/plain; charset=utf-8"), STR_NULL);
	if (request->message->method == HTTP_OTHER)
		return request_send_text(request, 501, STR("text/plain; charset=utf-8"),
			STR("Not Implemented"));
	return request_send_text(request, 405, STR("text/plain; charset=utf-8"), STR("Method Not Allowed"));
}

/* Nobody caught it: the errors middleware is missing, or stands further in. */
static void answer_uncaught(struct request *request)
{
	if (!error_is_set(&request->scope.error))
		scope_throw(&request->scope, ERROR_INTERNAL, "A middleware failed without saying why");
	request_send_error(request, &request->scope.error);
}

static void send_answer(struct request *request)
{
	int status = request->status ? request->status : 404;

	if (!request->file) {
		http_send(request->message, status, &request->out);
		return;
	}
	http_send_file(request->message, status, request->file);
	request->file = NULL;
}

static void clear_body(void *arg)
{
	struct request *request = arg;

	request_reset_answer(request);
	buf_clear(&request->out);
	json_decref(request->body);
	json_decref(request->session);
	generation_unpin(request->scope.generation);
}

void pipeline_serve(struct http_message *message, void *arg)
{
	struct pipeline *pipeline = arg;
	struct request *request = arena_new_of(message->arena, struct request);
	int rc;

	scope_init(&request->scope, message->arena, generation_pin(pipeline->generation), pipeline->pool);
	request->scope.request = request;
	request->scope.caller = CALLER_PUBLIC;
	request->message = message;
	request->began_us = clock_monotonic_us();
	arena_defer(message->arena, clear_body, request);

	rc = chain_run(request, &request->scope.generation->middlewares, route_request);
	if (rc < 0)
		answer_uncaught(request);
	if (request->streaming)
		request_finish(request);
	else
		send_answer(request);
}
