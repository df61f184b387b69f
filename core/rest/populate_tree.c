#include "rest/populate_tree.h"

/* ---- names ---- */

bool populate_is_boolean(struct str text, bool *value_r)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = { { "true", true }, { "t", true }, { "1", true }, { "false", false }, { "f", false }, { "0", false } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (str_equal(text, str_of(words[i].text))) {
			*value_r = words[i].value;
			return true;
		}
	}
	return false;
}

bool populate_boolean(const struct param *value, bool *value_r)
{
	if (value->type != PARAM_STRING && value->type != PARAM_BOOL && value->type != PARAM_NUMBER)
		return false;
	return populate_is_boolean(value->text, value_r);
}

const struct attribute *populate_attribute(const struct model *model, struct str name)
{
	const struct attribute *attribute = model_attribute(model, name);

	return attribute && (attribute == model->id || attribute == model->document_id) ? NULL : attribute;
}

bool populate_is_possible(const struct attribute *attribute)
{
	return !attribute_kind(attribute->type)->scalar;
}

bool populate_is_polymorphic(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_DYNAMICZONE || attribute->relation == RELATION_MORPH_TO_ONE ||
		attribute->relation == RELATION_MORPH_TO_MANY;
}

const struct model *populate_target(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_COMPONENT ? attribute->component : attribute->target;
}

/* ---- trees ---- */

bool populate_is_paths(const struct param *populate)
{
	if (populate->type == PARAM_STRING)
		return !str_is(populate->text, "*");
	if (populate->type != PARAM_ARRAY || populate->count == 0)
		return false;
	param_foreach(item, populate) {
		if (item->type != PARAM_STRING)
			return false;
	}
	return true;
}

static struct param *new_param(struct arena *arena, enum param_type type, struct str key)
{
	struct param *param = arena_new_of(arena, struct param);

	param->type = type;
	param->key = key;
	return param;
}

static void make_true(struct param *param)
{
	*param = (struct param){ .type = PARAM_BOOL, .key = param->key, .text = STR("true"), .number = 1, .next = param->next };
}

static struct param *find(struct param *object, struct str key)
{
	param_foreach(item, object) {
		if (str_equal(item->key, key))
			return item;
	}
	return NULL;
}

static struct param *append(struct param *object, struct param *item)
{
	if (object->last)
		object->last->next = item;
	else
		object->first = item;
	object->last = item;
	object->count++;
	return item;
}

static struct param *prepend(struct param *object, struct param *item)
{
	item->next = object->first;
	object->first = item;
	if (!object->last)
		object->last = item;
	object->count++;
	return item;
}

/* The object below a name's "populate". */
static struct param *below(struct arena *arena, struct param *name)
{
	struct param *populate;

	if (name->type == PARAM_OBJECT)
		return name->first;
	*name = (struct param){ .type = PARAM_OBJECT, .key = name->key, .next = name->next };
	populate = new_param(arena, PARAM_OBJECT, STR("populate"));
	return append(name, populate);
}

static void add_path(struct arena *arena, struct param *object, struct str path)
{
	for (;;) {
		struct str key = str_cut(&path, '.');
		struct param *name = find(object, key);

		if (!name)
			name = append(object, new_param(arena, PARAM_BOOL, key));
		if (str_is_null(path)) {
			make_true(name);
			return;
		}
		object = below(arena, name);
	}
}

struct param *populate_tree_of_paths(struct arena *arena, const struct param *paths)
{
	struct param *tree = new_param(arena, PARAM_OBJECT, STR_NULL);

	if (paths->type == PARAM_STRING) {
		add_path(arena, tree, paths->text);
		return tree;
	}
	param_foreach(item, paths)
		add_path(arena, tree, item->text);
	return tree;
}

static void merge_path(struct arena *arena, struct param *object, struct str path)
{
	for (bool nested = false;; nested = true) {
		struct str key = str_cut(&path, '.');
		struct param *name = find(object, key);

		if (!name) {
			name = new_param(arena, PARAM_BOOL, key);
			make_true(name);
			if (nested)
				prepend(object, name);
			else
				append(object, name);
		}
		if (str_is_null(path))
			return;
		object = below(arena, name);
	}
}

static void merge_list(struct arena *arena, struct param *object, struct str list)
{
	while (!str_is_null(list))
		merge_path(arena, object, str_trim(str_cut(&list, ',')));
}

struct param *populate_tree_of_lists(struct arena *arena, const struct param *paths)
{
	struct param *tree = new_param(arena, PARAM_OBJECT, STR_NULL);

	if (paths->type == PARAM_STRING) {
		merge_list(arena, tree, paths->text);
		return tree;
	}
	param_foreach(item, paths)
		merge_list(arena, tree, item->text);
	return tree;
}
