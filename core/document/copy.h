/* Making one version of a document like another: publishing, discarding, keeping locales in step.
 *
 * Only what differs is written: columns as they stand in the database (a password stays the hash that it is), components
 * anew where their content differs, media and relations link by link.
 */
#ifndef DOCUMENT_COPY_H
#define DOCUMENT_COPY_H

#include "document/row.h"

enum copy_what {
	COPY_ALL,		/* every attribute of the schema */
	COPY_CLONE,		/* the same, but for links to targets that can have one owner only: they stay */
	COPY_NOT_LOCALIZED,	/* those that all locales share; no relations */
};

/* `cells`: the columns of `from`, as columns_read() gives them; NULL: nobody has read them. `to` 0 inserts a row with the columns
 * `fixed`, whose id is *to; else the row gets them too. Relations to types with
 * draft & publish are led over to the version that `source` is of; those that have none are left out. */
int copy_row(const struct relation_source *source, const struct model *model, uint64_t from, const struct cell *cells,
	uint64_t *to, enum copy_what what, const struct assignment *fixed, unsigned fixed_count) __attribute__((warn_unused_result));

/* Whether all locales have the attribute in common. */
bool copy_is_shared(const struct attribute *attribute);

/* Whether two rows differ in what all locales share. */
int copy_differs(struct scope *scope, const struct model *model, uint64_t a, uint64_t b, bool *differs_r)
	__attribute__((warn_unused_result));

#endif
