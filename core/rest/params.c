#include "rest/params.h"

#include <strings.h>

#include "config/settings.h"
#include "pipeline/request.h"
#include "query/filter.h"
#include "rest/access.h"
#include "rest/check.h"

struct reader {
	struct scope *scope;
	bool trusted;			/* plugin code asks, not the client */
	const struct access *access;
	const struct model *model;
	struct query *query;
};

static int refuse(struct reader *reader, const char *message)
{
	return error_set_details(&reader->scope->error, ERROR_VALIDATION, json_object(), "%s", message);
}

/* ---- fields ---- */

static void select_all(struct reader *reader)
{
	for (unsigned i = 0; i < reader->model->column_count; i++) {
		if (access_shows(reader->access, reader->model->columns[i]))
			query_select(reader->query, reader->model->columns[i]);
	}
}

static bool selects_all(const struct param *fields)
{
	if (!fields || fields->type == PARAM_NULL)
		return true;
	if (fields->type == PARAM_STRING)
		return str_is(str_trim(fields->text), "*");
	param_foreach(item, fields) {
		if (str_is(item->text, "*"))
			return true;
	}
	return false;
}

static void select_field(struct reader *reader, struct str name)
{
	query_select(reader->query, model_attribute(reader->model, name));
}

/* id and documentId come in any case, the others as they are asked for. */
static void read_fields(struct reader *reader, const struct param *fields)
{
	if (selects_all(fields)) {
		select_all(reader);
		return;
	}
	query_select(reader->query, reader->model->id);
	query_select(reader->query, reader->model->document_id);
	if (fields->type == PARAM_STRING) {
		for (struct str rest = fields->text; !str_is_null(rest);)
			select_field(reader, str_trim(str_cut(&rest, ',')));
		return;
	}
	param_foreach(item, fields)
		select_field(reader, item->text);
}

/* ---- sort ---- */

static int direction_of(struct reader *reader, struct str text, bool *descending_r)
{
	text = str_trim(text);
	if (str_equal_nocase(text, STR("asc")) || str_equal_nocase(text, STR("desc"))) {
		*descending_r = text.n == 4;
		return 0;
	}
	return refuse(reader, "Invalid order. order can only be one of asc|desc|ASC|DESC");
}

static int order_by(struct reader *reader, const struct join *join, const struct model *model, struct str name,
	bool descending)
{
	const struct attribute *attribute = model_attribute(model, name);

	if (!attribute)
		return 0;	/* "status": allowed, and nothing to sort by */
	if (!query_order_by(reader->query, join, attribute, descending))
		return refuse(reader, "The sort parameter has too many keys");
	return 0;
}

static const struct join *join_through(struct reader *reader, const struct join *join, const struct model **model,
	struct str name)
{
	join = query_join(reader->query, join, model_attribute(*model, name));
	*model = join->target;
	return join;
}

/* "author.name:desc"; what stands behind a second colon is dropped. */
static int read_sort_text(struct reader *reader, const struct join *join, const struct model *model, struct str text)
{
	struct str direction = str_trim(text), path = str_trim(str_cut(&direction, ':'));
	bool descending = false;

	if (path.n == 0)
		return 0;
	if (!str_is_null(direction) && direction_of(reader, str_cut(&direction, ':'), &descending) < 0)
		return -1;
	for (;;) {
		struct str name = str_cut(&path, '.');

		if (str_is_null(path))
			return order_by(reader, join, model, name, descending);
		if (!model_attribute(model, name) || attribute_kind(model_attribute(model, name)->type)->scalar)
			return refuse(reader, "The sort parameter goes through an attribute that leads nowhere");
		join = join_through(reader, join, &model, name);
	}
}

