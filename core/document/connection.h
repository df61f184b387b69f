/* The connection that a scope works on: its transaction's, or one from the pool for a moment. */
#ifndef DOCUMENT_CONNECTION_H
#define DOCUMENT_CONNECTION_H

#include "db/db.h"
#include "extension/scope.h"

/* NULL with the error on the scope. */
struct db *document_borrow(struct scope *scope) __attribute__((warn_unused_result));
void document_give_back(struct scope *scope, struct db *db);

/* Runs fn in a transaction: in the scope's own when it has one (as a savepoint), else in a new one, which is tried again up to
 * nine times, after growing pauses, when the database calls it off (deadlock, lock time-out, certification). fn may so run
 * several times. */
int document_transaction(struct scope *scope, int (*fn)(struct scope *scope, void *arg), void *arg)
	__attribute__((warn_unused_result));

#endif
