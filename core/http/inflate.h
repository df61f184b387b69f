/* Request bodies that come compressed (Content-Encoding): gzip, deflate (zlib's form of it, as HTTP means it), br.
 *
 *	if (inflate_knows(coding))
 *		rc = inflate_read_all(message, coding, limit, &body, &error);	// as http_read_all()
 *
 * Both what comes and what becomes of it are bounded: a body that would be larger than its limit is given up where it
 * passes it, and nothing of it is made in advance. Codings on top of one another are not read.
 */
#ifndef HTTP_INFLATE_H
#define HTTP_INFLATE_H

#include "http/message.h"

bool inflate_knows(struct str coding);

/* The whole body, inflated, in the arena, with a NUL behind it. ERROR_PAYLOAD_TOO_LARGE when that is more than `limit`
 * bytes; ERROR_BAD_REQUEST for what is not in this coding, or ends before its end; and http_read()'s. `coding` is a
 * known one. */
int inflate_read_all(struct http_message *message, struct str coding, size_t limit, struct str *body_r, struct error *error)
	__attribute__((warn_unused_result));

#endif
