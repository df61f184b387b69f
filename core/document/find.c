#include "document/find.h"

#include "config/settings.h"
#include "document/connection.h"
#include "extension/generation.h"
#include "query/select.h"

/* MariaDB's number for a statement that took too long. */
enum { STATEMENT_TIMEOUT = 1969 };

/* Gives the connection back. What takes too long is asked for by the client: it is told which limit it met. */
static int finish(struct scope *scope, struct db *db, int rc)
{
	if (rc < 0 && scope->error.kind == ERROR_TIMEOUT && db_error_code(db) == STATEMENT_TIMEOUT)
		error_set_details(&scope->error, ERROR_VALIDATION, json_object(),
			"The query takes longer than %lld ms (database.statementTimeout): ask for less at once",
			(long long)scope->generation->settings->database.statement_timeout);
	document_give_back(scope, db);
	return rc;
}

int document_find(struct scope *scope, struct query *query, const struct document_version *version,
	struct rowset **rows_r)
{
	struct db *db = document_borrow(scope);

	if (!db)
		return -1;
	document_version_where(query, version);
	return finish(scope, db, select_rows(db, query, rows_r, &scope->error));
}

/* A page that isn't full is the last one, so it tells how many came before it. An empty one further on doesn't. */
static bool page_tells_total(const struct query *query, const struct rowset *rows)
{
	return query->limited && rows->count < query->limit && (rows->count > 0 || query->offset == 0);
}

int document_find_counted(struct scope *scope, struct query *query, const struct document_version *version,
	struct rowset **rows_r, uint64_t *total_r)
{
	struct db *db = document_borrow(scope);
	int rc;

	if (!db)
		return -1;
	document_version_where(query, version);
	rc = select_rows(db, query, rows_r, &scope->error);
	if (rc == 0 && page_tells_total(query, *rows_r))
		*total_r = query->offset + (*rows_r)->count;
	else if (rc == 0)
		rc = select_count(db, query, total_r, &scope->error);
	return finish(scope, db, rc);
}

int document_count(struct scope *scope, struct query *query, const struct document_version *version, uint64_t *total_r)
{
	struct db *db = document_borrow(scope);

	if (!db)
		return -1;
	document_version_where(query, version);
	return finish(scope, db, select_count(db, query, total_r, &scope->error));
}
