/* Unsent bytes: to the socket at once while it takes them, kept in the evbuffer while it doesn't. */
#include <errno.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/http1.h"

enum {
	PIECES = 16,
	FILE_AT_ONCE = 256 * 1024,	/* of a file, before others have their turn */
};

static bool would_block(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

void http1_put(struct http1 *c, const char *bytes, size_t n)
{
	if (c->gone)
		return;
	/* With further requests buffered their answers go out together. */
	if (http1_unsent(c) == 0 && !c->blocked && c->begin == c->end) {
		ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);

		if (sent < 0 && !would_block(errno)) {
			http1_break(c);
			return;
		}
		if (sent > 0) {
			bytes += sent;
			n -= (size_t)sent;
		}
		if (n == 0)
			return;
	}
	evbuffer_add(c->output, bytes, n);
	http1_flush_soon(c);
}

void http1_flush_soon(struct http1 *c)
{
	if (c->gone || c->blocked || c->soon)
		return;
	c->soon = true;
	event_active(&c->writable, EV_WRITE, 0);
}

static ssize_t send_some(struct http1 *c)
{
	struct evbuffer_iovec pieces[PIECES];
	struct msghdr header = { .msg_iov = pieces };
	int count = evbuffer_peek(c->output, -1, NULL, pieces, PIECES);

	header.msg_iovlen = (size_t)(count < PIECES ? count : PIECES);
	return sendmsg(c->fd, &header, MSG_NOSIGNAL | (c->file.length ? MSG_MORE : 0));
}

/* Until the socket takes more. One that does at once is heard of in the loop's next turn. */
static void wait_for_socket(struct http1 *c)
{
	c->blocked = true;
	event_add(&c->writable, NULL);
	http1_deadline(c, clock_monotonic_ms() + (uint64_t)c->shared->options.body_timeout_ms);
}

static void socket_failed(struct http1 *c)
{
	if (would_block(errno))
		wait_for_socket(c);
	else
		http1_break(c);
}

/* ---- files ---- */

void http1_drop_file(struct http1 *c)
{
	if (c->file.length)
		close(c->file.fd);
	c->file = (struct http_file){ 0 };
}

/* From the page cache to the socket. The process ignores SIGPIPE (server/supervisor.c). */
static void send_file(struct http1 *c)
{
	size_t left = FILE_AT_ONCE;

	while (c->file.length > 0 && left > 0) {
		off_t offset = (off_t)c->file.offset;
		ssize_t sent = sendfile(c->fd, c->file.fd, &offset, c->file.length < left ? c->file.length : left);

		if (sent < 0) {
			socket_failed(c);
			return;
		}
		if (sent == 0) {
			log_warn("http", "a file got shorter while it was sent; its reader was cut off, %llu bytes early",
				(unsigned long long)c->file.length);
			http1_break(c);
			return;
		}
		left -= (size_t)sent;
		c->file.offset += (uint64_t)sent;
		c->file.length -= (uint64_t)sent;
		if (c->file.length == 0)
			close(c->file.fd);
	}
	if (c->file.length)
		wait_for_socket(c);
}

/* ---- all of it ---- */

void http1_flush(struct http1 *c)
{
	if (c->blocked || c->gone)
		return;
	if (c->soon) {
		c->soon = false;
		event_del(&c->writable);
	}
	while (http1_unsent(c) > 0) {
		ssize_t sent = send_some(c);

		if (sent < 0) {
			socket_failed(c);
			return;
		}
		evbuffer_drain(c->output, (size_t)sent);
	}
	if (c->file.length)
		send_file(c);
}

int http1_wait_for_room(struct http1 *c)
{
	while (!c->gone && http1_is_full(c)) {
		http1_flush(c);
		if (c->blocked && http1_is_full(c) &&
		    fiber_queue_wait(&c->room, FIBER_FOREVER) < 0)
			return -1;
	}
	return c->gone || fiber_cancelled() ? -1 : 0;
}
