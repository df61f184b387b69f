#include <socle/plugin.h>

#include "api/door.h"

void socle_set_data(socle_context *ctx, void *data)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (scope->instance)
		scope->instance->data = data;
}

void *socle_data(socle_context *ctx)
{
	struct scope *scope = api_scope(ctx, __func__);

	return scope->instance ? scope->instance->data : NULL;
}
