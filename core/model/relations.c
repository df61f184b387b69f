#include "model/relations.h"

#include "model/naming.h"

struct resolver {
	struct models *models;
	struct arena *arena;
	struct problems *problems;
};

static const struct str upload_file = { "plugin::upload.file", 19 };
static const struct str admin_user = { "admin::user", 11 };

/* `what` in the words that Strapi prefixes it with. */
static void __attribute__((format(printf, 3, 4))) problem(struct resolver *resolver,
	const struct attribute *attribute, const char *format, ...)
{
	const struct model *model = attribute->model;
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	problems_add_node(resolver->problems, attribute->node ? attribute->node : model->schema,
		"Error on attribute %.*s in model %.*s(%.*s): %s", STR_ARG(attribute->name),
		STR_ARG(model->singular), STR_ARG(model->uid), buf_cstr(&text));
	buf_clear(&text);
}

static struct str option(const struct attribute *attribute, const char *key)
{
	const struct node *node = node_get(attribute->node, key);

	return node && node->type == NODE_STRING && node->text.n ? node->text : STR_NULL;
}

static bool uses_link_table(const struct attribute *attribute)
{
	const struct node *node = node_get(attribute->node, "useJoinTable");

	return !node || node->type != NODE_BOOL || node->boolean;
}

/* ---- storage ---- */

/* The table is named and laid out by the side that owns the relation. */
static void make_link_table(struct resolver *resolver, struct attribute *attribute)
{
	const struct model *model = attribute->model, *target = attribute->target;
	struct arena *arena = resolver->arena;
	struct link *link = &attribute->link;
	bool bidirectional = !str_is_null(option(attribute, "inversedBy"));
	enum relation_kind relation = attribute->relation;
	bool any_to_many = relation == RELATION_ONE_TO_MANY || relation == RELATION_MANY_TO_MANY;
	bool many_to_any = relation == RELATION_MANY_TO_ONE || relation == RELATION_MANY_TO_MANY;
	bool same = str_equal(model->join_column, target->join_column);

	link->storage = LINK_TABLE;
	link->owner = true;
	link->table = naming(arena, NAMING_LINK_TABLE, model->table, attribute->name);
	link->own_column = model->join_column;
	link->target_column = target->join_column;
	if (same)
		link->target_column = naming(arena, NAMING_INVERSE_JOIN_COLUMN, target->singular, STR_NULL);
	if (any_to_many)
		link->order_column = naming(arena, NAMING_ORDER_COLUMN, target->singular, STR_NULL);
	if (many_to_any && bidirectional) {
		bool both = same && relation == RELATION_MANY_TO_MANY;

		link->inverse_order_column = naming(arena,
			both ? NAMING_INVERSE_ORDER_COLUMN : NAMING_ORDER_COLUMN, model->singular, STR_NULL);
	}
}

static void make_join_column(struct resolver *resolver, struct attribute *attribute)
{
	attribute->column = naming(resolver->arena, NAMING_JOIN_COLUMN, attribute->name, STR_NULL);
	attribute->link = (struct link){
		.storage = LINK_COLUMN,
		.owner = true,
		.table = attribute->model->table,
		.own_column = attribute->column,
		.target_column = STR("id"),
	};
}

/* Named so whatever the attribute is called: a type has one at the most. */
static void make_morph_columns(struct attribute *attribute)
{
	attribute->link = (struct link){
		.storage = LINK_MORPH_COLUMNS,
		.owner = true,
		.table = attribute->model->table,
		.own_column = STR("id"),
		.target_column = STR("target_id"),
		.type_column = STR("target_type"),
	};
}

static void make_morph_table(struct resolver *resolver, struct attribute *attribute)
{
	struct arena *arena = resolver->arena;

	attribute->link = (struct link){
		.storage = LINK_MORPH_TABLE,
		.owner = true,
		.table = naming(arena, NAMING_MORPH_TABLE, attribute->model->table, attribute->name),
		.own_column = attribute->model->join_column,
		.target_column = naming(arena, NAMING_JOIN_COLUMN, attribute->name, STR_NULL),
		.order_column = STR("order"),
		.type_column = naming(arena, NAMING_TYPE_COLUMN, attribute->name, STR_NULL),
		.field_column = STR("field"),
		.field = attribute->name,
	};
}

static void make_components_link(struct resolver *resolver, struct attribute *attribute)
{
	struct model *model = (struct model *)attribute->model;

	model->cmps_table = naming(resolver->arena, NAMING_COMPONENTS_TABLE, model->table, STR_NULL);
	attribute->link = (struct link){
		.storage = LINK_COMPONENTS,
		.owner = true,
		.table = model->cmps_table,
		.own_column = STR("entity_id"),
		.target_column = STR("cmp_id"),
		.order_column = STR("order"),
		.type_column = STR("component_type"),
		.field_column = STR("field"),
		.field = attribute->name,
	};
}

/* The same table or column, seen from the other side. */
static struct link mirror(const struct attribute *attribute, const struct link *of)
{
	struct link link = *of;

