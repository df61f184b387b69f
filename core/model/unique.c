/* Names that may be given once only: API names, tables, columns. */
#include "model/relations.h"

/* A name and who has it; found by scanning, for there are some hundreds at the most. */
struct taken {
	struct str name;
	const struct model *model;
	const struct attribute *attribute;	/* NULL: the model's own */
};

struct taken_list {
	struct taken *items;
	unsigned count;
	bool any_case;		/* MariaDB's column names ignore it */
};

static const struct taken *find(const struct taken_list *list, struct str name)
{
	for (unsigned i = 0; i < list->count; i++) {
		struct str taken = list->items[i].name;

		if (list->any_case ? str_equal_nocase(taken, name) : str_equal(taken, name))
			return &list->items[i];
	}
	return NULL;
}

static void take(struct taken_list *list, struct str name, const struct model *model,
	const struct attribute *attribute)
{
	list->items[list->count++] = (struct taken){ name, model, attribute };
}

static struct taken_list make_list(const struct models *models, size_t room)
{
	return (struct taken_list){ arena_array(models->arena, room ? room : 1, sizeof(struct taken)), 0,
		false };
}

static const struct node *info_of(const struct model *model, const char *key)
{
	const struct node *node = node_get(node_get(model->schema, "info"), key);

	return node ? node : model->schema;
}

/* Routes are named after them. */
static void check_api_names(const struct models *models, struct problems *problems)
{
	struct taken_list list = make_list(models, 2 * (size_t)models->count);

	for (unsigned i = 0; i < models->count; i++) {
		const struct model *model = models->list[i];
		const struct str names[] = { model->singular, model->plural };
		static const char *const keys[] = { "singularName", "pluralName" };

		if (model->kind == MODEL_COMPONENT || str_is_null(model->api))
			continue;
		for (int k = 0; k < 2; k++) {
			const struct taken *other = find(&list, names[k]);

			if (other && other->model != model) {
				problems_add_node(problems, info_of(model, keys[k]),
					"%s \"%.*s\" is already a name of \"%.*s\": take another", keys[k],
					STR_ARG(names[k]), STR_ARG(other->model->uid));
			}
			take(&list, names[k], model, NULL);
		}
	}
}

static void claim_table(struct taken_list *list, struct problems *problems, struct str table,
	const struct model *model, const struct attribute *attribute)
{
	const struct node *place = node_get(model->schema, "collectionName");
	const struct taken *other;

	if (attribute && attribute->node)
		place = attribute->node;
	other = find(list, table);
	if (other) {
		problems_add_node(problems, place ? place : model->schema,
			"DB table \"%.*s\" already exists. Change the collectionName of the related "
			"content type. (The table is one of \"%.*s\", %.*s)", STR_ARG(table), STR_ARG(other->model->uid),
			STR_ARG(other->model->file));
		return;
	}
	take(list, table, model, attribute);
}

static bool makes_table(const struct attribute *attribute)
{
	return attribute->link.owner &&
		(attribute->link.storage == LINK_TABLE || attribute->link.storage == LINK_MORPH_TABLE);
}

static void check_tables(const struct models *models, struct problems *problems)
{
	struct taken_list list;
	size_t room = 0;

	for (unsigned i = 0; i < models->count; i++)
		room += 2 + models->list[i]->attribute_count;
	list = make_list(models, room);
	for (unsigned i = 0; i < models->count; i++)
		claim_table(&list, problems, models->list[i]->table, models->list[i], NULL);
	for (unsigned i = 0; i < models->count; i++) {
		const struct model *model = models->list[i];

		if (!str_is_null(model->cmps_table))
			claim_table(&list, problems, model->cmps_table, model, NULL);
		for (unsigned k = 0; k < model->attribute_count; k++) {
			if (makes_table(&model->attributes[k])) {
				claim_table(&list, problems, model->attributes[k].link.table, model,
					&model->attributes[k]);
			}
		}
	}
}

static void claim_column(struct taken_list *list, struct problems *problems, struct str column,
	const struct attribute *attribute)
{
	const struct taken *other = find(list, column);

	if (other) {
		problems_add_node(problems, attribute->node ? attribute->node : attribute->model->schema,
			"the attributes \"%.*s\" and \"%.*s\" would both have the column \"%.*s\": rename "
			"one",
			STR_ARG(other->attribute->name), STR_ARG(attribute->name), STR_ARG(column));
	}
	take(list, column, attribute->model, attribute);
}

static void check_indexes(const struct model *model, const struct taken_list *columns,
	struct problems *problems)
{
	const struct node *indexes = node_get(model->schema, "indexes");

	node_foreach(index, indexes) {
		node_foreach(column, node_get(index, "columns")) {
			if (!find(columns, column->text)) {
				problems_add_node(problems, column,
					"the table \"%.*s\" has no column \"%.*s\"", STR_ARG(model->table),
					STR_ARG(column->text));
			}
		}
	}
}

static void check_columns(const struct models *models, const struct model *model, struct problems *problems)
{
	struct taken_list list = make_list(models, 2 * (size_t)model->attribute_count);

	list.any_case = true;
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const struct link *link = &attribute->link;

		if (attribute->column_index >= 0) {
			claim_column(&list, problems, attribute->column, attribute);
		} else if (link->owner && link->storage == LINK_COLUMN) {
			claim_column(&list, problems, link->own_column, attribute);
		} else if (link->owner && link->storage == LINK_MORPH_COLUMNS) {
			claim_column(&list, problems, link->target_column, attribute);
			claim_column(&list, problems, link->type_column, attribute);
		}
	}
	check_indexes(model, &list, problems);
}

/* A morph table names two columns after the type and the attribute. */
static void check_link_columns(const struct model *model, struct problems *problems)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const struct link *link = &attribute->link;

		if (makes_table(attribute) && str_equal(link->own_column, link->target_column)) {
			problems_add_node(problems, attribute->node,
				"the table \"%.*s\" would have the column \"%.*s\" twice: rename the "
				"attribute",
				STR_ARG(link->table), STR_ARG(link->own_column));
		}
	}
}

void unique_check(const struct models *models, struct problems *problems)
{
	check_api_names(models, problems);
	check_tables(models, problems);
	for (unsigned i = 0; i < models->count; i++) {
		check_columns(models, models->list[i], problems);
		check_link_columns(models->list[i], problems);
	}
}
