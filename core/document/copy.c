#include "document/copy.h"

#include "db/turn.h"
#include "document/components.h"
#include "document/row_hooks.h"
#include "document/tree.h"
#include "extension/generation.h"
#include "query/columns.h"
#include "query/statement.h"

bool copy_is_shared(const struct attribute *attribute)
{
	return !attribute->automatic && !attribute->localized && attribute->type != ATTRIBUTE_RELATION &&
		attribute->type != ATTRIBUTE_UID;
}

static bool is_copied(const struct attribute *attribute, enum copy_what what)
{
	switch (what) {
	case COPY_NOT_LOCALIZED:
		return copy_is_shared(attribute);
	case COPY_CLONE:
		return !attribute->automatic && !(attribute->inverse && (attribute->relation == RELATION_ONE_TO_ONE ||
			attribute->relation == RELATION_ONE_TO_MANY));
	default:
		return !attribute->automatic;
	}
}

/* ---- columns ---- */

static int copy_columns(const struct relation_source *source, const struct model *model, uint64_t from,
	const struct cell *cells, uint64_t *to, enum copy_what what, const struct assignment *fixed, unsigned fixed_count)
{
	struct scope *scope = source->scope;
	struct assignment *list = arena_array(scope->arena, model->column_count + fixed_count, sizeof(*list));
	const struct cell *there = NULL;
	unsigned count = 0;

	if ((!cells && columns_read(scope->db, scope->arena, model, from, &cells, &scope->error) < 0) ||
		(*to && columns_read(scope->db, scope->arena, model, *to, &there, &scope->error) < 0))
		return -1;
	if (!cells)
		return scope_throw(scope, ERROR_CONFLICT, "a row of %.*s went while it was copied", STR_ARG(model->table));
	for (unsigned i = 0; i < model->column_count; i++) {
		if (is_copied(model->columns[i], what) && !(there && columns_equal(&cells[i], &there[i])))
			list[count++] = (struct assignment){ model->columns[i], columns_value(scope->arena, &cells[i]) };
	}
	for (unsigned i = 0; i < fixed_count; i++)
		list[count++] = fixed[i];
	if (!*to)
		return write_insert(scope->db, scope->arena, model, list, count, to, &scope->error);
	return count ? write_update(scope->db, scope->arena, model, *to, list, count, &scope->error) : 0;
}

/* ---- components ---- */

static int copy_component(const struct relation_source *source, const struct link_target *from,
	struct link_target *to)
{
	const struct model *model = models_find(source->scope->generation->models, from->type);

	*to = (struct link_target){ 0, from->type };
	if (!model)
		return scope_throw(source->scope, ERROR_INTERNAL, "There is no component \"%.*s\"", STR_ARG(from->type));
	return copy_row(source, model, from->id, NULL, &to->id, COPY_ALL, NULL, 0);
}

static int same_components(struct scope *scope, const struct attribute *attribute, uint64_t a, uint64_t b, bool *same_r)
{
	json_t *left = tree_of_components(scope, attribute, a, TREE_TO_COMPARE);
	json_t *right = tree_of_components(scope, attribute, b, TREE_TO_COMPARE);
	int rc = left && right ? 0 : -1;

	*same_r = rc == 0 && json_equal(left, right);
	json_decref(left);
	json_decref(right);
	return rc;
}

/* The trees say nothing of links: a component that has some is always copied. */
static bool has_links(const struct model *component)
{
	for (unsigned i = 0; i < component->attribute_count; i++) {
		const struct attribute *attribute = &component->attributes[i];

		if (attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA)
			return true;
		if (attribute->type == ATTRIBUTE_COMPONENT && has_links(attribute->component))
			return true;
	}
	return false;
}

static bool leads_anywhere(const struct attribute *attribute)
{
	if (attribute->type == ATTRIBUTE_COMPONENT)
		return has_links(attribute->component);
	for (unsigned i = 0; i < attribute->component_count; i++) {
		if (has_links(attribute->components[i]))
			return true;
	}
	return false;
}

/* What a zone holds of components that its schema doesn't list (any more) is not carried over, as recorded. */
static void keep_listed(const struct attribute *attribute, struct links *links)
{
	unsigned kept = 0;

	if (attribute->type != ATTRIBUTE_DYNAMICZONE)
		return;
	for (unsigned i = 0; i < links->count; i++) {
		for (unsigned c = 0; c < attribute->component_count; c++) {
			if (str_equal(attribute->components[c]->uid, links->targets[i].type)) {
				links->targets[kept++] = links->targets[i];
				break;
			}
		}
	}
	links->count = kept;
}

static int copy_components(const struct relation_source *source, const struct attribute *attribute, uint64_t from,
	uint64_t to)
{
	struct scope *scope = source->scope;
	struct components_change change = { .attribute = attribute };
	struct links links;
	bool same;

	if (!leads_anywhere(attribute)) {
		if (same_components(scope, attribute, from, to, &same) < 0)
			return -1;
		if (same)
			return 0;
	}
	if (links_read(scope->db, scope->arena, attribute, from, &links, &scope->error) < 0 ||
		links_read(scope->db, scope->arena, attribute, to, &change.before, &scope->error) < 0)
		return -1;
	keep_listed(attribute, &links);
	change.wanted = arena_array(scope->arena, links.count, sizeof(*change.wanted));
	for (; change.count < links.count; change.count++) {
		if (copy_component(source, &links.targets[change.count], &change.wanted[change.count]) < 0)
			return -1;
	}
	return components_link(source, &change, to);
}

