/* Keeping the locales of a document in step in what they share. */
#ifndef DOCUMENT_LOCALIZED_H
#define DOCUMENT_LOCALIZED_H

#include "document/row.h"

/* Makes the rows of the other locales, in the same state as `row`, like it in every attribute that is not localized. */
int localized_sync(const struct relation_source *source, const struct model *model, uint64_t row)
	__attribute__((warn_unused_result));

/* What a new locale takes from the ones that are there: adds to `data` the shared attributes that it lacks. */
int localized_fill(struct scope *scope, const struct model *model, struct str document_id, json_t *data)
	__attribute__((warn_unused_result));

#endif
