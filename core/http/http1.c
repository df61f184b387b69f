#include "http/http1.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/proxy.h"

/* ---- beginning and end ---- */

static void on_readable(evutil_socket_t fd, short events, void *arg);
static void on_writable(evutil_socket_t fd, short events, void *arg);
static void on_timer(evutil_socket_t fd, short events, void *arg);

void http1_set_peer(struct http1 *c, const struct http_address *peer)
{
	c->peer = *peer;
	c->address_n = (uint8_t)http_address_format(peer, c->address);
	c->trusted = http_proxies_trust(c->shared->options.trust, peer);
}

void http1_open(struct http1_shared *shared, int fd, const struct sockaddr_storage *peer)
{
	struct http1 *c = calloc(1, sizeof(*c));
	struct http_address address = http_address_of(peer);
	int on = 1;

	if (!c)
		abort();
	c->wire.ops = &http1_ops;
	c->shared = shared;
	c->fd = fd;
	http1_set_peer(c, &address);
	c->announced = !c->trusted;
	c->output = evbuffer_new();
	if (!c->output)
		abort();
	fiber_queue_init(&c->room);
	fiber_queue_init(&c->input_came);
	event_assign(&c->readable, shared->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	event_assign(&c->writable, shared->base, fd, EV_WRITE, on_writable, c);
	evtimer_assign(&c->timer, shared->base, on_timer, c);
	if (address.kind == HTTP_ADDRESS_IP)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	TAILQ_INSERT_TAIL(&shared->connections, c, entry);
	shared->stats.connections++;
	shared->stats.accepted++;
	event_add(&c->readable, NULL);
	http1_rest(c);
}

void http1_break(struct http1 *c)
{
	if (c->gone)
		return;
	c->gone = true;
	event_del(&c->readable);
	event_del(&c->writable);
	event_del(&c->timer);
	close(c->fd);
	c->fd = -1;
	evbuffer_drain(c->output, http1_unsent(c));
	http1_drop_file(c);
	if (c->fiber)
		fiber_cancel(c->fiber);
	fiber_queue_wake_all(&c->room);
	fiber_queue_wake_all(&c->input_came);
}

static void free_connection(struct http1 *c)
{
	struct http1_shared *shared = c->shared;

	http1_break(c);
	TAILQ_REMOVE(&shared->connections, c, entry);
	if (c->store)
		http1_store_give(shared, c->store);
	evbuffer_free(c->output);
	free(c);
	shared->stats.connections--;
	shared->settled(shared);
}

void http1_abort(struct http1 *c)
{
	if (c->fiber)
		http1_break(c);
	else
		free_connection(c);
}

/* ---- reading ---- */

static void borrow_store(struct http1 *c)
{
	const struct http_options *options = &c->shared->options;

	if (c->store)
		return;
	c->store = http1_store_take(c->shared);
	c->begin = c->end = 0;
	http_parser_init(&c->parser, options->head_limit, c->store->fields, options->header_limit);
}

static void resume_reading(struct http1 *c)
{
	if (c->paused && !c->eof && !c->gone) {
		c->paused = false;
		event_add(&c->readable, NULL);
	}
}

bool http1_fill(struct http1 *c)
{
	ssize_t got;

	if (c->eof || c->gone)
		return false;
	borrow_store(c);
	if (c->begin == c->end) {
		c->begin = c->end = 0;
	} else if (c->end == c->store->capacity && c->begin > 0) {
		memmove(c->store->input, c->store->input + c->begin, c->end - c->begin);
		c->end -= c->begin;
		c->begin = 0;
	}
	if (c->end == c->store->capacity) {
		c->paused = true;
		event_del(&c->readable);
		return false;
	}
	resume_reading(c);
	got = recv(c->fd, c->store->input + c->end, c->store->capacity - c->end, 0);
	if (got > 0) {
		c->end += (size_t)got;
		return true;
	}
	if (got == 0) {
		c->eof = true;
		event_del(&c->readable);
		/* Nobody can tell a peer that has gone from one that will only read from now on, and the
		 * second kind is not seen in practice. What the handler still sends is written all the same. */
		if (c->fiber)
			fiber_cancel(c->fiber);
	} else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
		http1_break(c);
	}
	return false;
}

