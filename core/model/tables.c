#include "model/tables.h"

#include "base/buf.h"
#include "model/naming.h"
#include "model/types.h"

#define UNSIGNED_INT "int(10) unsigned"
#define ORDER_TYPE "double unsigned"
#define TEXT_TYPE "varchar(255)"

struct builder {
	struct arena *arena;
	struct catalogue *catalogue;
	struct catalogue_table *table;		/* the one at work */
};

/* ---- parts of a table ---- */

/* A link table has the most of what isn't counted beforehand: 5 columns, 5 indexes, 2 foreign keys. */
enum { SPARE_COLUMNS = 6, SPARE_INDEXES = 6, SPARE_KEYS = 2 };

static void begin_table(struct builder *builder, struct str name, unsigned columns, unsigned indexes,
	unsigned keys)
{
	struct arena *arena = builder->arena;
	struct catalogue_table *table = &builder->catalogue->tables[builder->catalogue->count++];

	*table = (struct catalogue_table){
		.name = name,
		.columns = arena_array(arena, (size_t)columns + SPARE_COLUMNS, sizeof(*table->columns)),
		.indexes = arena_array(arena, (size_t)indexes + SPARE_INDEXES, sizeof(*table->indexes)),
		.foreign_keys = arena_array(arena, (size_t)keys + SPARE_KEYS, sizeof(*table->foreign_keys)),
	};
	builder->table = table;
}

static struct catalogue_column *add_column(struct builder *builder, struct str name, struct str type)
{
	struct catalogue_column *column = &builder->table->columns[builder->table->column_count++];

	*column = (struct catalogue_column){ .name = name, .type = type, .nullable = true };
	return column;
}

static void add_index(struct builder *builder, struct str name, bool unique, const struct str *columns,
	unsigned count)
{
	struct catalogue_index *index = &builder->table->indexes[builder->table->index_count++];

	*index = (struct catalogue_index){
		.name = name,
		.unique = unique,
		.columns = arena_memdup(builder->arena, columns, count * sizeof(*columns)),
		.column_count = count,
	};
}

/* One of the table's own, named after it alone or after it and a column. */
static void index_column(struct builder *builder, enum naming_kind kind, struct str word, struct str column)
{
	add_index(builder, naming(builder->arena, kind, builder->table->name, word), false, &column, 1);
}

/* Strapi gives a foreign key and its index one name: that of the last index. */
static void add_foreign_key(struct builder *builder, struct str column, struct str target,
	struct str on_delete)
{
	struct catalogue_table *table = builder->table;

	table->foreign_keys[table->foreign_key_count++] = (struct catalogue_foreign_key){
		.name = table->indexes[table->index_count - 1].name,
		.column = column,
		.target_table = target,
		.target_column = STR("id"),
		.on_delete = on_delete,
	};
}

static void add_id(struct builder *builder)
{
	struct catalogue_column *id = add_column(builder, STR("id"), STR(UNSIGNED_INT));

	id->nullable = false;
	id->auto_increment = true;
	add_index(builder, STR("PRIMARY"), true, &(struct str){ "id", 2 }, 1);
}

/* ---- the `column` option ---- */

static int64_t argument(const struct node *args, unsigned at, int64_t fallback)
{
	node_foreach(item, args) {
		if (at-- == 0)
			return item->type == NODE_INT ? item->integer : fallback;
	}
	return fallback;
}

/* The schema's arguments count for the two types that have some; model/attribute.c has checked them. */
static struct str column_type(struct arena *arena, struct str type, const struct node *args)
{
	if (str_starts(type, STR("varchar(")))
		return str_of(arena_printf(arena, "varchar(%d)", (int)argument(args, 0, 255)));
	if (!str_starts(type, STR("decimal(")))
		return type;
	return str_of(
		arena_printf(arena, "decimal(%d,%d)", (int)argument(args, 0, 10), (int)argument(args, 1, 2)));
}

static struct str make_unsigned(struct arena *arena, struct str type)
{
	if (str_is(type, "int(11)"))
		return STR(UNSIGNED_INT);
	return str_of(arena_printf(arena, "%.*s unsigned", STR_ARG(type)));
}

static struct str default_text(struct arena *arena, const struct node *value)
{
	struct buf text = BUF_INIT;
	struct str copy;

