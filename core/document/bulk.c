#include "document/bulk.h"

#include "base/json.h"
#include "document/document_id.h"
#include "document/row.h"
#include "document/stamp.h"
#include "extension/transaction.h"
#include "http/query.h"
#include "query/cast.h"
#include "query/filter.h"
#include "query/lifecycle.h"
#include "query/select.h"

struct bulk {
	const struct model *model;
	const json_t *where, *data;	/* data: of createMany a list */
	struct lifecycle_event event;
	uint64_t count;
};

/* Hooks see copies, so that a transaction that is tried again starts from what came in. */
static int begin(struct scope *scope, struct bulk *bulk, enum lifecycle lifecycle)
{
	bulk->count = 0;
	bulk->event = (struct lifecycle_event){ .lifecycle = lifecycle, .model = bulk->model,
		.data = json_own_copy(scope->arena, bulk->data), .where = json_own_copy(scope->arena, bulk->where) };
	return lifecycle_before(scope, &bulk->event);
}

static int end(struct scope *scope, struct bulk *bulk)
{
	bulk->event.count = bulk->count;
	return lifecycle_after(scope, &bulk->event);
}

/* ---- which rows ---- */

/* Locked, so that what two ask for at the same moment only one of them finds. */
static int find(struct scope *scope, struct bulk *bulk, struct rowset **rows_r)
{
	struct query *query = arena_new_of(scope->arena, struct query);

	query_init(query, scope->arena, bulk->model);
	query_select(query, bulk->model->id);
	query->limited = true;
	query->limit = BULK_ROWS + 1;
	query->for_update = true;
	if (bulk->event.where && filter_compile(query, param_of_json(scope->arena, bulk->event.where), &scope->error) < 0)
		return -1;
	if (select_rows(scope->db, query, rows_r, &scope->error) < 0)
		return -1;
	if ((*rows_r)->count > BULK_ROWS)
		return scope_throw(scope, ERROR_VALIDATION, "More than %d rows of %.*s meet the filters: ask for less at once",
			BULK_ROWS, STR_ARG(bulk->model->uid));
	return 0;
}

/* ---- createMany ---- */

/* What the schema doesn't say and the caller may: documentId, locale, createdAt, ... */
static int add_automatic(struct scope *scope, const struct model *model, const json_t *item, struct assignment *fixed,
	unsigned *count)
{
	struct db_value now = stamp_now(scope->arena);

	for (unsigned i = 0; i < model->column_count; i++) {
		const struct attribute *attribute = model->columns[i];
		const json_t *given = json_object_getn(item, attribute->name.p, attribute->name.n);
		struct db_value value = now;

		if (!attribute->automatic)
			continue;
		if (given && cast_json(attribute, given, scope->arena, &value, &scope->error) < 0)
			return -1;
		if (!given && attribute == model->document_id) {
			char *id = arena_alloc(scope->arena, DOCUMENT_ID_SIZE);

			document_id_new(id);
			value = db_text(str_of(id));
		} else if (!given && attribute != model->created_at && attribute != model->updated_at) {
			continue;
		}
		fixed[(*count)++] = (struct assignment){ attribute, value };
	}
	return 0;
}

static int create_one(struct scope *scope, struct bulk *bulk, const json_t *item)
{
	struct assignment *fixed = arena_array(scope->arena, bulk->model->column_count, sizeof(*fixed));
	unsigned count = 0;
	uint64_t id;

	if (!json_is_object(item))
		return scope_throw(scope, ERROR_VALIDATION, "Rows to create are objects");
	if (add_automatic(scope, bulk->model, item, fixed, &count) < 0 ||
		row_insert_columns(scope, bulk->model, item, fixed, count, &id) < 0)
		return -1;
	bulk->count++;
	return 0;
}

static int create(struct scope *scope, void *arg)
{
	struct bulk *bulk = arg;
	json_t *item;
	size_t i;

	if (begin(scope, bulk, LIFECYCLE_CREATE_MANY) < 0)
		return -1;
	json_array_foreach(bulk->event.data, i, item) {
		if (create_one(scope, bulk, item) < 0)
			return -1;
	}
	return end(scope, bulk);
}

static int run(struct scope *scope, int (*fn)(struct scope *scope, void *arg), struct bulk *bulk, uint64_t *count_r)
{
	if (transaction_run(scope, fn, bulk) < 0)
		return -1;
	*count_r = bulk->count;
	return 0;
}

int bulk_create(struct scope *scope, const struct model *model, const json_t *list, uint64_t *count_r)
{
	struct bulk bulk = { .model = model, .data = list };

	if (!json_is_array(list) || json_array_size(list) == 0)
		return scope_throw(scope, ERROR_INTERNAL, "Nothing to insert");
	if (json_array_size(list) > BULK_ROWS)
		return scope_throw(scope, ERROR_VALIDATION, "%zu rows are more than the %d that one call creates",
			json_array_size(list), BULK_ROWS);
	return run(scope, create, &bulk, count_r);
}

/* ---- updateMany, deleteMany ---- */

static int update(struct scope *scope, void *arg)
{
	struct bulk *bulk = arg;
	struct rowset *rows;

	if (begin(scope, bulk, LIFECYCLE_UPDATE_MANY) < 0 || find(scope, bulk, &rows) < 0)
		return -1;
	for (unsigned i = 0; i < rows->count; i++, bulk->count++) {
		if (row_update_columns(scope, bulk->model, (uint64_t)cell_integer(rowset_row(rows, i)), bulk->event.data) < 0)
			return -1;
	}
	return end(scope, bulk);
}

int bulk_update(struct scope *scope, const struct model *model, const json_t *where, const json_t *data, uint64_t *count_r)
{
	struct bulk bulk = { .model = model, .where = where, .data = data };

	if (!json_is_object(data))
		return scope_throw(scope, ERROR_INTERNAL, "Update requires a data object");
	return run(scope, update, &bulk, count_r);
}

static int delete(struct scope *scope, void *arg)
{
	struct bulk *bulk = arg;
	struct rowset *rows;

	if (begin(scope, bulk, LIFECYCLE_DELETE_MANY) < 0 || find(scope, bulk, &rows) < 0)
		return -1;
	for (unsigned i = 0; i < rows->count; i++, bulk->count++) {
		if (row_erase(scope, bulk->model, (uint64_t)cell_integer(rowset_row(rows, i))) < 0)
			return -1;
	}
	return end(scope, bulk);
}

int bulk_delete(struct scope *scope, const struct model *model, const json_t *where, uint64_t *count_r)
{
	struct bulk bulk = { .model = model, .where = where };

	return run(scope, delete, &bulk, count_r);
}
