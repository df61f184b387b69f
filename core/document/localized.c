#include "document/localized.h"

#include "document/components.h"
#include "document/copy.h"
#include "document/stamp.h"
#include "document/tree.h"
#include "query/statement.h"

static int other_locales(struct scope *scope, const struct model *model, uint64_t row, struct rowset **rows_r)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);

	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT o.`id` FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " r INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement, " o ON o.`document_id` = r.`document_id` AND o.`id` <> r.`id` AND "
		"(o.`published_at` IS NULL) = (r.`published_at` IS NULL) WHERE r.`id` = ");
	statement_value(statement, db_uint(row));
	statement_add(statement, " ORDER BY o.`id`");
	return db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, rows_r,
		&scope->error);
}

int localized_sync(const struct relation_source *source, const struct model *model, uint64_t row)
{
	struct scope *scope = source->scope;
	struct assignment fixed = { model->updated_at, stamp_now(scope->arena) };
	struct rowset *rows;

	if (other_locales(scope, model, row, &rows) < 0)
		return -1;
	for (unsigned i = 0; i < rows->count; i++) {
		uint64_t other = (uint64_t)cell_integer(rowset_row(rows, i));
		bool differs;

		if (copy_differs(scope, model, row, other, &differs) < 0 ||
			(differs && copy_row(source, model, row, NULL, &other, COPY_NOT_LOCALIZED, &fixed, 1) < 0))
			return -1;
	}
	return 0;
}

/* ---- a new locale ---- */

/* The row to take from: the one published last, a draft when none is. */
static int find_example(struct scope *scope, const struct model *model, struct str document_id, uint64_t *row_r)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	struct rowset *rows;

	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT `id` FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " WHERE `document_id` = ");
	statement_value(statement, db_text(document_id));
	statement_add(statement, " ORDER BY `published_at` DESC, `id` LIMIT 1");
	if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, &rows,
		&scope->error) < 0)
		return -1;
	*row_r = rows->count ? (uint64_t)cell_integer(rows->cells) : 0;
	return 0;
}

static int add_media(struct scope *scope, const struct attribute *attribute, uint64_t from, json_t *data)
{
	struct links links;
	json_t *list;

	if (links_read(scope->db, scope->arena, attribute, from, &links, &scope->error) < 0)
		return -1;
	list = json_array();
	for (unsigned i = 0; i < links.count; i++)
		json_array_append_new(list, json_integer((json_int_t)links.targets[i].id));
	json_object_setn_new(data, attribute->name.p, attribute->name.n, list);
	return 0;
}

int localized_fill(struct scope *scope, const struct model *model, struct str document_id, json_t *data)
{
	uint64_t example;
	json_t *tree;

	if (find_example(scope, model, document_id, &example) < 0)
		return -1;
	tree = example ? tree_of_row(scope, model, example, TREE_TO_TAKE) : NULL;
	if (!tree)
		return example ? -1 : 0;
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		const json_t *given = json_object_getn(data, attribute->name.p, attribute->name.n);
		json_t *there = json_object_getn(tree, attribute->name.p, attribute->name.n);

		if (!copy_is_shared(attribute) || (given && !json_is_null(given)))
			continue;
		if (attribute->type == ATTRIBUTE_MEDIA) {
			if (add_media(scope, attribute, example, data) < 0) {
				json_decref(tree);
				return -1;
			}
		} else if (there) {
			json_object_setn(data, attribute->name.p, attribute->name.n, there);
		}
	}
	json_decref(tree);
	return 0;
}
