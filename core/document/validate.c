#include "document/validate.h"

#include <math.h>

#include "base/json.h"
#include "document/condition.h"
#include "document/ecma.h"
#include "document/validate_internal.h"

/* Two passes, as upstream: first all values are cast (into a new tree that shares what stays the same), then they are
 * judged, with the originals beside them. */

static const struct str COMPONENT_KEY = STR("__component");

static json_t *get(const json_t *object, struct str key)
{
	return json_object_getn(object, key.p, key.n);
}

/* Whether upstream's validation knows the attribute; the others stand behind it, as unknown keys do. Of the automatic ones
 * these are publishedAt and locale, which pass whatever they say. */
static bool is_known(const struct attribute *attribute)
{
	return attribute->writable;
}

static bool is_judged(const struct attribute *attribute)
{
	return is_known(attribute) && !attribute->automatic;
}

static bool is_list(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_DYNAMICZONE ||
		(attribute->type == ATTRIBUTE_COMPONENT && attribute->repeatable);
}

/* The component that an item of a zone names; NULL when there is none of that name. */
static const struct model *component_of(struct check *check, const struct attribute *zone, const json_t *item)
{
	const struct models *models = check->options->models;
	const json_t *name = get(item, COMPONENT_KEY);
	const struct model *found = NULL;

	if (!json_is_string(name))
		return NULL;
	if (models)
		found = models_find(models, ecma_text(name));
	for (unsigned i = 0; !models && i < zone->component_count; i++) {
		if (str_equal(zone->components[i]->uid, ecma_text(name)))
			found = zone->components[i];
	}
	return found && found->kind == MODEL_COMPONENT ? found : NULL;
}

/* ---- casting ---- */

static json_t *cast_object(struct check *check, const struct model *model, json_t *value, bool in_zone);

/* An item may be JSON text; what is no object becomes null. */
static json_t *cast_item(struct check *check, const struct attribute *attribute, json_t *item)
{
	struct json_limits limits = { .depth = 64 };
	struct error ignored = ERROR_INIT;
	bool in_zone = attribute->type == ATTRIBUTE_DYNAMICZONE;
	json_t *object = NULL, *result;

	if (json_is_string(item))
		object = json_parse(ecma_text(item), &limits, &ignored);
	else
		object = json_incref(item);
	error_clear(&ignored);
	if (!json_is_object(object)) {
		json_decref(object);
		return json_null();
	}
	result = cast_object(check, in_zone ? component_of(check, attribute, object) : attribute->component, object,
		in_zone);
	json_decref(object);
	return result;
}

static json_t *cast_list(struct check *check, const struct attribute *attribute, json_t *value)
{
	json_t *result, *item;
	bool changed = false;
	size_t i;

	if (!json_is_array(value))
		return json_incref(value);
	result = json_array();
	json_array_foreach(value, i, item) {
		json_t *cast = cast_item(check, attribute, item);

		changed |= cast != item;
		json_array_append_new(result, cast);
	}
	if (changed)
		return result;
	json_decref(result);
	return json_incref(value);
}

static json_t *cast_value(struct check *check, const struct attribute *attribute, json_t *value)
{
	if (is_list(attribute))
		return cast_list(check, attribute, value);
	if (attribute->type == ATTRIBUTE_COMPONENT && json_is_object(value))
		return cast_object(check, attribute->component, value, false);
	return validate_scalar_cast(attribute, value);
}

static json_t *default_of(struct check *check, const struct attribute *attribute)
{
	if (!check->options->creating)
		return NULL;
	if (is_list(attribute) && !attribute->required)
		return json_array();
	return attribute->default_value ? json_deep_copy(attribute->default_value) : NULL;
}

/* What one attribute becomes, a new reference; NULL: it stays absent. */
static json_t *cast_member(struct check *check, const struct attribute *attribute, const json_t *data)
{
	json_t *value = get(data, attribute->name);

	if (!is_judged(attribute) || !condition_met(attribute->conditions, data))
		return json_incref(value);
	return value ? cast_value(check, attribute, value) : default_of(check, attribute);
}

