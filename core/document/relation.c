#include "document/relation.h"

#include "db/turn.h"
#include "document/locale.h"
#include "extension/generation.h"
#include "query/statement.h"

static int refuse(struct scope *scope, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int refuse(struct scope *scope, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(&scope->error, ERROR_VALIDATION, format, args);
	va_end(args);
	return -1;
}

/* ---- reading items ---- */

/* An item as it was written, before its document is looked up. */
struct written {
	const json_t *json;
	struct str document;		/* STR_NULL: `row` counts */
	uint64_t row;
	struct str type;		/* __type of morph items */
	struct str locale, status;	/* STR_NULL: not given */
	enum relation_place place;
	const json_t *anchor;		/* a document or row id; NULL */
};

static struct str text_of(const json_t *value)
{
	return json_is_string(value) ? (struct str){ json_string_value(value), json_string_length(value) } : STR_NULL;
}

bool relation_row_id(const json_t *value, uint64_t *id_r)
{
	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		*id_r = (uint64_t)json_integer_value(value);
		return true;
	}
	return json_is_string(value) && str_to_uint64(text_of(value), id_r);
}

static int read_reference(struct scope *scope, const json_t *value, struct str *document_r, uint64_t *row_r)
{
	struct str text = text_of(value);

	*document_r = STR_NULL;
	if (relation_row_id(value, row_r))
		return 0;
	/* What is neither is left for validation to refuse, among the other mistakes. */
	if (text.n == 0)
		return json_is_string(value) ? 0 : refuse(scope, "Invalid relations");
	if (text.p[0] >= '0' && text.p[0] <= '9')
		return refuse(scope, "\"%.*s\" is neither the id of a row nor of a document", STR_ARG(text));
	*document_r = text;
	return 0;
}

static void read_position(const json_t *position, struct written *written)
{
	const json_t *before = json_object_get(position, "before"), *after = json_object_get(position, "after");

	written->place = PLACE_END;
	if (json_is_true(json_object_get(position, "start")))
		written->place = PLACE_START;
	if (after && !json_is_null(after)) {
		written->place = PLACE_AFTER;
		written->anchor = after;
	}
	if (before && !json_is_null(before)) {
		written->place = PLACE_BEFORE;
		written->anchor = before;
	}
}

static int read_item(struct scope *scope, const json_t *json, struct written *written)
{
	const json_t *reference = json;

	*written = (struct written){ .json = json };
	if (json_is_object(json)) {
		reference = json_object_get(json, "documentId");
		if (!json_is_string(reference))
			reference = json_object_get(json, "id");
		written->locale = text_of(json_object_get(json, "locale"));
		written->status = text_of(json_object_get(json, "status"));
		written->type = text_of(json_object_get(json, "__type"));
		read_position(json_object_get(json, "position"), written);
	}
	return read_reference(scope, reference, &written->document, &written->row);
}

/* A list, or one item in its place; nulls are left out. */
static int read_items(struct scope *scope, const json_t *value, struct written **items_r, unsigned *count_r)
{
	size_t size = json_is_array(value) ? json_array_size(value) : 1;
	struct written *items = arena_array(scope->arena, size, sizeof(*items));
	unsigned count = 0;

	for (size_t i = 0; i < size; i++) {
		const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;

		if (!item || json_is_null(item))
			continue;
		if (read_item(scope, item, &items[count++]) < 0)
			return -1;
	}
	*items_r = items;
	*count_r = count;
	return 0;
}

/* ---- looking documents up ---- */

/* The rows of all documents that the items and their anchors name. */
struct lookup {
	const struct model *target;
	struct rowset *rows;		/* id, document_id, is published, locale */
};

static void add_document(struct arena *arena, struct db_value **list, unsigned *count, unsigned *capacity, struct str id)
{
	if (*count == *capacity) {
		struct db_value *more = arena_array(arena, *capacity * 2 + 16, sizeof(*more));

		if (*count)
			memcpy(more, *list, *count * sizeof(*more));
		*list = more;
		*capacity = *capacity * 2 + 16;
	}
	(*list)[(*count)++] = db_text(id);
}

