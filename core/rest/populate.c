#include "rest/populate.h"

#include "config/settings.h"
#include "extension/generation.h"
#include "query/filter.h"
#include "rest/access.h"
#include "rest/populate_tree.h"
#include "rest/selection.h"

struct reader {
	struct scope *scope;
	struct error *error;
	const struct access *access;
	const struct settings_api *limits;
	const struct document_version *version;	/* of whatever may be a draft */
	unsigned *breadth;			/* by level: attributes so far */
};

/* Rows that are populated. */
struct level {
	struct query *query;
	const char *path;			/* the attributes that lead here; NULL: none */
	unsigned depth;
	bool chosen;				/* their columns were chosen by `fields` */
	bool by_list;				/* asked for in a list with commas */
	bool shows_locale;			/* even of types without one: Strapi cleans nothing below a morph inverse */
	struct populate *first, *last;
};

static int read_level(struct reader *reader, struct level *level, const struct param *populate);

static int __attribute__((format(printf, 2, 3))) refuse(struct reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(reader->error, ERROR_VALIDATION, format, args);
	va_end(args);
	return -1;
}

static int refuse_nested(struct reader *reader)
{
	return refuse(reader, "Invalid nested populate. Expected '*' or an object");
}

static const char *path_to(struct reader *reader, const struct level *level, const struct attribute *attribute)
{
	return level->path ? arena_printf(reader->scope->arena, "%s.%.*s", level->path, STR_ARG(attribute->name)) :
		arena_strdup(reader->scope->arena, attribute->name);
}

/* A star in place of options is taken for the names of the target's attributes, of which none is an option. */
static int refuse_star(struct reader *reader, const struct level *level, const struct attribute *attribute,
	const struct model *target)
{
	for (unsigned i = 0; i < target->attribute_count; i++) {
		const struct attribute *first = &target->attributes[i];
		const char *path;

		if (!populate_is_possible(first) || !access_shows(reader->access, first))
			continue;
		path = arena_printf(reader->scope->arena, "%s.%.*s", path_to(reader, level, attribute), STR_ARG(first->name));
		return error_set_details(reader->error, ERROR_VALIDATION,
			json_pack("{s:s%, s:s}", "key", first->name.p, first->name.n, "path", path), "Invalid key %.*s at %s",
			STR_ARG(first->name), path);
	}
	return 0;
}

static bool is_absent(const struct param *param)
{
	return !param || param->type == PARAM_NULL || (param->type == PARAM_STRING && param->text.n == 0);
}

static bool is_chosen(const struct param *fields)
{
	return !is_absent(fields) && !selection_is_all(fields);
}

static bool is_star(const struct param *param)
{
	return param->type == PARAM_STRING && str_is(param->text, "*");
}

/* ---- the list ---- */

static struct populate *make(struct reader *reader, const struct attribute *attribute, unsigned types)
{
	struct populate *populate = arena_new_of(reader->scope->arena, struct populate);

	populate->attribute = attribute;
	populate->types = arena_zalloc(reader->scope->arena, (types ? types : 1) * sizeof(*populate->types));
	return populate;
}

static int add(struct reader *reader, struct level *level, struct populate *populate)
{
	unsigned most = (unsigned)reader->limits->populate_breadth;

	if (++reader->breadth[level->depth] > most)
		return refuse(reader, "The populate parameter asks for more than %u attributes on one level (rest.populateBreadth)",
			most);
	if (level->last)
		level->last->next = populate;
	else
		level->first = populate;
	level->last = populate;
	return 0;
}

/* ---- one type that an attribute leads to ---- */

/* How its rows are read. */
struct target {
	const struct model *model;
	bool linked;				/* through a link table */
	bool any_version;			/* of a draft and its published version: whichever is linked */
	bool shows_locale;
};

static bool has_hidden_locale(const struct model *model)
{
	return model->locale && model->locale->private_ && !model->localized;
}

