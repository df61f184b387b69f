#include "document/action.h"

#include "document/clone.h"
#include "document/find.h"
#include "document/populate.h"
#include "document/publishing.h"
#include "document/write.h"
#include "extension/transaction.h"
#include "query/lifecycle.h"

/* ---- results ---- */

static int take_rows(struct scope *scope, struct document_call *call, const struct rowset *rows,
	const struct populate *populate)
{
	struct documents *documents = arena_new_of(scope->arena, struct documents);
	struct loaded *loaded;

	if (document_populate(scope, call->query, populate, rows, &loaded) < 0)
		return -1;
	*documents = (struct documents){ .query = call->query, .rows = rows, .loaded = loaded };
	call->documents = documents;
	return 0;
}

/* ---- reading ---- */

static void where_id(struct scope *scope, struct query *query, const struct attribute *attribute, struct db_value id)
{
	struct db_value *value = arena_memdup(scope->arena, &id, sizeof(id));

	query_where(query, condition_compare(scope->arena, NULL, attribute, OPERATOR_EQ, value, 1));
}

static int read(struct scope *scope, struct document_call *call)
{
	struct rowset *rows;
	int rc;

	if (call->with_count)
		rc = document_find_counted(scope, call->query, &call->version, &rows, &call->total);
	else
		rc = document_find(scope, call->query, &call->version, &rows);
	return rc < 0 ? -1 : take_rows(scope, call, rows, call->populate);
}

static int find(struct scope *scope, struct document_call *call, enum lifecycle lifecycle)
{
	struct lifecycle_event event = { .lifecycle = lifecycle, .model = call->model, .query = call->query };

	if (!hooks_any(scope, call->model, lifecycle))
		return read(scope, call);
	if (lifecycle_before(scope, &event) < 0 || read(scope, call) < 0)
		return -1;
	event.documents = call->documents;
	return lifecycle_after(scope, &event);
}

static int find_many(struct scope *scope, struct document_call *call)
{
	return find(scope, call, LIFECYCLE_FIND_MANY);
}

static int find_first(struct scope *scope, struct document_call *call)
{
	call->query->limited = true;
	call->query->limit = 1;
	return find(scope, call, LIFECYCLE_FIND_ONE);
}

static int find_one(struct scope *scope, struct document_call *call)
{
	where_id(scope, call->query, call->model->document_id, db_text(call->document_id));
	return find_first(scope, call);
}

static int count(struct scope *scope, struct document_call *call)
{
	struct lifecycle_event event = { .lifecycle = LIFECYCLE_COUNT, .model = call->model, .query = call->query };
	bool hooked = hooks_any(scope, call->model, LIFECYCLE_COUNT);

	if ((hooked && lifecycle_before(scope, &event) < 0) ||
		document_count(scope, call->query, &call->version, &call->total) < 0)
		return -1;
	event.count = call->total;
	return hooked ? lifecycle_after(scope, &event) : 0;
}

/* ---- what a write shows ---- */