	link.owner = false;
	if (of->storage == LINK_COLUMN)
		return link;
	link.own_column = of->target_column;
	link.target_column = of->own_column;
	if (of->storage == LINK_TABLE) {
		link.order_column = of->inverse_order_column;
		link.inverse_order_column = of->order_column;
	} else if (of->storage == LINK_MORPH_TABLE) {
		link.field = attribute->name;
	}
	return link;
}

/* ---- components ---- */

static const struct model *find_component(struct resolver *resolver, const struct attribute *attribute,
	struct str uid)
{
	const struct model *component = models_find(resolver->models, uid);

	if (component && component->kind == MODEL_COMPONENT)
		return component;
	problem(resolver, attribute, "component \"%.*s\" %s", STR_ARG(uid),
		component ? "is a content type" : "isn't defined by any plugin");
	return NULL;
}

static void resolve_zone(struct resolver *resolver, struct attribute *attribute)
{
	const struct node *list = node_get(attribute->node, "components");

	attribute->components =
		arena_array(resolver->arena, list->items.count + 1, sizeof(*attribute->components));
	node_foreach(item, list) {
		const struct model *component = find_component(resolver, attribute, item->text);

		if (component)
			attribute->components[attribute->component_count++] = component;
	}
}

/* ---- relations ---- */

static bool is_owner(const struct attribute *attribute)
{
	return str_is_null(option(attribute, "mappedBy"));
}

static enum relation_kind opposite(enum relation_kind relation)
{
	if (relation == RELATION_ONE_TO_MANY)
		return RELATION_MANY_TO_ONE;
	return relation == RELATION_MANY_TO_ONE ? RELATION_ONE_TO_MANY : relation;
}

static bool find_target(struct resolver *resolver, struct attribute *attribute)
{
	struct str uid = option(attribute, "target");

	attribute->target = models_find(resolver->models, uid);
	if (str_is_null(uid))
		problem(resolver, attribute, "`target` is missing");
	else if (!attribute->target)
		problem(resolver, attribute, "target \"%.*s\" isn't defined by any plugin", STR_ARG(uid));
	else if (attribute->target->kind == MODEL_COMPONENT)
		problem(resolver, attribute, "target \"%.*s\" is a component", STR_ARG(uid));
	else
		return true;
	attribute->target = NULL;
	return false;
}

/* The rules that each side can be held to by itself; NULL when it keeps them. */
static const char *side_problem(const struct attribute *attribute)
{
	bool inversed = !str_is_null(option(attribute, "inversedBy"));
	bool mapped = !str_is_null(option(attribute, "mappedBy"));

	if (inversed && mapped)
		return "`inversedBy` and `mappedBy` exclude each other";
	if (attribute->model->kind == MODEL_COMPONENT && (inversed || mapped))
		return "a component's relation has no other side: take `inversedBy` and `mappedBy` away";
	if (attribute->relation == RELATION_ONE_TO_MANY && inversed)
		return "one side of a oneToMany cannot be the owner side in a bidirectional relation";
	if (attribute->relation == RELATION_MANY_TO_ONE && mapped)
		return "The many side of a manyToOne must be the owning side";
	if (attribute->relation == RELATION_ONE_TO_MANY && !mapped && !uses_link_table(attribute))
		return "a one-way oneToMany is kept in a link table: take `useJoinTable` away";
	return NULL;
}

/* Finds what inversedBy or mappedBy names and holds both sides against each other. */
static void find_inverse(struct resolver *resolver, struct attribute *attribute)
{
	bool owner = is_owner(attribute);
	const char *key = owner ? "inversedBy" : "mappedBy", *other_key = owner ? "mappedBy" : "inversedBy";
	struct str name = option(attribute, key), uid = attribute->target->uid;
	const struct attribute *inverse = model_attribute(attribute->target, name);

	if (str_is_null(name))
		return;
	if (!inverse || !inverse->node) {
		problem(resolver, attribute, "%s attribute %.*s not found target %.*s", key, STR_ARG(name),
			STR_ARG(uid));
	} else if (inverse->type != ATTRIBUTE_RELATION) {
		problem(resolver, attribute, "%s attribute %.*s targets non relational attribute in %.*s",
			key, STR_ARG(name), STR_ARG(uid));
	} else if (inverse->relation != opposite(attribute->relation)) {
		problem(resolver, attribute,
			"%s attribute %.*s of %.*s isn't the other side of a relation of this kind", key,
			STR_ARG(name), STR_ARG(uid));
	} else if (!str_equal(option(inverse, other_key), attribute->name) ||
		!str_equal(option(inverse, "target"), attribute->model->uid)) {
		problem(resolver, attribute,
			"attribute %.*s of %.*s must say %s = \"%.*s\" and target = \"%.*s\"", STR_ARG(name),
			STR_ARG(uid), other_key, STR_ARG(attribute->name), STR_ARG(attribute->model->uid));
	} else {
		attribute->inverse = inverse;
	}
}