static int read_options(struct reader *reader, const struct target *target, const struct param *options,
	struct query *query)
{
	const struct param *sort = param_get(options, STR("sort")), *filters = param_get(options, STR("filters"));
	const struct param *fields = param_get(options, STR("fields"));

	if (!is_absent(sort) && selection_sort(query, sort, reader->error) < 0)
		return -1;
	if (!is_absent(filters) && filter_compile(query, filters, reader->error) < 0)
		return -1;
	if ((target->linked || query->joins) && !query_sorts_through_a_join(query))
		selection_order(query, reader->access);
	selection_fields(query, reader->access, is_absent(fields) ? NULL : fields);
	if (target->shows_locale && selection_is_all(fields) && has_hidden_locale(target->model))
		query_select(query, target->model->locale);
	return 0;
}

static int read_children(struct reader *reader, const struct level *level, const struct target *target,
	const struct param *options, struct query *query, const struct attribute *via, const struct populate **first_r)
{
	const struct param *nested = param_get(options, STR("populate")), *fields = param_get(options, STR("fields"));
	struct level below = {
		.query = query, .depth = level->depth + 1, .chosen = is_chosen(fields),
		.shows_locale = target->shows_locale,
	};

	if (is_absent(nested))
		return 0;
	below.path = path_to(reader, level, via);
	if (read_level(reader, &below, nested) < 0)
		return -1;
	populate_prepare(query, below.first);
	*first_r = below.first;
	return 0;
}

/* `options` NULL: none. */
static int read_type(struct reader *reader, const struct level *level, const struct attribute *via,
	const struct target *target, const struct param *options, struct populate_type *type)
{
	bool by_version = target->model->draft_and_publish && !target->any_version;
	struct query *query;

	if (!options && !by_version && !(target->shows_locale && has_hidden_locale(target->model))) {
		type->query = access_plain(reader->access, target->model);
		return 0;
	}
	query = arena_new_of(reader->scope->arena, struct query);
	query_init(query, reader->scope->arena, target->model);
	query->limits = level->query->limits;
	if (read_options(reader, target, options, query) < 0)
		return -1;
	if (by_version)
		document_version_where_status(query, reader->version);
	type->query = query;
	return read_children(reader, level, target, options, query, via, &type->first);
}

/* ---- attributes that lead to one type ---- */

static bool is_counted(const struct attribute *attribute, const struct param *options)
{
	const struct param *count = param_get(options, STR("count"));
	bool wanted = false;

	return count && populate_boolean(count, &wanted) && wanted && attribute->type != ATTRIBUTE_MEDIA &&
		(attribute->link.storage == LINK_TABLE || attribute->link.storage == LINK_COMPONENTS);
}

static int read_simple(struct reader *reader, struct level *level, const struct attribute *attribute,
	const struct param *options)
{
	bool morph_inverse = attribute->relation == RELATION_MORPH_ONE || attribute->relation == RELATION_MORPH_MANY;
	struct target target = {
		.model = populate_target(attribute),
		.linked = attribute->link.storage == LINK_TABLE || attribute->link.storage == LINK_COMPONENTS ||
			attribute->link.storage == LINK_MORPH_TABLE,
		.shows_locale = level->shows_locale || (morph_inverse && attribute->type == ATTRIBUTE_RELATION),
	};
	struct populate *populate = make(reader, attribute, 1);

	if (!target.model)
		return 0;
	populate->type_count = 1;
	populate->count = options && is_counted(attribute, options);
	/* Strapi tells whose they are by a column that `fields` has taken away. */
	if (attribute->link.storage == LINK_MORPH_COLUMNS && is_chosen(param_get(options, STR("fields"))))
		populate->type_count = 0;
	if (add(reader, level, populate) < 0)
		return -1;
	return read_type(reader, level, attribute, &target, options, populate->types);
}

/* ---- zones, morphToOne, morphToMany ---- */

