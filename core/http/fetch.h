/* Requests that the host sends to others: libcurl on the loop.
 *
 *	struct fetch_request request = { .method = "GET", .url = "https://example.org/feed", .timeout_ms = 5000,
 *		.answer_limit = 1 << 20 };
 *
 *	if (fetch_run(arena, &request, &answer, &error) < 0)	// parks the fiber
 *		return -1;
 *	... answer.status, answer.body
 *
 * Connections are kept and used again. Certificates are checked. So many requests run at once per loop;
 * further ones wait within their own time. A fiber that is called off gives its request up.
 *
 * Most hosts never send any, and libcurl comes with some thirty libraries: it is loaded with the first request.
 */
#ifndef HTTP_FETCH_H
#define HTTP_FETCH_H

#include "http/message.h"

enum {
	FETCH_HEADERS = 200,			/* of an answer */
	FETCH_HEADER_BYTES = 64 * 1024,
};

struct fetch_request {
	const char *method;			/* NULL: GET, or POST with a body */
	const char *url;			/* http or https */
	const struct http_header *headers;	/* of ours; Content-Length, Host and Accept-Encoding are made */
	size_t header_count;
	struct str body;			/* STR_NULL: none */
	int timeout_ms;				/* for all of it; more than 0 */
	size_t answer_limit;			/* bytes of the body, decoded */
	unsigned redirects;			/* to follow at the most */
	unsigned at_once;			/* requests of this loop; as the first one says */
	const char *certificates;		/* PEM file of the authorities that are trusted; NULL: the system's */
};

struct fetch_answer {
	int status;
	const struct http_header *headers;	/* of the last answer, when redirects were followed */
	size_t header_count;
	struct str body;			/* with a NUL behind it */
};

/* All of the answer lives in the arena. The error: ERROR_INTERNAL for a request that can't be one,
 * ERROR_TIMEOUT, ERROR_CANCELLED, else ERROR_UNAVAILABLE. */
int fetch_run(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer_r, struct error *error)
	__attribute__((warn_unused_result));

#endif
