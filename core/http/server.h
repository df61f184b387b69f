/* An HTTP server on listening sockets that somebody else owns.
 *
 * The sockets are shared by all workers, so this server takes one connection per
 * wake-up, and none while it has more in flight than its share.
 *
 *	struct http_server *server = http_server_new(loop, &options, handler, arg);
 *	http_server_listen(server, fd);			// fd stays the caller's
 *	...
 *	http_server_drain(server, drained, arg);	// no new connections; those at work finish
 *	http_server_free(server);
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/message.h"

struct loop;
struct http_server;

/* Zero means the default (design: "Limits, with their defaults"). */
struct http_options {
	size_t head_limit;		/* request line and headers: 16 KiB, past it 431 */
	unsigned header_limit;		/* 100, past it 431 */
	int head_timeout_ms;		/* to send the head: 10 s, then 408 */
	int body_timeout_ms;		/* to send the body's next bytes, or take the answer's: 30 s */
	int idle_timeout_ms;		/* between messages: 75 s */
	int drain_timeout_ms;		/* 30 s, then connections are closed */
	int long_drain_timeout_ms;	/* the same for those with an answer in pieces: 5 min */
	unsigned connections;		/* 20,000; further ones wait in the listen queue */
	unsigned in_flight;		/* messages at work: 1024, past it 503 + Retry-After */
	size_t high_water;		/* unsent bytes that park a writer: 256 KiB */
	const struct http_proxies *trust; /* NULL: no proxy is believed */
};

struct http_stats {
	unsigned connections, in_flight;
	unsigned long_answers;		/* of those in flight: begun with http_start() */
	uint64_t accepted, messages, refused;	/* refused: malformed, over a limit */
};

/* Runs handler(message, arg) on a fiber of the loop for each message. */
struct http_server *http_server_new(struct loop *loop, const struct http_options *options,
	http_handler *handler, void *arg);

/* Accepts from a listening socket (non-blocking, TCP or unix). */
int http_server_listen(struct http_server *server, int fd, struct error *error);

/* Stops accepting, closes idle connections, lets messages at work finish (their answers say
 * `Connection: close`), and calls done(arg) when the last connection is gone, at the latest after
 * drain_timeout_ms, or long_drain_timeout_ms while there are answers in pieces. */
void http_server_drain(struct http_server *server, void (*done)(void *arg), void *arg);
struct http_stats http_server_stats(const struct http_server *server);

/* Closes whatever is open, at once. */
void http_server_free(struct http_server *server);

/* ---- listening sockets, for who owns them ---- */

/* "127.0.0.1:1337", "[::1]:1337", "unix:/path/to.sock", or a bare path beginning with '/'. Non-blocking, close-on-exec,
 * without SO_REUSEPORT: a port in use is an error that names it. A stale unix socket file is replaced. Returns
 * the descriptor. */
int http_listen(struct str address, struct error *error);

/* The port a listening TCP socket has got (asked for with port 0); 0 for unix sockets. */
unsigned http_listen_port(int fd);

#endif
