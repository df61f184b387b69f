#include "rest/params.h"

#include "config/settings.h"
#include "pipeline/request.h"
#include "query/filter.h"
#include "query/search.h"
#include "rest/access.h"
#include "rest/check.h"
#include "rest/populate.h"
#include "rest/selection.h"
#include "rest/strict.h"

struct reader {
	struct scope *scope;
	bool trusted;			/* plugin code asks, not the client */
	const struct access *access;
	const struct model *model;
	enum rest_kind kind;
	struct query *query;
};

static int refuse(struct reader *reader, const char *message)
{
	return error_set_details(&reader->scope->error, ERROR_VALIDATION, json_object(), "%s", message);
}

/* A list must have one order only: ties go by id. */
static int break_ties(struct reader *reader)
{
	struct query *query = reader->query;
	const struct query_order *last = query->order_count ? &query->order[query->order_count - 1] : NULL;

	if (last && !last->join && last->attribute == reader->model->id)
		return 0;
	if (!query_order_by(query, NULL, reader->model->id, false))
		return selection_refuse_sort(query, &reader->scope->error);
	return 0;
}

/* ---- filters ---- */

/* The members of an object but for one. */
static const struct param *without(struct reader *reader, const struct param *object, struct str key)
{
	struct param *copy = arena_memdup(reader->scope->arena, object, sizeof(*object)), **at = &copy->first;

	if (!param_get(object, key))
		return object;
	copy->count = 0;
	copy->last = NULL;
	param_foreach(item, object) {
		if (str_equal(item->key, key))
			continue;
		*at = copy->last = arena_memdup(reader->scope->arena, item, sizeof(*item));
		at = &(*at)->next;
		copy->count++;
	}
	*at = NULL;
	return copy;
}

static int read_filters(struct reader *reader, const struct param *filters)
{
	if (!filters || filters->type == PARAM_NULL)
		return 0;
	if (filters->type == PARAM_ARRAY && filters->first)
		return refuse(reader, "Filters are an object: put a list of them below $and or $or");
	/* Which document it is, the path has said. */
	if (reader->kind == REST_ONE && reader->model->kind == MODEL_COLLECTION)
		filters = without(reader, filters, STR("documentId"));
	return filter_compile(reader->query, filters, &reader->scope->error);
}

static int read_search(struct reader *reader, const struct param *text)
{
	if (!text || text->type == PARAM_NULL)
		return 0;
	if (text->type == PARAM_ARRAY || text->type == PARAM_OBJECT)
		return refuse(reader, "Invalid _q parameter. Expected a string");
	search_compile(reader->query, text->text);
	return 0;
}

/* ---- versions ---- */

/* An entry is read in one locale, so "*" is but the name of one that doesn't exist. */
static int refuse_locale(struct reader *reader, const struct param *locale)
{
	struct buf text = BUF_INIT;
	int rc;

	if (locale->type == PARAM_OBJECT)
		buf_add_literal(&text, "[object Object]");
	param_foreach(item, locale) {
		if (locale->type == PARAM_ARRAY)
			buf_printf(&text, "%s%.*s", item == locale->first ? "" : ",", STR_ARG(item->text));
	}
	rc = error_set_details(&reader->scope->error, ERROR_VALIDATION, json_object(),
		"Invalid locale param %s provided. Document locales must be strings.", buf_cstr(&text));
	buf_clear(&text);
	return rc;
}

/* A list takes conditions for a locale, as filters have them: locale[$ne]=en. */
static int read_locale_conditions(struct reader *reader, const struct param *locale, struct document_version *version)
{
	struct param *member = arena_memdup(reader->scope->arena, locale, sizeof(*locale));
	const struct param filters = { .type = PARAM_OBJECT, .first = member, .last = member, .count = 1 };

	member->key = STR("locale");
	member->next = NULL;
	*version = (struct document_version){ .published = version->published, .any_locale = true };
	return filter_compile(reader->query, &filters, &reader->scope->error);
}

static int read_version(struct reader *reader, const struct param *params, struct document_version *version)
{
	const struct param *locale = param_get(params, STR("locale")), *filters = param_get(params, STR("filters"));
	bool tree = locale && (locale->type == PARAM_ARRAY || locale->type == PARAM_OBJECT);

	if (!reader->model->localized)
		locale = NULL;
	else if (tree && reader->kind == REST_ONE)
		return refuse_locale(reader, locale);
	if (document_version_read(reader->scope, reader->model, param_get(params, STR("status")), locale, version) < 0)
		return -1;
	if (!reader->model->localized || reader->kind == REST_WRITE)
		return 0;
	if (param_get(filters, STR("locale"))) {
		/* It stands instead of the one that is asked for or would be by default. */
		version->any_locale = true;
		version->locales = NULL;
		return 0;
	}
	if (tree)
		return read_locale_conditions(reader, locale, version);
	if (version->any_locale && reader->kind == REST_ONE) {
		version->any_locale = false;
		version->locales = arena_new_of(reader->scope->arena, struct db_value);
		version->locales[0] = db_text(STR("*"));
		version->locale_count = 1;
	}
	return 0;
}

