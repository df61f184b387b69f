/* Unsent bytes: to the socket at once while it takes them, kept in the evbuffer while it doesn't. */
#include <errno.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "http/http1.h"

enum { PIECES = 16 };

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
	return sendmsg(c->fd, &header, MSG_NOSIGNAL);
}

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
			if (!would_block(errno)) {
				http1_break(c);
				return;
			}
			c->blocked = true;
			event_add(&c->writable, NULL);
			http1_deadline(c, clock_monotonic_ms() + (uint64_t)c->shared->options.body_timeout_ms);
			return;
		}
		evbuffer_drain(c->output, (size_t)sent);
	}
}

int http1_wait_for_room(struct http1 *c)
{
	while (!c->gone && http1_unsent(c) > c->shared->options.high_water) {
		http1_flush(c);
		if (c->blocked && http1_unsent(c) > c->shared->options.high_water &&
		    fiber_queue_wait(&c->room, FIBER_FOREVER) < 0)
			return -1;
	}
	return c->gone || fiber_cancelled() ? -1 : 0;
}
