/* A row as the data that would write it: for judging what is stored, and for comparing two versions.
 *
 * Scalars as the API shows them, private ones and passwords too; components with theirs, without ids; zone items with
 * `__component`. Relations and media are left out: they are compared as links.
 */
#ifndef DOCUMENT_TREE_H
#define DOCUMENT_TREE_H

#include <jansson.h>

#include "extension/scope.h"
#include "model/model.h"

/* The caller's: json_decref(). NULL with the error on the scope; also when there is no such row (ERROR_INTERNAL). */
json_t *tree_of_row(struct scope *scope, const struct model *model, uint64_t id) __attribute__((warn_unused_result));

/* One attribute's components alone: an object, an array or null. */
json_t *tree_of_components(struct scope *scope, const struct attribute *attribute, uint64_t owner)
	__attribute__((warn_unused_result));

#endif
