/* What middlewares make of the pieces of a long answer on their way to the wire: another coding of them.
 *
 * A transform is added while the request is on its way in. When the head is about to go, each is asked whether it takes
 * part, the one furthest in first, and may set headers. From then on each piece goes from one to the next further out,
 * and what the outermost hands on is written. Nothing is kept here: what a transform holds back is its own.
 */
#ifndef PIPELINE_TRANSFORM_H
#define PIPELINE_TRANSFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct request;
struct scope;

enum transform_how {
	TRANSFORM_MORE,			/* others follow */
	TRANSFORM_FLUSH,		/* everything so far is wanted now */
	TRANSFORM_LAST			/* none follows */
};

/* As socle/transform.h has them. */
struct transform {
	int (*begin)(struct scope *scope, void *state);
	/* NULL: takes no part */
	int (*piece)(struct scope *scope, void *state, const void *bytes, size_t n, enum transform_how how);
	void (*end)(void *state);
};

/* On behalf of the function that runs. Takes `state` over, also when it fails: `end` is called once. */
int transform_add(struct request *request, const struct transform *transform, void *state);

/* Asks them all; what one of them fails with becomes the answer. */
int transforms_begin(struct request *request);

/* From the one that runs to the next further out. */
int transform_pass(struct request *request, struct str bytes);

/* A piece of the answer; the last one ends it. Parks the fiber as the wire does. */
int transforms_give(struct request *request, struct str piece, enum transform_how how);

/* One of them runs: it hands on and doesn't write. */
bool transform_runs(const struct request *request);

#endif
