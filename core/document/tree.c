#include "document/tree.h"

#include "document/components.h"
#include "extension/generation.h"
#include "query/columns.h"

static void *missing(struct scope *scope, const struct model *model, uint64_t id)
{
	scope_throw(scope, ERROR_INTERNAL, "Row %llu of %.*s is gone", (unsigned long long)id, STR_ARG(model->table));
	return NULL;
}

/* As the components that Strapi loads to publish them have it: media as null when there is none. */
static int add_links(struct scope *scope, const struct attribute *attribute, uint64_t owner, json_t *tree)
{
	struct links links;
	json_t *list, *value;

	if (links_read(scope->db, scope->arena, attribute, owner, &links, &scope->error) < 0)
		return -1;
	list = json_array();
	for (unsigned i = 0; i < links.count; i++)
		json_array_append_new(list, json_pack("{s:I}", "id", (json_int_t)links.targets[i].id));
	value = json_pack("{s:o}", "set", list);
	if (attribute->type == ATTRIBUTE_MEDIA && !attribute->to_many && links.count == 0) {
		json_decref(value);
		value = json_null();
	}
	json_object_setn_new(tree, attribute->name.p, attribute->name.n, value);
	return 0;
}

/* Rows of the same document stand for one another where there are several. */
static bool has_versions(const struct attribute *attribute)
{
	return !attribute->target || attribute->target->draft_and_publish || attribute->target->localized;
}

static int add_all_links(struct scope *scope, const struct model *model, uint64_t id, enum tree_use use, json_t *tree)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if ((attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA) &&
			!(use == TREE_TO_TAKE && has_versions(attribute)) && add_links(scope, attribute, id, tree) < 0)
			return -1;
	}
	return 0;
}

static json_t *component_tree(struct scope *scope, const struct link_target *target, bool in_zone, enum tree_use use)
{
	const struct model *model = models_find(scope->generation->models, target->type);
	json_t *tree;

	if (!model)
		return json_null();
	tree = tree_of_row(scope, model, target->id, use);
	if (!tree)
		return NULL;
	if (use == TREE_TO_JUDGE)
		json_object_set_new(tree, "id", json_integer((json_int_t)target->id));
	if (use != TREE_TO_COMPARE && add_all_links(scope, model, target->id, use, tree) < 0) {
		json_decref(tree);
		return NULL;
	}
	if (in_zone)
		json_object_set_new(tree, "__component", json_stringn(target->type.p, target->type.n));
	return tree;
}

json_t *tree_of_components(struct scope *scope, const struct attribute *attribute, uint64_t owner, enum tree_use use)
{
	bool zone = attribute->type == ATTRIBUTE_DYNAMICZONE;
	struct links links;
	json_t *list;

	if (links_read(scope->db, scope->arena, attribute, owner, &links, &scope->error) < 0)
		return NULL;
	if (!zone && !attribute->repeatable)
		return links.count ? component_tree(scope, &links.targets[0], false, use) : json_null();
	list = json_array();
	for (unsigned i = 0; i < links.count; i++) {
		json_t *item = component_tree(scope, &links.targets[i], zone, use);

		if (!item) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, item);
	}
	return list;
}

static int add_components(struct scope *scope, const struct model *model, uint64_t id, enum tree_use use, json_t *tree)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		json_t *components;

		if (!holds_components(attribute))
			continue;
		components = tree_of_components(scope, attribute, id, use);
		if (!components)
			return -1;
		json_object_setn_new(tree, attribute->name.p, attribute->name.n, components);
	}
	return 0;
}

/* NULL with the error on the scope. */
static const struct cell *read_row(struct scope *scope, const struct model *model, uint64_t id)
{
	const struct cell *cells;

	if (columns_read(scope->db, scope->arena, model, id, &cells, &scope->error) < 0)
		return NULL;
	return cells ? cells : missing(scope, model, id);
}

/* In a json attribute, text that is written is a JSON document. */
static json_t *input_of(const struct attribute *attribute, json_t *value)
{
	char *text;

	if (attribute->type != ATTRIBUTE_JSON || !json_is_string(value))
		return value;
	text = json_dumps(value, JSON_ENCODE_ANY);
	json_decref(value);
	value = json_string(text);
	free(text);
	return value;
}

static json_t *columns_tree(const struct model *model, const struct cell *cells, bool automatic, enum tree_use use)
{
	json_t *tree = json_object();

	for (unsigned i = 0; i < model->column_count; i++) {
		const struct attribute *attribute = model->columns[i];

		json_t *value;

		if (attribute->automatic && !automatic)
			continue;
		value = columns_to_json(attribute, &cells[i]);
		json_object_setn_new(tree, attribute->name.p, attribute->name.n,
			use == TREE_TO_TAKE ? input_of(attribute, value) : value);
	}
	return tree;
}

json_t *tree_of_columns(struct scope *scope, const struct model *model, uint64_t id)
{
	const struct cell *cells = read_row(scope, model, id);

	return cells ? columns_tree(model, cells, true, TREE_TO_JUDGE) : NULL;
}

json_t *tree_of_cells(struct scope *scope, const struct model *model, uint64_t id, const struct cell *cells, enum tree_use use)
{
	json_t *tree = columns_tree(model, cells, false, use);

	if (add_components(scope, model, id, use, tree) < 0) {
		json_decref(tree);
		return NULL;
	}
	return tree;
}

json_t *tree_of_row(struct scope *scope, const struct model *model, uint64_t id, enum tree_use use)
{
	const struct cell *cells = read_row(scope, model, id);

	return cells ? tree_of_cells(scope, model, id, cells, use) : NULL;
}