	switch (value->type) {
	case NODE_BOOL:
		return value->boolean ? STR("1") : STR("0");
	case NODE_INT:
		return str_of(arena_printf(arena, "%lld", (long long)value->integer));
	case NODE_REAL:
		return str_of(arena_printf(arena, "%.17g", value->real));
	case NODE_STRING:
		break;
	default:
		return STR_NULL;
	}
	buf_add_char(&text, '\'');
	for (size_t i = 0; i < value->text.n; i++) {
		if (value->text.p[i] == '\'' || value->text.p[i] == '\\')
			buf_add_char(&text, value->text.p[i]);
		buf_add_char(&text, value->text.p[i]);
	}
	buf_add_char(&text, '\'');
	copy = arena_str(arena, buf_str(&text));
	buf_clear(&text);
	return copy;
}

static bool flag(const struct node *options, const char *key)
{
	const struct node *node = node_get(options, key);

	return node && node->type == NODE_BOOL && node->boolean;
}

static void apply_options(struct builder *builder, struct catalogue_column *column,
	const struct node *options)
{
	const struct node *type = node_get(options, "type"), *value = node_get(options, "defaultTo");

	if (type && type->type == NODE_STRING)
		column->type = types_named(type->text);
	column->type = column_type(builder->arena, column->type, node_get(options, "args"));
	if (flag(options, "unsigned"))
		column->type = make_unsigned(builder->arena, column->type);
	column->nullable = !flag(options, "notNullable");
	if (value)
		column->default_text = default_text(builder->arena, value);
	if (flag(options, "unique")) {
		add_index(builder, naming(builder->arena, NAMING_UNIQUE, builder->table->name, column->name),
			true, &column->name, 1);
	}
}

/* ---- tables of models ---- */

static void add_attribute(struct builder *builder, const struct attribute *attribute)
{
	const struct link *link = &attribute->link;
	struct catalogue_column *column;

	if (attribute->type == ATTRIBUTE_ID) {
		add_id(builder);
	} else if (attribute->column_index >= 0) {
		column = add_column(builder, attribute->column,
			str_of(attribute_kind(attribute->type)->column));
		if (node_get(attribute->node, "column"))
			apply_options(builder, column, node_get(attribute->node, "column"));
	} else if (link->owner && link->storage == LINK_COLUMN) {
		add_column(builder, link->own_column, STR(UNSIGNED_INT));
	} else if (link->owner && link->storage == LINK_MORPH_COLUMNS) {
		add_column(builder, link->target_column, STR(UNSIGNED_INT));
		add_column(builder, link->type_column, STR(TEXT_TYPE));
	}
}

static void add_schema_indexes(struct builder *builder, const struct node *indexes)
{
	node_foreach(index, indexes) {
		const struct node *list = node_get(index, "columns"), *type = node_get(index, "type");
		struct str *columns = arena_array(builder->arena, list->items.count, sizeof(*columns));
		unsigned count = 0;

		node_foreach(column, list)
			columns[count++] = column->text;
		add_index(builder, node_get(index, "name")->text, type && str_is(type->text, "unique"),
			columns, count);
	}
}

static void add_join_columns(struct builder *builder, const struct model *model)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		struct str column = attribute->link.own_column;

		if (!attribute->link.owner || attribute->link.storage != LINK_COLUMN)
			continue;
		index_column(builder, NAMING_FOREIGN_KEY, column, column);
		if (attribute->target)
			add_foreign_key(builder, column, attribute->target->table, STR("SET NULL"));
	}
}

static void build_model_table(struct builder *builder, const struct model *model)
{
	const struct node *indexes = node_get(model->schema, "indexes");
	unsigned listed = indexes ? (unsigned)indexes->items.count : 0;

	begin_table(builder, model->table, 2 * model->attribute_count, 2 * model->attribute_count + listed,
		model->attribute_count);
	for (unsigned i = 0; i < model->attribute_count; i++)
		add_attribute(builder, &model->attributes[i]);
	add_schema_indexes(builder, indexes);
	if (model->document_id) {
		struct str columns[] = { model->document_id->column, model->locale->column,
			model->published_at->column };

		add_index(builder, naming(builder->arena, NAMING_INDEX, model->table, STR("documents")),
			false, columns, 3);
	}
	add_join_columns(builder, model);
}

