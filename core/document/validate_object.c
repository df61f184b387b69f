#include <math.h>
#include <stdlib.h>

#include "document/condition.h"
#include "document/validate_internal.h"

static int compare_uids(const void *a, const void *b)
{
	const struct model *const *first = a, *const *second = b;

	return str_compare((*first)->uid, (*second)->uid);
}

/* The components that a zone's item may name, in the order of their names. */
static const char *component_names(struct check *check, const struct attribute *zone)
{
	const struct models *models = check->options->models;
	unsigned count = models ? models->count : zone->component_count, n = 0;
	const struct model **list;
	struct buf names = BUF_INIT;

	/* Without models they differ from zone to zone. */
	if (models && check->component_names)
		return check->component_names;
	list = arena_array(check->pool.arena, count + 1, sizeof(*list));
	for (unsigned i = 0; i < count; i++) {
		const struct model *model = models ? models->list[i] : zone->components[i];

		if (model->kind == MODEL_COMPONENT)
			list[n++] = model;
	}
	qsort(list, n, sizeof(*list), compare_uids);
	for (unsigned i = 0; i < n; i++)
		buf_printf(&names, "%s%.*s", i ? ", " : "", STR_ARG(list[i]->uid));
	check->component_names = arena_strdup(check->pool.arena, buf_str(&names));
	buf_clear(&names);
	return check->component_names;
}

static unsigned check_component_name(struct check *check, const struct attribute *zone,
	const struct field *whole, const struct place *place, unsigned tick, struct failures *failures)
{
	const json_t *name = validate_member(whole->value, VALIDATE_COMPONENT);

	if (!name) {
		failures_add(failures, place, NULL, "is a required field");
		return tick + 2;
	}
	if (validate_component_of(check, zone, whole->value))
		return tick + 2;
	if (!json_is_string(name))
		failures_add_type(failures, place, "string", name, name);
	failures_add(failures, place, name, "must be one of the following values: %s",
		component_names(check, zone));
	return tick + 1;
}

static unsigned check_single(struct check *check, const struct field *field, const json_t *rules,
	unsigned tick, struct failures *failures)
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
	return validate_object(
		check, field->attribute->component, field, rules, NULL, tick + 1 + required, failures);
}

static unsigned check_item(
	struct check *check, const struct field *field, unsigned tick, struct failures *failures)
{
	bool in_zone = field->attribute->type == ATTRIBUTE_DYNAMICZONE;
	const struct model *model;

	if (!json_is_object(field->value)) {
		failures_add_type(failures, &field->place, "object", field->value, field->original);
		return tick + 1;
	}
	model = in_zone ? validate_component_of(check, field->attribute, field->value) :
		field->attribute->component;
	return validate_object(
		check, model, field, field->value, in_zone ? field->attribute : NULL, tick + 2, failures);
}

static void check_count(struct check *check, const struct field *field, const json_t *rules,
	struct failures *failures)
{
	const struct attribute *attribute = field->attribute;
	bool has_items = json_array_size(rules) > 0;
	double count = (double)json_array_size(field->value);

	if (check->options->draft)
		return;
	if (attribute->has_min && attribute->min == trunc(attribute->min) &&
		(attribute->required || has_items) && count < attribute->min)
		failures_add(failures, &field->place, field->value, "field must have at least %.0f items",
			attribute->min);
	if (attribute->has_max && attribute->max == trunc(attribute->max) && count > attribute->max)
		failures_add(failures, &field->place, field->value,
			"field must have less than or equal to %.0f items", attribute->max);
}

static unsigned check_items(
	struct check *check, const struct field *field, unsigned tick, struct failures *failures)
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
	const json_t *raw = validate_member(rules, attribute->name);
	struct surroundings inside;

	if (attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA)
		return tick + 1 +
		       (json_array_size(field->value) > 0 && attribute->type == ATTRIBUTE_RELATION);
	if (attribute->type != ATTRIBUTE_COMPONENT && attribute->type != ATTRIBUTE_DYNAMICZONE)
		return validate_scalar_check(check, field, tick, failures);
	inside = surround(field, raw);
	field->surroundings = &inside;
	return validate_is_list(attribute) ? check_list(check, field, raw, tick, failures) :
		check_single(check, field, raw, tick, failures);
}

static unsigned rank_of(const void *names, struct str path)
{
	const struct model *model = names;
	unsigned i = 0;

	while (model && i < model->attribute_count && (!validate_is_known(&model->attributes[i]) ||
			!memmem(path.p, path.n, model->attributes[i].name.p, model->attributes[i].name.n)))
		i++;
	return i;
}

unsigned validate_object(struct check *check, const struct model *model, const struct field *whole,
	const json_t *rules, const struct attribute *zone, unsigned tick, struct failures *failures)
{
	const struct place *parent = whole->attribute ? &whole->place : NULL;
	struct members members;
	struct failures list;
	unsigned last = tick, end;

	members_begin(&members, failures->pool);
	if (zone) {
		struct place place = { .parent = parent, .key = VALIDATE_COMPONENT };

		failures_begin(&list, failures->pool);
		end = check_component_name(check, zone, whole, &place, tick, &list);
		members_add(&members, &list, &place, end);
		last = end;
	}
	for (unsigned i = model ? model->attribute_count : 0; i-- > 0 && !check->broken;) {
		const struct attribute *attribute = &model->attributes[i];
		struct field field = {
			.attribute = attribute,
			.value = validate_member(whole->value, attribute->name),
			.original = validate_member(whole->original, attribute->name),
			.place = { .parent = parent, .key = attribute->name },
			.surroundings = whole->surroundings,
		};

		if (!validate_is_judged(attribute) || !condition_met(attribute->conditions, rules)) {
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

