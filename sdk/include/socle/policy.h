/* Policies for other protocols than REST.
 *
 * Routes have their policies from the manifest. A plugin that speaks another protocol (GraphQL, say) asks for them by name when it starts,
 * and runs them before it answers:
 *
 *	static const socle_policy *guard;
 *
 *	static int begin(socle_context *ctx)
 *	{
 *		json_t *config = socle_own(ctx, json_pack("{s:s}", "role", "editor"));
 *
 *		guard = socle_policy_find(ctx, "global::has-role", config);
 *		return guard ? 0 : -1;
 *	}
 *
 *	int allowed = socle_policy_run(ctx, guard);
 *	if (allowed <= 0)
 *		return allowed < 0 ? -1 : socle_throw(ctx, SOCLE_POLICY_FAILED, NULL);
 *
 * A policy sees the request as it does on a route; socle_protocol() tells it which way the request came.
 */
#ifndef SOCLE_POLICY_H
#define SOCLE_POLICY_H

#include <jansson.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* One use of a policy, with what it is configured with. Lives until the plugin is stopped. */
typedef struct socle_policy socle_policy;

/* The policy of that full name ("global::has-role", "api::blog.is-owner"), configured with an object, which is borrowed (NULL: nothing)
 * and checked against the options that the policy declares. NULL with the error on the context when there is none, or when the
 * configuration doesn't fit. For `start`: each call takes memory that only goes with the plugins.
 *
 *	guard = socle_policy_find(ctx, "global::is-admin", NULL);
 */
SOCLE_API const socle_policy *socle_policy_find(socle_context *ctx, const char *name, const json_t *config);

/* 1: allowed, 0: denied, negative: it threw, and the error is on the context.
 *
 *	int allowed = socle_policy_run(ctx, guard);
 */
SOCLE_API int socle_policy_run(socle_context *ctx, const socle_policy *policy) SOCLE_MUST_CHECK;

/* "rest", unless a plugin has said otherwise. NULL with the error on the context without a request.
 *
 *	bool graphql = strcmp(socle_protocol(ctx), "graphql") == 0;
 */
SOCLE_API const char *socle_protocol(socle_context *ctx);

/* For a plugin that speaks another protocol: says so for the rest of the request. `protocol` must live as long as the program.
 *
 *	socle_set_protocol(ctx, "graphql");
 */
SOCLE_API int socle_set_protocol(socle_context *ctx, const char *protocol);

SOCLE_C_END

#endif
