#include "extension/transaction.h"

#include <assert.h>

#include "base/clock.h"
#include "db/db.h"
#include "extension/event.h"
#include "extension/generation.h"
#include "loop/fiber.h"

enum { FIRST_PAUSE_MS = 4, LONGEST_PAUSE_MS = 250 };

struct transaction_callback {
	void (*fn)(struct scope *scope, void *arg);
	void *arg;
	struct crossing whose;
	struct transaction_callback *next;
};

/* ---- what was asked for while it ran ---- */

/* Takes the lists back to where they were: what came since is undone. */
static void forget_since(struct transaction *now, const struct transaction *before)
{
	now->last_event = before->last_event;
	now->event_count = before->event_count;
	now->last_callback = before->last_callback;
	if (now->last_event)
		now->last_event->next = NULL;
	else
		now->first_event = NULL;
	if (now->last_callback)
		now->last_callback->next = NULL;
	else
		now->first_callback = NULL;
}

void transaction_add_event(struct scope *scope, struct event *event)
{
	struct transaction *transaction = scope->transaction;

	assert(transaction);
	if (transaction->last_event)
		transaction->last_event->next = event;
	else
		transaction->first_event = event;
	transaction->last_event = event;
	transaction->event_count++;
}

void transaction_on_commit(struct scope *scope, void (*fn)(struct scope *scope, void *arg), void *arg)
{
	struct transaction *transaction = scope->transaction;
	struct transaction_callback *callback;

	if (!transaction) {
		fn(scope, arg);
		return;
	}
	callback = arena_new_of(scope->arena, struct transaction_callback);
	*callback = (struct transaction_callback){ fn, arg, extension_here(scope), NULL };
	if (transaction->last_callback)
		transaction->last_callback->next = callback;
	else
		transaction->first_callback = callback;
	transaction->last_callback = callback;
}

/* ---- running ---- */

/* A savepoint of the open one. */
static int run_inside(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
{
	struct transaction before = *scope->transaction;

	if (db_begin(scope->db, &scope->error) < 0)
		return -1;
	if (fn(scope, arg) < 0) {
		db_rollback(scope->db);
		forget_since(scope->transaction, &before);
		return -1;
	}
	return db_commit(scope->db, &scope->error);
}

static int attempt(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
{
	if (db_begin(scope->db, &scope->error) < 0)
		return -1;
	if (fn(scope, arg) < 0 || event_tell_durable(scope, scope->transaction->first_event) < 0) {
		db_rollback(scope->db);
		return -1;
	}
	return db_commit(scope->db, &scope->error);
}

/* What a failed attempt has put on the scope's arena stays until the scope ends: there are few of them. */
static int run_outermost(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg,
	struct transaction *transaction)
{
	int rc;

	scope->db = db_acquire(scope->pool, &scope->error);
	if (!scope->db)
		return -1;
	scope->transaction = transaction;
	rc = attempt(scope, fn, arg);
	scope->transaction = NULL;
	db_release(scope->db);
	scope->db = NULL;
	return rc;
}

/* Those who were in each other's way should not meet again: up to twice as long as another's, by chance. */
static int rest(unsigned attempts)
{
	int pause = FIRST_PAUSE_MS << (attempts - 1);

	if (pause > LONGEST_PAUSE_MS)
		pause = LONGEST_PAUSE_MS;
	return fiber_sleep(pause / 2 + (int)(clock_monotonic_us() % (uint64_t)pause));
}

static void committed(struct scope *scope, const struct transaction *transaction)
{
	for (const struct transaction_callback *callback = transaction->first_callback; callback; callback = callback->next) {
		struct crossing before = extension_enter_again(scope, callback->whose);

		callback->fn(scope, callback->arg);
		extension_leave(scope, before);
	}
	event_tell_later(scope, transaction->first_event);
}

int transaction_run(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
{
	/* Within one, the outermost decides about trying again. */
	if (scope->transaction)
		return run_inside(scope, fn, arg);
	for (unsigned i = 1; i <= TRANSACTION_ATTEMPTS; i++) {
		struct transaction transaction = { .attempt = i };

		if (run_outermost(scope, fn, arg, &transaction) == 0) {
			committed(scope, &transaction);
			return 0;
		}
		if (scope->error.kind != ERROR_CONFLICT || i == TRANSACTION_ATTEMPTS || rest(i) < 0)
			break;
		error_clear(&scope->error);
	}
	return -1;
}
