/* Judging what is to be written: document/validate.h with everything that it asks the database for. */
#ifndef DOCUMENT_JUDGE_H
#define DOCUMENT_JUDGE_H

#include <jansson.h>

#include "document/relation.h"

/* Data that came from outside, its relations resolved: whether all is as the schema wants it, and what it links to is there. `draft`:
 * what only publication asks for is left open. `own_row`: whose value it is that is unique, 0: nobody's yet. */
int judge_data(const struct relation_source *source, const struct model *model, json_t *data, bool creating, bool draft,
	uint64_t own_row) __attribute__((warn_unused_result));

/* A tree of what is stored (document/tree.h), as an entry to be created. Its links are there, and passwords are hashes that say
 * nothing of the password's length and pattern. Changes the tree. */
int judge_stored(const struct relation_source *source, const struct model *model, json_t *tree, bool draft,
	uint64_t own_row) __attribute__((warn_unused_result));

#endif
