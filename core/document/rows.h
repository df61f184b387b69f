/* The rows that a document consists of: a draft and a published one per locale. */
#ifndef DOCUMENT_ROWS_H
#define DOCUMENT_ROWS_H

#include "document/version.h"

struct document_row {
	uint64_t id;
	bool published;			/* of a type without draft & publish: false */
	struct str locale;		/* of a localized type */
};

struct document_rows {
	struct document_row *list;	/* by id, in the scope's arena */
	unsigned count;
};

/* Reads and locks all of them: who writes the document next waits here. None when there is no such document. */
int rows_lock(struct scope *scope, const struct model *model, struct str document_id, struct document_rows *rows_r)
	__attribute__((warn_unused_result));

/* Whether the version is about the row's locale. */
bool rows_in_locale(const struct model *model, const struct document_version *version, const struct document_row *row);

/* Of these rows, the one in that locale and state; NULL when there is none. */
const struct document_row *rows_find(const struct model *model, const struct document_rows *rows, struct str locale,
	bool published);

#endif