static json_t *cast_object(struct check *check, const struct model *model, json_t *value, bool in_zone)
{
	json_t *result = json_object(), *name = in_zone ? get(value, COMPONENT_KEY) : NULL, *item;
	bool changed = false;
	const char *key;
	size_t n;

	if (name) {
		item = ecma_to_text(name);
		changed = item != name;
		json_object_setn_new_nocheck(result, COMPONENT_KEY.p, COMPONENT_KEY.n, item);
	}
	for (unsigned i = model ? model->attribute_count : 0; i-- > 0;) {
		const struct attribute *attribute = &model->attributes[i];

		if (!is_known(attribute))
			continue;
		item = cast_member(check, attribute, value);
		changed |= item != get(value, attribute->name);
		if (item)
			json_object_setn_new_nocheck(result, attribute->name.p, attribute->name.n, item);
	}
	if (!changed) {
		json_decref(result);
		return json_incref(value);
	}
	json_object_keylen_foreach(value, key, n, item) {
		if (!json_object_getn(result, key, n))
			json_object_setn_nocheck(result, key, n, item);
	}
	return result;
}

/* ---- judging ---- */

static unsigned check_object(struct check *check, const struct model *model, const struct field *whole,
	const json_t *rules, const struct attribute *zone, unsigned tick, struct failures *failures);

static int compare_uids(const void *a, const void *b)
{
	const struct model *const *first = a, *const *second = b;

	return str_compare((*first)->uid, (*second)->uid);
}

/* The components that a zone's item may name, in the order of their names. */
static const struct model **components(struct check *check, const struct attribute *zone, unsigned *count_r)
{
	const struct models *models = check->options->models;
	unsigned count = models ? models->count : zone->component_count, n = 0;
	const struct model **list = arena_array(check->pool.arena, count + 1, sizeof(*list));

	for (unsigned i = 0; i < count; i++) {
		const struct model *model = models ? models->list[i] : zone->components[i];

		if (model->kind == MODEL_COMPONENT)
			list[n++] = model;
	}
	qsort(list, n, sizeof(*list), compare_uids);
	*count_r = n;
	return list;
}

static unsigned check_component_name(struct check *check, const struct attribute *zone, const struct field *whole,
	const struct place *place, unsigned tick, struct failures *failures)
{
	const json_t *name = get(whole->value, COMPONENT_KEY);
	const struct model **list;
	struct buf names = BUF_INIT;
	unsigned count;

	if (!name) {
		failures_add(failures, place, NULL, "is a required field");
		return tick + 2;
	}
	if (component_of(check, zone, whole->value))
		return tick + 2;
	if (!json_is_string(name))
		failures_add_type(failures, place, "string", name, name);
	list = components(check, zone, &count);
	for (unsigned i = 0; i < count; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(list[i]->uid));
	failures_add(failures, place, name, "must be one of the following values: %s", buf_cstr(&names));
	buf_clear(&names);
	return tick + 1;
}

static unsigned check_single(struct check *check, const struct field *field, const json_t *rules, unsigned tick,
	struct failures *failures)
{
	bool required = field->attribute->required && !check->options->draft;

	if (!field->value) {
		if (required && check->options->creating)
			failures_add(failures, &field->place, NULL, "must be defined.");
		return tick + 1 + required;
	}
	if (json_is_null(field->value) && !required)
		return tick + 1;
	if (!json_is_object(field->value)) {
		failures_add_type(failures, &field->place, "object", field->value, field->original);
		return tick + 1;
	}
	return check_object(check, field->attribute->component, field, rules, NULL, tick + 1 + required, failures);
}

static unsigned check_item(struct check *check, const struct field *field, unsigned tick, struct failures *failures)
{
	bool in_zone = field->attribute->type == ATTRIBUTE_DYNAMICZONE;
	const struct model *model;

	if (!json_is_object(field->value)) {
		failures_add_type(failures, &field->place, "object", field->value, field->original);
		return tick + 1;
	}
	model = in_zone ? component_of(check, field->attribute, field->value) : field->attribute->component;
	return check_object(check, model, field, field->value, in_zone ? field->attribute : NULL, tick + 2, failures);
}

static void check_count(struct check *check, const struct field *field, const json_t *rules,
	struct failures *failures)
{
	const struct attribute *attribute = field->attribute;
	bool has_items = json_array_size(rules) > 0;
	double count = (double)json_array_size(field->value);

	if (check->options->draft)
		return;
	if (attribute->has_min && attribute->min == trunc(attribute->min) && (attribute->required || has_items) &&
			count < attribute->min)
		failures_add(failures, &field->place, field->value, "field must have at least %.0f items", attribute->min);
	if (attribute->has_max && attribute->max == trunc(attribute->max) && count > attribute->max)
		failures_add(failures, &field->place, field->value, "field must have less than or equal to %.0f items",
			attribute->max);
}

