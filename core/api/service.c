#include <socle/service.h>

#include "api/door.h"
#include "extension/generation.h"

struct socle_crossing socle_service_enter(socle_context *ctx, const struct socle_service_use *use)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct service *service = use->service;
	struct crossing before;

	if (!service)
		api_abort(__func__, "a service that is not resolved: SOCLE_PLUGIN() is missing");
	before = extension_enter(scope, &service->step);
	return (struct socle_crossing){ before.step, before.instance };
}

void socle_service_leave(socle_context *ctx, struct socle_crossing before)
{
	extension_leave(api_scope(ctx, __func__),
		(struct crossing){ before.step, (struct instance *)(uintptr_t)before.instance });
}
