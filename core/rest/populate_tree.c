#include "rest/populate_tree.h"

/* ---- values ---- */

bool populate_is_absent(const struct param *param)
{
	return !param || param->type == PARAM_NULL || (param->type == PARAM_STRING && param->text.n == 0);
}

bool populate_is_star(const struct param *param)
{
	return param->type == PARAM_STRING && str_is(param->text, "*");
}

bool populate_is_boolean(struct str text, bool *value_r)
{
	static const struct {
		const char *text;
		bool value;
	} words[] = {
		{ "true", true }, { "t", true }, { "1", true },
		{ "false", false }, { "f", false }, { "0", false },
	};

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

/* ---- names ---- */

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
		return !populate_is_star(populate);
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
	*param = (struct param){ .type = PARAM_BOOL, .key = param->key, .text = STR("true"), .number = 1,
		.next = param->next };
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

/* ---- lists, as Strapi's engine reads them ---- */

struct path {
	struct str text;
	struct path *next;
};

struct path_list {
	struct path *first, *last;
};

static void add_last(struct arena *arena, struct path_list *list, struct str text)
{
	struct path *path = arena_new_of(arena, struct path);

	path->text = text;
	if (list->last)
		list->last->next = path;
	else
		list->first = path;
	list->last = path;
}

static void add_first(struct arena *arena, struct path_list *list, struct str text)
{
	struct path *path = arena_new_of(arena, struct path);

	*path = (struct path){ text, list->first };
	list->first = path;
	if (!list->last)
		list->last = path;
}

/* What stands below each name of a level, by the names' order. */
struct group {
	struct param *name;
	struct path_list below;
	struct group *next;
};

static struct group *group_named(struct arena *arena, struct group **groups, struct param *object,
	struct str key)
{
	struct group *group;

	while (*groups && !str_equal((*groups)->name->key, key))
		groups = &(*groups)->next;
	if (*groups)
		return *groups;
	group = *groups = arena_new_of(arena, struct group);
	group->name = append(object, new_param(arena, PARAM_BOOL, key));
	make_true(group->name);
	return group;
}

static void read_list(struct arena *arena, struct param *object, const struct path_list *list)
{
	struct group *groups = NULL;

	for (const struct path *path = list->first; path; path = path->next) {
		struct str rest = path->text, key = str_cut(&rest, '.');
		struct group *group = group_named(arena, &groups, object, key);

		if (!str_is_null(rest))
			add_first(arena, &group->below, rest);
	}
	for (; groups; groups = groups->next) {
		if (groups->below.first)
			read_list(arena, below(arena, groups->name), &groups->below);
	}
}

static void split(struct arena *arena, struct str list, struct path_list *paths)
{
	while (!str_is_null(list)) {
		struct str path = str_trim(str_cut(&list, ','));

		while (path.n && path.p[0] == '.')
			path = str_skip(path, 1);
		add_last(arena, paths, path);
	}
}

/* Whose names are looked up, and for whom. */
struct viewer {
	struct arena *arena;
	const struct access *access;
};

/* The paths that an object stands for: of names without anything below, in order. What goes through something
 * that isn't shown is left out whole. `model` NULL: behind a zone, where names are of several types. */
static void flatten(const struct viewer *viewer, const struct model *model, const struct param *object,
	const char *before, struct path_list *paths)
{
	struct arena *arena = viewer->arena;

	param_foreach(item, object) {
		const struct attribute *attribute = model ? populate_attribute(model, item->key) : NULL;
		const char *path = arena_printf(arena, "%s%s%.*s", before, *before ? "." : "",
			STR_ARG(item->key));

		if (attribute && !access_shows(viewer->access, attribute))
			continue;
		if (item->type == PARAM_OBJECT)
			flatten(viewer, attribute ? populate_target(attribute) : NULL, item->first, path,
				paths);
		else
			add_last(arena, paths, str_trim(str_of(path)));
	}
}

bool populate_has_comma(const struct param *paths)
{
	if (paths->type == PARAM_STRING)
		return str_find(paths->text, ',') < paths->text.n;
	param_foreach(item, paths) {
		if (populate_has_comma(item))
			return true;
	}
	return false;
}

struct param *populate_tree_of_lists(struct arena *arena, const struct access *access,
	const struct model *model, const struct param *lists)
{
	struct param *tree = new_param(arena, PARAM_OBJECT, STR_NULL);
	struct path_list paths = { NULL, NULL };

	if (!populate_has_comma(lists)) {
		struct viewer viewer = { arena, access };

		flatten(&viewer, model, populate_tree_of_paths(arena, lists), "", &paths);
	} else if (lists->type == PARAM_STRING) {
		split(arena, lists->text, &paths);
	} else {
		param_foreach(item, lists)
			split(arena, item->text, &paths);
	}
	read_list(arena, tree, &paths);
	return tree;
}
