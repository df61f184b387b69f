#include "document/write.h"

#include "base/json.h"
#include "document/connection.h"
#include "document/document_id.h"
#include "document/judge.h"
#include "document/localized.h"
#include "document/publish.h"
#include "document/publishing.h"
#include "document/raise.h"
#include "document/rows.h"
#include "document/stamp.h"
#include "document/validate.h"
#include "document/value_lock.h"
#include "extension/generation.h"
#include "query/select.h"
#include "query/statement.h"

/* One write. Its transaction may run several times, so it works on copies of what came in. */
struct write {
	const struct model *model;
	struct str document_id;
	const json_t *data;
	const struct document_version *version;
	struct relation_source source;
	uint64_t row;			/* the result */
};

/* ---- what is meant ---- */

static int one_locale(struct scope *scope, const struct document_version *version)
{
	struct buf list = BUF_INIT;

	if (!version->any_locale && !version->listed)
		return 0;
	for (unsigned i = 0; i < version->locale_count; i++)
		buf_printf(&list, "%s%.*s", i ? "," : "", STR_ARG(version->locales[i].text));
	scope_throw(scope, ERROR_VALIDATION, "Invalid locale param %s provided. Document locales must be strings.",
		version->any_locale ? "*" : buf_cstr(&list));
	buf_clear(&list);
	return -1;
}

static int begin(struct scope *scope, struct write *write)
{
	const struct model *model = write->model;

	write->source = (struct relation_source){ .scope = scope, .has_status = model->draft_and_publish,
		.localized = model->localized };
	if (!model->localized)
		return 0;
	if (one_locale(scope, write->version) < 0)
		return -1;
	write->source.locale = write->version->locales[0].text;
	return 0;
}

/* ---- judging ---- */

/* What callers say of the publication never counts: it stands in the data as the host sets it. */
static json_t *now_json(void)
{
	char text[CLOCK_ISO_SIZE];

	clock_format_iso(clock_unix_ms(), text);
	return json_string(text);
}

static int judge(struct scope *scope, const struct write *write, json_t *data, bool creating, uint64_t own_row)
{
	const struct model *model = write->model;

	/* Documents are looked up first: one that isn't there is told before anything else. */
	if (relation_normalise(&write->source, model, data) < 0)
		return -1;
	json_object_set_new(data, "publishedAt", model->draft_and_publish ? json_null() : now_json());
	return judge_data(&write->source, model, data, creating, model->draft_and_publish, own_row);
}

/* ---- the steps ---- */

static void add(struct assignment *fixed, unsigned *count, const struct attribute *attribute, struct db_value value)
{
	fixed[(*count)++] = (struct assignment){ attribute, value };
}

static int insert(struct scope *scope, struct write *write, json_t *data)
{
	const struct model *model = write->model;
	struct db_value now = stamp_now(scope->arena);
	struct assignment fixed[5];
	unsigned count = 0;

	if (judge(scope, write, data, true, 0) < 0)
		return -1;
	document_apply_defaults(model, data);
	add(fixed, &count, model->document_id, db_text(write->document_id));
	add(fixed, &count, model->created_at, now);
	add(fixed, &count, model->updated_at, now);
	add(fixed, &count, model->published_at, model->draft_and_publish ? db_null() : now);
	if (model->localized)
		add(fixed, &count, model->locale, db_text(write->source.locale));
	if (row_insert(&write->source, model, data, fixed, count, &write->row) < 0)
		return -1;
	return raise_event(&write->source, model, EVENT_CREATE, write->document_id, write->row);
}

static int change(struct scope *scope, struct write *write, json_t *data)
{
	const struct model *model = write->model;
	struct db_value now = stamp_now(scope->arena);
	struct assignment fixed[2];
	unsigned count = 0;

	if (judge(scope, write, data, false, write->row) < 0)
		return -1;
	add(fixed, &count, model->updated_at, now);
	if (!model->draft_and_publish)
		add(fixed, &count, model->published_at, now);
	if (row_update(&write->source, model, write->row, data, fixed, count) < 0)
		return -1;
	return raise_event(&write->source, model, EVENT_UPDATE, write->document_id, write->row);
}

