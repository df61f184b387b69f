/* From the parameter `populate` to the tree that query/populate.h reads.
 *
 * The names are known to be good (rest/populate_check.c). What the caller may not see is left out without a
 * word.
 */
#ifndef REST_POPULATE_H
#define REST_POPULATE_H

#include "document/version.h"
#include "extension/scope.h"
#include "http/query.h"
#include "query/populate.h"

/* Prepares the query, whose columns are chosen, and gives what its rows are to be populated with; NULL:
 * nothing. `fields` is what the columns were chosen by. Of entries that may be drafts those of the
 * version's status are shown. */
int populate_read(struct scope *scope, struct query *query, const struct param *fields,
	const struct param *populate, const struct document_version *version, struct populate **first_r)
	__attribute__((warn_unused_result));

#endif
