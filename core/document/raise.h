/* Raising the events of a write, in its transaction. */
#ifndef DOCUMENT_RAISE_H
#define DOCUMENT_RAISE_H

#include "document/relation.h"
#include "extension/event.h"

/* Costs nothing when nobody wants to hear of it. A row that is about to go (delete, unpublish) is read, so call this before. */
int raise_event(const struct relation_source *source, const struct model *model, enum event_kind kind,
	struct str document_id, uint64_t row) __attribute__((warn_unused_result));

#endif
