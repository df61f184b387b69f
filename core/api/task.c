#include <socle/task.h>

#include "api/door.h"
#include "extension/task.h"

static const struct task_run *running(socle_context *ctx, const char *function)
{
	struct scope *scope = api_scope(ctx, function);

	if (!scope->run)
		scope_throw(scope, ERROR_INTERNAL, "%s() was called where no task runs", function);
	return scope->run;
}

const char *socle_task_name(socle_context *ctx)
{
	const struct task_run *run = running(ctx, __func__);

	return run ? arena_strdup(api_scope(ctx, __func__)->arena, run->task->step.name) : NULL;
}

int64_t socle_task_time(socle_context *ctx)
{
	const struct task_run *run = running(ctx, __func__);

	return run ? run->time_ms : -1;
}
