/* HTTP/1.1 over one connection: messages one after the other.
 *
 * The loop's own stack reads bytes and looks for a head (http1.c). A whole head
 * starts a fiber, which runs the handler, and after it the handlers of the
 * requests that are already buffered; when no whole head is left it ends, and the
 * connection is the loop's again. So an idle connection holds no fiber, no arena
 * and no input buffer: a `http1_store` is borrowed with the first byte and
 * given back with the last.
 *
 * Who may free: http1_rest() and http1_abort(), while no fiber is at work. Both are
 * therefore the last thing that their caller does. Everything else that finds the peer
 * gone calls http1_break(), which closes the socket, cancels the fiber and leaves
 * the memory to the next http1_rest().
 *
 *	http1.c         life cycle: reading, time-outs, closing
 *	http1_message.c the next head, its fiber and handler
 *	http1_body.c    the request's body
 *	http1_answer.c  the answer's head and body
 *	http1_output.c  unsent bytes, and the part of a file behind them
 */
#ifndef HTTP_HTTP1_H
#define HTTP_HTTP1_H

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "http/address.h"
#include "http/chunks.h"
#include "http/parser.h"
#include "http/server.h"
#include "http/wire.h"
#include "loop/fiber.h"

enum {
	HTTP1_DISCARD = 64 * 1024,	/* of a body that nobody read: more than this closes the connection */
	HTTP1_LINGER_MS = 2000,		/* between bytes of a peer that is being refused */
	HTTP1_LINGER_TOTAL_MS = 30000,
	HTTP1_FRESH_MS = 1000,		/* a draining server waits so long for a new connection's first request */
	HTTP1_DATE_SIZE = sizeof("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
};

/* What a connection needs only between a request's first byte and its answer. */
struct http1_store {
	SLIST_ENTRY(http1_store) entry;
	struct arena *arena;
	struct http_parser_field *fields;
	size_t capacity;
	char input[];
};

TAILQ_HEAD(http1_list, http1);

/* What the connections of a server share. */
struct http1_shared {
	struct loop *loop;
	struct event_base *base;
	struct http_options options;	/* defaults filled in */
	http_handler *handler;
	void *handler_arg;
	struct http_stats stats;
	struct http1_list connections;
	SLIST_HEAD(, http1_store) stores;
	unsigned stores_kept;
	bool draining;
	int64_t date_second;
	char date[HTTP1_DATE_SIZE];
	/* A message or a connection has ended, and the counts are lower. */
	void (*settled)(struct http1_shared *shared);
};

enum http1_body_kind { HTTP1_NO_BODY, HTTP1_LENGTH, HTTP1_CHUNKED };

struct http1 {
	struct http_wire wire;
	struct http_message message;
	struct http1_shared *shared;
	TAILQ_ENTRY(http1) entry;

	int fd;
	struct event readable, writable, timer;
	uint64_t deadline_ms, timer_ms;	/* when time is up; when the timer looks next. 0: never */
	uint64_t since_ms;		/* the head's first byte, the beginning of lingering; 0: not yet */

	struct http_address peer;
	char address[HTTP_ADDRESS_SIZE];
	uint8_t address_n;
	bool trusted;			/* the peer may speak for others */
	bool secure;			/* a trusted proxy took TLS off */
	bool announced;			/* what a PROXY header could say has been said */

	/* input: store->input[begin..end) */
	struct http1_store *store;
	size_t begin, end;
	bool paused;			/* not reading: the input is full */
	bool eof;
	struct http_parser parser;

	/* output */
	struct evbuffer *output;
	struct http_file file;		/* what is to be sent behind it; length 0: nothing, and no descriptor */
	bool blocked;			/* waiting until the socket takes more, or for the next turn of the loop */
	bool soon;			/* http1_flush_soon() has been called */
	struct fiber_queue room;	/* writers above the high-water mark */

	/* the message at hand */
	struct fiber *fiber;
	bool spawning;			/* fiber_spawn() has not returned */
	enum http1_body_kind body;
	bool body_done;
	bool expects_continue;
	const struct http_fault *body_fault;
	int64_t body_left;
	struct http_chunks chunks;
	struct fiber_queue input_came;
	bool chunked_answer;
	int64_t answer_left;		/* of a streamed answer with a length; -1: no length */
	bool long_answer;		/* in pieces: a drain waits longer for it */

	bool closing;			/* nothing more is read as a request; closed when the output is sent */
	bool linger;			/* the peer may be still sending: let it see the answer first */
	bool lingering;
	bool gone;			/* the socket is closed */
	uint64_t served;
};

/* Takes the descriptor over. */
void http1_open(struct http1_shared *shared, int fd, const struct sockaddr_storage *peer);
/* Closes an idle connection, lets a busy one finish. May free it. */
void http1_drain(struct http1 *connection);
/* Closes now. May free it. */
void http1_abort(struct http1 *connection);

struct http1_store *http1_store_take(struct http1_shared *shared);
void http1_store_give(struct http1_shared *shared, struct http1_store *store);

/* ---- between the files of a connection ---- */

/* The tail of whatever happened while no fiber is at work: sends, closes, or waits for more. May free. */
void http1_rest(struct http1 *connection);
/* Begins the message that the input holds, if it does, then rests. May free. */
void http1_advance(struct http1 *connection);
/* Who the client is, as the socket or a trusted proxy says. */
void http1_set_peer(struct http1 *connection, const struct http_address *peer);

/* Reads into the input buffer. True when bytes came; else eof, gone, paused, or none at the moment. */
bool http1_fill(struct http1 *connection);
/* The socket is of no more use. Frees nothing. */
void http1_break(struct http1 *connection);
void http1_deadline(struct http1 *connection, uint64_t at_ms);

void http1_body_begin(struct http1 *connection);
ssize_t http1_read(struct http_message *message, void *to, size_t n, struct error *error);
/* Reads away what the handler left. False when the connection can't go on. */
bool http1_body_discard(struct http1 *connection);
/* More is left than would be discarded. */
bool http1_body_is_long(const struct http1 *connection);

extern const struct http_wire_ops http1_ops;
/* An answer of the wire's own, in the form of an API error; the connection closes behind it if `close`. */
void http1_error(struct http1 *connection, int status, const char *message, bool close);

/* Hands bytes to the socket, or keeps what it doesn't take. */
void http1_put(struct http1 *connection, const char *bytes, size_t n);
/* Writes later in this turn of the loop, so that several pieces go in one packet. */
void http1_flush_soon(struct http1 *connection);
void http1_flush(struct http1 *connection);
/* Parks the fiber while too much is unsent. Negative when the peer is gone. */
int http1_wait_for_room(struct http1 *connection);

/* Lets go of the file that was to be sent. */
void http1_drop_file(struct http1 *connection);

static inline size_t http1_unsent(const struct http1 *connection)
{
	return evbuffer_get_length(connection->output);
}

/* Too much is unsent for a further answer. Behind a file nothing can be put at all. */
static inline bool http1_is_full(const struct http1 *connection)
{
	return connection->file.length > 0 || http1_unsent(connection) > connection->shared->options.high_water;
}

#endif
