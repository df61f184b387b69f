#include "document/publishing.h"

#include "document/localized.h"
#include "document/publish.h"
#include "document/raise.h"
#include "document/rows.h"
#include "query/select.h"

struct publishing {
	const struct model *model;
	struct str document_id;
	const struct document_version *version;
	const struct query *shown;
	struct document_entries entries;
	struct rowset *removed;
};

static struct relation_source source_of(struct scope *scope, const struct model *model, const struct document_row *row,
	bool published)
{
	return (struct relation_source){ .scope = scope, .has_status = true, .published = published,
		.localized = model->localized, .locale = row->locale };
}

/* Those of the document's rows that are meant, in this state. */
static int find(struct scope *scope, struct publishing *publishing, bool published, struct document_rows *all_r,
	struct document_rows *meant_r)
{
	if (!publishing->model->draft_and_publish)
		return scope_throw(scope, ERROR_INTERNAL, "%.*s has no draft & publish", STR_ARG(publishing->model->uid));
	if (rows_lock(scope, publishing->model, publishing->document_id, all_r) < 0)
		return -1;
	meant_r->list = arena_array(scope->arena, all_r->count, sizeof(*meant_r->list));
	meant_r->count = 0;
	for (unsigned i = 0; i < all_r->count; i++) {
		if (all_r->list[i].published == published &&
			rows_in_locale(publishing->model, publishing->version, &all_r->list[i]))
			meant_r->list[meant_r->count++] = all_r->list[i];
	}
	publishing->entries.ids = arena_array(scope->arena, meant_r->count, sizeof(*publishing->entries.ids));
	publishing->entries.count = 0;
	return 0;
}

static void add(struct publishing *publishing, uint64_t id)
{
	publishing->entries.ids[publishing->entries.count++] = id;
}

/* What the locales share follows the first of those that were written, as in Strapi. */
static int sync_locales(struct scope *scope, const struct publishing *publishing, const struct document_row *first,
	bool published)
{
	struct relation_source source;

	if (!publishing->model->localized || publishing->entries.count == 0)
		return 0;
	source = source_of(scope, publishing->model, first, published);
	return localized_sync(&source, publishing->model, publishing->entries.ids[0]);
}

/* ---- publish ---- */

static int publish(struct scope *scope, struct publishing *publishing)
{
	struct document_rows all, drafts;

	if (find(scope, publishing, false, &all, &drafts) < 0)
		return -1;
	for (unsigned i = 0; i < drafts.count; i++) {
		struct relation_source source = source_of(scope, publishing->model, &drafts.list[i], false);
		uint64_t row;

		if (publish_row(&source, publishing->model, drafts.list[i].id, &row) < 0 ||
			raise_event(&source, publishing->model, EVENT_PUBLISH, publishing->document_id, row) < 0)
			return -1;
		add(publishing, row);
	}
	return sync_locales(scope, publishing, drafts.list, true);
}

int document_publish(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, struct document_entries *entries_r)
{
	struct publishing publishing = { .model = model, .document_id = document_id, .version = version };

	if (publish(scope, &publishing) < 0)
		return -1;
	*entries_r = publishing.entries;
	return 0;
}

/* ---- unpublish ---- */

int document_read_removed(struct scope *scope, const struct query *shown, const uint64_t *ids, unsigned count,
	struct rowset **removed_r)
{
	struct query *query = arena_new_of(scope->arena, struct query);
	struct db_value *values = arena_array(scope->arena, count + 1, sizeof(*values));

	*removed_r = NULL;
	if (!shown)
		return 0;
	for (unsigned i = 0; i < count; i++)
		values[i] = db_uint(ids[i]);
	query_init(query, scope->arena, shown->model);
	query->columns = shown->columns;
	query->column_count = shown->column_count;
	query->extras = shown->extras;
	query->extra_count = shown->extra_count;
	query_where(query, condition_compare(scope->arena, NULL, shown->model->id, OPERATOR_IN, values, count));
	if (!query_order_by(query, NULL, shown->model->id, false))
		return scope_throw(scope, ERROR_INTERNAL, "rows that are removed can't be put in order");
	return select_rows(scope->db, query, removed_r, &scope->error);
}

static int unpublish(struct scope *scope, struct publishing *publishing)
{
	struct document_rows all, published;

	if (find(scope, publishing, true, &all, &published) < 0)
		return -1;
	for (unsigned i = 0; i < published.count; i++)
		add(publishing, published.list[i].id);
	if (document_read_removed(scope, publishing->shown, publishing->entries.ids, published.count, &publishing->removed) < 0)
		return -1;
	for (unsigned i = 0; i < published.count; i++) {
		struct relation_source source = source_of(scope, publishing->model, &published.list[i], true);
		uint64_t row = published.list[i].id;

		if (raise_event(&source, publishing->model, EVENT_UNPUBLISH, publishing->document_id, row) < 0 ||
			row_delete(scope, publishing->model, row) < 0)
			return -1;
	}
	return 0;
}

int document_unpublish(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, const struct query *shown, struct rowset **removed_r)
{
	struct publishing publishing = { .model = model, .document_id = document_id, .version = version, .shown = shown };

	if (unpublish(scope, &publishing) < 0)
		return -1;
	*removed_r = publishing.removed;
	return 0;
}

/* ---- discard ---- */

static int discard(struct scope *scope, struct publishing *publishing)
{
	struct document_rows all, published;

	if (find(scope, publishing, true, &all, &published) < 0)
		return -1;
	for (unsigned i = 0; i < published.count; i++) {
		struct relation_source source = source_of(scope, publishing->model, &published.list[i], false);
		const struct document_row *draft = rows_find(publishing->model, &all, published.list[i].locale, false);
		uint64_t row = draft ? draft->id : 0;

		if (publish_discard(&source, publishing->model, published.list[i].id, &row) < 0 ||
			raise_event(&source, publishing->model, EVENT_DISCARD_DRAFT, publishing->document_id, row) < 0)
			return -1;
		add(publishing, row);
	}
	return sync_locales(scope, publishing, published.list, false);
}

int document_discard_draft(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, struct document_entries *entries_r)
{
	struct publishing publishing = { .model = model, .document_id = document_id, .version = version };

	if (discard(scope, &publishing) < 0)
		return -1;
	*entries_r = publishing.entries;
	return 0;
}
