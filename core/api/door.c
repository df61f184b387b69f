#include "api/door.h"

#include <stdlib.h>

#include "base/json.h"
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

/* In the log once for each use of the policy: it may have ignored the error. */
static void refuse_change(struct scope *scope, const char *function)
{
	struct step *policy = (struct step *)(uintptr_t)scope->policy;

	scope_throw(scope, ERROR_INTERNAL, "%s() was called while the policy %.*s decides: a policy reads the request and its "
		"answer, and changes neither; a middleware can", function, STR_ARG(policy->name));
	if (!policy->told)
		log_error("plugin", "%s", error_message(&scope->error));
	policy->told = true;
}

struct request *api_request_to_change(socle_context *ctx, const char *function)
{
	struct request *request = api_request(ctx, function);

	if (request && request->scope.policy) {
		refuse_change(&request->scope, function);
		return NULL;
	}
	return request;
}

json_t *api_tree(struct request *request, json_t *tree)
{
	return request->scope.policy ? json_own_copy(request->scope.arena, tree) : tree;
}

const char *api_plugin_name(const struct scope *scope)
{
	/* An instance's name ends in a NUL: the manifest it comes from is read so. */
	return scope->instance ? scope->instance->name.p : "host";
}
