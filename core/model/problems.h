/* All that is wrong with a set of schemas, collected, so that an author mends a file once. */
#ifndef MODEL_PROBLEMS_H
#define MODEL_PROBLEMS_H

#include "base/buf.h"
#include "base/error.h"
#include "config/node.h"

enum { PROBLEMS_LIMIT = 50 };

struct problems {
	struct buf lines;
	unsigned count;
};

#define PROBLEMS_INIT { BUF_INIT, 0 }

void problems_add(struct problems *problems, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with the place of the node in front. */
void problems_add_node(struct problems *problems, const struct node *node, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same of a word that isn't in a list of known ones (NULL behind the last): `; did you mean "beforeCreate"?` follows, or
 * `otherwise` when none is near. */
void problems_add_unknown(struct problems *problems, const struct node *node, struct str word, const char *const *known,
	const char *otherwise, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* Takes an error's message (which may be a list already) as it is, and clears it. */
void problems_take(struct problems *problems, struct error *error);

/* 0 when there were none; else -1 and ERROR_CONFIG with a line for each. Clears the collection. */
int problems_finish(struct problems *problems, struct error *error) __attribute__((warn_unused_result));

#endif
