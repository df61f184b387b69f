/* Cloning: a new document with the content of another, and what `data` says instead.
 *
 * Drafts are copied (of a type without draft & publish, its rows), locale by locale, with components, media and relations. A target
 * that can belong to one entry only stays with the original. Objects in `data` (components) are merged into what is copied,
 * everything else replaces it. As drafts are judged, two with one unique value are no error.
 */
#ifndef DOCUMENT_CLONE_H
#define DOCUMENT_CLONE_H

#include <jansson.h>

#include "document/publishing.h"

/* In the scope's open transaction. `data` NULL: nothing else. No entries when there is no such document. */
int document_clone(struct scope *scope, const struct model *model, struct str document_id, const json_t *data,
	const struct document_version *version, struct str *clone_id_r, struct document_entries *entries_r)
	__attribute__((warn_unused_result));

#endif