static unsigned check_items(struct check *check, const struct field *field, unsigned tick, struct failures *failures)
{
	struct members members;
	const json_t *item;
	unsigned last = tick;
	size_t i;

	members_begin(&members, failures->pool);
	json_array_foreach(field->value, i, item) {
		struct field at = *field;
		struct failures list;
		unsigned end;

		at.value = item;
		at.original = json_array_get(field->original, i);
		at.place = (struct place){ .parent = &field->place, .index = i };
		failures_begin(&list, failures->pool);
		end = check_item(check, &at, tick, &list);
		members_add(&members, &list, &at.place, end);
		last = end > last ? end : last;
	}
	members_join(&members, NULL, NULL, failures);
	return last;
}

static unsigned check_list(struct check *check, const struct field *field, const json_t *rules, unsigned tick,
	struct failures *failures)
{
	struct failures own;

	if (!field->value) {
		if (check->options->creating)
			failures_add(failures, &field->place, NULL, "must be defined.");
		return tick + 2;
	}
	if (!json_is_array(field->value)) {
		failures_add_type(failures, &field->place, "array", field->value, field->original);
		return tick + 1;
	}
	failures_begin(&own, failures->pool);
	check_count(check, field, rules, &own);
	tick = check_items(check, field, tick + 2, failures);
	failures_join(failures, &own);
	return tick;
}

/* Enters a component or a zone. */
static struct surroundings surround(const struct field *field, const json_t *raw)
{
	const struct surroundings *parent = field->surroundings;
	struct surroundings inside = {
		.holder = { parent ? &parent->holder : NULL, field->attribute },
		.repeated = parent ? parent->repeated : NULL,
		.zone = parent ? parent->zone : NULL,
		.parent = parent,
	};

	if (field->attribute->type == ATTRIBUTE_DYNAMICZONE)
		inside.zone = raw;
	else if (field->attribute->repeatable && !parent)
		inside.repeated = raw;
	return inside;
}

static unsigned check_member(struct check *check, struct field *field, const json_t *rules, unsigned tick,
	struct failures *failures)
{
	const struct attribute *attribute = field->attribute;
	const json_t *raw = get(rules, attribute->name);
	struct surroundings inside;

	if (attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA)
		return tick + 1 + (json_array_size(field->value) > 0 && attribute->type == ATTRIBUTE_RELATION);
	if (attribute->type != ATTRIBUTE_COMPONENT && attribute->type != ATTRIBUTE_DYNAMICZONE)
		return validate_scalar_check(check, field, tick, failures);
	inside = surround(field, raw);
	field->surroundings = &inside;
	return is_list(attribute) ? check_list(check, field, raw, tick, failures) :
		check_single(check, field, raw, tick, failures);
}

static unsigned rank_of(const void *names, struct str path)
{
	const struct model *model = names;
	unsigned i = 0;

	while (model && i < model->attribute_count && (!is_known(&model->attributes[i]) ||
			!memmem(path.p, path.n, model->attributes[i].name.p, model->attributes[i].name.n)))
		i++;
	return i;
}

/* `rules` is the data that conditions and counts look at: as it came, or cast already in the items of a list. */
static unsigned check_object(struct check *check, const struct model *model, const struct field *whole,
	const json_t *rules, const struct attribute *zone, unsigned tick, struct failures *failures)
{
	const struct place *parent = whole->attribute ? &whole->place : NULL;
	struct members members;
	struct failures list;
	unsigned last = tick, end;

	members_begin(&members, failures->pool);
	if (zone) {
		struct place place = { .parent = parent, .key = COMPONENT_KEY };

		failures_begin(&list, failures->pool);
		end = check_component_name(check, zone, whole, &place, tick, &list);
		members_add(&members, &list, &place, end);
		last = end;
	}
	for (unsigned i = model ? model->attribute_count : 0; i-- > 0 && !check->broken;) {
		const struct attribute *attribute = &model->attributes[i];
		struct field field = {
			.attribute = attribute,
			.value = get(whole->value, attribute->name),
			.original = get(whole->original, attribute->name),
			.place = { .parent = parent, .key = attribute->name },
			.surroundings = whole->surroundings,
		};

		if (!is_judged(attribute) || !condition_met(attribute->conditions, rules)) {
			last = last > tick ? last : tick + 1;
			continue;
		}
		failures_begin(&list, failures->pool);
		end = check_member(check, &field, rules, tick, &list);
		members_add(&members, &list, &field.place, end);
		last = end > last ? end : last;
	}
	members_join(&members, rank_of, model, failures);
	return last;
}

