/* An HTTP message as the rest of the host sees it: what was asked, and the answer.
 *
 * A message knows nothing of its wire. http/http1.c carries them over one
 * connection, one after the other; another wire may carry several at a time.
 * Reading the body and writing a long answer park the fiber when the peer is
 * slow, so a message costs no more memory than its limits say.
 *
 *	static void hello(struct http_message *m, void *arg)
 *	{
 *		struct buf body = BUF_INIT;
 *
 *		buf_add_literal(&body, "{\"hello\":\"world\"}");
 *		http_set_header(m, STR("Content-Type"), STR("application/json; charset=utf-8"));
 *		http_send(m, 200, &body);
 *	}
 *
 * Everything that a message points to lives in its arena, until the answer was
 * handed to the wire in full and the handler has returned.
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

enum http_method {
	HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_PATCH, HTTP_DELETE, HTTP_OPTIONS,
	HTTP_OTHER,		/* method_text tells */
	HTTP_METHODS
};

struct http_header {
	struct str name;	/* as it came, any case */
	struct str value;	/* without white space around it */
};

/* Where the request came from. Filled from the socket; from X-Forwarded-* and PROXY only when the peer is a
 * trusted proxy (http/proxy.h). */
struct http_origin {
	struct str address;	/* "192.0.2.7", "2001:db8::1", "" for a unix socket */
	struct str scheme;	/* "http" or "https" */
	struct str host;	/* Host, or X-Forwarded-Host: "example.org:1337" */
};

/* A part of an open regular file. */
struct http_file {
	int fd;
	uint64_t offset, length;
};

struct http_wire;

struct http_message {
	struct arena *arena;

	/* what was asked */
	enum http_method method;
	struct str method_text;
	struct str target;			/* the request target as it came */
	struct str path;			/* of it, still percent-encoded; begins with '/' or is "*" */
	struct str query;			/* behind '?', still encoded; STR_NULL without '?' */
	const struct http_header *headers;
	size_t header_count;
	struct http_origin origin;
	int64_t content_length;			/* 0: no body; -1: length unknown (chunked) */

	/* the answer, until it is sent */
	struct http_header *answer;
	size_t answer_count, answer_capacity;
	int status;				/* what was sent; 0 before */
	uint64_t sent_bytes;			/* of the body */

	struct http_wire *wire;			/* whose message it is; nobody else looks inside */
};

typedef void http_handler(struct http_message *message, void *arg);

/* ---- what was asked ---- */

/* The first header of that name in any case; STR_NULL when there is none. */
struct str http_header(const struct http_message *message, struct str name);

/* Reads up to n bytes of the body. 0 at its end; negative with the error set:
 * ERROR_TIMEOUT (408), ERROR_CANCELLED (the peer left), ERROR_BAD_REQUEST (broken chunks). The first call answers
 * `Expect: 100-continue`. A handler that returns without an answer after such a failure leaves 408 or 400 to
 * the wire. */
ssize_t http_read(struct http_message *message, void *to, size_t n, struct error *error)
	__attribute__((warn_unused_result));

/* The whole body in the arena, with a NUL behind it. ERROR_PAYLOAD_TOO_LARGE past `limit` (before reading it, when
 * its length is known). */
int http_read_all(struct http_message *message, size_t limit, struct str *body_r, struct error *error)
	__attribute__((warn_unused_result));

/* The same of any source; it reads as http_read() does. */
typedef ssize_t http_reader(void *arg, void *to, size_t n, struct error *error);
int http_read_until_end(http_reader *reader, void *arg, struct arena *arena, size_t limit, struct str *body_r, struct error *error)
	__attribute__((warn_unused_result));

/* ---- the answer ---- */

/* Whether these can be a header's name and value: nothing in them ends the line. */
bool http_is_field(struct str name, struct str value);

/* Replaces all headers of that name; copies are made. A name or value that holds CR, LF or NUL is refused
 * (-1): nothing that came from outside can forge a header. */
int http_set_header(struct http_message *message, struct str name, struct str value);
int http_add_header(struct http_message *message, struct str name, struct str value);
void http_remove_header(struct http_message *message, struct str name);
/* STR_NULL when it is not set. */
struct str http_answer_header(const struct http_message *message, struct str name);

/* A block of headers made once, as it goes on the wire ("Name: value\r\n..."): written before the others,
 * neither copied nor checked; it must outlive the message. Setting or removing one of its headers later changes
 * this message's answer only. -1 when there are 4 already. */
int http_add_constant_headers(struct http_message *message, struct str block) __attribute__((warn_unused_result));

/* Sends the whole answer. Takes the body over (it may be empty or NULL); Content-Length, Date, Connection
 * are the wire's. For HEAD, and for 1xx, 204, 304, the body is not sent. Returns at once: the wire
 * writes on by itself. */
void http_send(struct http_message *message, int status, struct buf *body);

/* The same with a part of a file for a body. Takes the descriptor over and closes it, once, when the bytes are sent, the peer
 * has left or nothing is to be sent; the part must lie within the file. The file is read while it is sent: one that has
 * got shorter meanwhile ends the connection early, so that the client sees that something is missing. */
void http_send_file(struct http_message *message, int status, const struct http_file *file);

/* An answer in pieces: start, write..., finish. Write parks the fiber while more than the high-water mark is
 * unsent; negative when the peer left. */
void http_start(struct http_message *message, int status, int64_t length_or_minus_1);
int http_write(struct http_message *message, struct str piece) __attribute__((warn_unused_result));
int http_flush(struct http_message *message) __attribute__((warn_unused_result));
void http_finish(struct http_message *message);

/* The server is draining: whoever writes a long answer should come to its end. It has longer for it than others
 * (http_options.long_drain_timeout_ms), as it was begun with http_start(). */
bool http_leaving(const struct http_message *message);

/* http_send() or http_start() was called. */
bool http_answered(const struct http_message *message);

/* "Not Found"; "Unknown" for numbers that have no phrase. */
const char *http_reason(int status);

#endif