/* ---- the whole ---- */

static int check_all(struct reader *reader, const struct param *params)
{
	const struct param *filters = param_get(params, STR("filters")), *sort = param_get(params, STR("sort"));
	const struct param *fields = param_get(params, STR("fields")), *populate = param_get(params, STR("populate"));
	const struct generation *generation = reader->scope->generation;
	const struct settings_api *api = &generation->settings->api;
	struct check check = { .access = reader->access, .arena = reader->scope->arena, .trusted = reader->trusted,
		.models = generation->models, .populate_depth = (unsigned)api->populate_depth, .error = &reader->scope->error };
	const struct publication *publication;

	if (publication_read(param_get(params, STR("publicationFilter")), NULL, &publication, check.error) < 0)
		return -1;
	if (api->strict_params && !reader->trusted && strict_names(params, check.error) < 0)
		return -1;
	if (filters && filters->type != PARAM_NULL && check_filters(&check, reader->model, filters) < 0)
		return -1;
	if (sort && check_sort(&check, reader->model, sort) < 0)
		return -1;
	if (fields && check_fields(&check, reader->model, fields) < 0)
		return -1;
	return populate ? check_populate(&check, reader->model, populate) : 0;
}

/* What the Document Service has against them. */
static int check_values(struct reader *reader, const struct param *params)
{
	if (param_get(params, STR("lookup")))
		return refuse(reader, "Invalid params: 'lookup'");
	if (!reader->scope->generation->settings->api.documents_strict_params)
		return 0;
	return strict_values(params, reader->kind == REST_LIST, &reader->scope->error);
}

static int read_list(struct reader *reader, const struct param *params, struct pagination *pagination)
{
	if (pagination_read(params, &reader->scope->generation->settings->api, pagination, &reader->scope->error) < 0)
		return -1;
	reader->query->limited = true;
	reader->query->limit = pagination_limit(pagination);
	reader->query->offset = pagination_offset(pagination);
	return 0;
}

static void set_limits(struct query *query, const struct settings_api *api)
{
	query->limits.depth = (unsigned)api->filter_depth;
	query->limits.conditions = (unsigned)api->filter_conditions;
	query->limits.relations = (unsigned)api->filter_relations;
	query->limits.orders = (unsigned)api->sort_keys;
}

static int read_params(struct scope *scope, bool trusted, const struct model *model, const struct param *params,
	enum rest_kind kind, struct rest_params *out_r)
{
	struct reader reader = { scope, trusted, access_of(scope), model, kind, &out_r->query };
	const struct param *sort = param_get(params, STR("sort"));
	struct error *error = &scope->error;

	query_init(&out_r->query, scope->arena, model);
	set_limits(&out_r->query, &scope->generation->settings->api);
	if (check_all(&reader, params) < 0)
		return -1;
	if (kind == REST_LIST && read_list(&reader, params, &out_r->pagination) < 0)
		return -1;
	if (check_values(&reader, params) < 0 || read_version(&reader, params, &out_r->version) < 0)
		return -1;
	if (sort && sort->type != PARAM_NULL && selection_sort(&out_r->query, sort, error) < 0)
		return -1;
	if (kind == REST_LIST && break_ties(&reader) < 0)
		return -1;
	if (pagination_check_root(params, kind == REST_LIST, error) < 0)
		return -1;
	if (publication_read(param_get(params, STR("publicationFilter")), param_get(params, STR("hasPublishedVersion")),
			&out_r->version.publication, error) < 0)
		return -1;
	if (read_filters(&reader, param_get(params, STR("filters"))) < 0)
		return -1;
	if (out_r->query.joins && !query_sorts_through_a_join(&out_r->query))
		selection_order(&out_r->query, reader.access);
	selection_fields(&out_r->query, reader.access, param_get(params, STR("fields")));
	if (read_search(&reader, param_get(params, STR("_q"))) < 0)
		return -1;
	return populate_read(scope, &out_r->query, param_get(params, STR("fields")), param_get(params, STR("populate")),
		&out_r->version, &out_r->populate);
}

int rest_params_read(struct scope *scope, const struct model *model, const struct param *params, enum rest_kind kind,
	struct rest_params *out_r)
{
	return read_params(scope, true, model, params, kind, out_r);
}

int rest_params_of_request(struct scope *scope, enum rest_kind kind, struct rest_params *out_r)
{
	const struct param *params;

	if (request_query(scope->request, &params) < 0)
		return -1;
	return read_params(scope, false, scope->request->model, params, kind, out_r);
}