/* Locks the document's rows and finds the one that is meant. */
static int lock(struct scope *scope, struct write *write, bool *exists_r)
{
	const struct document_row *row;
	struct document_rows rows;

	if (rows_lock(scope, write->model, write->document_id, &rows) < 0)
		return -1;
	row = rows_find(write->model, &rows, write->source.locale, false);
	write->row = row ? row->id : 0;
	*exists_r = rows.count > 0;
	return 0;
}

/* Behind the draft: its publication, and the other locales. */
static int finish(struct scope *scope, struct write *write, bool has_locales)
{
	if (write->model->draft_and_publish && write->version->published &&
		(publish_row(&write->source, write->model, write->row, &write->row) < 0 ||
			raise_event(&write->source, write->model, EVENT_PUBLISH, write->document_id, write->row) < 0))
		return -1;
	write->source.published = write->version->published;
	return has_locales && write->model->localized ? localized_sync(&write->source, write->model, write->row) : 0;
}

/* ---- create ---- */

static int update(struct scope *scope, struct write *write);

/* A single type has one document: of several who would make it, the later ones change it. */
static int find_single(struct scope *scope, struct write *write, bool *exists_r)
{
	struct str id;

	*exists_r = false;
	if (write->model->kind != MODEL_SINGLE)
		return 0;
	if (value_lock_take_single(scope, write->model) < 0 || document_single_id(scope, write->model, &id) < 0)
		return -1;
	*exists_r = !str_is_null(id);
	if (*exists_r)
		write->document_id = id;
	return 0;
}

static int refuse_taken(struct scope *scope, const struct write *write)
{
	const struct model *model = write->model;
	struct str locale = write->source.locale;
	const char *of_locale = model->localized ? arena_printf(scope->arena, " and locale \"%.*s\"", STR_ARG(locale)) : "";

	return scope_throw(scope, ERROR_APPLICATION, "A %s entry with documentId \"%.*s\"%s already exists for UID \"%.*s\". This "
		"combination must be unique.", model->draft_and_publish ? "draft" : "published", STR_ARG(write->document_id),
		of_locale, STR_ARG(model->uid));
}

/* Server code may say which document it is. Of several who bring the same one at once the later ones find it there. */
static int name_document(struct scope *scope, struct write *write, bool *exists_r)
{
	const json_t *given = json_object_get(write->data, "documentId");

	*exists_r = false;
	if (!json_is_string(given) || json_string_length(given) == 0)
		return 0;
	write->document_id = arena_str(scope->arena, (struct str){ json_string_value(given), json_string_length(given) });
	if (value_lock_take(scope, write->model, write->model->document_id, STR_NULL, db_text(write->document_id)) < 0 ||
		lock(scope, write, exists_r) < 0)
		return -1;
	return write->row ? refuse_taken(scope, write) : 0;
}

static int create(struct scope *scope, struct write *write)
{
	bool exists;

	if (find_single(scope, write, &exists) < 0)
		return -1;
	if (exists)
		return update(scope, write);
	if (begin(scope, write) < 0 || name_document(scope, write, &exists) < 0 ||
		insert(scope, write, json_own_copy(scope->arena, write->data)) < 0)
		return -1;
	return finish(scope, write, exists);
}

int document_create(struct scope *scope, const struct model *model, const json_t *data,
	const struct document_version *version, uint64_t *row_r, struct str *document_id_r)
{
	char *id = arena_alloc(scope->arena, DOCUMENT_ID_SIZE);
	struct write write = { .model = model, .data = data, .version = version };

	document_id_new(id);
	write.document_id = str_of(id);
	if (create(scope, &write) < 0)
		return -1;
	*row_r = write.row;
	if (document_id_r)
		*document_id_r = write.document_id;
	return 0;
}

/* ---- update ---- */

