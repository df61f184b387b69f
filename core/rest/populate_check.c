/* Strapi's validation of `populate`. Its walk has an oddity that shows in the answers: below an attribute
 * stand options, below `populate` and at the root stand attributes, and a path counts attributes in one
 * case and all keys in the other. */
#include "rest/check.h"
#include "rest/populate_tree.h"

/* Where the walk is. */
struct place {
	const struct model *model;
	const char *raw; /* every key on the way: "zone.on[shared.quote].populate"; NULL at the root */
	const char *path;		/* the attributes on the way; NULL */
	bool options;			/* below an attribute: its keys are options */
	unsigned depth;
};

/* One walk asks whether names are possible, a second one whether they are private. */
enum pass { PASS_NAMES, PASS_PRIVATE };

static int check_level(struct check *check, struct place place, const struct param *populate);
static int walk(struct check *check, enum pass pass, struct place place, const struct param *value);

static const char *extend(struct check *check, const char *path, struct str key)
{
	if (!path)
		return arena_strdup(check->arena, key);
	return arena_printf(check->arena, "%s.%.*s", path, STR_ARG(key));
}

static bool is_object(const struct param *value)
{
	return value->type == PARAM_OBJECT || value->type == PARAM_ARRAY;
}

/* An item of a list is named by its index. */
static struct str key_of(struct check *check, const struct param *object, const struct param *item)
{
	if (object->type == PARAM_ARRAY)
		return str_of(arena_printf(check->arena, "%u", item->index));
	return item->key;
}

static int refuse_depth(struct check *check)
{
	return error_set_details(check->error, ERROR_VALIDATION, json_object(),
		"The populate parameter is nested deeper than %u levels (rest.populateDepth)",
		check->populate_depth);
}

/* ---- dot paths ---- */

static int check_segments(struct check *check, const struct model *model, struct str path, const char *before,
	unsigned depth);

static const struct model *target_behind(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_MEDIA ? NULL : populate_target(attribute);
}

/* One of the components before the n-th leads to the same type by that name: it has been tried. */
static bool leads_there(const struct attribute *zone, unsigned n, struct str key, const struct model *target)
{
	for (unsigned i = 0; i < n; i++) {
		const struct attribute *attribute = populate_attribute(zone->components[i], key);

		if (attribute && target_behind(attribute) == target)
			return true;
	}
	return false;
}

/* Behind a zone stands what any of its components has. */
static int check_in_zone(struct check *check, const struct attribute *zone, struct str path,
	const char *before, unsigned depth)
{
	struct str rest = path, key = str_trim(str_cut(&rest, '.'));
	struct error ignored = ERROR_INIT;
	struct check scratch = *check;

	scratch.error = &ignored;
	for (unsigned i = 0; i < zone->component_count; i++) {
		const struct attribute *attribute = populate_attribute(zone->components[i], key);
		const struct model *target = attribute ? target_behind(attribute) : NULL;
		bool fits = attribute && str_is_null(rest);

		if (!fits && target && !leads_there(zone, i, key, target))
			fits = check_segments(&scratch, target, rest, before, depth + 1) == 0;
		error_clear(&ignored);
		if (fits)
			return 0;
	}
	return check_refuse(check, key, extend(check, before, key));
}

static int check_segments(struct check *check, const struct model *model, struct str path, const char *before,
	unsigned depth)
{
	while (!str_is_null(path)) {
		struct str key = str_trim(str_cut(&path, '.'));
		const struct attribute *attribute;

		if (key.n == 0)
			continue;
		if (++depth > check->populate_depth)
			return refuse_depth(check);
		attribute = populate_attribute(model, key);
		before = extend(check, before, key);
		if (!attribute || !populate_is_possible(attribute))
			return check_refuse(check, key, before);
		if (str_is_null(path))
			return 0;
		if (attribute->type == ATTRIBUTE_DYNAMICZONE)
			return check_in_zone(check, attribute, path, before, depth);
		model = target_behind(attribute);
		if (!model)
			return check_refuse(check, key, before);
	}
	return 0;
}

static int check_list(struct check *check, const struct model *model, struct str list)
{
	while (!str_is_null(list)) {
		if (check_segments(check, model, str_trim(str_cut(&list, ',')), NULL, 0) < 0)
			return -1;
	}
	return 0;
}

static int check_paths(struct check *check, const struct model *model, const struct param *paths)
{
	if (paths->type == PARAM_STRING)
		return check_list(check, model, paths->text);
	param_foreach(item, paths) {
		if (check_list(check, model, item->text) < 0)
			return -1;
	}
	return 0;
}

/* ---- names ---- */

static int check_fragments(struct check *check, const struct param *on, const char *raw)
{
	if (!is_object(on))
		return check_refuse(check, STR("on"), raw);
	param_foreach(item, on) {
		struct str uid = key_of(check, on, item);

		if (!models_find(check->models, uid))
			return check_refuse(check, uid, extend(check, raw, uid));
	}
	return 0;
}

static int check_attribute(struct check *check, const struct attribute *attribute, const struct param *value,
	const char *raw)
{
	const struct param *nested = param_get(value, STR("populate"));

	/* Rows of several types have no attributes in common: a star is all that can be said. */
	if (nested && populate_is_polymorphic(attribute) && nested->type != PARAM_NULL &&
		!populate_is_star(nested))
		return check_refuse(check, STR("populate"), raw);
	return populate_is_possible(attribute) ? 0 : check_refuse(check, attribute->name, raw);
}

