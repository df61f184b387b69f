#include <socle/context.h>

#include "api/door.h"
#include "pipeline/router.h"
#include "rest/actions.h"

bool socle_has_request(const socle_context *ctx)
{
	return api_scope(ctx, __func__)->request != NULL;
}

const char *socle_method(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? arena_strdup(request->scope.arena, request->message->method_text) : NULL;
}

const char *socle_path(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? arena_strdup(request->scope.arena, request->message->path) : NULL;
}

/* NULL for "absent". */
static const char *text_of(struct request *request, struct str text)
{
	return str_is_null(text) ? NULL : arena_strdup(request->scope.arena, text);
}

const char *socle_param(socle_context *ctx, const char *name)
{
	struct request *request = api_request(ctx, __func__);

	return request ? text_of(request, request_param(request, str_of(name))) : NULL;
}

const char *socle_request_header(socle_context *ctx, const char *name)
{
	struct request *request = api_request(ctx, __func__);

	return request ? text_of(request, http_header(request->message, str_of(name))) : NULL;
}

json_t *socle_body(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? api_tree(request, request->body) : NULL;
}

const char *socle_client_address(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? arena_strdup(request->scope.arena, request->message->origin.address) : NULL;
}

bool socle_is_secure(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request && str_equal(request->message->origin.scheme, STR("https"));
}

const char *socle_user_name(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? request->user_name : NULL;
}

int socle_set_user_name(socle_context *ctx, const char *name)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	request->user_name = name ? arena_strdup(request->scope.arena, str_of(name)) : NULL;
	return 0;
}

const char *socle_action_name(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request && request->route ? text_of(request, request->route->route->action) : NULL;
}

/* An action that went on would go on to itself. */
static bool is_in_middleware(const struct request *request)
{
	const struct chain *chain = request->chain;

	return chain && request->position < chain->count &&
		request->scope.step == &chain->steps[request->position];
}

int socle_next(socle_context *ctx)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	if (!is_in_middleware(request)) {
		return scope_throw(&request->scope, ERROR_INTERNAL,
			"%s() was called in what is no middleware", __func__);
	}
	return request_next(request);
}

/* "findOne" of "api::article.article.findOne". */
static struct str last_part(struct str name)
{
	size_t from = name.n;

	while (from && name.p[from - 1] != '.')
		from--;
	return str_skip(name, from);
}

int socle_super(socle_context *ctx)
{
	struct request *request = api_request_to_change(ctx, __func__);
	const struct route *route;
	struct step core = { 0 };

	if (!request)
		return -1;
	route = request->route ? request->route->route : NULL;
	if (route && request->model) {
		core.fn = rest_core_action(request->model, last_part(route->action));
		core.name = route->action;
	}
	if (!core.fn) {
		return scope_throw(&request->scope, ERROR_INTERNAL,
			"%s() was called in `%.*s`, which replaces no action of a content type", __func__,
			STR_ARG(route ? route->action : STR_NULL));
	}
	return extension_call(&request->scope, &core);
}
