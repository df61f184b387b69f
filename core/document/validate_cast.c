#include "base/json.h"
#include "document/condition.h"
#include "document/ecma.h"
#include "document/validate_internal.h"

enum { DEPTH = 64 };

const struct model *validate_component_of(
	struct check *check, const struct attribute *zone, const json_t *item)
{
	const struct models *models = check->options->models;
	const json_t *name = validate_member(item, VALIDATE_COMPONENT);
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

/* An item may be JSON text; what is no object becomes null. */
static json_t *cast_item(struct check *check, const struct attribute *attribute, json_t *item)
{
	struct json_limits limits = { .depth = DEPTH };
	struct error ignored = ERROR_INIT;
	bool in_zone = attribute->type == ATTRIBUTE_DYNAMICZONE;
	json_t *object, *result;

	if (json_is_string(item))
		object = json_parse(ecma_text(item), &limits, &ignored);
	else
		object = json_incref(item);
	error_clear(&ignored);
	if (!json_is_object(object)) {
		json_decref(object);
		return json_null();
	}
	result = validate_cast(check,
		in_zone ? validate_component_of(check, attribute, object) : attribute->component, object,
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
	if (validate_is_list(attribute))
		return cast_list(check, attribute, value);
	if (attribute->type == ATTRIBUTE_COMPONENT && json_is_object(value))
		return validate_cast(check, attribute->component, value, false);
	return validate_scalar_cast(attribute, value);
}

static json_t *default_of(struct check *check, const struct attribute *attribute)
{
	if (!check->options->creating)
		return NULL;
	if (validate_is_list(attribute) && !attribute->required)
		return json_array();
	return attribute->default_value ? json_deep_copy(attribute->default_value) : NULL;
}

/* What one attribute becomes, a new reference; NULL: it stays absent. */
static json_t *cast_member(struct check *check, const struct attribute *attribute, const json_t *data)
{
	json_t *value = validate_member(data, attribute->name);

	if (!validate_is_judged(attribute) || !condition_met(attribute->conditions, data))
		return json_incref(value);
	return value ? cast_value(check, attribute, value) : default_of(check, attribute);
}

json_t *validate_cast(struct check *check, const struct model *model, json_t *value, bool in_zone)
{
	json_t *result = json_object(), *item = in_zone ? validate_member(value, VALIDATE_COMPONENT) : NULL;
	bool changed = false;
	const char *key;
	size_t n;

	if (item) {
		json_t *name = ecma_to_text(item);

		changed = item != name;
		json_object_setn_new_nocheck(result, VALIDATE_COMPONENT.p, VALIDATE_COMPONENT.n, name);
	}
	for (unsigned i = model ? model->attribute_count : 0; i-- > 0;) {
		const struct attribute *attribute = &model->attributes[i];

		if (!validate_is_known(attribute))
			continue;
		item = cast_member(check, attribute, value);
		changed |= item != validate_member(value, attribute->name);
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

