#include "rest/actions.h"

#include "document/find.h"
#include "document/populate.h"
#include "document/write.h"
#include "pipeline/request.h"
#include "rest/input.h"
#include "rest/output.h"
#include "rest/params.h"

/* ---- answers ---- */

/* Without a row nothing is sent: the errors middleware makes 404 of that. */
static int send_first(struct scope *scope, int status, const struct rest_params *params, const struct rowset *rows)
{
	struct buf *out = &scope->request->out;
	struct loaded *loaded;

	if (rows->count == 0)
		return 0;
	if (document_populate(scope, &params->query, params->populate, rows, &loaded) < 0 ||
		request_begin_json(scope->request, status) < 0)
		return -1;
	buf_reserve(out, OUTPUT_ROW_ROOM);
	buf_add_literal(out, "{\"data\":");
	output_row(out, output_form_of(scope->request), loaded, 0);
	buf_add_literal(out, ",\"meta\":{}}");
	return 0;
}

/* ---- reading ---- */

static int find(struct scope *scope)
{
	struct rest_params params;
	struct loaded *loaded;
	struct rowset *rows;
	uint64_t total = 0;
	int rc;

	if (rest_params_of_request(scope, REST_LIST, &params) < 0)
		return -1;
	if (params.pagination.with_count)
		rc = document_find_counted(scope, &params.query, &params.version, &rows, &total);
	else
		rc = document_find(scope, &params.query, &params.version, &rows);
	if (rc < 0 || document_populate(scope, &params.query, params.populate, rows, &loaded) < 0)
		return -1;
	return output_list(scope->request, &params, loaded, total);
}

static void where_document(struct scope *scope, struct query *query, struct str document_id)
{
	struct db_value *value = arena_new_of(scope->arena, struct db_value);

	*value = db_text(document_id);
	query_where(query, condition_compare(scope->arena, NULL, query->model->document_id, OPERATOR_EQ, value, 1));
}

static int send_one(struct scope *scope, struct rest_params *params)
{
	struct rowset *rows;

	params->query.limited = true;
	params->query.limit = 1;
	if (document_find(scope, &params->query, &params->version, &rows) < 0)
		return -1;
	return send_first(scope, 200, params, rows);
}

static int find_one(struct scope *scope)
{
	struct rest_params params;

	if (rest_params_of_request(scope, REST_ONE, &params) < 0)
		return -1;
	where_document(scope, &params.query, request_param(scope->request, STR("id")));
	return send_one(scope, &params);
}

static int find_single(struct scope *scope)
{
	struct rest_params params;

	if (rest_params_of_request(scope, REST_ONE, &params) < 0)
		return -1;
	return send_one(scope, &params);
}

/* ---- writing ---- */

/* What was just written, as the answer shows it. */
static int send_written(struct scope *scope, int status, struct rest_params *params, uint64_t row)
{
	struct db_value *value = arena_new_of(scope->arena, struct db_value);
	struct document_version any = { .published = params->version.published, .any_locale = true };
	struct rowset *rows;

	*value = db_uint(row);
	/* The answer shows what was written, whatever the request filters. */
	params->query.where = (struct condition){ .op = OPERATOR_AND };
	params->query.joins = params->query.last_join = NULL;
	params->query.order_count = 0;
	query_where(&params->query, condition_compare(scope->arena, NULL, params->query.model->id, OPERATOR_EQ, value, 1));
	if (document_find(scope, &params->query, &any, &rows) < 0)
		return -1;
	return send_first(scope, status, params, rows);
}

/* The parameters and the body of a write, in Strapi's order. */
static int read_write(struct scope *scope, struct rest_params *params, json_t **data_r)
{
	const struct model *model = scope->request->model;

	if (rest_params_of_request(scope, REST_WRITE, params) < 0)
		return -1;
	return input_read(scope->request, model, data_r);
}

static int create(struct scope *scope)
{
	struct rest_params params;
	json_t *data;
	uint64_t row;

	if (read_write(scope, &params, &data) < 0 ||
		document_create(scope, scope->request->model, data, &params.version, &row, NULL) < 0)
		return -1;
	return send_written(scope, 201, &params, row);
}

static int update(struct scope *scope)
{
	struct str id = request_param(scope->request, STR("id"));
	struct rest_params params;
	json_t *data;
	uint64_t row;

	if (read_write(scope, &params, &data) < 0 ||
		document_update(scope, scope->request->model, id, data, &params.version, &row) < 0)
		return -1;
	return row ? send_written(scope, 200, &params, row) : 0;
}

static int update_single(struct scope *scope)
{
	const struct model *model = scope->request->model;
	struct rest_params params;
	struct str id;
	json_t *data;
	uint64_t row;
	int rc;

	if (read_write(scope, &params, &data) < 0 || document_single_id(scope, model, &id) < 0)
		return -1;
	if (str_is_null(id))
		rc = document_create(scope, model, data, &params.version, &row, NULL);
	else
		rc = document_update(scope, model, id, data, &params.version, &row);
	return rc < 0 ? -1 : send_written(scope, 200, &params, row);
}

static int delete_document(struct scope *scope, struct str id)
{
	struct rest_params params;

	if (rest_params_of_request(scope, REST_WRITE, &params) < 0)
		return -1;
	if (str_is_null(id) && document_single_id(scope, scope->request->model, &id) < 0)
		return -1;
	if (!str_is_null(id) &&
		document_delete(scope, scope->request->model, id, &params.version, &params.query) < 0)
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