static int read_sort(struct reader *reader, const struct join *join, const struct model *model,
	const struct param *sort)
{
	static const char expected[] =
		"Invalid sort parameter. Expected a string, an array of strings, a sort object or an array of sort objects";

	if (sort->type == PARAM_STRING) {
		for (struct str rest = sort->text; !str_is_null(rest);) {
			if (read_sort_text(reader, join, model, str_cut(&rest, ',')) < 0)
				return -1;
		}
		return 0;
	}
	if (sort->type != PARAM_OBJECT && sort->type != PARAM_ARRAY)
		return refuse(reader, expected);
	param_foreach(item, sort) {
		const struct attribute *attribute;
		const struct model *target = model;
		bool descending;

		if (sort->type == PARAM_ARRAY) {
			if (item->type != sort->first->type)
				return refuse(reader, expected);
			if (read_sort(reader, join, model, item) < 0)
				return -1;
			continue;
		}
		attribute = model_attribute(model, item->key);
		if (attribute && !attribute_kind(attribute->type)->scalar) {
			const struct join *below = join_through(reader, join, &target, item->key);

			if (read_sort(reader, below, target, item) < 0)
				return -1;
			continue;
		}
		if (item->type != PARAM_STRING)
			return refuse(reader, "Invalid order. order can only be one of asc|desc|ASC|DESC");
		if (direction_of(reader, item->text, &descending) < 0 ||
			order_by(reader, join, model, item->key, descending) < 0)
			return -1;
	}
	return 0;
}

/* A list must have one order only: ties go by id. */
static int break_ties(struct reader *reader)
{
	struct query *query = reader->query;
	const struct query_order *last = query->order_count ? &query->order[query->order_count - 1] : NULL;

	if (last && !last->join && last->attribute == reader->model->id)
		return 0;
	return order_by(reader, NULL, reader->model, STR("id"), false);
}

/* ---- the whole ---- */

static int check_all(struct reader *reader, const struct param *params)
{
	const struct param *filters = param_get(params, STR("filters")), *sort = param_get(params, STR("sort"));
	const struct param *fields = param_get(params, STR("fields"));
	struct check check = { .access = reader->access, .arena = reader->scope->arena, .trusted = reader->trusted,
		.error = &reader->scope->error };

	if (param_get(params, STR("lookup")))
		return refuse(reader, "Invalid params: 'lookup'");
	if (filters && filters->type != PARAM_NULL && check_filters(&check, reader->model, filters) < 0)
		return -1;
	if (sort && check_sort(&check, reader->model, sort) < 0)
		return -1;
	if (fields && check_fields(&check, reader->model, fields) < 0)
		return -1;
	if (param_get(params, STR("populate")) || param_get(params, STR("_q")) ||
		param_get(params, STR("publicationFilter")) || param_get(params, STR("hasPublishedVersion")))
		return scope_throw(reader->scope, ERROR_NOT_IMPLEMENTED,
			"The parameters populate, _q, publicationFilter and hasPublishedVersion are not served yet");
	return 0;
}

static int read_list(struct reader *reader, const struct param *params, struct rest_params *out)
{
	struct error *error = &reader->scope->error;

	if (pagination_read(params, &reader->scope->generation->settings->api, &out->pagination, error) < 0)
		return -1;
	reader->query->limited = true;
	reader->query->limit = pagination_limit(&out->pagination);
	reader->query->offset = pagination_offset(&out->pagination);
	return 0;
}

static int read_params(struct scope *scope, bool trusted, const struct model *model, const struct param *params,
	enum rest_kind kind, struct rest_params *out_r)
{
	struct reader reader = { scope, trusted, scope->generation->access, model, &out_r->query };
	const struct param *filters, *sort;

	query_init(&out_r->query, scope->arena, model);
	if (check_all(&reader, params) < 0)
		return -1;
	if (kind == REST_LIST && read_list(&reader, params, out_r) < 0)
		return -1;
	sort = param_get(params, STR("sort"));
	if (sort && sort->type != PARAM_NULL && read_sort(&reader, NULL, model, sort) < 0)
		return -1;
	if (kind == REST_LIST && break_ties(&reader) < 0)
		return -1;
	filters = param_get(params, STR("filters"));
	if (filters && filters->type != PARAM_NULL && filter_compile(&out_r->query, filters, &scope->error) < 0)
		return -1;
	read_fields(&reader, param_get(params, STR("fields")));
	return document_version_read(scope, model, param_get(params, STR("status")), param_get(params, STR("locale")),
		&out_r->version);
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
