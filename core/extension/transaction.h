/* Transactions: all of it happens or nothing.
 *
 * The outermost call has a connection to itself, and is tried again when the database calls it off (deadlock, lock time-out,
 * certification); calls inside are savepoints. `fn` may so run several times: it starts from untouched data each time, and what
 * it does outside of the database belongs into transaction_on_commit().
 *
 *	static int move(struct scope *scope, void *arg)
 *	{
 *		...
 *		transaction_on_commit(scope, tell_cache, entry);
 *		return 0;
 *	}
 *	if (transaction_run(scope, move, &entry) < 0)
 *		return -1;	// undone; the error is on the scope
 */
#ifndef EXTENSION_TRANSACTION_H
#define EXTENSION_TRANSACTION_H

#include "extension/scope.h"

struct event;
struct transaction_callback;

struct transaction {
	unsigned attempt;		/* 1, 2, ... */
	struct event *first_event, *last_event;
	unsigned event_count, event_depth;
	struct transaction_callback *first_callback, *last_callback;
};

/* How often one is tried, all in all; the pauses between grow from 4 to 250 ms. */
enum { TRANSACTION_ATTEMPTS = 10 };

int transaction_run(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
	__attribute__((warn_unused_result));

/* Runs when the outermost transaction has been committed, in the order of these calls and as the code that asked for it; never when it,
 * or the part in which it was asked for, is undone. Outside of a transaction it runs at once. `arg` must live as long as the scope's arena. */
void transaction_on_commit(struct scope *scope, void (*fn)(struct scope *scope, void *arg), void *arg);

/* Keeps an event for the end. It is in the scope's arena. */
void transaction_add_event(struct scope *scope, struct event *event);

#endif
