#include "document/publish.h"

#include "document/adopt.h"
#include "document/copy.h"
#include "document/stamp.h"
#include "document/tree.h"
#include "document/unique.h"
#include "document/validate.h"
#include "extension/generation.h"
#include "query/columns.h"
#include "query/statement.h"

int publish_counterpart(struct scope *scope, const struct model *model, uint64_t row, bool published, uint64_t *other_r)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	struct rowset *rows;

	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT o.`id` FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " r INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement, " o ON o.`document_id` = r.`document_id` AND o.`locale` <=> r.`locale` AND o.`published_at` IS ");
	buf_add(&statement->sql, published ? STR("NOT NULL") : STR("NULL"));
	statement_add(statement, " WHERE r.`id` = ");
	statement_value(statement, db_uint(row));
	statement_add(statement, " ORDER BY o.`id` LIMIT 1");
	if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, &rows,
		&scope->error) < 0)
		return -1;
	*other_r = rows->count ? (uint64_t)cell_integer(rows->cells) : 0;
	return 0;
}

/* What is stored of a password is a hash: its length and pattern say nothing of the password's. */
static void forget_passwords(const struct model *model, json_t *tree)
{
	for (unsigned i = 0; i < model->column_count; i++) {
		const struct attribute *attribute = model->columns[i];
		const json_t *value = json_object_getn(tree, attribute->name.p, attribute->name.n);

		if (attribute->type == ATTRIBUTE_PASSWORD && json_is_string(value))
			json_object_deln(tree, attribute->name.p, attribute->name.n);
	}
}

static int judge(const struct relation_source *source, const struct model *model, uint64_t draft, uint64_t published)
{
	struct scope *scope = source->scope;
	struct db_value locale = db_text(source->locale);
	struct unique_search search = { scope, published, source->localized ? &locale : NULL };
	const struct validate_options options = { .creating = true, .models = scope->generation->models,
		.is_taken = unique_is_taken, .arg = &search };
	json_t *tree = tree_of_row(scope, model, draft, TREE_TO_JUDGE);
	int rc;

	if (!tree)
		return -1;
	forget_passwords(model, tree);
	rc = document_validate(model, tree, &options, &scope->error);
	json_decref(tree);
	return rc;
}

/* The columns that the copy takes over beside the schema's. */
static unsigned fixed_columns(struct scope *scope, const struct model *model, const struct cell *draft, bool inserting,
	struct assignment *fixed)
{
	const struct attribute *taken[] = { model->updated_at, model->created_at, model->document_id, model->locale };
	unsigned count = inserting ? sizeof(taken) / sizeof(taken[0]) : 1;

	for (unsigned i = 0; i < count; i++)
		fixed[i] = (struct assignment){ taken[i], columns_value(scope->arena, &draft[taken[i]->column_index]) };
	fixed[count] = (struct assignment){ model->published_at, stamp_now(scope->arena) };
	return count + 1;
}

/* Who made and changed it: columns that hold links. */
static int copy_creators(struct scope *scope, const struct model *model, uint64_t draft, uint64_t published)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);

	statement_init(statement, scope->arena);
	statement_add(statement, "UPDATE ");
	statement_name(statement, model->table);
	statement_add(statement, " p INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement, " d ON d.`id` = ");
	statement_value(statement, db_uint(draft));
	statement_add(statement, " SET p.`created_by_id` = d.`created_by_id`, p.`updated_by_id` = d.`updated_by_id` WHERE p.`id` = ");
	statement_value(statement, db_uint(published));
	statement_add(statement, " AND NOT (p.`created_by_id` <=> d.`created_by_id` AND p.`updated_by_id` <=> d.`updated_by_id`)");
	return db_execute(scope->db, buf_str(&statement->sql), statement->values, statement->count, NULL, &scope->error);
}

int publish_row(const struct relation_source *source, const struct model *model, uint64_t draft, uint64_t *published_r)
{
	struct scope *scope = source->scope;
	struct relation_source published = *source;
	struct assignment fixed[5];
	const struct cell *cells;
	uint64_t row;
	bool first;

	published.published = true;
	if (publish_counterpart(scope, model, draft, true, &row) < 0 || judge(source, model, draft, row) < 0 ||
		columns_read(scope->db, scope->arena, model, draft, &cells, &scope->error) < 0)
		return -1;
	if (!cells)
		return scope_throw(scope, ERROR_CONFLICT, "a draft of %.*s went while it was published", STR_ARG(model->table));
	first = row == 0;
	if (copy_row(&published, model, draft, &row, COPY_ALL, fixed,
		fixed_columns(scope, model, cells, first, fixed)) < 0 ||
		copy_creators(scope, model, draft, row) < 0)
		return -1;
	*published_r = row;
	return first ? adopt_links(scope, model, draft, row) : 0;
}
