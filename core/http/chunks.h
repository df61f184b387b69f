/* Bodies in chunks (RFC 9112, 7.1), read strictly: a pure function over bytes.
 *
 *	struct http_chunks chunks = { 0 };
 *	while (!http_chunks_done(&chunks)) {
 *		ssize_t used = http_chunks_take(&chunks, bytes, n, SIZE_MAX, &data);
 *		... negative: chunks.fault; else `data` is the next piece of the body, perhaps empty
 *	}
 *
 * Extensions and trailers are checked, counted against a limit, and dropped.
 */
#ifndef HTTP_CHUNKS_H
#define HTTP_CHUNKS_H

#include <sys/types.h>

#include "http/parser.h"

enum {
	HTTP_CHUNKS_EXTENSIONS = 8 * 1024,	/* bytes of extensions in one body */
	HTTP_CHUNKS_TRAILERS = 8 * 1024,	/* bytes of trailers */
};

struct http_chunks {
	uint8_t stage;
	uint8_t digits;			/* of the chunk size, so far */
	uint32_t extensions, trailers;	/* bytes seen */
	uint64_t left;			/* of the chunk */
	const struct http_fault *fault;
};

/* Takes bytes until it has found a piece of data (at most `want` bytes of it), or the end of the body, or the
 * end of what was handed in. Returns how many it took, data included. */
ssize_t http_chunks_take(struct http_chunks *chunks, const char *bytes, size_t n, size_t want,
	struct str *data_r)
	__attribute__((warn_unused_result));

bool http_chunks_done(const struct http_chunks *chunks);

#endif
