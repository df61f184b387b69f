#include <socle/lifecycle.h>

#include "api/documents.h"
#include "api/door.h"
#include "base/json.h"
#include "http/query.h"
#include "query/filter.h"
#include "query/lifecycle.h"

/* socle_event is what plugins call it; it has no other shape. */
static struct lifecycle_event *check(const socle_event *event, const char *function)
{
	struct lifecycle_event *inside = (struct lifecycle_event *)(uintptr_t)event;

	if (!inside || inside->magic != LIFECYCLE_MAGIC)
		api_abort(function, "what is no event, or one that is over");
	return inside;
}

const char *socle_event_name(const socle_event *event)
{
	const struct lifecycle_event *inside = check(event, __func__);

	return lifecycle_name(inside->lifecycle, inside->phase);
}

const char *socle_event_model(const socle_event *event)
{
	/* A uid comes from a schema and ends in a NUL. */
	return check(event, __func__)->model->uid.p;
}

json_t *socle_event_data(socle_event *event)
{
	return check(event, __func__)->data;
}

const json_t *socle_event_where(const socle_event *event)
{
	return check(event, __func__)->where;
}

const json_t *socle_event_result(const socle_event *event)
{
	return check(event, __func__)->result;
}

int socle_event_filter(socle_context *ctx, socle_event *event, const json_t *filters)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct lifecycle_event *inside = check(event, __func__);
	json_t *kept;

	if (!inside->query || inside->phase != LIFECYCLE_BEFORE)
		return scope_throw(scope, ERROR_INTERNAL, "%s() is for events before a find or a count, not for %s", __func__,
			socle_event_name(event));
	/* The query points into its texts. */
	if (!json_is_object(filters))
		return scope_throw(scope, ERROR_INTERNAL, "%s() was called with filters that are no object", __func__);
	kept = json_own_copy(scope->arena, filters);
	return filter_compile(inside->query, param_of_json(scope->arena, kept), &scope->error);
}

socle_documents *socle_event_documents(socle_context *ctx, socle_event *event)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct lifecycle_event *inside = check(event, __func__);

	return inside->documents ? api_documents_new(scope, inside->documents) : NULL;
}

int64_t socle_event_count(const socle_event *event)
{
	return (int64_t)check(event, __func__)->count;
}

json_t *socle_event_state(socle_context *ctx, socle_event *event)
{
	return lifecycle_state(api_scope(ctx, __func__), check(event, __func__));
}
