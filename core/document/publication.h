/* Drafts by their published version, and the other way round: Strapi's `publicationFilter`. */
#ifndef DOCUMENT_PUBLICATION_H
#define DOCUMENT_PUBLICATION_H

#include "base/error.h"
#include "http/query.h"
#include "query/query.h"

/* One value of the parameter: "modified", ...; NULL stands for none. */
struct publication;

/* What the parameters `publicationFilter` and, where that is absent, `hasPublishedVersion` ask for. Either may be NULL. */
int publication_read(const struct param *filter, const struct param *has_published_version,
	const struct publication **publication_r, struct error *error) __attribute__((warn_unused_result));

/* Restricts a query that has been restricted to published rows, or else to drafts. A type without draft & publish
 * is left as it is. */
void publication_where(struct query *query, const struct publication *publication, bool published);

#endif
