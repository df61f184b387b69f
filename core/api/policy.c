#include <socle/policy.h>

#include "api/door.h"
#include "base/json.h"
#include "extension/generation.h"

const socle_policy *socle_policy_find(socle_context *ctx, const char *name, const json_t *config)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct generation *generation = scope->generation;
	const struct function *policy = generation_function(generation, FUNCTION_POLICY, str_of(name));
	json_t *options;
	struct step *step;

	if (!policy) {
		scope_throw(scope, ERROR_INTERNAL, "Policy %s not found.", name ? name : "(NULL)");
		return NULL;
	}
	if (generation->check_options(policy, config, &options, &scope->error) < 0)
		return NULL;
	step = arena_new_of(generation->arena, struct step);
	*step = (struct step){ .fn = policy->fn, .instance = policy->instance, .name = policy->name,
		.config = json_own(generation->arena, options) };
	/* socle_policy is what plugins call a step; it has no other shape. */
	return (const socle_policy *)step;
}

int socle_policy_run(socle_context *ctx, const socle_policy *policy)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (!policy)
		api_abort(__func__, "NULL, which socle_policy_find() gives for a policy that isn't there");
	return extension_decide(scope, (const struct step *)policy);
}

const char *socle_protocol(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	if (!request)
		return NULL;
	return request->protocol ? request->protocol : "rest";
}

int socle_set_protocol(socle_context *ctx, const char *protocol)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request)
		return -1;
	request->protocol = protocol;
	return 0;
}
