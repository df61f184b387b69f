#include "document/targets.h"

#include "document/components.h"
#include "extension/generation.h"
#include "query/statement.h"

/* Data comes with its relations in their long form (relation_normalise). The ids of one type, in the order in which types are met. */
struct wanted {
	const struct model *target;
	uint64_t *ids;
	unsigned count, capacity;
	struct wanted *next;
};

struct walk {
	struct scope *scope;
	struct wanted *first, **last;
	bool invalid;			/* something that names nothing */
};

static struct wanted *wanted_of(struct walk *walk, const struct model *target)
{
	struct wanted *wanted = walk->first;

	while (wanted && wanted->target != target)
		wanted = wanted->next;
	if (!wanted) {
		wanted = arena_new_of(walk->scope->arena, struct wanted);
		wanted->target = target;
		*walk->last = wanted;
		walk->last = &wanted->next;
	}
	return wanted;
}

static void add(struct walk *walk, const struct model *target, uint64_t id)
{
	struct wanted *wanted = wanted_of(walk, target);

	for (unsigned i = 0; i < wanted->count; i++) {
		if (wanted->ids[i] == id)
			return;
	}
	if (wanted->count == wanted->capacity) {
		unsigned capacity = wanted->capacity * 2 + 16;
		uint64_t *ids = arena_array(walk->scope->arena, capacity, sizeof(*ids));

		if (wanted->count)
			memcpy(ids, wanted->ids, wanted->count * sizeof(*ids));
		wanted->ids = ids;
		wanted->capacity = capacity;
	}
	wanted->ids[wanted->count++] = id;
}

static void add_items(struct walk *walk, const struct model *target, const json_t *value)
{
	const json_t *item;
	uint64_t id;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item)
			add_items(walk, target, item);
		return;
	}
	if (json_is_object(value) && json_is_string(json_object_get(value, "documentId")))
		walk->invalid = true;
	if (json_is_object(value))
		value = json_object_get(value, "id");
	if (relation_row_id(value, &id))
		add(walk, target, id);
}

static void add_relation(struct walk *walk, const struct model *target, const json_t *value)
{
	const json_t *set = json_object_get(value, "set"), *connect = json_object_get(value, "connect");

	if (!set && !connect)
		add_items(walk, target, value);
	add_items(walk, target, set);
	add_items(walk, target, connect);
}

static void walk_data(struct walk *walk, const struct model *model, const json_t *data);

static void walk_components(struct walk *walk, const struct attribute *attribute, const json_t *value)
{
	const json_t *item, *name;
	const struct model *component = attribute->component;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item)
			walk_components(walk, attribute, item);
		return;
	}
	name = json_object_get(value, "__component");
	if (attribute->type == ATTRIBUTE_DYNAMICZONE && json_is_string(name))
		component = models_find(walk->scope->generation->models, str_of(json_string_value(name)));
	if (component && json_is_object(value))
		walk_data(walk, component, value);
}

static void walk_data(struct walk *walk, const struct model *model, const json_t *data)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const json_t *value = json_object_getn(data, attribute->name.p, attribute->name.n);

		if (!value)
			continue;
		if (holds_components(attribute))
			walk_components(walk, attribute, value);
		else if ((attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA) && attribute->target)
			add_relation(walk, attribute->target, value);
	}
}

static int count_there(struct scope *scope, const struct wanted *wanted, uint64_t *there_r, struct error *error)
{
	*there_r = 0;
	for (unsigned from = 0; from < wanted->count; from += STATEMENT_IDS) {
		unsigned n = wanted->count - from < STATEMENT_IDS ? wanted->count - from : STATEMENT_IDS;
		struct statement *statement = arena_new_of(scope->arena, struct statement);
		struct rowset *rows;

		statement_init(statement, scope->arena);
		statement_add(statement, "SELECT COUNT(*) FROM ");
		statement_name(statement, wanted->target->table);
		statement_add(statement, " WHERE `id` IN ");
		statement_ids(statement, wanted->ids + from, n);
		if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, &rows,
			error) < 0)
			return -1;
		*there_r += (uint64_t)cell_integer(rows->cells);
	}
	return 0;
}

int targets_exist(struct scope *scope, const struct model *model, const json_t *data, struct error *error)
{
	struct walk walk = { .scope = scope };

	walk.last = &walk.first;
	walk_data(&walk, model, data);
	if (walk.invalid)
		return error_set(error, ERROR_VALIDATION, "Invalid relations");
	for (const struct wanted *wanted = walk.first; wanted; wanted = wanted->next) {
		uint64_t there;

		if (count_there(scope, wanted, &there, error) < 0)
			return -1;
		if (there < wanted->count)
			return error_set(error, ERROR_VALIDATION,
				"%u relation(s) of type %.*s associated with this entity do not exist",
				wanted->count - (unsigned)there, STR_ARG(wanted->target->uid));
	}
	return 0;
}
