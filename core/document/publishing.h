/* Publishing documents, taking them back, and giving up their drafts: in the scope's open transaction, like the writes of
 * document/write.h.
 *
 * The version says which locales are meant. A type without draft & publish knows none of these.
 */
#ifndef DOCUMENT_PUBLISHING_H
#define DOCUMENT_PUBLISHING_H

#include "document/version.h"

/* Rows that a call has made or written, one per locale, in the scope's arena. */
struct document_entries {
	uint64_t *ids;
	unsigned count;
};

/* The drafts' published rows. A locale without a draft has nothing to publish. */
int document_publish(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, struct document_entries *entries_r) __attribute__((warn_unused_result));

/* Removes the published rows. *removed_r has them as they were, in the columns of `shown`; `shown` NULL: nothing. */
int document_unpublish(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, const struct query *shown, struct rowset **removed_r)
	__attribute__((warn_unused_result));

/* Makes the drafts like the published rows. The draft of a locale that was never published stays as it is: there is nothing to go
 * back to, and Strapi, which deletes it then, loses content. */
int document_discard_draft(struct scope *scope, const struct model *model, struct str document_id,
	const struct document_version *version, struct document_entries *entries_r) __attribute__((warn_unused_result));

/* The rows of these ids, in the columns of `shown`, read in the open transaction. */
int document_read_removed(struct scope *scope, const struct query *shown, const uint64_t *ids, unsigned count,
	struct rowset **removed_r) __attribute__((warn_unused_result));

#endif
