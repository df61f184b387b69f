#include "document/rows.h"

#include "db/turn.h"
#include "query/statement.h"

int rows_lock(struct scope *scope, const struct model *model, struct str document_id, struct document_rows *rows_r)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	struct rowset *rows;

	turn_note(scope->db, model->table, document_id);
	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT `id`, `published_at` IS NULL, `locale` FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " WHERE `document_id` = ");
	statement_value(statement, db_text(document_id));
	statement_add(statement, " ORDER BY `id` FOR UPDATE");
	if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, &rows,
		&scope->error) < 0)
		return -1;
	rows_r->list = arena_array(scope->arena, rows->count, sizeof(*rows_r->list));
	rows_r->count = rows->count;
	for (unsigned i = 0; i < rows->count; i++) {
		const struct cell *cell = rowset_row(rows, i);

		rows_r->list[i] = (struct document_row){ (uint64_t)cell_integer(&cell[0]),
			model->draft_and_publish && !cell_integer(&cell[1]), cell_text(&cell[2]) };
	}
	return 0;
}

bool rows_in_locale(const struct model *model, const struct document_version *version, const struct document_row *row)
{
	if (!model->localized || version->any_locale || !version->locales)
		return true;
	for (unsigned i = 0; i < version->locale_count; i++) {
		if (str_equal(row->locale, version->locales[i].text))
			return true;
	}
	return false;
}

const struct document_row *rows_find(const struct model *model, const struct document_rows *rows, struct str locale,
	bool published)
{
	for (unsigned i = 0; i < rows->count; i++) {
		const struct document_row *row = &rows->list[i];

		if (row->published == published && (!model->localized || str_equal(row->locale, locale)))
			return row;
	}
	return NULL;
}
