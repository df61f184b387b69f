#include "document/populate.h"

#include "config/settings.h"
#include "document/connection.h"
#include "extension/generation.h"

int document_populate(struct scope *scope, const struct query *query, const struct populate *first,
	const struct rowset *rows, struct loaded **loaded_r)
{
	struct populate_source source = { .arena = scope->arena,
		.most_rows = (unsigned)scope->generation->settings->api.populated_rows };
	int rc;

	if (first && rows->count) {
		source.db = document_borrow(scope);
		if (!source.db)
			return -1;
	}
	/* Other connections don't see what a transaction has written. */
	if (!scope->db)
		source.pool = scope->pool;
	rc = populate_load(&source, query, first, rows, loaded_r, &scope->error);
	document_give_back(scope, source.db);
	return rc;
}
