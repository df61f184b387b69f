/* The connection that a scope works on: its transaction's, or one from the pool for a moment. */
#ifndef DOCUMENT_CONNECTION_H
#define DOCUMENT_CONNECTION_H

#include "db/db.h"
#include "extension/scope.h"

/* NULL with the error on the scope. */
struct db *document_borrow(struct scope *scope) __attribute__((warn_unused_result));
void document_give_back(struct scope *scope, struct db *db);

#endif
