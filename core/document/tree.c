#include "document/tree.h"

#include "document/components.h"
#include "extension/generation.h"
#include "query/columns.h"

static void *missing(struct scope *scope, const struct model *model, uint64_t id)
{
	scope_throw(scope, ERROR_INTERNAL, "Row %llu of %.*s is gone", (unsigned long long)id, STR_ARG(model->table));
	return NULL;
}

static json_t *component_tree(struct scope *scope, const struct link_target *target, bool in_zone)
{
	const struct model *model = models_find(scope->generation->models, target->type);
	json_t *tree;

	if (!model)
		return json_null();
	tree = tree_of_row(scope, model, target->id);
	if (tree && in_zone)
		json_object_set_new(tree, "__component", json_stringn(target->type.p, target->type.n));
	return tree;
}

json_t *tree_of_components(struct scope *scope, const struct attribute *attribute, uint64_t owner)
{
	bool zone = attribute->type == ATTRIBUTE_DYNAMICZONE;
	struct links links;
	json_t *list;

	if (links_read(scope->db, scope->arena, attribute, owner, &links, &scope->error) < 0)
		return NULL;
	if (!zone && !attribute->repeatable)
		return links.count ? component_tree(scope, &links.targets[0], false) : json_null();
	list = json_array();
	for (unsigned i = 0; i < links.count; i++) {
		json_t *item = component_tree(scope, &links.targets[i], zone);

		if (!item) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, item);
	}
	return list;
}

json_t *tree_of_row(struct scope *scope, const struct model *model, uint64_t id)
{
	const struct cell *cells;
	json_t *tree;

	if (columns_read(scope->db, scope->arena, model, id, &cells, &scope->error) < 0)
		return NULL;
	if (!cells)
		return missing(scope, model, id);
	tree = json_object();
	for (unsigned i = 0; i < model->column_count; i++) {
		const struct attribute *attribute = model->columns[i];

		if (!attribute->automatic)
			json_object_setn_new(tree, attribute->name.p, attribute->name.n, columns_to_json(attribute, &cells[i]));
	}
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		json_t *components;

		if (!holds_components(attribute))
			continue;
		components = tree_of_components(scope, attribute, id);
		if (!components) {
			json_decref(tree);
			return NULL;
		}
		json_object_setn_new(tree, attribute->name.p, attribute->name.n, components);
	}
	return tree;
}