static int update(struct scope *scope, struct write *write)
{
	json_t *data;
	bool exists;
	int rc;

	if (begin(scope, write) < 0 || lock(scope, write, &exists) < 0)
		return -1;
	if (!exists)
		return 0;
	data = json_own_copy(scope->arena, write->data);
	if (write->row)
		rc = change(scope, write, data);
	else if (write->model->localized && localized_fill(scope, write->model, write->document_id, data) < 0)
		rc = -1;
	else
		rc = insert(scope, write, data);
	return rc < 0 ? -1 : finish(scope, write, true);
}

int document_update(struct scope *scope, const struct model *model, struct str document_id, const json_t *data,
	const struct document_version *version, uint64_t *row_r)
{
	struct write write = { .model = model, .document_id = document_id, .data = data, .version = version };

	if (update(scope, &write) < 0)
		return -1;
	*row_r = write.row;
	return 0;
}

/* ---- delete ---- */

struct deletion {
	const struct model *model;
	struct str document_id;
	const struct document_version *version;
	const struct query *condition, *shown;
	struct rowset *removed;
};

static int find_rows(struct scope *scope, const struct deletion *deletion, struct rowset **rows_r)
{
	const struct model *model = deletion->model;
	struct query *query = arena_new_of(scope->arena, struct query);
	struct db_value *id = arena_new_of(scope->arena, struct db_value);

	query_init(query, scope->arena, model);
	if (deletion->condition) {
		/* Its conditions and joins, none of its columns, order or page. */
		query->joins = deletion->condition->joins;
		query->last_join = deletion->condition->last_join;
		query->aliases = deletion->condition->aliases;
		query->where = deletion->condition->where;
	}
	query_select(query, model->id);
	if (model->localized)
		query_select(query, model->locale);
	*id = db_text(deletion->document_id);
	query_where(query, condition_compare(scope->arena, NULL, model->document_id, OPERATOR_EQ, id, 1));
	if (model->localized && !deletion->version->any_locale)
		query_where(query, condition_compare(scope->arena, NULL, model->locale, OPERATOR_IN,
			deletion->version->locales, deletion->version->locale_count));
	return select_rows(scope->db, query, rows_r, &scope->error);
}

static int erase_row(struct scope *scope, const struct deletion *deletion, const struct cell *cells)
{
	const struct model *model = deletion->model;
	const struct relation_source source = { .scope = scope, .localized = model->localized,
		.locale = model->localized ? cell_text(&cells[1]) : STR_NULL };
	uint64_t id = (uint64_t)cell_integer(cells);

	if (raise_event(&source, model, EVENT_DELETE, deletion->document_id, id) < 0)
		return -1;
	return row_delete(scope, model, id);
}

static int erase(struct scope *scope, struct deletion *deletion)
{
	struct document_rows all;
	struct rowset *rows;
	uint64_t *ids;

	/* Locked first: who writes the document at this moment may add a row, or components, that nobody has seen. */
	if (rows_lock(scope, deletion->model, deletion->document_id, &all) < 0 || find_rows(scope, deletion, &rows) < 0)
		return -1;
	ids = arena_array(scope->arena, rows->count + 1, sizeof(*ids));
	for (unsigned i = 0; i < rows->count; i++)
		ids[i] = (uint64_t)cell_integer(rowset_row(rows, i));
	if (document_read_removed(scope, deletion->shown, ids, rows->count, &deletion->removed) < 0)
		return -1;
	for (unsigned i = 0; i < rows->count; i++) {
		if (erase_row(scope, deletion, rowset_row(rows, i)) < 0)
			return -1;
	}
	return 0;
}

int document_delete(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, const struct query *condition, const struct query *shown,
	struct rowset **removed_r)
{
	struct deletion deletion = { .model = model, .document_id = document_id, .version = version, .condition = condition,
		.shown = shown };

	if (erase(scope, &deletion) < 0)
		return -1;
	*removed_r = deletion.removed;
	return 0;
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
