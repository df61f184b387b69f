#include "document/write.h"

#include "base/clock.h"
#include "document/connection.h"
#include "document/document_id.h"
#include "document/password.h"
#include "document/unique.h"
#include "extension/generation.h"
#include "query/cast.h"
#include "query/select.h"
#include "query/write.h"

/* One write. Its transaction may run several times, so it works on copies of what came in. */
struct write {
	const struct model *model;
	struct str document_id;
	bool creating;
	const json_t *data;
	const struct document_version *version;
	struct assignment *assignments;
	unsigned count;
	uint64_t row;
};

static int refuse_drafts(struct scope *scope, const struct model *model)
{
	if (!model->draft_and_publish)
		return 0;
	return scope_throw(scope, ERROR_NOT_IMPLEMENTED,
		"Writing to %.*s is not served yet: it has draft & publish", STR_ARG(model->uid));
}

/* ---- what the row is to hold ---- */

static void assign(struct write *write, const struct attribute *attribute, struct db_value value)
{
	write->assignments[write->count++] = (struct assignment){ attribute, value };
}

static int assign_data(struct scope *scope, struct write *write, const json_t *data)
{
	const struct model *model = write->model;

	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		json_t *given = json_object_getn(data, attribute->name.p, attribute->name.n);
		struct db_value value;

		if (!given || attribute->automatic || !attribute_kind(attribute->type)->scalar)
			continue;
		if (attribute->type == ATTRIBUTE_PASSWORD && json_is_string(given)) {
			struct str hash;

			if (password_hash(scope->arena, str_of(json_string_value(given)), attribute->bcrypt_rounds, &hash,
				&scope->error) < 0)
				return -1;
			value = db_text(hash);
		} else if (cast_json(attribute, given, scope->arena, &value, &scope->error) < 0) {
			return -1;
		}
		assign(write, attribute, value);
	}
	return 0;
}

/* "2025-02-01 10:00:00.000" in UTC, as the columns take it. */
static struct db_value now(struct arena *arena)
{
	char *text = arena_alloc(arena, CLOCK_ISO_SIZE);

	clock_format_iso(clock_unix_ms(), text);
	text[10] = ' ';
	return db_text((struct str){ text, CLOCK_ISO_SIZE - 2 });
}

static const struct db_value *locale_of(const struct write *write)
{
	return write->model->localized && write->version->locale_count == 1 ? &write->version->locales[0] : NULL;
}

static void assign_host_columns(struct scope *scope, struct write *write)
{
	const struct model *model = write->model;
	struct db_value time = now(scope->arena);

	assign(write, model->updated_at, time);
	assign(write, model->published_at, time);
	if (!write->creating)
		return;
	assign(write, model->created_at, time);
	assign(write, model->document_id, db_text(write->document_id));
	if (locale_of(write))
		assign(write, model->locale, *locale_of(write));
}

static void release(void *json)
{
	json_decref(json);
}

/* Judges the data and makes columns of it. `own_row` is the row that will be written, 0 when there is none yet. */
static int prepare(struct scope *scope, struct write *write, uint64_t own_row)
{
	struct unique_search search = { scope, own_row, locale_of(write) };
	const struct validate_options options = { .creating = write->creating, .models = scope->generation->models,
		.is_taken = unique_is_taken, .arg = &search };
	json_t *data = json_deep_copy(write->data);

	arena_defer(scope->arena, release, data);
	if (document_validate(write->model, data, &options, &scope->error) < 0)
		return -1;
	if (write->creating)
		document_apply_defaults(write->model, data);
	write->assignments = arena_array(scope->arena, write->model->column_count, sizeof(*write->assignments));
	write->count = 0;
	if (assign_data(scope, write, data) < 0)
		return -1;
	assign_host_columns(scope, write);
	return 0;
}

/* ---- create ---- */

static int insert(struct scope *scope, void *arg)
{
	struct write *write = arg;

	if (prepare(scope, write, 0) < 0)
		return -1;
	return write_insert(scope->db, scope->arena, write->model, write->assignments, write->count, &write->row,
		&scope->error);
}

