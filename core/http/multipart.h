/* Bodies of type multipart/form-data (RFC 7578), read strictly: a pure function over bytes, no I/O, no
 * allocation.
 *
 *	if (!http_multipart_init(&reader, content_type))
 *		...					// it is another type, or has no boundary
 *	for (;;) {
 *		ssize_t used = http_multipart_take(&reader, bytes, n, &event);
 *		... negative: reader.fault says what is wrong
 *		switch (event.kind) {
 *		case HTTP_MULTIPART_MORE: ...		all `n` bytes are taken: call again with further ones
 *		case HTTP_MULTIPART_PART: ...		event.name, event.filename, event.type: valid until the next call
 *		case HTTP_MULTIPART_DATA: ...		event.data: the next piece of the part
 *		case HTTP_MULTIPART_PART_END: ...
 *		case HTTP_MULTIPART_END: ...		what follows, if anything, means nothing
 *		}
 *		bytes += used, n -= used;
 *	}
 *
 * A body that ends before HTTP_MULTIPART_END is cut off. Refused is what two readers could understand
 * differently: text before the first boundary, folded headers, a header or parameter twice, encodings that
 * nobody uses.
 */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include <sys/types.h>

#include "http/parser.h"

enum {
	HTTP_MULTIPART_BOUNDARY = 70,		/* characters of a boundary at the most (RFC 2046) */
	HTTP_MULTIPART_HEAD = 4 * 1024,		/* bytes of a part's headers */
};

enum http_multipart_kind {
	HTTP_MULTIPART_MORE, HTTP_MULTIPART_PART, HTTP_MULTIPART_DATA, HTTP_MULTIPART_PART_END, HTTP_MULTIPART_END
};

struct http_multipart_event {
	enum http_multipart_kind kind;
	struct str name, filename, type;	/* filename STR_NULL: a field; type STR_NULL: not said */
	struct str data;			/* points into what was handed in, or into the reader */
};

struct http_multipart {
	char delimiter[HTTP_MULTIPART_BOUNDARY + 4];	/* "\r\n--" and the boundary */
	uint8_t delimiter_n, matched;
	uint8_t stage;
	bool held;				/* the first `matched` bytes of the delimiter are data after all */
	uint16_t head_n, line;			/* bytes of the head, and where its current line begins */
	char head[HTTP_MULTIPART_HEAD];
	const struct http_fault *fault;
};

/* Of the Content-Type header's value. */
bool http_multipart_init(struct http_multipart *reader, struct str content_type) __attribute__((warn_unused_result));

/* Takes bytes up to the next event; returns how many. -1: see `fault`. */
ssize_t http_multipart_take(struct http_multipart *reader, const char *bytes, size_t n, struct http_multipart_event *event_r)
	__attribute__((warn_unused_result));

#endif
