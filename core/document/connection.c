#include "document/connection.h"

struct db *document_borrow(struct scope *scope)
{
	return scope->db ? scope->db : db_acquire(scope->pool, &scope->error);
}

void document_give_back(struct scope *scope, struct db *db)
{
	if (db != scope->db)
		db_release(db);
}
