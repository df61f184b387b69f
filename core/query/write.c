#include "query/write.h"

#include "query/statement.h"

static struct statement *begin(struct arena *arena)
{
	struct statement *statement = arena_new_of(arena, struct statement);

	statement_init(statement, arena);
	return statement;
}

static int run(struct db *db, struct statement *statement, struct db_result *result, struct error *error)
{
	return db_execute(db, buf_str(&statement->sql), statement->values, statement->count, result, error);
}

int write_insert(struct db *db, struct arena *arena, const struct model *model, const struct assignment *assignments,
	unsigned count, uint64_t *id_r, struct error *error)
{
	struct statement *statement = begin(arena);
	struct db_result result;

	statement_add(statement, "INSERT INTO ");
	statement_name(statement, model->table);
	statement_add(statement, " (");
	for (unsigned i = 0; i < count; i++) {
		buf_add(&statement->sql, i ? STR(", ") : STR_NULL);
		statement_name(statement, assignments[i].attribute->column);
	}
	statement_add(statement, ") VALUES (");
	for (unsigned i = 0; i < count; i++) {
		buf_add(&statement->sql, i ? STR(", ") : STR_NULL);
		statement_value(statement, assignments[i].value);
	}
	statement_add(statement, ")");
	if (run(db, statement, &result, error) < 0)
		return -1;
	*id_r = result.insert_id;
	return 0;
}

int write_update(struct db *db, struct arena *arena, const struct model *model, uint64_t id,
	const struct assignment *assignments, unsigned count, struct error *error)
{
	struct statement *statement = begin(arena);

	statement_add(statement, "UPDATE ");
	statement_name(statement, model->table);
	for (unsigned i = 0; i < count; i++) {
		buf_add(&statement->sql, i ? STR(", ") : STR(" SET "));
		statement_name(statement, assignments[i].attribute->column);
		statement_add(statement, " = ");
		statement_value(statement, assignments[i].value);
	}
	statement_add(statement, " WHERE `id` = ");
	statement_value(statement, db_uint(id));
	return run(db, statement, NULL, error);
}

int write_delete(struct db *db, struct arena *arena, const struct model *model, const struct db_value *ids,
	unsigned count, struct error *error)
{
	for (unsigned from = 0; from < count; from += 128) {
		unsigned n = count - from < 128 ? count - from : 128, size = db_list_size(n);
		struct statement *statement = begin(arena);

		statement_add(statement, "DELETE FROM ");
		statement_name(statement, model->table);
		statement_add(statement, " WHERE `id` IN ");
		for (unsigned i = 0; i < size; i++) {
			buf_add_char(&statement->sql, i ? ',' : '(');
			statement_value(statement, ids[from + (i < n ? i : n - 1)]);
		}
		statement_add(statement, ")");
		if (run(db, statement, NULL, error) < 0)
			return -1;
	}
	return 0;
}
