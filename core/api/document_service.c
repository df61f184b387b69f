/* The Document Service, as socle/documents.h hands it to plugins. */
#include "api/documents.h"
#include "api/door.h"
#include "base/json.h"
#include "http/query.h"
#include "model/model.h"
#include "rest/call.h"

/* The tree of params points into the JSON's texts, which may go before the documents do. */
static const struct param *read_params(struct scope *scope, const json_t *params)
{
	json_t *kept = json_own_copy(scope->arena, params);

	return kept ? param_of_json(scope->arena, kept) : NULL;
}

/* NULL with the error on the scope. */
static struct rest_call *begin(struct scope *scope, enum document_action action, const char *uid, const json_t *params)
{
	const struct model *model = api_model(scope, uid);
	struct rest_call *call = arena_new_of(scope->arena, struct rest_call);

	return model && rest_call_of_service(scope, model, action, read_params(scope, params), call) == 0 ? call : NULL;
}

static socle_documents *run(struct scope *scope, struct rest_call *call)
{
	return call && document_call(scope, &call->call) == 0 ? api_documents_new(scope, call->call.documents) : NULL;
}

/* An action on one document. */
static socle_documents *run_on(socle_context *ctx, const char *function, enum document_action action, const char *uid,
	const char *document_id, const json_t *data, const json_t *params)
{
	struct scope *scope = api_scope(ctx, function);
	struct rest_call *call = begin(scope, action, uid, params);

	if (call && !document_id) {
		scope_throw(scope, ERROR_INTERNAL, "%s() was called without a documentId", function);
		return NULL;
	}
	if (call) {
		call->call.document_id = str_of(document_id);
		/* Only the service's callers change it. */
		call->call.data = (json_t *)(uintptr_t)data;
	}
	return run(scope, call);
}

socle_documents *socle_find_many(socle_context *ctx, const char *uid, const json_t *params)
{
	struct scope *scope = api_scope(ctx, __func__);

	return run(scope, begin(scope, DOCUMENT_FIND_MANY, uid, params));
}

socle_documents *socle_find_first(socle_context *ctx, const char *uid, const json_t *params)
{
	struct scope *scope = api_scope(ctx, __func__);

	return run(scope, begin(scope, DOCUMENT_FIND_FIRST, uid, params));
}

socle_documents *socle_find_one(socle_context *ctx, const char *uid, const char *document_id, const json_t *params)
{
	return run_on(ctx, __func__, DOCUMENT_FIND_ONE, uid, document_id, NULL, params);
}

int64_t socle_count(socle_context *ctx, const char *uid, const json_t *params)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct rest_call *call = begin(scope, DOCUMENT_COUNT, uid, params);

	return call && document_call(scope, &call->call) == 0 ? (int64_t)call->call.total : -1;
}

static bool is_data(struct scope *scope, const char *function, const json_t *data)
{
	if (!json_is_object(data))
		scope_throw(scope, ERROR_INTERNAL, "%s() was called with data that is no object", function);
	return json_is_object(data);
}

socle_documents *socle_create(socle_context *ctx, const char *uid, const json_t *data, const json_t *params)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct rest_call *call = is_data(scope, __func__, data) ? begin(scope, DOCUMENT_CREATE, uid, params) : NULL;

	if (call)
		call->call.data = (json_t *)(uintptr_t)data;
	return run(scope, call);
}

socle_documents *socle_update(socle_context *ctx, const char *uid, const char *document_id, const json_t *data,
	const json_t *params)
{
	return is_data(api_scope(ctx, __func__), __func__, data) ?
		run_on(ctx, __func__, DOCUMENT_UPDATE, uid, document_id, data, params) : NULL;
}

socle_documents *socle_delete(socle_context *ctx, const char *uid, const char *document_id, const json_t *params)
{
	return run_on(ctx, __func__, DOCUMENT_DELETE, uid, document_id, NULL, params);
}

socle_documents *socle_clone(socle_context *ctx, const char *uid, const char *document_id, const json_t *data,
	const json_t *params)
{
	return run_on(ctx, __func__, DOCUMENT_CLONE, uid, document_id, data, params);
}

socle_documents *socle_publish(socle_context *ctx, const char *uid, const char *document_id, const json_t *params)
{
	return run_on(ctx, __func__, DOCUMENT_PUBLISH, uid, document_id, NULL, params);
}

socle_documents *socle_unpublish(socle_context *ctx, const char *uid, const char *document_id, const json_t *params)
{
	return run_on(ctx, __func__, DOCUMENT_UNPUBLISH, uid, document_id, NULL, params);
}

socle_documents *socle_discard_draft(socle_context *ctx, const char *uid, const char *document_id, const json_t *params)
{
	return run_on(ctx, __func__, DOCUMENT_DISCARD_DRAFT, uid, document_id, NULL, params);
}
