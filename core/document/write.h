/* Writing documents: create, update, delete.
 *
 * All happens in the scope's open transaction, which may be undone and run again (document/action.h), so what comes in is left as it
 * is. `data` is judged here in full (document/validate.h); its keys must be attributes of the model. Writers of one document take turns.
 *
 * `version` says which locale is meant, and whether a type with draft & publish is published at once.
 */
#ifndef DOCUMENT_WRITE_H
#define DOCUMENT_WRITE_H

#include <jansson.h>

#include "document/version.h"

/* *row_r is the row that the answer shows: the published one when it was published. *document_id_r (may be NULL) has a NUL
 * behind it. `data` is borrowed; a `documentId` in it names the document, which must lack the locale. (Clients can't send one.) */
int document_create(struct scope *scope, const struct model *model, const json_t *data,
	const struct document_version *version, uint64_t *row_r, struct str *document_id_r)
	__attribute__((warn_unused_result));

/* Makes the locale when the document lacks it. *row_r is 0 when there is no such document. */
int document_update(struct scope *scope, const struct model *model, struct str document_id, const json_t *data,
	const struct document_version *version, uint64_t *row_r) __attribute__((warn_unused_result));

/* All states of the locales meant. 0 also when there is no such document. `condition` restricts which rows go; NULL: none.
 * *removed_r has them as they were, in the columns of `shown`; `shown` NULL: nothing. */
int document_delete(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, const struct query *condition, const struct query *shown,
	struct rowset **removed_r) __attribute__((warn_unused_result));

/* The documentId of a single type's row, STR_NULL when there is none yet. */
int document_single_id(struct scope *scope, const struct model *model, struct str *document_id_r)
	__attribute__((warn_unused_result));

#endif
