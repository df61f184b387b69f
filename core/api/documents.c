/* Content, as socle/documents.h hands it to plugins. */
#include <socle/documents.h>

#include "api/door.h"
#include "document/find.h"
#include "document/locale.h"
#include "document/populate.h"
#include "document/write.h"
#include "extension/generation.h"
#include "http/query.h"
#include "rest/output.h"
#include "rest/template.h"

#define DOCUMENTS_MAGIC 0xd0c5e7u

struct socle_documents {
	uint32_t magic;
	struct rest_params params;
	struct rowset *rows;
	struct loaded *loaded;
	uint64_t total;
};

static const struct model *find_model(struct scope *scope, const char *uid)
{
	const struct model *model = models_find(scope->generation->models, str_of(uid));

	if (!model)
		scope_throw(scope, ERROR_INTERNAL, "There is no content type \"%s\"", uid ? uid : "");
	return model;
}

/* Runs what `documents` has been filled with. */
static socle_documents *run(struct scope *scope, socle_documents *documents)
{
	struct rest_params *params = &documents->params;
	int rc;

	if (params->pagination.with_count)
		rc = document_find_counted(scope, &params->query, &params->version, &documents->rows, &documents->total);
	else
		rc = document_find(scope, &params->query, &params->version, &documents->rows);
	if (rc == 0)
		rc = document_populate(scope, &params->query, params->populate, documents->rows, &documents->loaded);
	return rc < 0 ? NULL : documents;
}

static socle_documents *documents_new(struct scope *scope)
{
	socle_documents *documents = arena_new_of(scope->arena, struct socle_documents);

	documents->magic = DOCUMENTS_MAGIC;
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
	socle_documents *documents = documents_new(scope);
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
	if (rest_template_fill(scope, template, params, &documents->params) < 0)
		return NULL;
	return run(scope, documents);
}

socle_documents *socle_find_query(socle_context *ctx, const char *uid, const json_t *query)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = find_model(scope, uid);
	socle_documents *documents = documents_new(scope);
	/* The tree points into the JSON's texts, which may go before the documents do. */
	json_t *kept = json_deep_copy(query);

	if (kept)
		arena_defer(scope->arena, (void (*)(void *))json_decref, kept);
	if (!model || rest_params_read(scope, model, param_of_json(scope->arena, kept), REST_LIST, &documents->params) < 0)
		return NULL;
	return run(scope, documents);
}

static const socle_documents *checked(const socle_documents *documents, const char *function)
{
	if (documents && documents->magic != DOCUMENTS_MAGIC)
		api_abort(function, "what it was given are no documents, or their context has ended");
	return documents;
}

size_t socle_documents_count(const socle_documents *documents)
{
	return checked(documents, __func__) ? documents->rows->count : 0;
}

json_t *socle_document_json(const socle_documents *documents, size_t index)
{
	struct buf text = BUF_INIT;
	json_t *tree;

	if (index >= socle_documents_count(documents))
		return NULL;
	output_row(&text, OUTPUT_FLAT, documents->loaded, (unsigned)index);
	tree = json_loadb(text.p, text.n, JSON_ALLOW_NUL, NULL);
	buf_clear(&text);
	return tree;
}

int socle_send_documents(socle_context *ctx, const socle_documents *documents)
{
	struct request *request = api_request(ctx, __func__);

	if (!request || !checked(documents, __func__))
		return -1;
	return output_list(request, &documents->params, documents->loaded, documents->total);
}

int64_t socle_count(socle_context *ctx, const char *uid)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = find_model(scope, uid);
	struct document_version version;
	struct query *query = arena_new_of(scope->arena, struct query);
	uint64_t total;

	if (!model || document_version_read(scope, model, NULL, NULL, &version) < 0)
		return -1;
	query_init(query, scope->arena, model);
	return document_count(scope, query, &version, &total) < 0 ? -1 : (int64_t)total;
}

const char *socle_create(socle_context *ctx, const char *uid, const json_t *data)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = find_model(scope, uid);
	struct document_version version;
	struct str id = STR_NULL;
	uint64_t row;

	if (!model || document_version_read(scope, model, NULL, NULL, &version) < 0 ||
		document_create(scope, model, data, &version, &row, &id) < 0)
		return NULL;
	return id.p;
}

const char *socle_default_locale(socle_context *ctx)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct str code;

	return locale_default(scope, &code) < 0 ? NULL : code.p;
}
