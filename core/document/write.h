/* Writing documents.
 *
 * Each call is one transaction: all of it happens or nothing. `data` is checked
 * here in full (document/validate.h); its keys must be attributes of the model.
 *
 * Served so far: scalar attributes of types without draft & publish. Everything else is
 * ERROR_NOT_IMPLEMENTED before anything is written.
 */
#ifndef DOCUMENT_WRITE_H
#define DOCUMENT_WRITE_H

#include <jansson.h>

#include "document/version.h"

/* `data` is borrowed. *row_r is the new row's id, *document_id_r (which may be NULL)
 * the document's, with a NUL behind it. */
int document_create(struct scope *scope, const struct model *model, const json_t *data,
	const struct document_version *version, uint64_t *row_r, struct str *document_id_r)
	__attribute__((warn_unused_result));

/* *row_r is 0 when there is no such document. */
int document_update(struct scope *scope, const struct model *model, struct str document_id, const json_t *data,
	const struct document_version *version, uint64_t *row_r) __attribute__((warn_unused_result));

/* 0 also when there is no such document. `condition` restricts which rows go (NULL: all of the version). */
int document_delete(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, struct query *condition) __attribute__((warn_unused_result));

/* The documentId of a single type's row, STR_NULL when there is none yet. */
int document_single_id(struct scope *scope, const struct model *model, struct str *document_id_r)
	__attribute__((warn_unused_result));

#endif
