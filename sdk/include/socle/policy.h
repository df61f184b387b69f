/* Policies: what they may do, and how other protocols than REST run them.
 *
 * A policy (SOCLE_POLICY(), socle/plugin.h) decides whether a request goes on: 1 lets it, 0 denies it, and so does any other number that
 * isn't negative; a negative one after socle_throw() says why. It reads the request and never changes it: while it decides, every function
 * that would change the request or its answer does nothing but fail, with SOCLE_INTERNAL on the context and, once for each use of the
 * policy, an error in the log that names policy and function. These are
 *
 *	- of the answer: socle_header(), socle_headerf(), socle_add_header(), socle_remove_header(), socle_add_header_set(), socle_status(),
 *	  socle_send_...(), socle_write(), socle_flush();
 *	- of the request: socle_set_user_name(), socle_set_session(), socle_set_protocol(), socle_file_keep();
 *	- of its way: socle_next(), socle_super().
 *
 * The same holds for services and hooks that run meanwhile. socle_body() and socle_session() give a copy each time: what is changed in it
 * reaches nobody. What is no part of the request (the database, shared counters, socle_use_data()) is as open to a policy as to an action.
 * Who has to change a request writes a middleware.
 *
 *	SOCLE_POLICY(is_own_list)
 *	{
 *		const json_t *data = json_object_get(socle_body(ctx), "data");
 *
 *		return socle_equal(json_string_value(json_object_get(data, "owner")), socle_user_name(ctx));
 *	}
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

/* 1: allowed, 0: denied, negative: it threw, and the error is on the context. Until it returns the request is only read, as on a route.
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