/* ---- relations of the whole ---- */

/* What keeps upstream from collecting the relations: the words, or NULL. */
static const char *find_obstacle(struct check *check, const struct model *model, const json_t *data);

static const char *find_obstacle_in_item(struct check *check, const struct attribute *attribute, const json_t *item)
{
	const json_t *name = get(item, COMPONENT_KEY);
	const struct model *model = attribute->component;

	if (attribute->type == ATTRIBUTE_DYNAMICZONE) {
		if (json_is_null(item))
			return "Invalid relations";
		if (!name || json_is_null(name) || json_is_false(name) ||
				(json_is_string(name) && json_string_length(name) == 0))
			return "Cannot build relations store from dynamiczone, component identifier is undefined";
		model = component_of(check, attribute, item);
		if (!model)
			return "Invalid relations";
	}
	return find_obstacle(check, model, item);
}

static const char *find_obstacle(struct check *check, const struct model *model, const json_t *data)
{
	const char *words = NULL;
	const json_t *value, *item;
	size_t k;

	for (unsigned i = 0; i < model->attribute_count && !words; i++) {
		const struct attribute *attribute = &model->attributes[i];

		value = get(data, attribute->name);
		if ((attribute->type != ATTRIBUTE_COMPONENT && attribute->type != ATTRIBUTE_DYNAMICZONE) || !value ||
				json_is_null(value))
			continue;
		if (!json_is_array(value))
			words = find_obstacle_in_item(check, attribute, value);
		json_array_foreach(value, k, item) {
			words = find_obstacle_in_item(check, attribute, item);
			if (words)
				break;
		}
	}
	return words;
}

static void check_relations(struct check *check, const struct model *model, const json_t *data,
	struct failures *failures)
{
	const struct validate_options *options = check->options;
	const char *words = find_obstacle(check, model, data);
	struct error error = ERROR_INIT;

	if (words) {
		failures_add_plain(failures, NULL, data, str_of(words));
	} else if (options->rows_exist && options->rows_exist(options->arg, model, data, &error) < 0) {
		if (error.kind == ERROR_VALIDATION)
			failures_add_plain(failures, NULL, data, str_of(error_message(&error)));
		else
			check->broken = true;
		if (check->broken)
			error_move(check->error, &error);
		error_clear(&error);
	}
}

/* ---- the whole ---- */

static int judge(struct check *check, const struct model *model, const json_t *original, const json_t *data)
{
	struct field whole = { .value = data, .original = original };
	struct failures failures;
	int rc;

	failures_begin(&failures, &check->pool);
	check_object(check, model, &whole, original, NULL, 0, &failures);
	if (!check->broken)
		check_relations(check, model, data, &failures);
	rc = check->broken ? -1 : failures_to_error(&failures, check->error);
	failures_clear(&failures);
	return rc;
}

static int refuse_kind(struct check *check, const json_t *data)
{
	struct failures failures;
	int rc;

	failures_begin(&failures, &check->pool);
	failures_add_type(&failures, NULL, "object", json_null(), data);
	rc = failures_to_error(&failures, check->error);
	failures_clear(&failures);
	return rc;
}

int document_validate(const struct model *model, json_t *data, const struct validate_options *options,
	struct error *error)
{
	struct check check = { .options = options, .error = error };
	json_t *cast;
	int rc;

	check.pool.arena = arena_new(1024);
	if (!json_is_object(data)) {
		rc = refuse_kind(&check, data);
	} else {
		cast = cast_object(&check, model, data, false);
		rc = judge(&check, model, data, cast);
		if (rc == 0 && cast != data) {
			json_object_clear(data);
			json_object_update(data, cast);
		}
		json_decref(cast);
	}
	arena_free(check.pool.arena);
	return rc;
}

void document_apply_defaults(const struct model *model, json_t *data)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (attribute->automatic || !attribute_kind(attribute->type)->scalar || !attribute->default_value)
			continue;
		if (!get(data, attribute->name))
			json_object_setn_new_nocheck(data, attribute->name.p, attribute->name.n,
				json_deep_copy(attribute->default_value));
	}
}
