#include "document/components.h"

#include "document/validate.h"
#include "extension/generation.h"

static struct str text_of(const json_t *value)
{
	return (struct str){ json_string_value(value), json_is_string(value) ? json_string_length(value) : 0 };
}

/* Which component an item is: the attribute's, or what a zone's item says. */
static const struct model *model_of(struct scope *scope, const struct attribute *attribute, const json_t *item)
{
	if (attribute->type == ATTRIBUTE_COMPONENT)
		return attribute->component;
	return models_find(scope->generation->models, text_of(json_object_get(item, "__component")));
}

static bool has(const struct links *links, uint64_t id, const struct model *model)
{
	for (unsigned i = 0; i < links->count; i++) {
		if (links->targets[i].id == id && str_equal(links->targets[i].type, model->uid))
			return true;
	}
	return false;
}

static int refuse_foreign(struct scope *scope, const struct attribute *attribute)
{
	bool zone = attribute->type == ATTRIBUTE_DYNAMICZONE;

	scope_throw(scope, zone ? ERROR_PLAIN : ERROR_APPLICATION,
		"Some of the provided components in %.*s are not related to the entity", STR_ARG(attribute->name));
	scope->error.no_details = zone;
	return -1;
}

static int insert_component(const struct relation_source *source, const struct model *model, const json_t *item,
	uint64_t *id_r)
{
	json_t *data = json_deep_copy(item);
	int rc;

	document_apply_defaults(model, data);
	rc = row_insert(source, model, data, NULL, 0, id_r);
	json_decref(data);
	return rc;
}

static int write_item(const struct relation_source *source, const struct attribute *attribute, uint64_t owner,
	const json_t *item, const struct links *before, struct link_target *target)
{
	const struct model *model = model_of(source->scope, attribute, item);

	if (!model)
		return scope_throw(source->scope, ERROR_VALIDATION, "An item of %.*s is of no known component",
			STR_ARG(attribute->name));
	target->type = model->uid;
	if (owner && relation_row_id(json_object_get(item, "id"), &target->id)) {
		if (!has(before, target->id, model))
			return refuse_foreign(source->scope, attribute);
		return row_update(source, model, target->id, item, NULL, 0);
	}
	return insert_component(source, model, item, &target->id);
}

/* All ids are checked before anything is written. */
static int check_ids(const struct relation_source *source, const struct attribute *attribute, const json_t *value,
	const struct links *before)
{
	size_t count = json_is_array(value) ? json_array_size(value) : 1;

	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
		const struct model *model = model_of(source->scope, attribute, item);
		uint64_t id;

		if (model && relation_row_id(json_object_get(item, "id"), &id) && !has(before, id, model))
			return refuse_foreign(source->scope, attribute);
	}
	return 0;
}

int components_write(const struct relation_source *source, const struct attribute *attribute, uint64_t owner,
	const json_t *value, struct components_change *change_r)
{
	struct scope *scope = source->scope;
	size_t count = json_is_array(value) ? json_array_size(value) : json_is_object(value);

	*change_r = (struct components_change){ .attribute = attribute };
	if (owner && (links_read(scope->db, scope->arena, attribute, owner, &change_r->before, &scope->error) < 0 ||
		check_ids(source, attribute, value, &change_r->before) < 0))
		return -1;
	change_r->wanted = arena_array(scope->arena, count, sizeof(*change_r->wanted));
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;

		if (write_item(source, attribute, owner, item, &change_r->before, &change_r->wanted[i]) < 0)
			return -1;
		change_r->count++;
	}
	return 0;
}

int components_link(const struct relation_source *source, const struct components_change *change, uint64_t owner)
{
	struct scope *scope = source->scope;
	struct links gone = { 0 };

	if (links_write(scope->db, scope->arena, change->attribute, owner, &change->before, change->wanted, change->count,
		&scope->error) < 0)
		return -1;
	gone.targets = arena_array(scope->arena, change->before.count, sizeof(*gone.targets));
	for (unsigned i = 0; i < change->before.count; i++) {
		bool stays = false;

		for (unsigned w = 0; w < change->count; w++)
			stays = stays || (change->wanted[w].id == change->before.targets[i].id &&
				str_equal(change->wanted[w].type, change->before.targets[i].type));
		if (!stays)
			gone.targets[gone.count++] = change->before.targets[i];
	}
	return row_delete_components(scope, &gone);
}
