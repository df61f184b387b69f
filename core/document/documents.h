/* What was found: rows, until somebody asks for a tree.
 *
 * Of a document that nobody looks into, the row goes to the client as it came from the database. Fields that a plugin sets are laid
 * over the row; a tree is made of a document that was asked for whole, and is then what goes out (rest/output.h).
 */
#ifndef DOCUMENT_DOCUMENTS_H
#define DOCUMENT_DOCUMENTS_H

#include <jansson.h>

#include "query/populate.h"

struct documents {
	const struct query *query;	/* the columns of each row */
	const struct rowset *rows;
	const struct loaded *loaded;	/* the rows with what they are populated with */
	json_t **fields;		/* by row: laid over it, NULL: nothing; NULL: over none */
	json_t **trees;			/* by row: instead of it; likewise */
};

static inline unsigned documents_count(const struct documents *documents)
{
	return documents ? documents->rows->count : 0;
}

#endif
