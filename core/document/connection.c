#include "document/connection.h"

#include "base/clock.h"
#include "loop/fiber.h"

enum { ATTEMPTS = 10, FIRST_PAUSE_MS = 4, LONGEST_PAUSE_MS = 250 };

struct db *document_borrow(struct scope *scope)
{
	return scope->db ? scope->db : db_acquire(scope->pool, &scope->error);
}

void document_give_back(struct scope *scope, struct db *db)
{
	if (db != scope->db)
		db_release(db);
}

/* Those who were in each other's way should not meet again: up to twice as long as another's, by chance. */
static int rest(unsigned failures)
{
	int pause = FIRST_PAUSE_MS << failures;

	if (pause > LONGEST_PAUSE_MS)
		pause = LONGEST_PAUSE_MS;
	return fiber_sleep(pause / 2 + (int)(clock_monotonic_us() % (uint64_t)pause));
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
			if (scope->error.kind != ERROR_CONFLICT || rest((unsigned)i - 1) < 0)
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
