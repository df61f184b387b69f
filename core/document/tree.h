/* A row as the data that would write it: for judging what is stored, and for comparing two versions.
 *
 * Scalars as the API shows them, private ones and passwords too; components with theirs; zone items with `__component`.
 * Relations and media are compared as links, so a tree for comparing has neither them nor ids. In one for judging
 * components have both, because what is refused is shown to the client as Strapi shows it.
 */
#ifndef DOCUMENT_TREE_H
#define DOCUMENT_TREE_H

#include <jansson.h>

#include "extension/scope.h"
#include "model/model.h"

enum tree_use { TREE_TO_COMPARE, TREE_TO_JUDGE };

/* The caller's: json_decref(). NULL with the error on the scope; also when there is no such row (ERROR_INTERNAL). */
json_t *tree_of_row(struct scope *scope, const struct model *model, uint64_t id, enum tree_use use)
	__attribute__((warn_unused_result));

/* One attribute's components alone: an object, an array or null. */
json_t *tree_of_components(struct scope *scope, const struct attribute *attribute, uint64_t owner, enum tree_use use)
	__attribute__((warn_unused_result));

/* The row's columns alone, automatic ones (id, documentId, createdAt, ...) too: what hooks and events are shown. */
json_t *tree_of_columns(struct scope *scope, const struct model *model, uint64_t id) __attribute__((warn_unused_result));

#endif
