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

int write_delete(struct db *db, struct arena *arena, const struct model *model, uint64_t id, struct error *error)
{
	struct statement *statement = begin(arena);

	statement_add(statement, "DELETE FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " WHERE `id` = ");
	statement_value(statement, db_uint(id));
	return run(db, statement, NULL, error);
}
