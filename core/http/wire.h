/* What carries messages: the functions behind http/message.h.
 *
 * A wire embeds `struct http_wire` as its first member, fills `ops`, and points each
 * message's `wire` to it. message.c checks arguments and order; a wire only moves
 * bytes. All functions run on a fiber.
 */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include "http/message.h"

enum { HTTP_WIRE_CONSTANTS = 4 };

struct http_wire_ops {
	ssize_t (*read)(struct http_message *message, void *to, size_t n, struct error *error);
	/* The block of `body` is the wire's afterwards, and the buf is empty. */
	void (*send)(struct http_message *message, int status, struct buf *body);
	/* The descriptor is the wire's afterwards. */
	void (*send_file)(struct http_message *message, int status, const struct http_file *file);
	void (*start)(struct http_message *message, int status, int64_t length);
	int (*write)(struct http_message *message, struct str piece);
	int (*flush)(struct http_message *message);
	void (*finish)(struct http_message *message);
	bool (*leaving)(const struct http_message *message);
};

struct http_wire {
	const struct http_wire_ops *ops;
	/* of the message at hand: http_add_constant_headers() */
	struct str constants[HTTP_WIRE_CONSTANTS];
	unsigned constant_count;
	bool finished;		/* of the message at hand: its answer is whole */
};

#endif