int document_create(struct scope *scope, const struct model *model, const json_t *data,
	const struct document_version *version, uint64_t *row_r, struct str *document_id_r)
{
	char *id = arena_alloc(scope->arena, DOCUMENT_ID_SIZE);
	struct write write = { .model = model, .creating = true, .data = data, .version = version };

	document_id_new(id);
	write.document_id = str_of(id);
	if (refuse_drafts(scope, model) < 0 || document_transaction(scope, insert, &write) < 0)
		return -1;
	*row_r = write.row;
	if (document_id_r)
		*document_id_r = write.document_id;
	return 0;
}

/* ---- update and delete ---- */

/* The rows of a document in the version, by id. */
static int find_rows(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, const struct query *condition, struct rowset **rows_r)
{
	struct query *query = arena_new_of(scope->arena, struct query);
	struct db_value *id = arena_new_of(scope->arena, struct db_value);

	if (condition)
		*query = *condition;
	else
		query_init(query, scope->arena, model);
	*id = db_text(document_id);
	query->columns = arena_array(scope->arena, 1, sizeof(*query->columns));
	query->columns[0] = model->id;
	query->column_count = 1;
	query->order_count = 0;
	query_where(query, condition_compare(scope->arena, NULL, model->document_id, OPERATOR_EQ, id, 1));
	document_version_where(query, version);
	return select_rows(scope->db, query, rows_r, &scope->error);
}

static int change(struct scope *scope, void *arg)
{
	struct write *write = arg;
	struct rowset *rows;
	uint64_t row;

	write->row = 0;
	if (find_rows(scope, write->model, write->document_id, write->version, NULL, &rows) < 0)
		return -1;
	if (rows->count == 0)
		return 0;
	row = (uint64_t)cell_integer(rows->cells);
	if (prepare(scope, write, row) < 0 ||
		write_update(scope->db, scope->arena, write->model, row, write->assignments, write->count, &scope->error) < 0)
		return -1;
	write->row = row;
	return 0;
}

int document_update(struct scope *scope, const struct model *model, struct str document_id, const json_t *data,
	const struct document_version *version, uint64_t *row_r)
{
	struct write write = { .model = model, .document_id = document_id, .data = data, .version = version };

	*row_r = 0;
	if (refuse_drafts(scope, model) < 0 || document_transaction(scope, change, &write) < 0)
		return -1;
	*row_r = write.row;
	return 0;
}

struct deletion {
	const struct model *model;
	struct str document_id;
	const struct document_version *version;
	struct query *condition;
};

static int erase(struct scope *scope, void *arg)
{
	struct deletion *deletion = arg;
	struct rowset *rows;
	struct db_value *ids;

	if (find_rows(scope, deletion->model, deletion->document_id, deletion->version, deletion->condition, &rows) < 0)
		return -1;
	ids = arena_array(scope->arena, rows->count, sizeof(*ids));
	for (unsigned i = 0; i < rows->count; i++)
		ids[i] = db_uint((uint64_t)cell_integer(rowset_row(rows, i)));
	return write_delete(scope->db, scope->arena, deletion->model, ids, rows->count, &scope->error);
}

int document_delete(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, struct query *condition)
{
	struct deletion deletion = { model, document_id, version, condition };

	if (refuse_drafts(scope, model) < 0)
		return -1;
	return document_transaction(scope, erase, &deletion);
}

int document_single_id(struct scope *scope, const struct model *model, struct str *document_id_r)
{
	struct query *query = arena_new_of(scope->arena, struct query);
	struct db *db = document_borrow(scope);
	struct rowset *rows;
	int rc;

	*document_id_r = STR_NULL;
	if (!db)
		return -1;
	query_init(query, scope->arena, model);
	query_select(query, model->document_id);
	query->limited = true;
	query->limit = 1;
	rc = select_rows(db, query, &rows, &scope->error);
	document_give_back(scope, db);
	if (rc == 0 && rows->count)
		*document_id_r = cell_text(rows->cells);
	return rc;
}