/* ---- relations ---- */

/* Of rows in the order of their first cell, the second cell of the one with this id; NULL when there is none. */
static const struct cell *find_version(const struct rowset *rows, uint64_t id)
{
	unsigned low = 0, high = rows->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if ((uint64_t)cell_integer(rowset_row(rows, middle)) < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < rows->count && (uint64_t)cell_integer(rowset_row(rows, low)) == id ? rowset_row(rows, low) + 1 : NULL;
}

/* The targets with their version of the wanted state and the same locale, or NULL. Locked, so that of two documents that lead to each
 * other and are published at the same moment the second one finds the first one's published row. */
static int read_versions(const struct relation_source *source, const struct model *target, const struct links *links,
	bool for_update, struct rowset **rows_r)
{
	struct scope *scope = source->scope;
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	uint64_t *ids = arena_array(scope->arena, links->count, sizeof(*ids));

	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT f.`id`, t.`id`, f.`document_id` FROM ");
	statement_name(statement, target->table);
	statement_add(statement, " f LEFT JOIN ");
	statement_name(statement, target->table);
	statement_add(statement, " t ON t.`document_id` = f.`document_id` AND t.`locale` <=> f.`locale` AND t.`published_at` IS ");
	buf_add(&statement->sql, source->published ? STR("NOT NULL") : STR("NULL"));
	statement_add(statement, " WHERE ");
	for (unsigned i = 0; i < links->count; i++)
		ids[i] = links->targets[i].id;
	for (unsigned from = 0; from < links->count; from += STATEMENT_IDS) {
		buf_add(&statement->sql, from ? STR(" OR f.`id` IN ") : STR("f.`id` IN "));
		statement_ids(statement, ids + from,
			links->count - from < STATEMENT_IDS ? links->count - from : STATEMENT_IDS);
	}
	statement_add(statement, " ORDER BY 1, 2");
	buf_add(&statement->sql, for_update ? STR(" FOR UPDATE") : STR(" LOCK IN SHARE MODE"));
	if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, rows_r,
		&scope->error) < 0)
		return -1;
	for (unsigned i = 0; i < (*rows_r)->count; i++)
		turn_note(scope->db, target->table, cell_text(&rowset_row(*rows_r, i)[2]));
	return 0;
}

/* Each target in the version that the source is of: the row of its document and locale. Those without one are dropped, and so is
 * the entry itself: a published entry doesn't lead to itself, as recorded. */
static int lead_over(const struct relation_source *source, const struct attribute *attribute, uint64_t to, bool for_update,
	struct links *links)
{
	const struct model *target = attribute->target;
	uint64_t itself = target == attribute->model ? to : 0;
	struct rowset *rows;
	unsigned kept = 0;

	if (!target || !target->draft_and_publish || !source->has_status || links->count == 0)
		return 0;
	if (read_versions(source, target, links, for_update, &rows) < 0)
		return -1;
	for (unsigned i = 0; i < links->count; i++) {
		const struct cell *version = find_version(rows, links->targets[i].id);

		if (version && version->type != CELL_NULL && (uint64_t)cell_integer(version) != itself)
			links->targets[kept++].id = (uint64_t)cell_integer(version);
	}
	links->count = kept;
	return 0;
}

static int copy_links(const struct relation_source *source, const struct attribute *attribute, uint64_t from, uint64_t to)
{
	struct scope *scope = source->scope;
	struct links links, before;

	if (links_read(scope->db, scope->arena, attribute, from, &links, &scope->error) < 0 ||
		links_read(scope->db, scope->arena, attribute, to, &before, &scope->error) < 0)
		return -1;
	/* Who links anew will want some targets for himself, and better has them so from the beginning. */
	if (lead_over(source, attribute, to, links_need_targets(attribute) && links.count > before.count, &links) < 0)
		return -1;
	return links_write(scope->db, scope->arena, attribute, to, &before, links.targets, links.count, &scope->error);
}

