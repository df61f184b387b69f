#include "document/clone.h"

#include "document/copy.h"
#include "document/document_id.h"
#include "document/judge.h"
#include "document/raise.h"
#include "document/rows.h"
#include "document/stamp.h"
#include "document/targets.h"
#include "document/tree.h"

struct cloning {
	const struct model *model;
	struct str document_id, clone_id;
	const json_t *data;
	const struct document_version *version;
	struct document_entries entries;
};

/* Components that are written anew have no ids yet. */
static void forget_ids(const struct model *model, json_t *tree);

static void forget_component_ids(const struct attribute *attribute, json_t *value)
{
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item)
		forget_component_ids(attribute, item);
	if (!json_is_object(value))
		return;
	json_object_del(value, "id");
	if (attribute->component)
		forget_ids(attribute->component, value);
}

static void forget_ids(const struct model *model, json_t *tree)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (attribute->type == ATTRIBUTE_COMPONENT || attribute->type == ATTRIBUTE_DYNAMICZONE)
			forget_component_ids(attribute, json_object_getn(tree, attribute->name.p, attribute->name.n));
	}
}

/* What is to be written instead of what was copied: the members of `data`, objects with what they lack. */
static json_t *merge(const json_t *copied, const json_t *data)
{
	json_t *merged = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)(uintptr_t)data, key, value) {
		json_t *there = json_object_get(copied, key), *member = json_deep_copy(value);

		if (json_is_object(there) && json_is_object(value) && !json_object_get(value, "set") &&
			!json_object_get(value, "connect") && !json_object_get(value, "disconnect"))
			json_object_update_missing_new(member, json_deep_copy(there));
		json_object_set_new(merged, key, member);
	}
	return merged;
}

static int lay_over(const struct relation_source *source, const struct model *model, uint64_t from, uint64_t to,
	const json_t *data)
{
	struct scope *scope = source->scope;
	json_t *tree, *merged, *whole;
	int rc = -1;

	tree = tree_of_row(scope, model, from, TREE_TO_JUDGE);
	if (!tree)
		return -1;
	forget_ids(model, tree);
	merged = merge(tree, data);
	/* Judged is the whole, written what differs from the copy. */
	whole = json_deep_copy(tree);
	if (relation_normalise(source, model, merged) == 0 && targets_exist(scope, model, merged, &scope->error) == 0) {
		json_object_update(whole, merged);
		if (judge_stored(source, model, whole, model->draft_and_publish, 0) == 0)
			rc = row_write(source, model, to, merged);
	}
	json_decref(whole);
	json_decref(merged);
	json_decref(tree);
	return rc;
}

static int clone_row(const struct relation_source *source, const struct cloning *cloning, uint64_t from, uint64_t *to)
{
	struct scope *scope = source->scope;
	const struct model *model = cloning->model;
	struct db_value now = stamp_now(scope->arena);
	struct assignment fixed[] = {
		{ model->document_id, db_text(cloning->clone_id) },
		{ model->created_at, now },
		{ model->updated_at, now },
		{ model->published_at, model->draft_and_publish ? db_null() : now },
		{ model->locale, db_text(source->locale) },
	};
	unsigned count = sizeof(fixed) / sizeof(fixed[0]) - (model->localized ? 0 : 1);

	*to = 0;
	if (copy_row(source, model, from, NULL, to, COPY_CLONE, fixed, count) < 0 ||
		(cloning->data && lay_over(source, model, from, *to, cloning->data) < 0))
		return -1;
	return raise_event(source, model, EVENT_CREATE, cloning->clone_id, *to);
}

static int clone(struct scope *scope, struct cloning *cloning)
{
	const struct model *model = cloning->model;
	struct document_rows rows;

	if (rows_lock(scope, model, cloning->document_id, &rows) < 0)
		return -1;
	cloning->entries = (struct document_entries){ arena_array(scope->arena, rows.count, sizeof(uint64_t)), 0 };
	for (unsigned i = 0; i < rows.count; i++) {
		const struct document_row *row = &rows.list[i];
		const struct relation_source source = { .scope = scope, .has_status = model->draft_and_publish,
			.localized = model->localized, .locale = row->locale };

		if (row->published || !rows_in_locale(model, cloning->version, row))
			continue;
		if (clone_row(&source, cloning, row->id, &cloning->entries.ids[cloning->entries.count]) < 0)
			return -1;
		cloning->entries.count++;
	}
	return 0;
}

int document_clone(struct scope *scope, const struct model *model, struct str document_id, const json_t *data,
	const struct document_version *version, struct str *clone_id_r, struct document_entries *entries_r)
{
	char *id = arena_alloc(scope->arena, DOCUMENT_ID_SIZE);
	struct cloning cloning = { .model = model, .document_id = document_id, .data = data, .version = version };

	document_id_new(id);
	cloning.clone_id = str_of(id);
	if (clone(scope, &cloning) < 0)
		return -1;
	*clone_id_r = cloning.clone_id;
	*entries_r = cloning.entries;
	return 0;
}
