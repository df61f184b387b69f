#include "document/row.h"

#include "document/components.h"
#include "document/password.h"
#include "document/row_hooks.h"
#include "extension/generation.h"
#include "query/cast.h"
#include "query/statement.h"

static const json_t *value_of(const json_t *data, const struct attribute *attribute)
{
	return json_object_getn(data, attribute->name.p, attribute->name.n);
}

static bool is_link(const struct attribute *attribute)
{
	return (attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA) && !attribute->automatic;
}

/* ---- columns ---- */

struct columns {
	struct assignment *list;
	unsigned count;
};

static int hash(struct scope *scope, const struct attribute *attribute, const json_t *given, struct db_value *value)
{
	struct str hash;

	if (password_hash(scope->arena,
		(struct str){ json_string_value(given), json_string_length(given) }, attribute->bcrypt_rounds, &hash, &scope->error) < 0)
		return -1;
	*value = db_text(hash);
	return 0;
}

/* Only content types keep passwords as hashes; in components Strapi stores them as they come. */
static int add_column(struct scope *scope, const struct attribute *attribute, const json_t *given,
	struct columns *columns)
{
	struct db_value value;
	int rc;

	if (attribute->type == ATTRIBUTE_PASSWORD && json_is_string(given) && attribute->model->kind != MODEL_COMPONENT)
		rc = hash(scope, attribute, given, &value);
	else
		rc = cast_json(attribute, given, scope->arena, &value, &scope->error);
	if (rc == 0)
		columns->list[columns->count++] = (struct assignment){ attribute, value };
	return rc;
}

static int make_columns(struct scope *scope, const struct model *model, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count, struct columns *columns)
{
	columns->list = arena_array(scope->arena, model->column_count + fixed_count, sizeof(*columns->list));
	columns->count = 0;
	for (unsigned i = 0; i < model->column_count; i++) {
		const struct attribute *attribute = model->columns[i];
		const json_t *given = value_of(data, attribute);

		if (given && !attribute->automatic && add_column(scope, attribute, given, columns) < 0)
			return -1;
	}
	for (unsigned i = 0; i < fixed_count; i++)
		columns->list[columns->count++] = fixed[i];
	return 0;
}

/* ---- components and links ---- */

static int write_components(const struct relation_source *source, const struct model *model, uint64_t owner,
	const json_t *data, struct components_change **changes_r, unsigned *count_r)
{
	struct components_change *changes = arena_array(source->scope->arena, model->attribute_count, sizeof(*changes));
	unsigned count = 0;

	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const json_t *given = value_of(data, attribute);

		if (given && holds_components(attribute) &&
			components_write(source, attribute, owner, given, &changes[count++]) < 0)
			return -1;
	}
	*changes_r = changes;
	*count_r = count;
	return 0;
}

static int write_relation(const struct relation_source *source, const struct attribute *attribute, uint64_t id,
	const json_t *given, bool creating)
{
	struct scope *scope = source->scope;
	struct relation_change change;
	struct links before = { 0 };
	struct link_target *wanted;
	unsigned count;

	if (relation_read(source, attribute, given, &change) < 0)
		return -1;
	if (change.kind == RELATION_STAYS)
		return 0;
	if (!creating && links_read(scope->db, scope->arena, attribute, id, &before, &scope->error) < 0)
		return -1;
	if (relation_apply(source, &change, &before, creating, &wanted, &count) < 0)
		return -1;
	return links_write(scope->db, scope->arena, attribute, id, &before, wanted, count, &scope->error);
}

/* In schema order, components among them: those that were written. */
static int write_links(const struct relation_source *source, const struct model *model, uint64_t id,
	const json_t *data, const struct components_change *changes, unsigned change_count, bool creating)
{
	const struct components_change *end = changes + change_count;

	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const json_t *given = value_of(data, attribute);

		if (changes < end && changes->attribute == attribute && components_link(source, changes++, id) < 0)
			return -1;
		if (given && is_link(attribute) && write_relation(source, attribute, id, given, creating) < 0)
			return -1;
	}
	return 0;
}

/* ---- the row ---- */

int row_insert(const struct relation_source *source, const struct model *model, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count, uint64_t *id_r)
{
	struct scope *scope = source->scope;
	struct lifecycle_event event = { .lifecycle = LIFECYCLE_CREATE, .model = model };
	bool hooked = hooks_any(scope, model, LIFECYCLE_CREATE);
	struct components_change *changes;
	struct columns columns;
	unsigned count;

	if (write_components(source, model, 0, data, &changes, &count) < 0 ||
		(hooked && row_hooks_begin(scope, &event, data, fixed, fixed_count) < 0))
		return -1;
	data = hooked ? event.data : data;
	if (make_columns(scope, model, data, fixed, fixed_count, &columns) < 0 ||
		write_insert(scope->db, scope->arena, model, columns.list, columns.count, id_r, &scope->error) < 0 ||
		write_links(source, model, *id_r, data, changes, count, true) < 0)
		return -1;
	return hooked ? row_hooks_end(scope, &event, *id_r) : 0;
}

