#include "rest/populate_internal.h"
#include "rest/selection.h"

static bool may_be_target(struct populate_reader *reader, const struct attribute *attribute,
	const struct model *model)
{
	if (attribute->type == ATTRIBUTE_DYNAMICZONE)
		return model->kind == MODEL_COMPONENT;
	return model->kind != MODEL_COMPONENT && access_finds(reader->access, model);
}

/* What may not be read is left out. `false` counts as true here. */
static int read_fragment(struct populate_reader *reader, const struct populate_level *level,
	struct populate *populate, const struct param *item)
{
	const struct model *model = models_find(reader->scope->generation->models, item->key);
	struct populate_target target = { .model = model, .shows_locale = level->shows_locale };
	bool ignored;

	if (!model || !may_be_target(reader, populate->attribute, model))
		return 0;
	if (populate_is_star(item) && populate_refuse_star(reader, level, populate->attribute, model) < 0)
		return -1;
	target.any_version = populate_boolean(item, &ignored);
	if (!target.any_version && !populate_is_star(item) && item->type != PARAM_OBJECT)
		return populate_refuse_nested(reader);
	return populate_read_type(reader, level, populate->attribute, &target,
		item->type == PARAM_OBJECT ? item : NULL, &populate->types[populate->type_count++]);
}

static int read_fragments(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *attribute, const struct param *on, struct populate **populate_r)
{
	*populate_r = populate_make(reader, attribute, on->count);
	if (on->type != PARAM_OBJECT)
		return 0;
	param_foreach(item, on) {
		if (read_fragment(reader, level, *populate_r, item) < 0)
			return -1;
	}
	return 0;
}

/* Strapi lets any component into a zone and shows what is there. `options` NULL: only what the rows hold
 * themselves. */
static int read_components(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *zone, const struct param *options, struct populate **populate_r)
{
	const struct models *models = reader->scope->generation->models;
	struct populate *populate = populate_make(reader, zone, models->count);

	*populate_r = populate;
	for (unsigned i = 0; i < models->count; i++) {
		struct populate_target target = { .model = models->list[i],
			.shows_locale = level->shows_locale };

		if (target.model->kind == MODEL_COMPONENT &&
			populate_read_type(reader, level, zone, &target, options,
				&populate->types[populate->type_count++]) < 0)
			return -1;
	}
	return 0;
}

static int read_all_types(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *attribute, struct populate **populate_r)
{
	const struct models *models = reader->scope->generation->models;
	struct populate *populate = populate_make(reader, attribute, models->count);

	*populate_r = populate;
	for (unsigned i = 0; i < models->count; i++) {
		struct populate_target target = { .model = models->list[i], .any_version = !level->by_list,
			.shows_locale = level->shows_locale };

		if (may_be_target(reader, attribute, target.model) &&
			populate_read_type(reader, level, attribute, &target, NULL,
				&populate->types[populate->type_count++]) < 0)
			return -1;
	}
	return 0;
}

static int refuse_options(struct populate_reader *reader, const struct attribute *attribute,
	const struct param *options)
{
	const struct model *model = attribute->model;
	struct buf text = BUF_INIT;

	param_write(&text, options);
	populate_refuse(reader,
		"Invalid nested populate for %.*s.%.*s (%.*s). Expected a fragment (\"on\") or \"count\" but "
		"found %s",
		STR_ARG(model->singular), STR_ARG(attribute->name), STR_ARG(model->uid), buf_cstr(&text));
	buf_clear(&text);
	return -1;
}

static int check_options(struct populate_reader *reader, const struct attribute *attribute,
	const struct param *options)
{
	if (options->type != PARAM_OBJECT)
		return refuse_options(reader, attribute, options);
	param_foreach(item, options) {
		if (!str_is(item->key, "populate") && !str_is(item->key, "on") && !str_is(item->key, "count"))
			return refuse_options(reader, attribute, options);
	}
	return 0;
}

static int read_zone(struct populate_reader *reader, struct populate_level *level,
	const struct attribute *zone, const struct param *options)
{
	const struct param *on = param_get(options, STR("on"));
	bool nested = !populate_is_absent(param_get(options, STR("populate")));
	struct populate *populate;

	if (options && check_options(reader, zone, options) < 0)
		return -1;
	if ((on && on->type != PARAM_NULL ? read_fragments(reader, level, zone, on, &populate) :
		read_components(reader, level, zone, nested ? options : NULL, &populate)) < 0)
		return -1;
	return populate_add(reader, level, populate);
}

/* Targets are named by type, or all are wanted, or counted; anything else drops the attribute. */
static int read_morph_to(struct populate_reader *reader, struct populate_level *level,
	const struct attribute *attribute, const struct param *options)
{
	const struct param *on = param_get(options, STR("on")), *count = param_get(options, STR("count"));
	bool by_type = on && (on->type == PARAM_OBJECT || on->type == PARAM_ARRAY);
	bool counted = count && (count->type == PARAM_STRING || count->type == PARAM_BOOL) &&
		str_is(count->text, "true");
	struct populate *populate;

	if (options && !by_type && (!counted || on))
		return 0;
	if (options && check_options(reader, attribute, options) < 0)
		return -1;
	if ((by_type ? read_fragments(reader, level, attribute, on, &populate) :
		read_all_types(reader, level, attribute, &populate)) < 0)
		return -1;
	if (populate->type_count == 0)
		return 0;
	populate->count = counted;
	/* Strapi reads it from columns that `fields` has taken away. */
	if (attribute->relation == RELATION_MORPH_TO_ONE && level->chosen)
		populate->type_count = 0;
	return populate_add(reader, level, populate);
}

int populate_read_several(struct populate_reader *reader, struct populate_level *level,
	const struct attribute *attribute, const struct param *options)
{
	return attribute->type == ATTRIBUTE_DYNAMICZONE ? read_zone(reader, level, attribute, options) :
		read_morph_to(reader, level, attribute, options);
}
