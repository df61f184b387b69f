#include "rest/check.h"

#include "query/query.h"
#include "rest/selection.h"

int check_refuse(struct check *check, struct str key, const char *path)
{
	json_t *details = json_pack("{s:s%, s:s?, s:s, s:s}", "key", key.p ? key.p : "", key.n, "path", path, "source",
		"query", "param", check->param);

	if (!path || str_equal(key, str_of(path)))
		return error_set_details(check->error, ERROR_VALIDATION, details, "Invalid key %.*s", STR_ARG(key));
	return error_set_details(check->error, ERROR_VALIDATION, details, "Invalid key %.*s at %s", STR_ARG(key), path);
}

static void name_param(struct check *check, const char *name)
{
	check->param = check->in_populate ? "populate" : name;
}

/* "author" below "restaurant" is "restaurant.author". */
static const char *extend(struct check *check, const char *path, struct str key)
{
	if (!path)
		return arena_strdup(check->arena, key);
	return arena_printf(check->arena, "%s.%.*s", path, STR_ARG(key));
}

/* ---- the questions ---- */

typedef bool question_fn(const struct check *check, const struct attribute *attribute);

static bool is_known(const struct check *check, const struct attribute *attribute)
{
	return attribute != NULL;
}

static bool is_no_zone(const struct check *check, const struct attribute *attribute)
{
	return !attribute || attribute->type != ATTRIBUTE_DYNAMICZONE;
}

static bool is_no_morph_to(const struct check *check, const struct attribute *attribute)
{
	return !attribute || (attribute->relation != RELATION_MORPH_TO_ONE &&
		attribute->relation != RELATION_MORPH_TO_MANY);
}

static bool is_no_password(const struct check *check, const struct attribute *attribute)
{
	return !attribute || attribute->type != ATTRIBUTE_PASSWORD;
}

static bool is_public(const struct check *check, const struct attribute *attribute)
{
	return !attribute || !attribute->private_;
}

static bool leads_to_what_may_be_found(const struct check *check, const struct attribute *attribute)
{
	return !attribute || attribute->type != ATTRIBUTE_RELATION || access_shows(check->access, attribute);
}

/* In Strapi's order. */
static question_fn *const questions[] = { is_known, is_no_zone, is_no_morph_to, is_no_password, is_public,
	leads_to_what_may_be_found };
enum { QUESTIONS = sizeof(questions) / sizeof(questions[0]), TRUSTED_QUESTIONS = 3 };

static unsigned question_count(const struct check *check)
{
	return check->trusted ? TRUSTED_QUESTIONS : QUESTIONS;
}

static const struct model *target_of(const struct attribute *attribute)
{
	if (attribute->type == ATTRIBUTE_COMPONENT)
		return attribute->component;
	if (attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA)
		return attribute->target;
	return NULL;
}

/* ---- filters ---- */

static bool names_something(const struct model *model, const struct param *object)
{
	enum operator op;

	param_foreach(item, object) {
		if (operator_of(item->key, &op) || model_attribute(model, item->key))
			return true;
	}
	return false;
}

static int walk_filters(struct check *check, question_fn *question, const struct model *model,
	const struct param *filters, const char *path)
{
	if (filters->type == PARAM_ARRAY) {
		param_foreach(item, filters) {
			if (walk_filters(check, question, model, item, path) < 0)
				return -1;
		}
		return 0;
	}
	if (filters->type != PARAM_OBJECT)
		return 0;
	param_foreach(item, filters) {
		const struct attribute *attribute;
		enum operator op;
		const char *below = path;

		if (operator_of(item->key, &op)) {
			/* An operand without a name of ours filters nothing: it is left to the conversion. */
			if (item->type == PARAM_OBJECT && op != OPERATOR_NOT && !names_something(model, item))
				continue;
			if (walk_filters(check, question, model, item, path) < 0)
				return -1;
			continue;
		}
		attribute = model_attribute(model, item->key);
		if (attribute)
			below = extend(check, path, item->key);
		if (!question(check, attribute))
			return check_refuse(check, item->key, below);
		if (!attribute || attribute->type == ATTRIBUTE_DYNAMICZONE || !is_no_morph_to(check, attribute))
			continue;
		if (walk_filters(check, question, target_of(attribute) ? target_of(attribute) : model, item, below) < 0)
			return -1;
	}
	return 0;
}

int check_filters(struct check *check, const struct model *model, const struct param *filters)
{
	name_param(check, "filters");
	if (filters->type != PARAM_OBJECT && filters->type != PARAM_ARRAY)
		return error_set_details(check->error, ERROR_VALIDATION, json_object(),
			"The filters parameter must be an object or an array");
	for (unsigned i = 0; i < question_count(check); i++) {
		if (walk_filters(check, questions[i], model, filters, NULL) < 0)
			return -1;
	}
	return 0;
}

/* ---- sort ---- */

/* One key of a sort. `last`: nothing stands behind it. */
static int walk_sort_key(struct check *check, question_fn *question, const struct model *model, struct str key,
	const char *path, bool last, const struct model **target_r, const char **below_r)
{
	const struct attribute *attribute = model_attribute(model, key);

	*target_r = NULL;
	*below_r = attribute ? extend(check, path, key) : path;
	if (!attribute && model->draft_and_publish && str_is(key, "status") && !last)
		return 0;
	if (question) {
		if (!question(check, attribute))
			return check_refuse(check, key, *below_r);
	} else if (last && attribute && !attribute_kind(attribute->type)->scalar) {
		return check_refuse(check, key, *below_r);
	}
	if (attribute)
		*target_r = target_of(attribute);
	return 0;
}