static bool may_be_target(struct reader *reader, const struct attribute *attribute, const struct model *model)
{
	if (attribute->type == ATTRIBUTE_DYNAMICZONE)
		return model->kind == MODEL_COMPONENT;
	return model->kind != MODEL_COMPONENT && access_finds(reader->access, model);
}

/* What may not be read is left out. `false` counts as true here. */
static int read_fragment(struct reader *reader, const struct level *level, struct populate *populate,
	const struct param *item)
{
	const struct model *model = models_find(reader->scope->generation->models, item->key);
	struct target target = { .model = model, .shows_locale = level->shows_locale };
	bool ignored;

	if (!model || !may_be_target(reader, populate->attribute, model))
		return 0;
	if (is_star(item) && refuse_star(reader, level, populate->attribute, model) < 0)
		return -1;
	target.any_version = populate_boolean(item, &ignored);
	if (!target.any_version && !is_star(item) && item->type != PARAM_OBJECT)
		return refuse_nested(reader);
	return read_type(reader, level, populate->attribute, &target, item->type == PARAM_OBJECT ? item : NULL,
		&populate->types[populate->type_count++]);
}

static int read_fragments(struct reader *reader, const struct level *level, const struct attribute *attribute,
	const struct param *on, struct populate **populate_r)
{
	*populate_r = make(reader, attribute, on->count);
	if (on->type != PARAM_OBJECT)
		return 0;
	param_foreach(item, on) {
		if (read_fragment(reader, level, *populate_r, item) < 0)
			return -1;
	}
	return 0;
}

/* `options` NULL: only what the rows hold themselves. */
static int read_components(struct reader *reader, const struct level *level, const struct attribute *zone,
	const struct param *options, struct populate **populate_r)
{
	struct populate *populate = make(reader, zone, zone->component_count);

	*populate_r = populate;
	for (unsigned i = 0; i < zone->component_count; i++) {
		struct target target = { .model = zone->components[i], .shows_locale = level->shows_locale };

		if (read_type(reader, level, zone, &target, options, &populate->types[populate->type_count++]) < 0)
			return -1;
	}
	return 0;
}

static int read_all_types(struct reader *reader, const struct level *level, const struct attribute *attribute,
	struct populate **populate_r)
{
	const struct models *models = reader->scope->generation->models;
	struct populate *populate = make(reader, attribute, models->count);

	*populate_r = populate;
	for (unsigned i = 0; i < models->count; i++) {
		struct target target = { .model = models->list[i], .any_version = !level->by_list,
			.shows_locale = level->shows_locale };

		if (may_be_target(reader, attribute, target.model) &&
			read_type(reader, level, attribute, &target, NULL, &populate->types[populate->type_count++]) < 0)
			return -1;
	}
	return 0;
}

static int refuse_options(struct reader *reader, const struct attribute *attribute, const struct param *options)
{
	const struct model *model = attribute->model;
	struct buf text = BUF_INIT;

	param_write(&text, options);
	refuse(reader, "Invalid nested populate for %.*s.%.*s (%.*s). Expected a fragment (\"on\") or \"count\" but found %s",
		STR_ARG(model->singular), STR_ARG(attribute->name), STR_ARG(model->uid), buf_cstr(&text));
	buf_clear(&text);
	return -1;
}

static int check_options(struct reader *reader, const struct attribute *attribute, const struct param *options)
{
	if (options->type != PARAM_OBJECT)
		return refuse_options(reader, attribute, options);
	param_foreach(item, options) {
		if (!str_is(item->key, "populate") && !str_is(item->key, "on") && !str_is(item->key, "count"))
			return refuse_options(reader, attribute, options);
	}
	return 0;
}

