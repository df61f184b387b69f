#include "rest/actions.h"

#include "document/write.h"
#include "pipeline/request.h"
#include "rest/call.h"
#include "rest/input.h"
#include "rest/output.h"

/* ---- reading ---- */

static int find(struct scope *scope)
{
	struct rest_call call;

	if (rest_call_of_request(scope, DOCUMENT_FIND_MANY, &call) < 0 || document_call(scope, &call.call) < 0)
		return -1;
	return output_list(scope->request, call.call.documents, &rest_call_params(&call)->pagination, call.call.total);
}

static int find_one(struct scope *scope)
{
	struct rest_call call;

	if (rest_call_of_request(scope, DOCUMENT_FIND_ONE, &call) < 0)
		return -1;
	call.call.document_id = request_param(scope->request, STR("id"));
	return document_call(scope, &call.call) < 0 ? -1 : output_one(scope->request, 200, call.call.documents);
}

static int find_single(struct scope *scope)
{
	struct rest_call call;

	if (rest_call_of_request(scope, DOCUMENT_FIND_FIRST, &call) < 0 || document_call(scope, &call.call) < 0)
		return -1;
	return output_one(scope->request, 200, call.call.documents);
}

/* ---- writing ---- */

/* The parameters and the body of a write, in Strapi's order. */
static int read_write(struct scope *scope, enum document_action action, struct rest_call *call)
{
	if (rest_call_of_request(scope, action, call) < 0)
		return -1;
	return input_read(scope->request, scope->request->model, &call->call.data);
}

static int write_and_send(struct scope *scope, struct rest_call *call, int status)
{
	return document_call(scope, &call->call) < 0 ? -1 : output_one(scope->request, status, call->call.documents);
}

static int create(struct scope *scope)
{
	struct rest_call call;

	if (read_write(scope, DOCUMENT_CREATE, &call) < 0)
		return -1;
	return write_and_send(scope, &call, 201);
}

static int update(struct scope *scope)
{
	struct rest_call call;

	if (read_write(scope, DOCUMENT_UPDATE, &call) < 0)
		return -1;
	call.call.document_id = request_param(scope->request, STR("id"));
	return write_and_send(scope, &call, 200);
}

static int update_single(struct scope *scope)
{
	struct rest_call call;

	if (read_write(scope, DOCUMENT_UPDATE, &call) < 0 ||
		document_single_id(scope, scope->request->model, &call.call.document_id) < 0)
		return -1;
	if (str_is_null(call.call.document_id))
		call.call.action = DOCUMENT_CREATE;
	return write_and_send(scope, &call, 200);
}

static int delete_document(struct scope *scope, struct str id)
{
	const struct model *model = scope->request->model;
	struct rest_call call;

	if (rest_call_of_request(scope, DOCUMENT_DELETE, &call) < 0)
		return -1;
	if (str_is_null(id) && document_single_id(scope, model, &id) < 0)
		return -1;
	call.call.document_id = id;
	/* The answer shows nothing, so only a middleware wants to see what was removed. */
	if (!document_call_has_middlewares(scope, model, DOCUMENT_DELETE))
		call.call.query = NULL;
	if (!str_is_null(id) && document_call(scope, &call.call) < 0)
		return -1;
	return request_send_empty(scope->request, 204);
}

static int delete_one(struct scope *scope)
{
	return delete_document(scope, request_param(scope->request, STR("id")));
}

static int delete_single(struct scope *scope)
{
	return delete_document(scope, STR_NULL);
}

/* ---- tables ---- */

static const struct core_action {
	struct rest_core_route route;
	extension_fn *fn;
} collection_actions[] = {
	{ { "find", "GET", false }, find },
	{ { "findOne", "GET", true }, find_one },
	{ { "create", "POST", false }, create },
	{ { "update", "PUT", true }, update },
	{ { "delete", "DELETE", true }, delete_one },
}, single_actions[] = {
	{ { "find", "GET", false }, find_single },
	{ { "update", "PUT", false }, update_single },
	{ { "delete", "DELETE", false }, delete_single },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct core_action *actions_of(const struct model *model, size_t *count_r)
{
	*count_r = model->kind == MODEL_COLLECTION ? COUNT(collection_actions) :
		model->kind == MODEL_SINGLE ? COUNT(single_actions) : 0;
	return model->kind == MODEL_COLLECTION ? collection_actions : single_actions;
}

extension_fn *rest_core_action(const struct model *model, struct str action)
{
	size_t count;
	const struct core_action *actions = actions_of(model, &count);

	for (size_t i = 0; i < count; i++) {
		if (str_equal(action, str_of(actions[i].route.action)))
			return actions[i].fn;
	}
	return NULL;
}

const struct rest_core_route *rest_core_route(const struct model *model, unsigned i)
{
	size_t count;
	const struct core_action *actions = actions_of(model, &count);

	return i < count ? &actions[i].route : NULL;
}
