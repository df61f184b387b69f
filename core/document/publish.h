/* Moving content between the draft and the published version of a document, one locale at a time.
 *
 * The published row keeps its id when it is published again, so that links into it stay where they are; what
 * differs from the draft is all that is written.
 */
#ifndef DOCUMENT_PUBLISH_H
#define DOCUMENT_PUBLISH_H

#include "document/row.h"

/* Judges the draft as a new entry and makes the published row like it. *published_r is its id. */
int publish_row(const struct relation_source *source, const struct model *model, uint64_t draft, uint64_t *published_r)
	__attribute__((warn_unused_result));

/* Makes the draft like the published row; *draft 0: there is none yet, and its id then. */
int publish_discard(const struct relation_source *source, const struct model *model, uint64_t published, uint64_t *draft)
	__attribute__((warn_unused_result));

#endif
