#include "document/connection.h"

#include "loop/fiber.h"

enum { ATTEMPTS = 4, PAUSE_MS = 10 };

struct db *document_borrow(struct scope *scope)
{
	return scope->db ? scope->db : db_acquire(scope->pool, &scope->error);
}

void document_give_back(struct scope *scope, struct db *db)
{
	if (db != scope->db)
		db_release(db);
}

static int attempt(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
{
	if (db_begin(scope->db, &scope->error) < 0)
		return -1;
	if (fn(scope, arg) < 0) {
		db_rollback(scope->db);
		return -1;
	}
	return db_commit(scope->db, &scope->error);
}

int document_transaction(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
{
	int rc = -1;

	/* Within one, the outermost decides about trying again. */
	if (scope->db)
		return attempt(scope, fn, arg);
	for (int i = 0; i < ATTEMPTS && rc < 0; i++) {
		if (i > 0) {
			if (scope->error.kind != ERROR_CONFLICT || fiber_sleep(PAUSE_MS << i) < 0)
				break;
			error_clear(&scope->error);
		}
		scope->db = db_acquire(scope->pool, &scope->error);
		if (!scope->db)
			return -1;
		rc = attempt(scope, fn, arg);
		db_release(scope->db);
		scope->db = NULL;
	}
	return rc;
}
