/* Content that was found, and finding it in REST's terms, as socle/documents.h hands it to plugins. */
#include "api/documents.h"

#include "api/door.h"
#include "base/json.h"
#include "document/locale.h"
#include "extension/generation.h"
#include "http/query.h"
#include "model/model.h"
#include "rest/call.h"
#include "rest/output.h"
#include "rest/template.h"

/* ---- the handle ---- */

socle_documents *api_documents_new(struct scope *scope, struct documents *content)
{
	socle_documents *documents = arena_new_of(scope->arena, struct socle_documents);

	documents->magic = API_DOCUMENTS_MAGIC;
	documents->content = content;
	documents->total = documents_count(content);
	return documents;
}

socle_documents *api_documents_check(const socle_documents *documents, const char *function)
{
	if (documents && documents->magic != API_DOCUMENTS_MAGIC)
		api_abort(function, "what it was given are no documents, or their context has ended");
	return (socle_documents *)(uintptr_t)documents;
}

const struct model *api_model(struct scope *scope, const char *uid)
{
	const struct model *model = models_find(scope->generation->models, str_of(uid));

	if (!model || model->kind == MODEL_COMPONENT) {
		scope_throw(scope, ERROR_INTERNAL, "There is no content type \"%s\"", uid ? uid : "");
		return NULL;
	}
	return model;
}

/* ---- finding ---- */

/* Runs a call in REST's terms. */
static socle_documents *run(struct scope *scope, const struct model *model, const struct param *params)
{
	struct rest_call *call = arena_new_of(scope->arena, struct rest_call);
	socle_documents *documents;

	if (rest_call_of_params(scope, model, DOCUMENT_FIND_MANY, params, call) < 0 || document_call(scope, &call->call) < 0)
		return NULL;
	documents = api_documents_new(scope, call->call.documents);
	documents->pagination = &rest_call_params(call)->pagination;
	documents->total = call->call.total;
	return documents;
}

static struct param *param_of(struct arena *arena, const struct socle_value *value)
{
	json_t *json = NULL;
	struct param *param;

	switch (value->type) {
	case SOCLE_VALUE_BOOL:
		json = json_boolean(value->as.boolean);
		break;
	case SOCLE_VALUE_INT:
		json = json_integer(value->as.integer);
		break;
	case SOCLE_VALUE_NUMBER:
		json = json_real(value->as.number);
		break;
	case SOCLE_VALUE_JSON:
		return param_of_json(arena, value->as.json);
	case SOCLE_VALUE_STRING:
		param = arena_new_of(arena, struct param);
		param->type = PARAM_STRING;
		param->text = (struct str){ value->as.text, value->size };
		return param;
	}
	param = param_of_json(arena, json);
	json_decref(json);
	return param;
}

socle_documents *socle_find_values(socle_context *ctx, const struct socle_query *query,
	const struct socle_value *values, size_t count)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct rest_template *template = query->compiled;
	struct param **params;

	if (!template) {
		scope_throw(scope, ERROR_INTERNAL, "The query on \"%s\" is not compiled: SOCLE_PLUGIN() is missing", query->model);
		return NULL;
	}
	if (count != template->place_count) {
		scope_throw(scope, ERROR_INTERNAL, "The query \"%s\" has %u open values, %zu were given", query->text,
			template->place_count, count);
		return NULL;
	}
	params = arena_array(scope->arena, count, sizeof(*params));
	for (size_t i = 0; i < count; i++)
		params[i] = param_of(scope->arena, &values[i]);
	return run(scope, template->model, rest_template_fill(scope->arena, template, params));
}

socle_documents *socle_find_query(socle_context *ctx, const char *uid, const json_t *query)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = api_model(scope, uid);
	/* The tree points into the JSON's texts, which may go before the documents do. */
	json_t *kept = json_own_copy(scope->arena, query);

	return model ? run(scope, model, kept ? param_of_json(scope->arena, kept) : param_parse(scope->arena, STR_NULL, NULL)) :
		NULL;
}

const char *socle_default_locale(socle_context *ctx)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct str code;

	return locale_default(scope, &code) < 0 ? NULL : code.p;
}

/* ---- what was found ---- */

size_t socle_documents_count(const socle_documents *documents)
{
	return api_documents_check(documents, __func__) ? documents_count(documents->content) : 0;
}

const char *socle_document_id(const socle_documents *documents, size_t index)
{
	const struct query *query;
	const struct cell *cells;

	if (index >= socle_documents_count(documents))
		return NULL;
	query = documents->content->query;
	cells = rowset_row(documents->content->rows, (unsigned)index);
	for (unsigned i = 0; i < query->column_count; i++) {
		if (query->columns[i] == query->model->document_id)
			return arena_strdup(query->arena, cell_text(&cells[i]));
	}
	return NULL;
}

json_t *socle_document_json(const socle_documents *documents, size_t index)
{
	if (index >= socle_documents_count(documents))
		return NULL;
	return output_json(documents->content, (unsigned)index);
}

json_t *socle_document_tree(socle_context *ctx, socle_documents *documents, size_t index)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (index >= socle_documents_count(documents))
		return NULL;
	return output_tree(scope->arena, documents->content, (unsigned)index);
}

int socle_document_set(socle_context *ctx, socle_documents *documents, size_t index, const char *name, json_t *stolen)
{
	struct scope *scope = api_scope(ctx, __func__);

	if (index >= socle_documents_count(documents) || !name || !stolen) {
		json_decref(stolen);
		return scope_throw(scope, ERROR_INTERNAL, "%s() was called for document %zu of %zu, with %s", __func__, index + 1,
			socle_documents_count(documents), !name ? "no name" : !stolen ? "no value" : "a value");
	}
	output_lay_over(scope->arena, documents->content, (unsigned)index, name, stolen);
	return 0;
}

int socle_send_documents(socle_context *ctx, const socle_documents *documents)
{
	struct request *request = api_request_to_change(ctx, __func__);
	struct pagination all = { .with_count = true };

	if (!request || !api_documents_check(documents, __func__))
		return -1;
	/* Without pages there is one that has all of them. */
	all.limit = (double)socle_documents_count(documents);
	return output_list(request, documents->content, documents->pagination ? documents->pagination : &all, documents->total);
}

int socle_send_document(socle_context *ctx, int status, const socle_documents *documents)
{
	struct request *request = api_request_to_change(ctx, __func__);

	if (!request || !api_documents_check(documents, __func__))
		return -1;
	return output_one(request, status, documents->content);
}
