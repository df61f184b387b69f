/* Where plugins come in: what every function of the SDK checks before it does anything.
 *
 * A wrong pointer is a bug in the plugin that can't be answered, so it ends the call at once with the name
 * of the function. A function about requests that is called without one is a mistake that can: it leaves an
 * error.
 *
 *	const char *socle_path(socle_context *ctx)
 *	{
 *		struct request *request = api_request(ctx, __func__);
 *
 *		return request ? ... : NULL;
 *	}
 */
#ifndef API_DOOR_H
#define API_DOOR_H

#include <socle/context.h>

#include "extension/scope.h"
#include "pipeline/request.h"

/* Never NULL: aborts when ctx is none. */
struct scope *api_scope(const socle_context *ctx, const char *function) __attribute__((returns_nonnull));

/* For other handles that plugins hand in: says that `function` was called with `what`, and ends the call. */
void api_abort(const char *function, const char *what) __attribute__((noreturn));

/* NULL, with ERROR_INTERNAL on the scope, when there is no request. */
struct request *api_request(socle_context *ctx, const char *function);

/* The same for what changes the request or its answer: NULL, too, while a policy decides (socle/policy.h lists them). */
struct request *api_request_to_change(socle_context *ctx, const char *function);

/* A tree of the request's as plugins get it: itself, or a copy while a policy decides, so that changes of it reach nobody. */
json_t *api_tree(struct request *request, json_t *tree);

/* "blog", or "host" while no plugin runs; for the log. */
const char *api_plugin_name(const struct scope *scope);

#endif
