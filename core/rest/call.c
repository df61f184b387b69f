#include "rest/call.h"

#include <math.h>

#include "pipeline/request.h"

static enum rest_kind kind_of(enum document_action action)
{
	switch (action) {
	case DOCUMENT_FIND_MANY:
	case DOCUMENT_COUNT:
		return REST_LIST;
	case DOCUMENT_FIND_ONE:
	case DOCUMENT_FIND_FIRST:
		return REST_ONE;
	default:
		return REST_WRITE;
	}
}

/* A document is deleted as a whole: who asks for its draft alone shall not lose what is published. */
static int check_deletion(struct scope *scope, const struct model *model, enum document_action action,
	const struct param *params)
{
	const struct param *status = param_get(params, STR("status"));

	if (action == DOCUMENT_DELETE && model->draft_and_publish && status && str_is(status->text, "draft"))
		return scope_throw(scope, ERROR_VALIDATION, "Cannot delete a draft document");
	return 0;
}

static int read_rest(struct scope *scope, const struct model *model, enum document_action action, const struct param *params,
	struct rest_params *params_r)
{
	return rest_params_read(scope, model, params, kind_of(action), params_r) < 0 ? -1 :
		check_deletion(scope, model, action, params);
}

static void take(struct document_call *call, struct rest_params *params)
{
	bool deletes = call->action == DOCUMENT_DELETE;

	call->query = &params->query;
	call->populate = params->populate;
	call->version = params->version;
	/* What restricts a deletion is not what is shown of it. */
	call->condition = deletes ? &params->query : NULL;
	call->arg = params;
}

static int reread(struct scope *scope, struct document_call *call, const struct param *tree)
{
	struct rest_params *params = arena_new_of(scope->arena, struct rest_params);

	if (read_rest(scope, call->model, call->action, tree, params) < 0)
		return -1;
	take(call, params);
	return 0;
}

static void begin(struct rest_call *call, enum document_action action, const struct model *model,
	const struct param *tree)
{
	call->call = (struct document_call){ .action = action, .model = model, .params = tree, .reread = reread };
	take(&call->call, &call->params);
	call->call.with_count = action == DOCUMENT_FIND_MANY && call->params.pagination.with_count;
}

int rest_call_of_request(struct scope *scope, enum document_action action, struct rest_call *call_r)
{
	struct request *request = scope->request;
	const struct param *tree;

	if (request_query(request, &tree) < 0 || rest_params_of_request(scope, kind_of(action), &call_r->params) < 0 ||
		check_deletion(scope, request->model, action, tree) < 0)
		return -1;
	begin(call_r, action, request->model, tree);
	return 0;
}

int rest_call_of_params(struct scope *scope, const struct model *model, enum document_action action,
	const struct param *params, struct rest_call *call_r)
{
	if (read_rest(scope, model, action, params, &call_r->params) < 0)
		return -1;
	begin(call_r, action, model, params);
	return 0;
}

/* ---- in the Document Service's terms ---- */

static const struct param no_params = { .type = PARAM_OBJECT };

static bool is_page_key(struct str key)
{
	return str_is(key, "start") || str_is(key, "limit") || str_is(key, "page") || str_is(key, "pageSize");
}

/* What REST's reader takes: no page at the root, and a status. */
static struct param *without_page(struct scope *scope, const struct param *params)
{
	struct param *copy = arena_new_of(scope->arena, struct param), *status;

	copy->type = PARAM_OBJECT;
	param_foreach(item, params) {
		if (!is_page_key(item->key))
			param_append(copy, arena_memdup(scope->arena, item, sizeof(*item)));
	}
	if (!param_get(copy, STR("status"))) {
		status = arena_new_of(scope->arena, struct param);
		*status = (struct param){ .type = PARAM_STRING, .key = STR("status"), .text = STR("draft") };
		param_append(copy, status);
	}
	return copy;
}

/* *value_r is left as it was when the key is absent. `least`: the smallest that is allowed. */
static int read_number(struct scope *scope, const struct param *params, struct str key, double least, double *value_r)
{
	const struct param *given = param_get(params, key);
	double value;

	if (!given || given->type == PARAM_NULL)
		return 0;
	value = param_to_number(given);
	if (!(value >= least) || value != floor(value) || value > 9007199254740992.0)
		return scope_throw(scope, ERROR_VALIDATION, "%.*s must be an integer from %d on, not %.*s", STR_ARG(key),
			(int)least, STR_ARG(given->text));
	*value_r = value;
	return 0;
}

static int read_page(struct scope *scope, const struct param *params, struct query *query)
{
	double start = 0, limit = -1, page = 0, size = 25;

	if (param_get(params, STR("pagination")))
		return 0;
	if (read_number(scope, params, STR("start"), 0, &start) < 0 || read_number(scope, params, STR("limit"), -1, &limit) < 0 ||
		read_number(scope, params, STR("page"), 1, &page) < 0 || read_number(scope, params, STR("pageSize"), 1, &size) < 0)
		return -1;
	if (page == 0 && param_get(params, STR("pageSize")))
		page = 1;
	if (page > 0) {
		/* Far beyond any row, and still an integer. */
		start = fmin((page - 1) * size, 9007199254740992.0);
		limit = size;
	}
	query->limited = limit >= 0;
	query->limit = query->limited ? (uint64_t)limit : 0;
	query->offset = (uint64_t)start;
	return 0;
}

static int read_service(struct scope *scope, const struct model *model, enum document_action action,
	const struct param *params, struct rest_params *params_r)
{
	if (rest_params_read(scope, model, without_page(scope, params), kind_of(action), params_r) < 0 ||
		check_deletion(scope, model, action, params) < 0)
		return -1;
	return action == DOCUMENT_FIND_MANY ? read_page(scope, params, &params_r->query) : 0;
}

static int reread_service(struct scope *scope, struct document_call *call, const struct param *tree)
{
	struct rest_params *params = arena_new_of(scope->arena, struct rest_params);

	if (read_service(scope, call->model, call->action, tree, params) < 0)
		return -1;
	take(call, params);
	return 0;
}

int rest_call_of_service(struct scope *scope, const struct model *model, enum document_action action,
	const struct param *params, struct rest_call *call_r)
{
	params = params ? params : &no_params;
	if (read_service(scope, model, action, params, &call_r->params) < 0)
		return -1;
	begin(call_r, action, model, params);
	call_r->call.reread = reread_service;
	call_r->call.with_count = false;
	return 0;
}