static int copy_all(const struct relation_source *source, const struct model *model, uint64_t from,
	const struct cell *cells, uint64_t *to, enum copy_what what, const struct assignment *fixed, unsigned fixed_count)
{
	if (copy_columns(source, model, from, cells, to, what, fixed, fixed_count) < 0)
		return -1;
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		int rc = 0;

		if (!is_copied(attribute, what) || attribute_kind(attribute->type)->scalar)
			continue;
		if (holds_components(attribute))
			rc = copy_components(source, attribute, from, *to);
		/* A row that leads to us by a column of its own can't lead to two versions. */
		else if (attribute->link.owner || attribute->link.storage == LINK_TABLE ||
			attribute->link.storage == LINK_MORPH_TABLE)
			rc = copy_links(source, attribute, from, *to);
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* ---- hooks ---- */

/* The row as data that would write it: what is copied of it. */
static json_t *data_of(struct scope *scope, const struct model *model, uint64_t from, enum copy_what what)
{
	json_t *tree = tree_of_row(scope, model, from, TREE_TO_JUDGE);

	for (unsigned i = 0; tree && i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (!is_copied(attribute, what))
			json_object_deln(tree, attribute->name.p, attribute->name.n);
	}
	return tree;
}

/* What hooks have made of the data, without what they have left as it was. (What the host sets isn't written here.) */
static int lay_over(const struct relation_source *source, const struct model *model, uint64_t row, const json_t *before,
	const json_t *after)
{
	json_t *changed = json_object(), *value;
	const char *key;
	int rc = 0;

	json_object_foreach((json_t *)(uintptr_t)after, key, value) {
		const struct attribute *attribute = model_attribute(model, str_of(key));

		if (attribute && !holds_components(attribute) && !json_equal(value, json_object_get(before, key)))
			json_object_set(changed, key, value);
	}
	if (json_object_size(changed))
		rc = row_write(source, model, row, changed);
	json_decref(changed);
	return rc;
}

/* What is published or discarded takes the place of a row that was there: to hooks that one is deleted, as it is in Strapi, and the
 * copy is created. */
static int tell_replaced(struct scope *scope, const struct model *model, uint64_t row)
{
	struct lifecycle_event event = { .lifecycle = LIFECYCLE_DELETE, .model = model };

	if (!row || !hooks_any(scope, model, LIFECYCLE_DELETE))
		return 0;
	return row_hooks_begin_delete(scope, &event, row) < 0 ? -1 : row_hooks_end(scope, &event, row);
}

static int copy_hooked(const struct relation_source *source, const struct model *model, uint64_t from, uint64_t *to,
	enum copy_what what, const struct assignment *fixed, unsigned fixed_count, enum lifecycle lifecycle)
{
	struct scope *scope = source->scope;
	struct lifecycle_event event = { .lifecycle = lifecycle, .model = model };
	json_t *data = data_of(scope, model, from, what);
	int rc;

	if (!data)
		return -1;
	if (lifecycle == LIFECYCLE_UPDATE)
		event.where = row_hooks_where(scope, *to);
	rc = row_hooks_begin(scope, &event, data, fixed, fixed_count);
	/* Hooks may have changed the row since it was read. */
	if (rc == 0)
		rc = copy_all(source, model, from, NULL, to, what, fixed, fixed_count);
	if (rc == 0)
		rc = lay_over(source, model, *to, data, event.data);
	json_decref(data);
	return rc < 0 ? -1 : row_hooks_end(scope, &event, *to);
}

int copy_row(const struct relation_source *source, const struct model *model, uint64_t from, const struct cell *cells,
	uint64_t *to, enum copy_what what, const struct assignment *fixed, unsigned fixed_count)
{
	enum lifecycle lifecycle = what == COPY_NOT_LOCALIZED ? LIFECYCLE_UPDATE : LIFECYCLE_CREATE;

	if (what == COPY_ALL && tell_replaced(source->scope, model, *to) < 0)
		return -1;
	if (hooks_any(source->scope, model, lifecycle))
		return copy_hooked(source, model, from, to, what, fixed, fixed_count, lifecycle);
	return copy_all(source, model, from, cells, to, what, fixed, fixed_count);
}

/* ---- comparing ---- */

static int links_differ(struct scope *scope, const struct attribute *attribute, uint64_t a, uint64_t b, bool *differs_r)
{
	struct links left, right;

	if (links_read(scope->db, scope->arena, attribute, a, &left, &scope->error) < 0 ||
		links_read(scope->db, scope->arena, attribute, b, &right, &scope->error) < 0)
		return -1;
	*differs_r = left.count != right.count;
	for (unsigned i = 0; i < left.count && !*differs_r; i++)
		*differs_r = left.targets[i].id != right.targets[i].id;
	return 0;
}

int copy_differs(struct scope *scope, const struct model *model, uint64_t a, uint64_t b, bool *differs_r)
{
	const struct cell *left, *right;
	bool same;

	*differs_r = false;
	if (columns_read(scope->db, scope->arena, model, a, &left, &scope->error) < 0 ||
		columns_read(scope->db, scope->arena, model, b, &right, &scope->error) < 0)
		return -1;
	for (unsigned i = 0; i < model->column_count && left && right; i++) {
		if (is_copied(model->columns[i], COPY_NOT_LOCALIZED) && !columns_equal(&left[i], &right[i]))
			*differs_r = true;
	}
	for (unsigned i = 0; i < model->attribute_count && !*differs_r; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (!is_copied(attribute, COPY_NOT_LOCALIZED) || attribute_kind(attribute->type)->scalar)
			continue;
		if (attribute->type == ATTRIBUTE_MEDIA) {
			if (links_differ(scope, attribute, a, b, differs_r) < 0)
				return -1;
		} else if (same_components(scope, attribute, a, b, &same) < 0) {
			return -1;
		} else {
			*differs_r = !same;
		}
	}
	return 0;
}