static struct str anchor_document(const struct written *item)
{
	uint64_t row;

	return item->anchor && !relation_row_id(item->anchor, &row) ? text_of(item->anchor) : STR_NULL;
}

static void add_in_parts(struct statement *statement, const struct db_value *values, unsigned count)
{
	for (unsigned from = 0; from < count; from += 128) {
		unsigned n = count - from < 128 ? count - from : 128, size = db_list_size(n);

		buf_add(&statement->sql, from ? STR(" OR `document_id` IN ") : STR("`document_id` IN "));
		for (unsigned i = 0; i < size; i++) {
			buf_add_char(&statement->sql, i ? ',' : '(');
			statement_value(statement, values[from + (i < n ? i : n - 1)]);
		}
		buf_add_char(&statement->sql, ')');
	}
}

/* Until the transaction ends nobody publishes, deletes or (where the relation has another side) writes them: the rows that a
 * document has now are those that the links have to lead to. */
static int look_up(struct scope *scope, const struct attribute *attribute, const struct written *items, unsigned count,
	struct lookup *lookup)
{
	const struct model *target = attribute->target;
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	struct db_value *documents = NULL;
	unsigned document_count = 0, capacity = 0;

	*lookup = (struct lookup){ .target = target };
	for (unsigned i = 0; i < count; i++) {
		if (!str_is_null(items[i].document))
			add_document(scope->arena, &documents, &document_count, &capacity, items[i].document);
		if (!str_is_null(anchor_document(&items[i])))
			add_document(scope->arena, &documents, &document_count, &capacity, anchor_document(&items[i]));
	}
	if (document_count == 0)
		return 0;
	for (unsigned i = 0; i < document_count; i++)
		turn_note(scope->db, target->table, documents[i].text);
	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT `id`, `document_id`, `published_at` IS NOT NULL, `locale` FROM ");
	statement_name(statement, target->table);
	statement_add(statement, " WHERE ");
	add_in_parts(statement, documents, document_count);
	statement_add(statement, " ORDER BY `published_at` IS NOT NULL, `id`");
	buf_add(&statement->sql, links_need_targets(attribute) ? STR(" FOR UPDATE") : STR(" LOCK IN SHARE MODE"));
	return db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena,
		&lookup->rows, &scope->error);
}

/* Which versions of a target a link may lead to. */
struct wanted_version {
	bool any_state, published;
	struct str locale;		/* STR_NULL: the target isn't localized */
};

static int wanted_version(const struct relation_source *source, const struct model *target, const struct written *item,
	struct wanted_version *wanted)
{
	*wanted = (struct wanted_version){ .any_state = !target->draft_and_publish };
	if (target->draft_and_publish) {
		wanted->published = source->has_status ? source->published : str_is(item->status, "published");
		wanted->any_state = !source->has_status && str_is_null(item->status);
	}
	if (!target->localized)
		return 0;
	wanted->locale = source->localized ? source->locale : item->locale;
	if (!str_is_null(wanted->locale))
		return 0;
	return locale_default(source->scope, &wanted->locale);
}

/* The rows of a document that fit, drafts first; at most two. */
static unsigned find_rows(const struct lookup *lookup, struct str document, const struct wanted_version *wanted,
	struct link_target *targets)
{
	unsigned count = 0;

	for (unsigned i = 0; lookup->rows && i < lookup->rows->count && count < 2; i++) {
		const struct cell *cell = rowset_row(lookup->rows, i);

		if (!str_equal(cell_text(&cell[1]), document) ||
			(!wanted->any_state && (cell_integer(&cell[2]) != 0) != wanted->published) ||
			(!str_is_null(wanted->locale) && !str_equal(cell_text(&cell[3]), wanted->locale)))
			continue;
		targets[count++] = (struct link_target){ (uint64_t)cell_integer(&cell[0]), STR_NULL };
		if (!lookup->target->draft_and_publish)
			break;
	}
	return count;
}