/* Columns and links; of components, those that have been written. */
static int write_row(const struct relation_source *source, const struct model *model, uint64_t id, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count, const struct components_change *changes, unsigned change_count)
{
	struct scope *scope = source->scope;
	struct columns columns;

	if (make_columns(scope, model, data, fixed, fixed_count, &columns) < 0)
		return -1;
	if (columns.count &&
		write_update(scope->db, scope->arena, model, id, columns.list, columns.count, &scope->error) < 0)
		return -1;
	return write_links(source, model, id, data, changes, change_count, false);
}

int row_write(const struct relation_source *source, const struct model *model, uint64_t id, const json_t *data)
{
	struct components_change *changes;
	unsigned count;

	if (write_components(source, model, id, data, &changes, &count) < 0)
		return -1;
	return write_row(source, model, id, data, NULL, 0, changes, count);
}

int row_update(const struct relation_source *source, const struct model *model, uint64_t id, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count)
{
	struct scope *scope = source->scope;
	struct lifecycle_event event = { .lifecycle = LIFECYCLE_UPDATE, .model = model };
	bool hooked = hooks_any(scope, model, LIFECYCLE_UPDATE);
	struct components_change *changes;
	unsigned count;

	if (write_components(source, model, id, data, &changes, &count) < 0)
		return -1;
	if (hooked) {
		event.where = row_hooks_where(scope, id);
		if (row_hooks_begin(scope, &event, data, fixed, fixed_count) < 0)
			return -1;
		data = event.data;
	}
	if (write_row(source, model, id, data, fixed, fixed_count, changes, count) < 0)
		return -1;
	return hooked ? row_hooks_end(scope, &event, id) : 0;
}

int row_insert_columns(struct scope *scope, const struct model *model, const json_t *data,
	const struct assignment *fixed, unsigned fixed_count, uint64_t *id_r)
{
	struct columns columns;

	if (make_columns(scope, model, data, fixed, fixed_count, &columns) < 0)
		return -1;
	return write_insert(scope->db, scope->arena, model, columns.list, columns.count, id_r, &scope->error);
}

int row_update_columns(struct scope *scope, const struct model *model, uint64_t id, const json_t *data)
{
	struct columns columns;

	if (make_columns(scope, model, data, NULL, 0, &columns) < 0)
		return -1;
	return columns.count == 0 ? 0 :
		write_update(scope->db, scope->arena, model, id, columns.list, columns.count, &scope->error);
}

/* ---- deleting ---- */

/* Links that lead to the row without a foreign key: they would be left behind. */
static bool lacks_foreign_key(const struct attribute *attribute)
{
	const struct link *link = &attribute->link;

	return is_link(attribute) && !link->owner &&
		(link->storage == LINK_MORPH_TABLE || link->storage == LINK_MORPH_COLUMNS);
}

static int unlink_all(struct scope *scope, const struct attribute *attribute, uint64_t id)
{
	struct links before;

	if (links_read(scope->db, scope->arena, attribute, id, &before, &scope->error) < 0)
		return -1;
	return before.count == 0 ? 0 :
		links_write(scope->db, scope->arena, attribute, id, &before, NULL, 0, &scope->error);
}

int row_erase(struct scope *scope, const struct model *model, uint64_t id)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		struct links components;

		if (lacks_foreign_key(attribute) && unlink_all(scope, attribute, id) < 0)
			return -1;
		if (!holds_components(attribute))
			continue;
		if (links_read(scope->db, scope->arena, attribute, id, &components, &scope->error) < 0 ||
			row_delete_components(scope, &components) < 0)
			return -1;
	}
	return write_delete(scope->db, scope->arena, model, id, &scope->error);
}

int row_delete(struct scope *scope, const struct model *model, uint64_t id)
{
	struct lifecycle_event event = { .lifecycle = LIFECYCLE_DELETE, .model = model };

	if (!hooks_any(scope, model, LIFECYCLE_DELETE))
		return row_erase(scope, model, id);
	if (row_hooks_begin_delete(scope, &event, id) < 0 || row_erase(scope, model, id) < 0)
		return -1;
	return row_hooks_end(scope, &event, id);
}

int row_delete_components(struct scope *scope, const struct links *components)
{
	for (unsigned i = 0; i < components->count; i++) {
		const struct model *model = models_find(scope->generation->models, components->targets[i].type);

		/* One of a component that is no longer there can't be read either. */
		if (model && row_delete(scope, model, components->targets[i].id) < 0)
			return -1;
	}
	return 0;
}
