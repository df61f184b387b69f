/* Lifecycle hooks: what plugins run before and after the Query Engine does something to rows of a model.
 *
 *	struct lifecycle_event event = { .lifecycle = LIFECYCLE_CREATE, .model = model, .data = data };
 *	if (lifecycle_before(scope, &event) < 0)	// may change event.data
 *		return -1;
 *	... insert ...
 *	event.result = ...;
 *	return lifecycle_after(scope, &event);
 *
 * They run in the caller's transaction, one after the other in the order of plugins and manifests, and what fails in one undoes the
 * whole. Ask hooks_of() or hooks_any() first: building an event costs more than finding out that nobody wants it.
 */
#ifndef QUERY_LIFECYCLE_H
#define QUERY_LIFECYCLE_H

#include <jansson.h>

#include "extension/hook.h"

struct documents;
struct query;

#define LIFECYCLE_MAGIC 0x11fec7u

/* Plugin code knows it as `socle_event`. Which members are set depends on the lifecycle. */
struct lifecycle_event {
	uint32_t magic;			/* LIFECYCLE_MAGIC while hooks run */
	enum lifecycle lifecycle;
	enum lifecycle_phase phase;
	const struct model *model;
	json_t *data;			/* create, update: an object; createMany: a list of them. Borrowed, may be changed before */
	json_t *where;			/* update, delete: {"id": 7}; updateMany, deleteMany: filters. Borrowed */
	json_t *result;			/* after create, update, delete: the row. Borrowed */
	uint64_t count;			/* after count and the bulk forms */
	struct query *query;		/* finds and counts: before, conditions may be added */
	struct documents *documents;	/* after finds: what was found */
	const struct hook *hook;	/* that runs */
	json_t **states;		/* one per subscriber, made when it is asked for; in the scope's arena */
};

int lifecycle_before(struct scope *scope, struct lifecycle_event *event) __attribute__((warn_unused_result));
int lifecycle_after(struct scope *scope, struct lifecycle_event *event) __attribute__((warn_unused_result));

/* What the hook that runs keeps between before and after: an object, the event's. */
json_t *lifecycle_state(struct scope *scope, struct lifecycle_event *event);

#endif