static int resolve_document(const struct relation_source *source, const struct lookup *lookup, struct str document,
	const struct written *item, struct link_target *targets, unsigned *count_r)
{
	struct wanted_version wanted;

	if (wanted_version(source, lookup->target, item, &wanted) < 0)
		return -1;
	*count_r = find_rows(lookup, document, &wanted, targets);
	if (*count_r)
		return 0;
	return refuse(source->scope, "Document with id \"%.*s\", locale \"%.*s\" not found", STR_ARG(document),
		STR_ARG(str_is_null(wanted.locale) ? STR("null") : wanted.locale));
}

static int resolve_item(const struct relation_source *source, const struct lookup *lookup, const struct written *written,
	struct relation_item *item)
{
	struct str anchor = anchor_document(written);
	struct link_target rows[2];
	unsigned count;

	*item = (struct relation_item){ .place = written->place, .target_count = 1,
		.position = json_object_get(written->json, "position") };
	item->targets[0] = (struct link_target){ written->row, written->type };
	if (!str_is_null(written->document) &&
		resolve_document(source, lookup, written->document, written, item->targets, &item->target_count) < 0)
		return -1;
	if (!written->anchor)
		return 0;
	if (str_is_null(anchor)) {
		relation_row_id(written->anchor, &item->anchor);
		return 0;
	}
	if (resolve_document(source, lookup, anchor, written, rows, &count) < 0)
		return -1;
	item->anchor = rows[0].id;
	return 0;
}

/* ---- the change ---- */

static int resolve_all(const struct relation_source *source, const struct attribute *attribute, const json_t *value,
	struct relation_item **items_r, unsigned *count_r)
{
	struct scope *scope = source->scope;
	struct written *written;
	struct lookup lookup = { 0 };
	unsigned count;

	if (read_items(scope, value, &written, &count) < 0 ||
		(attribute->target && look_up(scope, attribute, written, count, &lookup) < 0))
		return -1;
	*items_r = arena_array(scope->arena, count, sizeof(**items_r));
	*count_r = count;
	for (unsigned i = 0; i < count; i++) {
		if (!attribute->target && !str_is_null(written[i].document))
			return refuse(scope, "\"%.*s\" takes rows by `id` and `__type`, not documents", STR_ARG(attribute->name));
		if (resolve_item(source, &lookup, &written[i], &(*items_r)[i]) < 0)
			return -1;
	}
	return 0;
}

static bool is_falsy(const json_t *value)
{
	return !value || json_is_null(value) || json_is_false(value) || (json_is_string(value) && !json_string_length(value));
}

int relation_read(const struct relation_source *source, const struct attribute *attribute, const json_t *value,
	struct relation_change *change_r)
{
	const json_t *set = json_object_get(value, "set"), *connect = json_object_get(value, "connect");
	const json_t *disconnect = json_object_get(value, "disconnect");

	*change_r = (struct relation_change){ .kind = RELATION_SET };
	if (json_is_boolean(value) || (json_is_object(value) && json_object_size(value) == 0)) {
		change_r->kind = RELATION_STAYS;
		return 0;
	}
	if (!set && !connect && !disconnect)
		return resolve_all(source, attribute, value, &change_r->items, &change_r->count);
	if (!is_falsy(set))
		return resolve_all(source, attribute, set, &change_r->items, &change_r->count);
	change_r->kind = RELATION_CONNECT;
	change_r->lenient = json_is_false(json_object_get(json_object_get(value, "options"), "strict"));
	if (connect && resolve_all(source, attribute, connect, &change_r->items, &change_r->count) < 0)
		return -1;
	return disconnect ? resolve_all(source, attribute, disconnect, &change_r->leaving, &change_r->leaving_count) : 0;
}
