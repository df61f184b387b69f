/* Rich text in blocks: paragraphs, headings, lists, quotes, code, images, and the text and links in them.
 *
 * validate_blocks (document/validate_internal.h) is what validation knows of it; this is for those who have a
 * value at hand. */
#ifndef DOCUMENT_BLOCKS_H
#define DOCUMENT_BLOCKS_H

#include "document/failures.h"

/* A new reference: the nodes with texts, numbers and booleans in their own form. The whole may come as JSON
 * text; what is no list becomes null. */
json_t *blocks_cast(json_t *value);

/* Judges a list that was cast. Returns the tick at which the check ended. */
unsigned blocks_check(const json_t *value, const json_t *original, const struct place *place, unsigned tick,
	struct failures *failures);

#endif
