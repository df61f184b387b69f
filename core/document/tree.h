/* A row as the data that would write it: for judging what is stored, for comparing two versions, for taking over.
 *
 * Scalars as the API shows them, private ones and passwords too; components with theirs; zone items with `__component`.
 * Relations and media are compared as links, so a tree for comparing has neither them nor ids. In one for judging
 * components have both, because what is refused is shown to the client as Strapi shows it. One to take from, for another entry, has
 * components without ids, and of their links those that are the same for every version and locale.
 */
#ifndef DOCUMENT_TREE_H
#define DOCUMENT_TREE_H

#include <jansson.h>

#include "db/rowset.h"
#include "extension/scope.h"
#include "model/model.h"

enum tree_use { TREE_TO_COMPARE, TREE_TO_JUDGE, TREE_TO_TAKE };

/* The caller's: json_decref(). NULL with the error on the scope; also when there is no such row (ERROR_INTERNAL). */
json_t *tree_of_row(struct scope *scope, const struct model *model, uint64_t id, enum tree_use use)
	__attribute__((warn_unused_result));

/* The same of a row that has been read: its columns, as columns_read() gives them. */
json_t *tree_of_cells(struct scope *scope, const struct model *model, uint64_t id, const struct cell *cells, enum tree_use use)
	__attribute__((warn_unused_result));

/* One attribute's components alone: an object, an array or null. */
json_t *tree_of_components(struct scope *scope, const struct attribute *attribute, uint64_t owner, enum tree_use use)
	__attribute__((warn_unused_result));

/* The row's columns alone, automatic ones (id, documentId, createdAt, ...) too: what hooks and events are shown. */
json_t *tree_of_columns(struct scope *scope, const struct model *model, uint64_t id) __attribute__((warn_unused_result));

#endif