static int check_inside(struct check *check, const struct model *model, const struct param *value,
	int (*fn)(struct check *check, const struct model *model, const struct param *value))
{
	struct check inside = *check;

	inside.in_populate = true;
	return fn(&inside, model, value);
}

static int check_option(struct check *check, struct place place, struct place here, struct str key,
	const struct param *value)
{
	bool ignored;

	if (str_is(key, "on"))
		return check_fragments(check, value, here.raw);
	if (str_is(key, "count") && populate_boolean(value, &ignored))
		return 0;
	if (str_is(key, "count"))
		return check_refuse(check, key, here.path);
	if (populate_is_boolean(key, &ignored))
		return 0;
	if (str_is(key, "sort"))
		return check_inside(check, place.model, value, check_sort);
	if (str_is(key, "filters"))
		return populate_is_absent(value) || value->type == PARAM_BOOL ? 0 :
			check_inside(check, place.model, value, check_filters);
	if (str_is(key, "fields"))
		return value->type == PARAM_BOOL ? 0 : check_inside(check, place.model, value, check_fields);
	if (str_is(key, "populate")) {
		here.options = false;
		return check_level(check, here, value);
	}
	return check_refuse(check, key, here.path);
}

static int visit(struct check *check, enum pass pass, struct place place, struct place here, struct str key,
	const struct attribute *attribute, const struct param *value)
{
	if (pass == PASS_PRIVATE)
		return attribute && attribute->private_ ? check_refuse(check, key, here.path) : 0;
	if (attribute && !place.options)
		return check_attribute(check, attribute, value, here.raw);
	return check_option(check, place, here, key, value);
}

/* ---- the walk ---- */

static int walk_fragments(struct check *check, enum pass pass, struct place here, const struct param *on)
{
	const char *raw = here.raw;

	if (on->type != PARAM_OBJECT)
		return 0;
	param_foreach(item, on) {
		here.model = models_find(check->models, item->key);
		if (!here.model)
			continue;
		here.raw = arena_printf(check->arena, "%s[%.*s]", raw, STR_ARG(item->key));
		if (walk(check, pass, here, item) < 0)
			return -1;
	}
	return 0;
}

static int walk_item(struct check *check, enum pass pass, struct place place, struct str key,
	const struct param *value)
{
	const struct attribute *attribute = populate_attribute(place.model, key);
	struct place here = { place.model, extend(check, place.raw, key), place.path, place.options,
		place.depth };
	const struct param *on;

	if (attribute)
		here.path = extend(check, place.path, key);
	if (visit(check, pass, place, here, key, attribute, value) < 0)
		return -1;
	if ((str_is(key, "sort") || str_is(key, "filters") || str_is(key, "fields")) &&
		(!attribute || place.options))
		return 0;
	if (!attribute && str_is(key, "populate")) {
		here.options = false;
		/* Names have been walked by the visit, but for those of dot paths: there a zone or a comma
		 * counts now. */
		return pass == PASS_PRIVATE || populate_is_paths(value) ? walk(check, pass, here, value) : 0;
	}
	if (!attribute)
		return str_is(key, "on") ? walk_fragments(check, pass, here, value) : 0;
	here.options = true;
	if (!populate_is_polymorphic(attribute)) {
		here.model = populate_target(attribute);
		return here.model && populate_is_possible(attribute) ? walk(check, pass, here, value) : 0;
	}
	on = param_get(value, STR("on"));
	if (!on || populate_is_absent(on) || (attribute->type == ATTRIBUTE_RELATION && !is_object(on)))
		return 0;
	return walk_item(check, pass, here, STR("on"), on);
}

static int refuse_too_many(struct check *check, unsigned count)
{
	json_t *details = json_pack("{s:s, s:s}", "source", "query", "param", "populate");

	return error_set_details(check->error, ERROR_VALIDATION, details,
		"Too many populate entries (%u). The maximum number of populate entries when using array "
		"notation is 100. Consider using object notation (populate[field]=true), nested population, "
		"or reducing the number of fields.", count);
}

/* A list that grew past what the query string's parser takes for one. */
static bool is_overflowed_list(const struct param *value)
{
	if (!value->overflowed)
		return false;
	param_foreach(item, value) {
		if (item->type != PARAM_STRING)
			return false;
	}
	return true;
}

static int walk(struct check *check, enum pass pass, struct place place, const struct param *value)
{
	/* An attribute, its options, `populate`: three for a level. */
	if (++place.depth > 3 * check->populate_depth)
		return refuse_depth(check);
	if (populate_is_star(value))
		return 0;
	if (value->type == PARAM_STRING || populate_is_paths(value))
		value = populate_tree_of_paths(check->arena, value);
	if (is_overflowed_list(value))
		return refuse_too_many(check, value->count);
	if (!is_object(value))
		return 0;
	param_foreach(item, value) {
		if (walk_item(check, pass, place, key_of(check, value, item), item) < 0)
			return -1;
	}
	return 0;
}

/* What stands at the root and below each `populate`. */
static int check_level(struct check *check, struct place place, const struct param *populate)
{
	if (populate_is_paths(populate) ? check_paths(check, place.model, populate) < 0 :
		walk(check, PASS_NAMES, place, populate) < 0)
		return -1;
	return check->trusted ? 0 : walk(check, PASS_PRIVATE, place, populate);
}

int check_populate(struct check *check, const struct model *model, const struct param *populate)
{
	check->param = "populate";
	if (populate_is_absent(populate) || populate_is_star(populate))
		return 0;
	return check_level(check, (struct place){ .model = model }, populate);
}
