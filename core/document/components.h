/* The components of a row: writing what data says, before the row itself; linking them, after it. */
#ifndef DOCUMENT_COMPONENTS_H
#define DOCUMENT_COMPONENTS_H

#include "document/row.h"

static inline bool holds_components(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_COMPONENT || attribute->type == ATTRIBUTE_DYNAMICZONE;
}

/* What one attribute's list of components was and shall be. */
struct components_change {
	const struct attribute *attribute;
	struct links before;
	struct link_target *wanted;
	unsigned count;
};

/* Inserts and updates component rows as `value` says. `owner` 0: its row isn't there yet. An id in the value must be one of the
 * owner's own. */
int components_write(const struct relation_source *source, const struct attribute *attribute, uint64_t owner,
	const json_t *value, struct components_change *change_r) __attribute__((warn_unused_result));

/* Links them to their owner, and deletes those that it no longer has. */
int components_link(const struct relation_source *source, const struct components_change *change, uint64_t owner)
	__attribute__((warn_unused_result));

#endif