static bool is_order_mark(char c)
{
	return c == '.' || c == ':';
}

/* Nothing but separators is left. */
static bool is_last(struct str rest)
{
	for (size_t i = 0; i < rest.n; i++) {
		if (!is_order_mark(rest.p[i]))
			return false;
	}
	return true;
}

/* "author.name:asc". Segments end at dots and colons; empty ones don't count but in front; below a scalar nothing is
 * looked at. */
static int walk_sort_text(struct check *check, question_fn *question, const struct model *model, struct str text,
	const char *path)
{
	text = str_trim(text);
	if (text.n && is_order_mark(*text.p))
		return 0;
	while (text.n) {
		const struct model *target;
		size_t end = 0;
		struct str key;

		while (end < text.n && !is_order_mark(text.p[end]))
			end++;
		key = str_take(text, end);
		text = str_skip(text, end);
		if (walk_sort_key(check, question, model, key, path, is_last(text), &target, &path) < 0)
			return -1;
		if (!target || is_last(text))
			return 0;
		while (is_order_mark(*text.p))
			text = str_skip(text, 1);
		model = target;
	}
	return 0;
}

/* What JavaScript's lodash calls empty. */
static bool is_empty(const struct param *param)
{
	return param->type == PARAM_STRING ? param->text.n == 0 :
		(param->type != PARAM_ARRAY && param->type != PARAM_OBJECT) || !param->first;
}

/* An array has strings only or objects only, else its indices are taken for names. */
static bool is_uniform(const struct param *array)
{
	bool strings = true, trees = true;

	param_foreach(item, array) {
		strings = strings && item->type == PARAM_STRING;
		trees = trees && (item->type == PARAM_OBJECT || item->type == PARAM_ARRAY);
	}
	return strings || trees;
}

static int walk_sort(struct check *check, question_fn *question, const struct model *model, const struct param *sort,
	const char *path)
{
	if (sort->type == PARAM_STRING) {
		for (struct str rest = sort->text; !str_is_null(rest);) {
			if (walk_sort_text(check, question, model, str_cut(&rest, ','), path) < 0)
				return -1;
		}
		return 0;
	}
	if (sort->type == PARAM_ARRAY) {
		if (!selection_has_sort(sort))
			return 0;
		if (!is_uniform(sort))
			return check_refuse(check, STR("0"), path);
		param_foreach(item, sort) {
			if (walk_sort(check, question, model, item, path) < 0)
				return -1;
		}
		return 0;
	}
	if (sort->type != PARAM_OBJECT)
		return 0;
	param_foreach(item, sort) {
		const struct model *target;
		const char *below;

		if (walk_sort_key(check, question, model, item->key, path, is_empty(item), &target, &below) < 0)
			return -1;
		if (target && walk_sort(check, question, target, item, below) < 0)
			return -1;
	}
	return 0;
}

int check_sort(struct check *check, const struct model *model, const struct param *sort)
{
	name_param(check, "sort");
	for (unsigned i = 0; i < question_count(check); i++) {
		if (walk_sort(check, questions[i], model, sort, NULL) < 0)
			return -1;
	}
	return walk_sort(check, NULL, model, sort, NULL);
}

/* ---- fields ---- */

static int check_field(struct check *check, question_fn *question, const struct model *model, struct str key)
{
	const struct attribute *attribute;

	if (str_is(key, "*"))
		return 0;
	key = str_trim(key);
	attribute = model_attribute(model, key);
	if (question(check, attribute))
		return 0;
	return check_refuse(check, key, attribute ? extend(check, NULL, key) : NULL);
}

static int check_field_list(struct check *check, question_fn *question, const struct model *model, struct str text)
{
	for (struct str rest = text; !str_is_null(rest);) {
		if (check_field(check, question, model, str_cut(&rest, ',')) < 0)
			return -1;
	}
	return 0;
}

static bool is_scalar(const struct check *check, const struct attribute *attribute)
{
	return attribute && attribute_kind(attribute->type)->scalar;
}

/* In Strapi's order. */
static question_fn *const field_questions[] = { is_scalar, is_public, is_no_password };
enum { FIELD_QUESTIONS = sizeof(field_questions) / sizeof(field_questions[0]) };

static int refuse_fields(struct check *check)
{
	return error_set_details(check->error, ERROR_VALIDATION, json_object(),
		"Invalid fields parameter. Expected a string or an array of strings");
}

int check_fields(struct check *check, const struct model *model, const struct param *fields)
{
	unsigned questions_asked = check->trusted ? 1 : FIELD_QUESTIONS;
	bool list_in_list = false;

	name_param(check, "fields");
	if (fields->type == PARAM_NULL)
		return 0;
	if (fields->type != PARAM_STRING && fields->type != PARAM_ARRAY)
		return refuse_fields(check);
	if (fields->type == PARAM_ARRAY) {
		param_foreach(item, fields) {
			if (item->type != PARAM_STRING)
				return refuse_fields(check);
			list_in_list = list_in_list || str_find(item->text, ',') < item->text.n;
		}
	}
	for (unsigned i = 0; i < questions_asked; i++) {
		if (fields->type == PARAM_STRING && check_field_list(check, field_questions[i], model, fields->text) < 0)
			return -1;
		if (fields->type == PARAM_STRING)
			continue;
		param_foreach(item, fields) {
			if (check_field_list(check, field_questions[i], model, item->text) < 0)
				return -1;
		}
	}
	return list_in_list ? refuse_fields(check) : 0;
}
