#include <assert.h>
#include <stdio.h>

#include "db/connection.h"
#include "loop/fiber.h"

struct savepoint {
	char sql[48];
};

static struct str savepoint_sql(struct savepoint *store, const char *verb, unsigned depth)
{
	int n = snprintf(store->sql, sizeof(store->sql), "%s socle_%u", verb, depth);

	return (struct str){ store->sql, (size_t)n };
}

static int start(struct db *db, struct error *error)
{
	bool was_open = db->mysql != NULL;

	if (db_command(db, STR("START TRANSACTION"), error) == 0)
		return 0;
	/* Nothing is undone yet, so a connection that died while idle is no reason to fail. */
	if (!was_open || db->mysql || db->interrupted)
		return -1;
	error_clear(error);
	return db_command(db, STR("START TRANSACTION"), error);
}

int db_begin(struct db *db, struct error *error)
{
	struct savepoint store;

	if (db->depth == 0)
		turn_forget(db);
	if (db->depth == 0 ? start(db, error) < 0 :
	    db_command(db, savepoint_sql(&store, "SAVEPOINT", db->depth), error) < 0)
		return -1;
	db->depth++;
	return 0;
}

static int commit(struct db *db, struct error *error)
{
	if (turn_write(db, error) < 0) {
		db_rollback(db);
		return -1;
	}
	if (db_command(db, STR("COMMIT"), error) == 0) {
		db->depth = 0;
		return 0;
	}
	if (!db->mysql && db->code)
		error_prefix(error, "it is not known whether the transaction was committed: ");
	db_rollback(db);
	return -1;
}

static int release_savepoint(struct db *db, struct error *error)
{
	struct savepoint store;

	db->depth--;
	return db_command(db, savepoint_sql(&store, "RELEASE SAVEPOINT", db->depth), error);
}

int db_commit(struct db *db, struct error *error)
{
	int rc;

	assert(db->depth > 0);
	fiber_shield(true);
	rc = db->depth == 1 ? commit(db, error) : release_savepoint(db, error);
	fiber_shield(false);
	return rc;
}

static void undo_all(struct db *db, struct error *error)
{
	/* What can't be rolled back by asking is rolled back by leaving. */
	if (db->mysql && (!fiber_self() || db_connection_command(db, STR("ROLLBACK"), error) < 0))
		db_connection_close(db);
	db->depth = 0;
	db->broken = ERROR_NONE;
}

static void undo_to_savepoint(struct db *db, struct error *error)
{
	struct savepoint store;

	db->depth--;
	if (!db->broken && db_command(db, savepoint_sql(&store, "ROLLBACK TO SAVEPOINT", db->depth), error) < 0)
		db->broken = error->kind;
}

void db_rollback(struct db *db)
{
	struct error error = ERROR_INIT;
	unsigned code = db->code;

	if (db->depth == 0)
		return;
	fiber_shield(true);
	if (db->depth == 1)
		undo_all(db, &error);
	else
		undo_to_savepoint(db, &error);
	fiber_shield(false);
	error_clear(&error);
	/* Who rolls back wants to know why. */
	db->code = code;
}
