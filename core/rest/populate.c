#include "rest/populate.h"

#include "rest/populate_internal.h"
#include "rest/selection.h"

/* ---- what is refused ---- */

int populate_refuse(struct populate_reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(reader->error, ERROR_VALIDATION, format, args);
	va_end(args);
	return -1;
}

int populate_refuse_nested(struct populate_reader *reader)
{
	return populate_refuse(reader, "Invalid nested populate. Expected '*' or an object");
}

const char *populate_path(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *attribute)
{
	return level->path ?
		arena_printf(reader->scope->arena, "%s.%.*s", level->path, STR_ARG(attribute->name)) :
		arena_strdup(reader->scope->arena, attribute->name);
}

/* The star is taken for the names of the target's attributes, of which none is an option. */
int populate_refuse_star(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *attribute, const struct model *target)
{
	for (unsigned i = 0; i < target->attribute_count; i++) {
		const struct attribute *first = &target->attributes[i];
		const char *path;

		if (!populate_is_possible(first) || !access_shows(reader->access, first))
			continue;
		path = arena_printf(reader->scope->arena, "%s.%.*s", populate_path(reader, level, attribute),
			STR_ARG(first->name));
		return error_set_details(reader->error, ERROR_VALIDATION,
			json_pack("{s:s%, s:s}", "key", first->name.p, first->name.n, "path", path),
			"Invalid key %.*s at %s", STR_ARG(first->name), path);
	}
	return 0;
}

/* ---- the list ---- */

struct populate *populate_make(struct populate_reader *reader, const struct attribute *attribute,
	unsigned types)
{
	struct populate *populate = arena_new_of(reader->scope->arena, struct populate);

	populate->attribute = attribute;
	populate->types = arena_zalloc(reader->scope->arena, (types ? types : 1) * sizeof(*populate->types));
	return populate;
}

int populate_add(struct populate_reader *reader, struct populate_level *level, struct populate *populate)
{
	unsigned most = (unsigned)reader->limits->populate_breadth;

	if (++reader->breadth[level->depth] > most)
		return populate_refuse(reader,
			"The populate parameter asks for more than %u attributes on one level "
			"(rest.populateBreadth)",
			most);
	if (level->last)
		level->last->next = populate;
	else
		level->first = populate;
	level->last = populate;
	return 0;
}

/* ---- attributes that lead to one type ---- */

static bool is_counted(const struct attribute *attribute, const struct param *options)
{
	const struct param *count = param_get(options, STR("count"));
	bool wanted = false;

	return count && populate_boolean(count, &wanted) && wanted && attribute->type != ATTRIBUTE_MEDIA &&
		(attribute->link.storage == LINK_TABLE || attribute->link.storage == LINK_COMPONENTS);
}

static int read_simple(struct populate_reader *reader, struct populate_level *level,
	const struct attribute *attribute, const struct param *options)
{
	bool morph_inverse =
		attribute->relation == RELATION_MORPH_ONE || attribute->relation == RELATION_MORPH_MANY;
	struct populate_target target = {
		.model = populate_target(attribute),
		.linked = attribute->link.storage == LINK_TABLE ||
			attribute->link.storage == LINK_COMPONENTS ||
			attribute->link.storage == LINK_MORPH_TABLE,
		.shows_locale =
			level->shows_locale || (morph_inverse && attribute->type == ATTRIBUTE_RELATION),
	};
	struct populate *populate = populate_make(reader, attribute, 1);

	if (!target.model)
		return 0;
	populate->type_count = 1;
	populate->count = options && is_counted(attribute, options);
	/* Strapi tells whose they are by a column that `fields` has taken away. */
	if (attribute->link.storage == LINK_MORPH_COLUMNS &&
		selection_is_chosen(param_get(options, STR("fields"))))
		populate->type_count = 0;
	if (populate_add(reader, level, populate) < 0)
		return -1;
	return populate_read_type(reader, level, attribute, &target, options, populate->types);
}

/* ---- one attribute ---- */

static int read_attribute(struct populate_reader *reader, struct populate_level *level,
	const struct attribute *attribute, const struct param *options)
{
	if (populate_is_polymorphic(attribute))
		return populate_read_several(reader, level, attribute, options);
	return read_simple(reader, level, attribute, options);
}

static int read_item(struct populate_reader *reader, struct populate_level *level, const struct param *item)
{
	const struct attribute *attribute = populate_attribute(level->query->model, item->key);
	const struct param *on = param_get(item, STR("on"));
	bool wanted;

	if (!attribute || !populate_is_possible(attribute) || !access_shows(reader->access, attribute))
		return 0;
	if (populate_boolean(item, &wanted)) {
		/* Of relations to several types only `true` is understood. */
		if (!wanted || (populate_is_polymorphic(attribute) && attribute->type == ATTRIBUTE_RELATION &&
			!str_is(item->text, "true")))
			return 0;
		return read_attribute(reader, level, attribute, NULL);
	}
	if (populate_is_polymorphic(attribute))
		return read_attribute(reader, level, attribute, item);
	if (populate_is_star(item) && populate_target(attribute) &&
		populate_refuse_star(reader, level, attribute, populate_target(attribute)) < 0)
		return -1;
	if (item->type == PARAM_STRING)
		return read_attribute(reader, level, attribute, NULL);
	if (item->type != PARAM_OBJECT)
		return populate_refuse_nested(reader);
	if (on && on->type != PARAM_NULL)
		return populate_refuse(reader,
			"Using fragments is not permitted to populate \"%.*s\" in \"%.*s\"",
			STR_ARG(attribute->name), STR_ARG(attribute->model->uid));
	return read_attribute(reader, level, attribute, item);
}

/* ---- a level ---- */

static int read_star(struct populate_reader *reader, struct populate_level *level)
{
	const struct model *model = level->query->model;

	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (populate_is_possible(attribute) && access_shows(reader->access, attribute) &&
			read_attribute(reader, level, attribute, NULL) < 0)
			return -1;
	}
	return 0;
}

int populate_read_level(struct populate_reader *reader, struct populate_level *level,
	const struct param *populate)
{
	if (level->depth >= reader->limits->populate_depth)
		return populate_refuse(reader,
			"The populate parameter is nested deeper than %u levels (rest.populateDepth)",
			(unsigned)reader->limits->populate_depth);
	if (populate_is_star(populate))
		return read_star(reader, level);
	if (populate_is_paths(populate)) {
		level->by_list = populate_has_comma(populate);
		populate = populate_tree_of_lists(reader->scope->arena, reader->access, level->query->model,
			populate);
	}
	if (populate->type != PARAM_OBJECT)
		return populate_refuse(reader,
			"Invalid populate parameter. Expected a string, an array of strings, a populate "
			"object");
	param_foreach(item, populate) {
		if (read_item(reader, level, item) < 0)
			return -1;
	}
	return 0;
}

int populate_read(struct scope *scope, struct query *query, const struct param *fields,
	const struct param *populate, const struct document_version *version, struct populate **first_r)
{
	const struct settings_api *limits = &scope->generation->settings->api;
	struct populate_reader reader = { scope, &scope->error, access_of(scope), limits, version };
	struct populate_level level = { .query = query, .chosen = selection_is_chosen(fields) };

	*first_r = NULL;
	if (populate_is_absent(populate))
		return 0;
	reader.breadth = arena_zalloc(scope->arena, (size_t)limits->populate_depth * sizeof(*reader.breadth));
	if (populate_read_level(&reader, &level, populate) < 0)
		return -1;
	populate_prepare(query, level.first);
	*first_r = level.first;
	return 0;
}
