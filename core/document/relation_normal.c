/* One form for all the ways in which relations can be written. */
#include "document/components.h"
#include "document/locale.h"
#include "document/relation.h"
#include "extension/generation.h"

struct normaliser {
	const struct relation_source *source;
	size_t items;			/* named so far, of all relations */
};

static json_t *reference(uint64_t id)
{
	return json_pack("{s:I}", "id", (json_int_t)id);
}

/* The position with its anchor as a row; where a document was named, Strapi adds the locale that it was looked up in. */
static int add_position(const struct relation_source *source, const struct relation_item *item, json_t *to)
{
	const char *word = item->place == PLACE_BEFORE ? "before" : "after";
	uint64_t row;
	json_t *position;
	struct str locale = source->locale;

	if (!item->position)
		return 0;
	position = json_deep_copy(item->position);
	json_object_set_new(to, "position", position);
	if ((item->place != PLACE_BEFORE && item->place != PLACE_AFTER) ||
		relation_row_id(json_object_get(item->position, word), &row))
		return 0;
	if (!source->localized && locale_default(source->scope, &locale) < 0)
		return -1;
	json_object_set_new(position, word, json_integer((json_int_t)item->anchor));
	json_object_set_new(position, "locale", json_stringn(locale.p, locale.n));
	return 0;
}

static int add_item(const struct relation_source *source, const struct relation_item *item, json_t *list)
{
	for (unsigned t = 0; t < item->target_count; t++) {
		json_t *to = reference(item->targets[t].id);

		if (!str_is_null(item->targets[t].type))
			json_object_set_new(to, "__type", json_stringn(item->targets[t].type.p, item->targets[t].type.n));
		json_array_append_new(list, to);
		if (add_position(source, item, to) < 0)
			return -1;
	}
	return 0;
}

static int add_items(const struct relation_source *source, const struct relation_item *items, unsigned count,
	const char *key, json_t *to)
{
	json_t *list = json_array();

	json_object_set_new(to, key, list);
	for (unsigned i = 0; i < count; i++) {
		if (add_item(source, &items[i], list) < 0)
			return -1;
	}
	return 0;
}

static bool is_to_one(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_RELATION && !attribute->to_many;
}

/* A to-one relation has one target, the last one given; connecting it replaces what there was. */
static void keep_last(struct relation_change *change)
{
	if (change->count == 0)
		return;
	change->items += change->count - 1;
	change->count = 1;
	change->items[0].place = PLACE_END;
	change->items[0].position = NULL;
	change->kind = RELATION_SET;
}

/* The long form; NULL when nothing changes. */
static int long_form(const struct relation_source *source, const struct attribute *attribute, const json_t *value,
	json_t **form_r)
{
	struct relation_change change;
	json_t *form = json_object();
	int rc;

	*form_r = form;
	if (relation_read(source, attribute, value, &change) < 0)
		return -1;
	if (change.kind == RELATION_STAYS)
		return 0;
	if (is_to_one(attribute))
		keep_last(&change);
	if (change.kind == RELATION_SET)
		return add_items(source, change.items, change.count, "set", form);
	rc = add_items(source, change.items, change.count, "connect", form);
	if (rc == 0)
		rc = add_items(source, change.leaving, change.leaving_count, "disconnect", form);
	if (rc == 0 && change.lenient)
		json_object_set_new(form, "options", json_pack("{s:b}", "strict", 0));
	return rc;
}

/* "" is no reference at all: it stays visible as what it is, so that validation can refuse it. */
static bool is_blank(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) == 0;
}

static size_t items_in(const json_t *value)
{
	return json_array_size(value) + json_array_size(json_object_get(value, "set")) +
		json_array_size(json_object_get(value, "connect")) + json_array_size(json_object_get(value, "disconnect"));
}

static int normalise_relation(struct normaliser *normaliser, const struct attribute *attribute, json_t *data,
	const char *name, const json_t *value)
{
	const struct relation_source *source = normaliser->source;
	json_t *form;

	normaliser->items += items_in(value);
	if (normaliser->items > RELATION_ITEMS)
		return scope_throw(source->scope, ERROR_VALIDATION,
			"The data names more than %d entries to link to: connect them in several steps", RELATION_ITEMS);
	if (is_blank(value)) {
		json_object_set_new(data, name, json_pack("{s:[{s:s}]}", "set", "documentId", ""));
		return 0;
	}
	if (long_form(source, attribute, value, &form) < 0) {
		json_decref(form);
		return -1;
	}
	json_object_set_new(data, name, form);
	return 0;
}

static int normalise(struct normaliser *normaliser, const struct model *model, json_t *data);

static int normalise_components(struct normaliser *normaliser, const struct attribute *attribute, json_t *value)
{
	const struct model *component = attribute->component;
	json_t *item, *name;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item) {
			if (normalise_components(normaliser, attribute, item) < 0)
				return -1;
		}
		return 0;
	}
	name = json_object_get(value, "__component");
	if (attribute->type == ATTRIBUTE_DYNAMICZONE)
		component = json_is_string(name) ?
			models_find(normaliser->source->scope->generation->models, str_of(json_string_value(name))) : NULL;
	return component && json_is_object(value) ? normalise(normaliser, component, value) : 0;
}

static int normalise(struct normaliser *normaliser, const struct model *model, json_t *data)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const char *name = arena_strdup(normaliser->source->scope->arena, attribute->name);
		json_t *value = json_object_get(data, name);
		int rc = 0;

		if (!value)
			continue;
		if (holds_components(attribute))
			rc = normalise_components(normaliser, attribute, value);
		else if (attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA)
			rc = normalise_relation(normaliser, attribute, data, name, value);
		if (rc < 0)
			return -1;
	}
	return 0;
}

int relation_normalise(const struct relation_source *source, const struct model *model, json_t *data)
{
	struct normaliser normaliser = { source, 0 };

	return normalise(&normaliser, model, data);
}