static int read_zone(struct reader *reader, struct level *level, const struct attribute *zone,
	const struct param *options)
{
	const struct param *on = param_get(options, STR("on"));
	bool nested = !is_absent(param_get(options, STR("populate")));
	struct populate *populate;

	if (options && check_options(reader, zone, options) < 0)
		return -1;
	if ((on && on->type != PARAM_NULL ? read_fragments(reader, level, zone, on, &populate) :
		read_components(reader, level, zone, nested ? options : NULL, &populate)) < 0)
		return -1;
	return add(reader, level, populate);
}

/* Targets are named by type, or all are wanted, or counted; anything else drops the attribute. */
static int read_morph_to(struct reader *reader, struct level *level, const struct attribute *attribute,
	const struct param *options)
{
	const struct param *on = param_get(options, STR("on")), *count = param_get(options, STR("count"));
	bool by_type = on && (on->type == PARAM_OBJECT || on->type == PARAM_ARRAY);
	bool counted = count && (count->type == PARAM_STRING || count->type == PARAM_BOOL) && str_is(count->text, "true");
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
	return add(reader, level, populate);
}

/* ---- one attribute ---- */

static int read_attribute(struct reader *reader, struct level *level, const struct attribute *attribute,
	const struct param *options)
{
	if (attribute->type == ATTRIBUTE_DYNAMICZONE)
		return read_zone(reader, level, attribute, options);
	if (populate_is_polymorphic(attribute))
		return read_morph_to(reader, level, attribute, options);
	return read_simple(reader, level, attribute, options);
}

static int read_item(struct reader *reader, struct level *level, const struct param *item)
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
	if (is_star(item) && populate_target(attribute) &&
		refuse_star(reader, level, attribute, populate_target(attribute)) < 0)
		return -1;
	if (item->type == PARAM_STRING)
		return read_attribute(reader, level, attribute, NULL);
	if (item->type != PARAM_OBJECT)
		return refuse_nested(reader);
	if (on && on->type != PARAM_NULL)
		return refuse(reader, "Using fragments is not permitted to populate \"%.*s\" in \"%.*s\"",
			STR_ARG(attribute->name), STR_ARG(attribute->model->uid));
	return read_attribute(reader, level, attribute, item);
}

/* ---- a level ---- */

static int read_star(struct reader *reader, struct level *level)
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

static bool has_comma(const struct param *paths)
{
	if (paths->type == PARAM_STRING)
		return str_find(paths->text, ',') < paths->text.n;
	param_foreach(item, paths) {
		if (has_comma(item))
			return true;
	}
	return false;
}

static int read_level(struct reader *reader, struct level *level, const struct param *populate)
{
	if (level->depth >= reader->limits->populate_depth)
		return refuse(reader, "The populate parameter is nested deeper than %u levels (rest.populateDepth)",
			(unsigned)reader->limits->populate_depth);
	if (is_star(populate))
		return read_star(reader, level);
	if (populate_is_paths(populate)) {
		level->by_list = has_comma(populate);
		populate = populate_tree_of_lists(reader->scope->arena, populate);
	}
	if (populate->type != PARAM_OBJECT)
		return refuse(reader, "Invalid populate parameter. Expected a string, an array of strings, a populate object");
	param_foreach(item, populate) {
		if (read_item(reader, level, item) < 0)
			return -1;
	}
	return 0;
}

int populate_read(struct scope *scope, struct query *query, const struct param *fields, const struct param *populate,
	const struct document_version *version, struct populate **first_r)
{
	const struct settings_api *limits = &scope->generation->settings->api;
	struct reader reader = { scope, &scope->error, scope->generation->access, limits, version };
	struct level level = { .query = query, .chosen = is_chosen(fields) };

	*first_r = NULL;
	if (is_absent(populate))
		return 0;
	reader.breadth = arena_zalloc(scope->arena, (size_t)limits->populate_depth * sizeof(*reader.breadth));
	if (read_level(&reader, &level, populate) < 0)
		return -1;
	populate_prepare(query, level.first);
	*first_r = level.first;
	return 0;
}
