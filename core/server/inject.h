/* Requests without a connection: a message is made, goes its whole way through the pipeline, and the answer is kept.
 *
 *	struct injection ask = { .method = STR("GET"), .target = STR("/api/articles") };
 *
 *	struct socle_test_answer *answer = inject(arena, &ask, &pipeline);	// on a fiber
 */
#ifndef SERVER_INJECT_H
#define SERVER_INJECT_H

#include <jansson.h>

#include "http/message.h"

struct pipeline;

struct injection {
	struct str method, target, body;	/* body STR_NULL: none */
	const struct http_header *headers;
	size_t header_count;
};

/* What came back; all of it lies in the arena. */
struct socle_test_answer {
	int status;
	struct http_header *headers;
	size_t header_count;
	struct str body;			/* with a NUL behind it */
	json_t *json;				/* of the body, read on first use */
	bool judged;				/* that was tried */
	struct arena *arena;
};

/* Never NULL. A request that got no answer has status 0. */
struct socle_test_answer *inject(struct arena *arena, const struct injection *ask, struct pipeline *pipeline);

#endif
