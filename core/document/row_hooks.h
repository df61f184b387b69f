/* Lifecycle hooks around the writing of one row: what they are shown, and when they run.
 *
 * A row's components have been written before its hooks run, as in Strapi: they see them, and can't change them. What the host sets
 * (documentId, createdAt, ...) they see as well, and a change of it is passed over.
 */
#ifndef DOCUMENT_ROW_HOOKS_H
#define DOCUMENT_ROW_HOOKS_H

#include "query/lifecycle.h"
#include "query/write.h"

/* {"id": 7}, as long as the scope. */
json_t *row_hooks_where(struct scope *scope, uint64_t id);

/* Runs `before` on a copy of the data, which is event->data from then on. */
int row_hooks_begin(struct scope *scope, struct lifecycle_event *event, const json_t *data, const struct assignment *fixed,
	unsigned fixed_count) __attribute__((warn_unused_result));

/* Runs `before` of a deletion, of which the result is the row as it is now. */
int row_hooks_begin_delete(struct scope *scope, struct lifecycle_event *event, uint64_t id)
	__attribute__((warn_unused_result));

/* Reads the row, where somebody wants to see it, and runs `after`. */
int row_hooks_end(struct scope *scope, struct lifecycle_event *event, uint64_t id) __attribute__((warn_unused_result));

#endif