static void resolve_owner(struct resolver *resolver, struct attribute *attribute)
{
	enum relation_kind relation = attribute->relation;
	bool to_one = relation == RELATION_ONE_TO_ONE || relation == RELATION_MANY_TO_ONE;

	if (!find_target(resolver, attribute))
		return;
	if (side_problem(attribute)) {
		problem(resolver, attribute, "%s", side_problem(attribute));
		return;
	}
	find_inverse(resolver, attribute);
	if (!is_owner(attribute))
		return;
	if (to_one && !uses_link_table(attribute))
		make_join_column(resolver, attribute);
	else
		make_link_table(resolver, attribute);
}

static void resolve_creator(struct resolver *resolver, struct attribute *attribute)
{
	attribute->target = models_find(resolver->models, admin_user);
	make_join_column(resolver, attribute);
	if (attribute->target)
		return;
	if (attribute->model->populate_creator_fields) {
		problem(resolver, attribute,
			"populateCreatorFields shows entries of \"%.*s\", which no plugin defines: "
			"load the plugin `admin`",
			STR_ARG(admin_user));
	}
	attribute->private_ = true;
}

/* What lays out tables and columns: everything that doesn't look at another side's storage. */
static void resolve_first(struct resolver *resolver, struct attribute *attribute)
{
	if (attribute->type == ATTRIBUTE_COMPONENT) {
		make_components_link(resolver, attribute);
		attribute->component = find_component(resolver, attribute, option(attribute, "component"));
	} else if (attribute->type == ATTRIBUTE_DYNAMICZONE) {
		make_components_link(resolver, attribute);
		resolve_zone(resolver, attribute);
	} else if (attribute->type != ATTRIBUTE_RELATION) {
		return;
	} else if (attribute == attribute->model->localizations) {
		attribute->target = attribute->model;
	} else if (attribute->automatic) {
		resolve_creator(resolver, attribute);
	} else if (attribute->relation == RELATION_MORPH_TO_ONE) {
		make_morph_columns(attribute);
	} else if (attribute->relation == RELATION_MORPH_TO_MANY) {
		make_morph_table(resolver, attribute);
	} else if (attribute->relation < RELATION_MORPH_TO_ONE) {
		resolve_owner(resolver, attribute);
	}
}

static void resolve_morph(struct resolver *resolver, struct attribute *attribute)
{
	struct str morph_by = option(attribute, "morphBy");
	const struct attribute *inverse;

	if (!find_target(resolver, attribute))
		return;
	inverse = model_attribute(attribute->target, morph_by);
	if (!inverse || inverse->type != ATTRIBUTE_RELATION || inverse->link.storage < LINK_MORPH_COLUMNS) {
		problem(resolver, attribute, "Morph target attribute not found. Looking for %.*s",
			STR_ARG(str_is_null(morph_by) ? STR("morphBy") : morph_by));
		return;
	}
	attribute->inverse = inverse;
	attribute->link = mirror(attribute, &inverse->link);
}

static void resolve_media(struct resolver *resolver, struct attribute *attribute)
{
	attribute->target = models_find(resolver->models, upload_file);
	attribute->inverse = attribute->target ? model_attribute(attribute->target, STR("related")) : NULL;
	if (!attribute->inverse || attribute->inverse->link.storage != LINK_MORPH_TABLE) {
		attribute->inverse = NULL;
		problem(resolver, attribute,
			"media are entries of \"%.*s\", which no plugin defines: load the plugin `upload`",
			STR_ARG(upload_file));
		return;
	}
	attribute->link = mirror(attribute, &attribute->inverse->link);
}

static void resolve_second(struct resolver *resolver, struct attribute *attribute)
{
	if (attribute->type == ATTRIBUTE_MEDIA)
		resolve_media(resolver, attribute);
	else if (attribute->relation == RELATION_MORPH_ONE || attribute->relation == RELATION_MORPH_MANY)
		resolve_morph(resolver, attribute);
	else if (attribute->inverse && !is_owner(attribute))
		attribute->link = mirror(attribute, &attribute->inverse->link);
}

static void check_target_field(struct resolver *resolver, const struct attribute *attribute)
{
	struct str name = attribute->target_field;
	const struct attribute *field = model_attribute(attribute->model, name);

	if (!str_is_null(name) && (!field || !attribute_kind(field->type)->scalar)) {
		problem(resolver, attribute, "targetField \"%.*s\" isn't an attribute with a text",
			STR_ARG(name));
	}
}

static void each_attribute(struct resolver *resolver, void (*fn)(struct resolver *, struct attribute *))
{
	for (unsigned i = 0; i < resolver->models->count; i++) {
		const struct model *model = resolver->models->list[i];

		for (unsigned k = 0; k < model->attribute_count; k++)
			fn(resolver, &model->attributes[k]);
	}
}

static void resolve_last(struct resolver *resolver, struct attribute *attribute)
{
	resolve_second(resolver, attribute);
	check_target_field(resolver, attribute);
}

void relations_resolve(struct models *models, struct problems *problems)
{
	struct resolver resolver = { models, models->arena, problems };

	each_attribute(&resolver, resolve_first);
	each_attribute(&resolver, resolve_last);
	unique_check(models, problems);
}
