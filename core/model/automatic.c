/* The attributes that every content type has without saying so, and the order of all. */
#include <stddef.h>

#include "base/json.h"
#include "base/log.h"
#include "model/naming.h"
#include "model/read.h"
#include "model/snake_case.h"

static const struct automatic {
	const char *name;
	enum attribute_type type;
	enum relation_kind relation;
	bool first;			/* stands before the schema's */
	bool in_components;
	bool writable;
	bool of_creator;		/* private unless populateCreatorFields */
	bool of_locale;			/* private unless the type is localized */
	size_t shortcut;		/* in struct model */
} automatic[] = {
	{ "id", ATTRIBUTE_ID, .first = true, .in_components = true, .shortcut = offsetof(struct model, id) },
	{ "documentId", ATTRIBUTE_STRING, .first = true, .shortcut = offsetof(struct model, document_id) },
	{ "createdAt", ATTRIBUTE_DATETIME, .shortcut = offsetof(struct model, created_at) },
	{ "updatedAt", ATTRIBUTE_DATETIME, .shortcut = offsetof(struct model, updated_at) },
	{ "publishedAt", ATTRIBUTE_DATETIME, .writable = true,
		.shortcut = offsetof(struct model, published_at) },
	{ "createdBy", ATTRIBUTE_RELATION, RELATION_ONE_TO_ONE, .of_creator = true,
		.shortcut = offsetof(struct model, created_by) },
	{ "updatedBy", ATTRIBUTE_RELATION, RELATION_ONE_TO_ONE, .of_creator = true,
		.shortcut = offsetof(struct model, updated_by) },
	{ "locale", ATTRIBUTE_STRING, .writable = true, .of_locale = true,
		.shortcut = offsetof(struct model, locale) },
	{ "localizations", ATTRIBUTE_RELATION, RELATION_ONE_TO_MANY, .of_locale = true,
		.shortcut = offsetof(struct model, localizations) },
};

enum { AUTOMATIC = sizeof(automatic) / sizeof(*automatic) };

static const struct automatic *find_automatic(const struct model *model, struct str name)
{
	for (unsigned i = 0; i < AUTOMATIC; i++) {
		bool here = model->kind != MODEL_COMPONENT || automatic[i].in_components;

		if (here && str_equal(name, str_of(automatic[i].name)))
			return &automatic[i];
	}
	return NULL;
}

static bool is_listed(struct str name, const char *const *list)
{
	while (*list && !str_equal(name, str_of(*list)))
		list++;
	return *list != NULL;
}

/* Strapi's own types may give an automatic attribute another place; in a project's it would be hidden. */
static void check_reserved(struct reader *reader, const struct node *node)
{
	static const char *const always[] = { "id", "document_id", NULL };
	static const char *const in_projects[] = {
		"created_at", "updated_at", "published_at", "created_by", "updated_by", "created_by_id",
		"updated_by_id", "locale", "localizations", NULL,
	};
	static const char *const in_the_builder[] = { "entry_id", "status", "meta", NULL };
	bool project = str_is(reader->source->prefix, "api::") && reader->model->kind != MODEL_COMPONENT;
	struct str name = snake_case(reader->arena, node->key);

	if (is_listed(name, always) || (project && is_listed(name, in_projects))) {
		problems_add_node(reader->problems, node,
			"The attribute \"%.*s\" is reserved and cannot be used in a model. "
			"Please rename \"%.*s\" attribute \"%.*s\" to something else.",
			STR_ARG(node->key), STR_ARG(reader->model->singular), STR_ARG(node->key));
	} else if (project && (is_listed(name, in_the_builder) || str_starts(name, STR("strapi")))) {
		log_warn("model", "%.*s: Strapi's Content-Type Builder reserves the attribute name \"%.*s\"",
			STR_ARG(reader->model->file), STR_ARG(node->key));
	}
}

static void lay_automatic(struct reader *reader, const struct automatic *from, struct attribute *attribute)
{
	attribute->name = str_of(from->name);
	attribute->type = from->type;
	attribute->relation = from->relation;
	attribute->to_many = from->relation == RELATION_ONE_TO_MANY;
	attribute->searchable = true;
}

static void lay_all(struct reader *reader, bool first, const struct node *attributes)
{
	struct model *model = reader->model;

	for (unsigned i = 0; i < AUTOMATIC; i++) {
		if (automatic[i].first != first || !find_automatic(model, str_of(automatic[i].name)) ||
			node_get(attributes, automatic[i].name))
			continue;
		lay_automatic(reader, &automatic[i], &model->attributes[model->attribute_count++]);
	}
}

void automatic_lay_out(struct reader *reader, const struct node *attributes)
{
	struct model *model = reader->model;
	size_t room = AUTOMATIC + (attributes ? attributes->items.count : 0);

	model->attributes = arena_zalloc(reader->arena, room * sizeof(*model->attributes));
	lay_all(reader, true, attributes);
	node_foreach(node, attributes) {
		struct attribute *attribute = &model->attributes[model->attribute_count++];

		check_reserved(reader, node);
		attribute->name = node->key;
		attribute->node = node;
	}
	lay_all(reader, false, attributes);
}

static struct str json_key(struct arena *arena, struct str name)
{
	struct buf text = BUF_INIT;
	struct str copy;

	json_write_string(&text, name);
	buf_add_char(&text, ':');
	copy = arena_str(arena, buf_str(&text));
	buf_clear(&text);
	return copy;
}

static bool is_in_private_list(const struct model *model, struct str name)
{
	const struct node *list = node_get(node_get(model->schema, "options"), "privateAttributes");

	if (!list || list->type != NODE_ARRAY)
		return false;
	node_foreach(item, list) {
		if (item->type == NODE_STRING && str_equal(item->text, name))
			return true;
	}
	return false;
}

static void finish_automatic(struct reader *reader, const struct automatic *from, struct attribute *attribute)
{
	struct model *model = reader->model;

	if (attribute->type != from->type) {
		problems_add_node(reader->problems, attribute->node,
			"\"%s\" has the type \"%s\" in every model", from->name,
			attribute_kind(from->type)->name);
	}
	attribute->automatic = true;
	attribute->writable = from->writable;
	attribute->configurable = attribute->visible = attribute->localized = false;
	attribute->private_ |= (from->of_creator && !model->populate_creator_fields) ||
		(from->of_locale && !model->localized);
	*(const struct attribute **)((char *)model + from->shortcut) = attribute;
}

void automatic_finish(struct reader *reader)
{
	struct model *model = reader->model;

	model->columns = arena_array(reader->arena, model->attribute_count, sizeof(*model->columns));
	for (unsigned i = 0; i < model->attribute_count; i++) {
		struct attribute *attribute = &model->attributes[i];
		const struct automatic *from = find_automatic(model, attribute->name);

		attribute->index = i;
		attribute->model = model;
		attribute->column_index = -1;
		attribute->json_key = json_key(reader->arena, attribute->name);
		attribute->private_ |= is_in_private_list(model, attribute->name);
		if (from)
			finish_automatic(reader, from, attribute);
		if (!attribute_kind(attribute->type)->scalar)
			continue;
		if (str_is_null(attribute->column))
			attribute->column = naming(reader->arena, NAMING_COLUMN, attribute->name, STR_NULL);
		attribute->column_index = (int)model->column_count;
		model->columns[model->column_count++] = attribute;
	}
}
