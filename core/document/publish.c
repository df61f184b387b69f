#include "document/publish.h"

#include "document/adopt.h"
#include "document/copy.h"
#include "document/judge.h"
#include "document/stamp.h"
#include "document/tree.h"
#include "query/columns.h"
#include "query/statement.h"

/* The published row of a draft; 0 when there is none. */
static int find_published(struct scope *scope, const struct model *model, uint64_t draft, uint64_t *published_r)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	struct rowset *rows;

	statement_init(statement, scope->arena);
	statement_add(statement, "SELECT o.`id` FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " r INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement, " o ON o.`document_id` = r.`document_id` AND o.`locale` <=> r.`locale` AND o.`published_at` IS NOT NULL "
		"WHERE r.`id` = ");
	statement_value(statement, db_uint(draft));
	statement_add(statement, " ORDER BY o.`id` LIMIT 1");
	if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, &rows,
		&scope->error) < 0)
		return -1;
	*published_r = rows->count ? (uint64_t)cell_integer(rows->cells) : 0;
	return 0;
}

static int judge(const struct relation_source *source, const struct model *model, uint64_t draft, const struct cell *cells,
	uint64_t published)
{
	json_t *tree = tree_of_cells(source->scope, model, draft, cells, TREE_TO_JUDGE);
	int rc = tree ? judge_stored(source, model, tree, false, published) : -1;

	json_decref(tree);
	return rc;
}

/* The columns that the copy takes over beside the schema's. */
static unsigned fixed_columns(struct scope *scope, const struct model *model, const struct cell *from, bool inserting,
	struct db_value published_at, struct assignment *fixed)
{
	const struct attribute *taken[] = { model->updated_at, model->created_at, model->document_id, model->locale };
	unsigned count = inserting ? sizeof(taken) / sizeof(taken[0]) : 1;

	for (unsigned i = 0; i < count; i++)
		fixed[i] = (struct assignment){ taken[i], columns_value(scope->arena, &from[taken[i]->column_index]) };
	fixed[count] = (struct assignment){ model->published_at, published_at };
	return count + 1;
}

/* Who made and changed it: columns that hold links. */
static int copy_creators(struct scope *scope, const struct model *model, uint64_t from, uint64_t to)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);

	statement_init(statement, scope->arena);
	statement_add(statement, "UPDATE ");
	statement_name(statement, model->table);
	statement_add(statement, " p INNER JOIN ");
	statement_name(statement, model->table);
	statement_add(statement, " d ON d.`id` = ");
	statement_value(statement, db_uint(from));
	statement_add(statement, " SET p.`created_by_id` = d.`created_by_id`, p.`updated_by_id` = d.`updated_by_id` WHERE p.`id` = ");
	statement_value(statement, db_uint(to));
	statement_add(statement, " AND NOT (p.`created_by_id` <=> d.`created_by_id` AND p.`updated_by_id` <=> d.`updated_by_id`)");
	return db_execute(scope->db, buf_str(&statement->sql), statement->values, statement->count, NULL, &scope->error);
}

static int read(struct scope *scope, const struct model *model, uint64_t row, const struct cell **cells_r)
{
	if (columns_read(scope->db, scope->arena, model, row, cells_r, &scope->error) < 0)
		return -1;
	if (!*cells_r)
		return scope_throw(scope, ERROR_CONFLICT, "a row of %.*s went while it was copied", STR_ARG(model->table));
	return 0;
}

/* Makes `to` (0: a new row) like the row `from`, which is its other version. */
static int copy_version(const struct relation_source *to_source, const struct model *model, uint64_t from,
	const struct cell *cells, struct db_value published_at, uint64_t *to)
{
	struct scope *scope = to_source->scope;
	struct assignment fixed[5];
	unsigned count = fixed_columns(scope, model, cells, *to == 0, published_at, fixed);

	if (copy_row(to_source, model, from, cells, to, COPY_ALL, fixed, count) < 0)
		return -1;
	return copy_creators(scope, model, from, *to);
}

int publish_row(const struct relation_source *source, const struct model *model, uint64_t draft, uint64_t *published_r)
{
	struct scope *scope = source->scope;
	struct relation_source published = *source;
	const struct cell *cells;
	uint64_t row;
	bool first;

	published.published = true;
	if (find_published(scope, model, draft, &row) < 0 || read(scope, model, draft, &cells) < 0 ||
		judge(source, model, draft, cells, row) < 0)
		return -1;
	first = row == 0;
	if (copy_version(&published, model, draft, cells, stamp_now(scope->arena), &row) < 0)
		return -1;
	*published_r = row;
	return first ? adopt_links(scope, model, draft, row) : 0;
}

int publish_discard(const struct relation_source *source, const struct model *model, uint64_t published, uint64_t *draft)
{
	const struct cell *cells;

	return read(source->scope, model, published, &cells) < 0 ? -1 :
		copy_version(source, model, published, cells, db_null(), draft);
}