static int by_id(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

/* What was written, whatever the call's query looks for. */
static int show(struct scope *scope, struct document_call *call, uint64_t *ids, unsigned id_count)
{
	struct query *query = call->query;
	struct db_value *values = arena_array(scope->arena, id_count + 1, sizeof(*values));

	if (!query)
		return 0;
	qsort(ids, id_count, sizeof(*ids), by_id);
	for (unsigned i = 0; i < id_count; i++)
		values[i] = db_uint(ids[i]);
	query->where = (struct condition){ .op = OPERATOR_AND };
	query->joins = query->last_join = NULL;
	query->order_count = 0;
	query->limited = false;
	query->offset = 0;
	query_where(query, condition_compare(scope->arena, NULL, call->model->id, id_count == 1 ? OPERATOR_EQ : OPERATOR_IN,
		values, id_count));
	/* Two rows are told apart by their order, one needs none. */
	if (id_count > 1 && !query_order_by(query, NULL, call->model->id, false))
		return scope_throw(scope, ERROR_INTERNAL, "a result of several rows can't be put in order");
	call->version = (struct document_version){ .published = call->version.published, .any_locale = true };
	call->with_count = false;
	return find(scope, call, LIFECYCLE_FIND_ONE);
}

/* Rows of which there is only what was read before they went. */
static int show_removed(struct scope *scope, struct document_call *call, const struct rowset *removed)
{
	return call->query ? take_rows(scope, call, removed, NULL) : 0;
}

/* ---- writing ---- */

static int create(struct scope *scope, struct document_call *call)
{
	uint64_t row;

	if (document_create(scope, call->model, call->data, &call->version, &row, &call->document_id) < 0)
		return -1;
	return show(scope, call, &row, 1);
}

static int update(struct scope *scope, struct document_call *call)
{
	uint64_t row;

	if (document_update(scope, call->model, call->document_id, call->data, &call->version, &row) < 0)
		return -1;
	return row ? show(scope, call, &row, 1) : 0;
}

static int delete(struct scope *scope, struct document_call *call)
{
	struct rowset *removed = NULL;

	if (document_delete(scope, call->model, call->document_id, &call->version, call->condition, call->query, &removed) < 0)
		return -1;
	return show_removed(scope, call, removed);
}

static int show_entries(struct scope *scope, struct document_call *call, const struct document_entries *entries,
	bool published)
{
	call->version.published = published;
	return show(scope, call, entries->ids, entries->count);
}

static int clone(struct scope *scope, struct document_call *call)
{
	struct document_entries entries;

	if (document_clone(scope, call->model, call->document_id, call->data, &call->version, &call->document_id, &entries) < 0)
		return -1;
	return show_entries(scope, call, &entries, false);
}

static int publish(struct scope *scope, struct document_call *call)
{
	struct document_entries entries;

	if (document_publish(scope, call->model, call->document_id, &call->version, &entries) < 0)
		return -1;
	return show_entries(scope, call, &entries, true);
}

static int unpublish(struct scope *scope, struct document_call *call)
{
	struct rowset *removed = NULL;

	if (document_unpublish(scope, call->model, call->document_id, &call->version, call->query, &removed) < 0)
		return -1;
	return show_removed(scope, call, removed);
}

static int discard_draft(struct scope *scope, struct document_call *call)
{
	struct document_entries entries;

	if (document_discard_draft(scope, call->model, call->document_id, &call->version, &entries) < 0)
		return -1;
	return show_entries(scope, call, &entries, false);
}

static int (*const actions[DOCUMENT_ACTIONS])(struct scope *scope, struct document_call *call) = {
	[DOCUMENT_FIND_ONE] = find_one, [DOCUMENT_FIND_MANY] = find_many, [DOCUMENT_FIND_FIRST] = find_first,
	[DOCUMENT_COUNT] = count, [DOCUMENT_CREATE] = create, [DOCUMENT_UPDATE] = update, [DOCUMENT_DELETE] = delete,
	[DOCUMENT_CLONE] = clone, [DOCUMENT_PUBLISH] = publish, [DOCUMENT_UNPUBLISH] = unpublish,
	[DOCUMENT_DISCARD_DRAFT] = discard_draft,
};

/* A write and what it shows of itself are one transaction: what fails while that is read undoes the write. Each attempt begins with
 * the call as it came. */
static int attempt(struct scope *scope, void *arg)
{
	struct document_call *call = arg, tried = *call;

	if (actions[call->action](scope, &tried) < 0)
		return -1;
	call->document_id = tried.document_id;
	call->documents = tried.documents;
	return 0;
}

int action_run(struct scope *scope, struct document_call *call)
{
	return call->action < DOCUMENT_CREATE ? actions[call->action](scope, call) : transaction_run(scope, attempt, call);
}