static void linger(struct http1 *c)
{
	uint64_t now = clock_monotonic_ms(), last = c->since_ms + HTTP1_LINGER_TOTAL_MS;
	char scratch[16 * 1024];
	ssize_t got = recv(c->fd, scratch, sizeof(scratch), 0);

	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
		free_connection(c);
		return;
	}
	http1_deadline(c, now + HTTP1_LINGER_MS < last ? now + HTTP1_LINGER_MS : last);
}

static void on_readable(evutil_socket_t fd, short events, void *arg)
{
	struct http1 *c = arg;

	if (c->lingering) {
		linger(c);
		return;
	}
	http1_fill(c);
	if (c->fiber)
		fiber_queue_wake_all(&c->input_came);
	else
		http1_advance(c);
}

static void on_writable(evutil_socket_t fd, short events, void *arg)
{
	struct http1 *c = arg;

	c->soon = false;
	c->blocked = false;
	http1_flush(c);
	if (!c->file.length && http1_unsent(c) <= c->shared->options.high_water / 2)
		fiber_queue_wake_all(&c->room);
	if (!c->fiber)
		http1_advance(c);
}

/* ---- time ---- */

static void set_timer(struct http1 *c, uint64_t at_ms, uint64_t now_ms)
{
	uint64_t ms = at_ms > now_ms ? at_ms - now_ms : 1;

	c->timer_ms = at_ms;
	event_add(&c->timer, &(struct timeval){ (time_t)(ms / 1000), (suseconds_t)(ms % 1000 * 1000) });
}

/* Deadlines move with each message, nearly always to later: the timer is left alone then, and looks again
 * when it fires. */
void http1_deadline(struct http1 *c, uint64_t at_ms)
{
	c->deadline_ms = at_ms;
	if (at_ms && (!c->timer_ms || at_ms < c->timer_ms))
		set_timer(c, at_ms, clock_monotonic_ms());
}

static void on_timer(evutil_socket_t fd, short events, void *arg)
{
	struct http1 *c = arg;
	uint64_t now = clock_monotonic_ms();

	c->timer_ms = 0;
	if (!c->deadline_ms)
		return;
	if (now < c->deadline_ms) {
		set_timer(c, c->deadline_ms, now);
		return;
	}
	if (c->fiber && !c->blocked) {
		c->deadline_ms = 0;	/* of a time before its message */
		return;
	}
	if (c->lingering || c->blocked || c->begin == c->end) {
		http1_abort(c);
		return;
	}
	c->shared->stats.refused++;
	http1_error(c, 408, "The request's head did not come in time", true);
	http1_rest(c);
}

/* ---- between messages ---- */

/* Everything is sent: close, or first let a peer that may be still sending see what we said. */
static void shut(struct http1 *c)
{
	uint64_t now;

	if (c->lingering)
		return;
	if (c->eof || (!c->linger && c->begin == c->end)) {
		free_connection(c);
		return;
	}
	now = clock_monotonic_ms();
	c->lingering = true;
	c->since_ms = now;
	c->begin = c->end = 0;
	shutdown(c->fd, SHUT_WR);
	resume_reading(c);
	http1_deadline(c, now + HTTP1_LINGER_MS);
}

/* When the connection has waited long enough for the next head. */
static uint64_t patience(struct http1 *c)
{
	const struct http_options *options = &c->shared->options;
	uint64_t now = clock_monotonic_ms();

	if (c->begin < c->end) {
		if (!c->since_ms)
			c->since_ms = now;
		return c->since_ms + (uint64_t)options->head_timeout_ms;
	}
	if (c->shared->draining && options->idle_timeout_ms > HTTP1_FRESH_MS)
		return now + HTTP1_FRESH_MS;
	return now + (uint64_t)options->idle_timeout_ms;
}

void http1_rest(struct http1 *c)
{
	http1_flush(c);
	if (c->gone) {
		free_connection(c);
		return;
	}
	/* A connection at rest gets a moment when a drain begins: a request may be on its way. */
	if (c->eof)
		c->closing = true;
	if (c->blocked)
		return;
	if (c->closing) {
		shut(c);
		return;
	}
	if (c->begin == c->end && c->store) {
		http1_store_give(c->shared, c->store);
		c->store = NULL;
	}
	resume_reading(c);
	http1_deadline(c, patience(c));
}

void http1_drain(struct http1 *c)
{
	if (c->fiber || c->lingering)
		return;
	/* A request that has come already is served: its sender can't know that we are about to leave. */
	http1_fill(c);
	http1_advance(c);
}
