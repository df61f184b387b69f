/* `unique` attributes: whether another row holds the value already. */
#ifndef DOCUMENT_UNIQUE_H
#define DOCUMENT_UNIQUE_H

#include "document/validate.h"
#include "extension/scope.h"
#include "query/query.h"

/* What a row is compared with: the published rows of its model, in its locale, but for itself. */
struct unique_search {
	struct scope *scope;
	uint64_t own_row;			/* 0: it isn't there yet */
	const struct db_value *locale;		/* NULL: any */
};

/* A validate_options.is_taken; arg is a struct unique_search. Compares by the column's collation, in the scope's
 * transaction, in which nobody else gets an answer for the same value until it ends (document/value_lock.h). A value in a component
 * is looked for at the same place of other entries, one in a zone in all components of its kind that stand in that zone. */
int unique_is_taken(void *arg, const struct validate_holder *holder, const struct attribute *attribute,
	const json_t *value, bool *taken_r, struct error *error);

#endif
