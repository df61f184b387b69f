/* Many rows at a time, as Strapi's Query Engine has it: rows, not documents.
 *
 * Nothing is validated, versions and locales mean nothing, relations and components in `data` are passed over, and of the lifecycle hooks
 * only the bulk forms run. Values are cast to their columns; createdAt and updatedAt are set where createMany doesn't say, a
 * documentId and a password's hash are made. Each call is one transaction, in which the rows that are meant are
 * locked: of several who change the same at once, one finds each.
 */
#ifndef DOCUMENT_BULK_H
#define DOCUMENT_BULK_H

#include <jansson.h>

#include "extension/scope.h"
#include "model/model.h"

/* How many rows one call takes at the most: they are all in memory, and in one transaction. */
enum { BULK_ROWS = 10000 };

/* `list`: an array of objects. */
int bulk_create(struct scope *scope, const struct model *model, const json_t *list, uint64_t *count_r)
	__attribute__((warn_unused_result));

/* `where`: filters, as REST has them; NULL: every row. */
int bulk_update(struct scope *scope, const struct model *model, const json_t *where, const json_t *data, uint64_t *count_r)
	__attribute__((warn_unused_result));

/* Components and links go with their rows. */
int bulk_delete(struct scope *scope, const struct model *model, const json_t *where, uint64_t *count_r)
	__attribute__((warn_unused_result));

#endif
