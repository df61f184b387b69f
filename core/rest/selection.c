#include "rest/selection.h"

#include <strings.h>

/* ---- fields ---- */

bool selection_is_all(const struct param *fields)
{
	if (!fields || fields->type == PARAM_NULL)
		return true;
	if (fields->type == PARAM_STRING) {
		for (struct str rest = fields->text; !str_is_null(rest);) {
			if (str_is(str_trim(str_cut(&rest, ',')), "*"))
				return true;
		}
		return false;
	}
	param_foreach(item, fields) {
		if (str_is(item->text, "*"))
			return true;
	}
	return false;
}

bool selection_is_chosen(const struct param *fields)
{
	bool empty = fields && fields->type == PARAM_STRING && fields->text.n == 0;

	return !empty && !selection_is_all(fields);
}

/* Who may name what isn't shown doesn't see it either. */
static void select_field(struct query *query, const struct access *access, struct str name)
{
	const struct attribute *attribute = model_attribute(query->model, name);

	if (attribute && access_shows(access, attribute))
		query_select(query, attribute);
}

void selection_fields(struct query *query, const struct access *access, const struct param *fields)
{
	if (selection_is_all(fields)) {
		const struct query *plain = access_plain(access, query->model);

		for (unsigned i = 0; i < plain->column_count; i++)
			query_select(query, plain->columns[i]);
		return;
	}
	select_field(query, access, STR("id"));
	select_field(query, access, STR("documentId"));
	if (fields->type == PARAM_STRING) {
		for (struct str rest = fields->text; !str_is_null(rest);)
			select_field(query, access, str_trim(str_cut(&rest, ',')));
		return;
	}
	param_foreach(item, fields)
		select_field(query, access, str_trim(item->text));
}

/* ---- sort ---- */

void selection_order(struct query *query, const struct access *access)
{
	for (unsigned i = 0; i < query->order_count; i++) {
		if (!query->order[i].join && access_shows(access, query->order[i].attribute))
			query_select(query, query->order[i].attribute);
	}
}

static bool has_key(struct str text)
{
	for (struct str rest = text; !str_is_null(rest);) {
		struct str key = str_cut(&rest, ',');

		if (str_trim(str_cut(&key, ':')).n)
			return true;
	}
	return false;
}

static bool has_direction(const struct param *object)
{
	param_foreach(item, object) {
		if ((item->type == PARAM_STRING && item->text.n) || (item->type == PARAM_OBJECT && has_direction(item)))
			return true;
	}
	return false;
}

bool selection_has_sort(const struct param *sort)
{
	if (sort->type == PARAM_STRING)
		return has_key(sort->text);
	if (sort->type == PARAM_OBJECT)
		return has_direction(sort);
	if (sort->type == PARAM_ARRAY) {
		param_foreach(item, sort) {
			if (item->type != PARAM_ARRAY && selection_has_sort(item))
				return true;
		}
	}
	return false;
}

struct sorter {
	struct query *query;
	struct error *error;
};

static int refuse(struct sorter *sorter, const char *message)
{
	return error_set_details(sorter->error, ERROR_VALIDATION, json_object(), "%s", message);
}

int selection_refuse_sort(const struct query *query, struct error *error)
{
	return error_set_details(error, ERROR_VALIDATION, json_object(),
		"The sort parameter has more than %u keys (rest.sortKeys)", query->limits.orders);
}

static int direction_of(struct sorter *sorter, struct str text, bool *descending_r)
{
	text = str_trim(text);
	if (str_equal_nocase(text, STR("asc")) || str_equal_nocase(text, STR("desc"))) {
		*descending_r = text.n == 4;
		return 0;
	}
	return refuse(sorter, "Invalid order. order can only be one of asc|desc|ASC|DESC");
}

static int order_by(struct sorter *sorter, const struct join *join, const struct model *model, struct str name,
	bool descending)
{
	const struct attribute *attribute = model_attribute(model, name);

	if (!attribute)
		return 0;	/* "status": allowed, and nothing to sort by */
	if (!attribute_kind(attribute->type)->scalar)
		return refuse(sorter, "The sort parameter ends at an attribute that has no value of its own");
	if (!query_order_by(sorter->query, join, attribute, descending))
		return selection_refuse_sort(sorter->query, sorter->error);
	return 0;
}

/* NULL, with the error set, when it leads nowhere. */
static const struct join *join_through(struct sorter *sorter, const struct join *join, const struct model **model,
	struct str name)
{
	const struct attribute *attribute = model_attribute(*model, name);

	if (!attribute || attribute_kind(attribute->type)->scalar || !(attribute->target || attribute->component)) {
		refuse(sorter, "The sort parameter goes through an attribute that leads nowhere");
		return NULL;
	}
	join = query_join(sorter->query, join, attribute, sorter->error);
	if (join)
		*model = join->target;
	return join;
}

/* "author.name:desc"; what stands behind a second colon is dropped. */
static int read_text(struct sorter *sorter, const struct join *join, const struct model *model, struct str text)
{
	struct str direction = str_trim(text), path = str_trim(str_cut(&direction, ':'));
	bool descending = false;

	if (path.n == 0)
		return 0;
	if (!str_is_null(direction) && direction_of(sorter, str_cut(&direction, ':'), &descending) < 0)
		return -1;
	for (;;) {
		struct str name = str_cut(&path, '.');

		if (str_is_null(path))
			return order_by(sorter, join, model, name, descending);
		join = join_through(sorter, join, &model, name);
		if (!join)
			return -1;
	}
}

static int read_texts(struct sorter *sorter, const struct param *sort)
{
	for (struct str rest = sort->text; !str_is_null(rest);) {
		if (read_text(sorter, NULL, sorter->query->model, str_cut(&rest, ',')) < 0)
			return -1;
	}
	return 0;
}

static int read_object(struct sorter *sorter, const struct join *join, const struct model *model,
	const struct param *object)
{
	param_foreach(item, object) {
		const struct model *target = model;
		const struct join *below;
		bool descending;

		if (item->type == PARAM_STRING) {
			if (str_trim(item->text).n == 0)
				continue;
			if (direction_of(sorter, item->text, &descending) < 0 ||
				order_by(sorter, join, model, item->key, descending) < 0)
				return -1;
		} else if (item->type == PARAM_OBJECT) {
			below = join_through(sorter, join, &target, item->key);
			if (!below || read_object(sorter, below, target, item) < 0)
				return -1;
		} else {
			return error_set_details(sorter->error, ERROR_VALIDATION, json_object(),
				"Invalid sort type expected object or string got %s", item->type == PARAM_NUMBER ? "number" :
				item->type == PARAM_BOOL ? "boolean" : "object");
		}
	}
	return 0;
}

static int read_sort(struct sorter *sorter, const struct param *sort)
{
	switch (sort->type) {
	case PARAM_STRING:
		return read_texts(sorter, sort);
	case PARAM_OBJECT:
		return read_object(sorter, NULL, sorter->query->model, sort);
	case PARAM_ARRAY:
		param_foreach(item, sort) {
			if (read_sort(sorter, item) < 0)
				return -1;
		}
		return 0;
	default:
		return refuse(sorter,
			"Invalid sort parameter. Expected a string, an array of strings, a sort object or an array of sort objects");
	}
}

int selection_sort(struct query *query, const struct param *sort, struct error *error)
{
	struct sorter sorter = { query, error };

	return selection_has_sort(sort) ? read_sort(&sorter, sort) : 0;
}
