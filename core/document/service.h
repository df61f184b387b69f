/* The Document Service: what REST, plugins and every other protocol read and write documents through.
 *
 * A call says what is meant and takes the result:
 *
 *	struct document_call call = { .action = DOCUMENT_FIND_MANY, .model = article, .version = version, .query = &query,
 *		.populate = populate };
 *	if (document_call(scope, &call) < 0)
 *		return -1;
 *	... call.documents
 *
 * Document middlewares stand around each call, in the order of plugins and manifests; inside them is the transaction of a write, with
 * the reading of what it shows. Calls that the service makes of itself (the publication behind a creation) pass none. Where no plugin
 * has any, a call costs one comparison more than what it does.
 *
 * What is asked for comes compiled (`query`, `populate`, `version`). Middlewares that want to see it, or to change it, get it as JSON,
 * made of `params`; when they have changed that, `reread` compiles it anew.
 */
#ifndef DOCUMENT_SERVICE_H
#define DOCUMENT_SERVICE_H

#include <jansson.h>

#include "document/documents.h"
#include "document/version.h"

/* Reads, then writes. */
enum document_action {
	DOCUMENT_FIND_ONE, DOCUMENT_FIND_MANY, DOCUMENT_FIND_FIRST, DOCUMENT_COUNT,
	DOCUMENT_CREATE, DOCUMENT_UPDATE, DOCUMENT_DELETE, DOCUMENT_CLONE, DOCUMENT_PUBLISH, DOCUMENT_UNPUBLISH,
	DOCUMENT_DISCARD_DRAFT, DOCUMENT_ACTIONS
};

/* "findOne", ... */
const char *document_action_name(enum document_action action);
/* DOCUMENT_ACTIONS when there is none of that name. */
enum document_action document_action_of_name(struct str name);

#define DOCUMENT_CALL_MAGIC 0xd0cca11u

/* Plugin code knows it as `socle_call`. */
struct document_call {
	uint32_t magic;			/* DOCUMENT_CALL_MAGIC while middlewares run */
	enum document_action action;
	const struct model *model;
	struct str document_id;		/* findOne and all writes but create */
	struct document_version version;
	struct query *query;		/* of reads: which; of writes: what is shown of them, NULL: nothing */
	struct populate *populate;
	const struct query *condition;	/* of delete: only rows that meet it; NULL */
	json_t *data;			/* create, update, clone. Borrowed; the service never changes it */

	const struct param *params;	/* what it was compiled from; NULL: nothing */
	int (*reread)(struct scope *scope, struct document_call *call, const struct param *params);
	void *arg;			/* reread's */

	bool with_count;		/* findMany: *total too, which costs nothing where the page tells it */

	struct documents *documents;	/* result: what was found, written or removed; NULL: nothing (no such document) */
	uint64_t total;			/* result of count */

	/* the service's own */
	json_t *json, *json_before;	/* document_call_params() */
	unsigned position, reached;	/* of the middleware that runs; the furthest that was begun */
};

int document_call(struct scope *scope, struct document_call *call) __attribute__((warn_unused_result));

/* In a middleware: runs all that stands behind it. */
int document_call_next(struct scope *scope, struct document_call *call) __attribute__((warn_unused_result));

/* The params as an object, with `documentId`, `data`, `status` and `locale` in it. Borrowed; what is changed in it before
 * document_call_next() counts. */
json_t *document_call_params(struct scope *scope, struct document_call *call);

/* Whether a middleware stands around such calls. */
bool document_call_has_middlewares(const struct scope *scope, const struct model *model, enum document_action action);

#endif