static void build_components_table(struct builder *builder, const struct model *model)
{
	struct str pair[] = { STR("entity_id"), STR("cmp_id"), STR("field"), STR("component_type") };
	struct arena *arena = builder->arena;
	struct str owner = model->table;

	begin_table(builder, model->cmps_table, 0, 0, 0);
	add_id(builder);
	add_column(builder, STR("entity_id"), STR(UNSIGNED_INT));
	add_column(builder, STR("cmp_id"), STR(UNSIGNED_INT));
	add_column(builder, STR("component_type"), STR(TEXT_TYPE));
	add_column(builder, STR("field"), STR(TEXT_TYPE));
	add_column(builder, STR("order"), STR(ORDER_TYPE));
	/* Named after the entity's table, not after this one. */
	add_index(builder, naming(arena, NAMING_INDEX, owner, STR("field")), false, &pair[2], 1);
	add_index(builder, naming(arena, NAMING_INDEX, owner, STR("component_type")), false, &pair[3], 1);
	add_index(builder, naming(arena, NAMING_FOREIGN_KEY, owner, STR("entity")), false, &pair[0], 1);
	add_foreign_key(builder, pair[0], owner, STR("CASCADE"));
	add_index(builder, naming(arena, NAMING_UNIQUE, owner, STR_NULL), true, pair, 4);
}

static void build_link_table(struct builder *builder, const struct attribute *attribute)
{
	const struct link *link = &attribute->link;
	struct str pair[] = { link->own_column, link->target_column };

	begin_table(builder, link->table, 0, 0, 0);
	add_id(builder);
	add_column(builder, link->own_column, STR(UNSIGNED_INT));
	add_column(builder, link->target_column, STR(UNSIGNED_INT));
	index_column(builder, NAMING_FOREIGN_KEY, STR_NULL, link->own_column);
	add_foreign_key(builder, link->own_column, attribute->model->table, STR("CASCADE"));
	index_column(builder, NAMING_INVERSE_FOREIGN_KEY, STR_NULL, link->target_column);
	add_foreign_key(builder, link->target_column, attribute->target->table, STR("CASCADE"));
	add_index(builder, naming(builder->arena, NAMING_UNIQUE, link->table, STR_NULL), true, pair, 2);
	if (!str_is_null(link->order_column)) {
		add_column(builder, link->order_column, STR(ORDER_TYPE));
		index_column(builder, NAMING_ORDER_INDEX, STR_NULL, link->order_column);
	}
	if (!str_is_null(link->inverse_order_column)) {
		add_column(builder, link->inverse_order_column, STR(ORDER_TYPE));
		index_column(builder, NAMING_INVERSE_ORDER_INDEX, STR_NULL, link->inverse_order_column);
	}
}

static void build_morph_table(struct builder *builder, const struct attribute *attribute)
{
	const struct link *link = &attribute->link;

	begin_table(builder, link->table, 0, 0, 0);
	add_id(builder);
	add_column(builder, link->own_column, STR(UNSIGNED_INT));
	add_column(builder, link->target_column, STR(UNSIGNED_INT));
	add_column(builder, link->type_column, STR(TEXT_TYPE));
	add_column(builder, link->field_column, STR(TEXT_TYPE));
	add_column(builder, link->order_column, STR(ORDER_TYPE));
	index_column(builder, NAMING_FOREIGN_KEY, STR_NULL, link->own_column);
	add_foreign_key(builder, link->own_column, attribute->model->table, STR("CASCADE"));
	index_column(builder, NAMING_MORPH_ORDER_INDEX, STR_NULL, link->order_column);
	index_column(builder, NAMING_MORPH_ID_INDEX, STR_NULL, link->target_column);
}

static void build_model(struct builder *builder, const struct model *model)
{
	build_model_table(builder, model);
	if (!str_is_null(model->cmps_table))
		build_components_table(builder, model);
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (!attribute->link.owner)
			continue;
		if (attribute->link.storage == LINK_TABLE)
			build_link_table(builder, attribute);
		else if (attribute->link.storage == LINK_MORPH_TABLE)
			build_morph_table(builder, attribute);
	}
}

struct catalogue *tables_of(const struct models *models, struct arena *arena)
{
	struct builder builder = { arena, arena_new_of(arena, struct catalogue), NULL };
	size_t room = 1;

	for (unsigned i = 0; i < models->count; i++)
		room += 2 + models->list[i]->attribute_count;
	builder.catalogue->tables = arena_array(arena, room, sizeof(*builder.catalogue->tables));
	for (unsigned i = 0; i < models->count; i++)
		build_model(&builder, models->list[i]);
	catalogue_sort(builder.catalogue);
	return builder.catalogue;
}
