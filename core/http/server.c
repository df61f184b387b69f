#include "http/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "http/http1.h"
#include "loop/loop.h"

enum {
	PATIENCE_MS = 20,	/* a busy worker leaves new connections to others for so long */
	PATIENCE_BATCH = 32,	/* and then takes so many, to refuse their requests in words */
	STORES_KEPT = 64,
	ARENA_CHUNK = 16 * 1024,
	LEAST_INPUT = 8 * 1024,
};

struct listener {
	SLIST_ENTRY(listener) entry;
	struct http_server *server;
	struct event event;
	int fd;
};

struct http_server {
	struct http1_shared shared;	/* first: settled() finds the server by it */
	SLIST_HEAD(, listener) listeners;
	struct event patience;
	struct event drain_timer;
	bool accepting;
	bool freed;			/* by its owner: goes with the last connection */
	bool only_long;			/* a drain has come to where only long answers are waited for */
	void (*drained)(void *arg);
	void *drained_arg;
};

static void settled(struct http1_shared *shared);
static void on_patience(evutil_socket_t fd, short events, void *arg);
static void on_drain_timer(evutil_socket_t fd, short events, void *arg);

static void set_defaults(struct http_options *options)
{
	static const struct http_options defaults = {
		.head_limit = 16 * 1024,
		.header_limit = 100,
		.head_timeout_ms = 10 * 1000,
		.body_timeout_ms = 30 * 1000,
		.idle_timeout_ms = 75 * 1000,
		.drain_timeout_ms = 30 * 1000,
		.long_drain_timeout_ms = 5 * 60 * 1000,
		.connections = 20000,
		.in_flight = 1024,
		.high_water = 256 * 1024,
	};

#define DEFAULT(field) options->field = options->field ? options->field : defaults.field
	DEFAULT(head_limit);
	DEFAULT(header_limit);
	DEFAULT(head_timeout_ms);
	DEFAULT(body_timeout_ms);
	DEFAULT(idle_timeout_ms);
	DEFAULT(drain_timeout_ms);
	DEFAULT(long_drain_timeout_ms);
	DEFAULT(connections);
	DEFAULT(in_flight);
	DEFAULT(high_water);
#undef DEFAULT
}

struct http_server *http_server_new(struct loop *loop, const struct http_options *options,
	http_handler *handler, void *arg)
{
	struct http_server *server = calloc(1, sizeof(*server));
	struct http1_shared *shared;

	if (!server)
		abort();
	shared = &server->shared;
	shared->loop = loop;
	shared->base = loop_base(loop);
	if (options)
		shared->options = *options;
	set_defaults(&shared->options);
	shared->handler = handler;
	shared->handler_arg = arg;
	shared->settled = settled;
	TAILQ_INIT(&shared->connections);
	SLIST_INIT(&shared->stores);
	SLIST_INIT(&server->listeners);
	evtimer_assign(&server->patience, shared->base, on_patience, server);
	evtimer_assign(&server->drain_timer, shared->base, on_drain_timer, server);
	server->accepting = true;
	return server;
}

/* ---- what connections borrow ---- */

struct http1_store *http1_store_take(struct http1_shared *shared)
{
	struct http1_store *store = SLIST_FIRST(&shared->stores);
	size_t capacity = shared->options.head_limit < LEAST_INPUT ? LEAST_INPUT : shared->options.head_limit;

	if (store) {
		SLIST_REMOVE_HEAD(&shared->stores, entry);
		shared->stores_kept--;
		return store;
	}
	store = malloc(sizeof(*store) + capacity);
	if (!store)
		abort();
	store->capacity = capacity;
	store->arena = arena_new(ARENA_CHUNK);
	store->fields = calloc(shared->options.header_limit, sizeof(*store->fields));
	if (!store->fields)
		abort();
	return store;
}

static void store_free(struct http1_store *store)
{
	arena_free(store->arena);
	free(store->fields);
	free(store);
}

void http1_store_give(struct http1_shared *shared, struct http1_store *store)
{
	if (shared->stores_kept == STORES_KEPT) {
		store_free(store);
		return;
	}
	SLIST_INSERT_HEAD(&shared->stores, store, entry);
	shared->stores_kept++;
}

/* ---- accepting ---- */

static void start_timer(struct event *timer, int ms)
{
	event_add(timer, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
}

static void set_accepting(struct http_server *server, bool on)
{
	struct listener *listener;

	if (server->accepting == on)
		return;
	server->accepting = on;
	SLIST_FOREACH(listener, &server->listeners, entry) {
		if (on)
			event_add(&listener->event, NULL);
		else
			event_del(&listener->event);
	}
}

static bool is_busy(const struct http1_shared *shared)
{
	return shared->stats.in_flight >= shared->options.in_flight;
}

static bool is_full(const struct http1_shared *shared)
{
	return shared->stats.connections >= shared->options.connections;
}

static void pause_accepting(struct http_server *server)
{
	set_accepting(server, false);
	if (!evtimer_pending(&server->patience, NULL))
		start_timer(&server->patience, PATIENCE_MS);
}

static bool accept_one(struct listener *listener)
{
	struct http_server *server = listener->server;
	struct sockaddr_storage peer = { 0 };
	socklen_t n = sizeof(peer);
	int fd = accept4(listener->fd, (struct sockaddr *)&peer, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		http1_open(&server->shared, fd, &peer);
		return true;
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
		log_error("http", "no connection can be accepted: %s; %u are open", strerror(errno),
			server->shared.stats.connections);
		pause_accepting(server);
	}
	return false;
}

static void on_connection(evutil_socket_t fd, short events, void *arg)
{
	struct listener *listener = arg;
	struct http_server *server = listener->server;

	accept_one(listener);
	if (is_full(&server->shared))
		set_accepting(server, false);
	else if (is_busy(&server->shared))
		pause_accepting(server);
}

/* Other workers had their chance; who is still in the queue is told 503 by the connection. */
static void on_patience(evutil_socket_t fd, short events, void *arg)
{
	struct http_server *server = arg;
	struct listener *listener;

	if (server->shared.draining || is_full(&server->shared))
		return;
	if (!is_busy(&server->shared)) {
		set_accepting(server, true);
		return;
	}
	SLIST_FOREACH(listener, &server->listeners, entry) {
		for (int i = 0; i < PATIENCE_BATCH && !is_full(&server->shared) && accept_one(listener); i++)
			;
	}
	pause_accepting(server);
}

int http_server_listen(struct http_server *server, int fd, struct error *error)
{
	struct listener *listener;
	int listens = 0;
	socklen_t n = sizeof(listens);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n) < 0 || !listens)
		return error_set(error, ERROR_INTERNAL, "descriptor %d is not a listening socket", fd);
	listener = calloc(1, sizeof(*listener));
	if (!listener)
		abort();
	listener->server = server;
	listener->fd = fd;
	event_assign(&listener->event, server->shared.base, fd, EV_READ | EV_PERSIST, on_connection, listener);
	SLIST_INSERT_HEAD(&server->listeners, listener, entry);
	if (server->accepting)
		event_add(&listener->event, NULL);
	return 0;
}

/* ---- ending ---- */

static void drop_listeners(struct http_server *server)
{
	struct listener *listener;

	while ((listener = SLIST_FIRST(&server->listeners))) {
		SLIST_REMOVE_HEAD(&server->listeners, entry);
		event_del(&listener->event);
		free(listener);
	}
	event_del(&server->patience);
}

static void server_free(struct http_server *server)
{
	struct http1_store *store;

	while ((store = SLIST_FIRST(&server->shared.stores))) {
		SLIST_REMOVE_HEAD(&server->shared.stores, entry);
		store_free(store);
	}
	free(server);
}

static void tell_drained(struct http_server *server)
{
	void (*drained)(void *arg) = server->drained;

	server->drained = NULL;
	event_del(&server->drain_timer);
	if (drained)
		drained(server->drained_arg);
}

static void settled(struct http1_shared *shared)
{
	struct http_server *server = (struct http_server *)shared;
	bool last = shared->stats.connections == 0;

	if (last && server->freed) {
		server_free(server);
		return;
	}
	if (!server->accepting && !shared->draining && !is_full(shared) && !is_busy(shared))
		set_accepting(server, true);
	if (last && shared->draining)
		tell_drained(server);	/* may free the server */
}

/* Calls fn for each connection, which it may free. */
static void for_each_connection(struct http1_shared *shared, void (*fn)(struct http1 *connection))
{
	struct http1 *c = TAILQ_FIRST(&shared->connections), *following;

	for (; c; c = following) {
		following = TAILQ_NEXT(c, entry);
		fn(c);
	}
}

static void abort_short(struct http1 *c)
{
	if (!c->long_answer)
		http1_abort(c);
}

static void on_drain_timer(evutil_socket_t fd, short events, void *arg)
{
	struct http_server *server = arg;
	const struct http_options *options = &server->shared.options;
	void (*drained)(void *arg) = server->drained;
	void *drained_arg = server->drained_arg;

	if (!server->only_long && server->shared.stats.long_answers &&
	    options->long_drain_timeout_ms > options->drain_timeout_ms) {
		server->only_long = true;
		start_timer(&server->drain_timer, options->long_drain_timeout_ms - options->drain_timeout_ms);
		for_each_connection(&server->shared, abort_short);
		return;
	}
	/* Told by us, not by the last connection: cancelled fibers may take their time. */
	server->drained = NULL;
	log_warn("http", "%u connections are still at work after %d ms and are closed",
		server->shared.stats.connections,
		server->only_long ? options->long_drain_timeout_ms : options->drain_timeout_ms);
	for_each_connection(&server->shared, http1_abort);
	if (drained)
		drained(drained_arg);
}

void http_server_drain(struct http_server *server, void (*done)(void *arg), void *arg)
{
	struct http1_shared *shared = &server->shared;

	drop_listeners(server);
	shared->draining = true;
	for_each_connection(shared, http1_drain);
	server->drained = done;
	server->drained_arg = arg;
	if (shared->stats.connections == 0)
		tell_drained(server);
	else
		start_timer(&server->drain_timer, shared->options.drain_timeout_ms);
}

struct http_stats http_server_stats(const struct http_server *server)
{
	return server->shared.stats;
}

void http_server_free(struct http_server *server)
{
	struct http1_shared *shared;

	if (!server)
		return;
	shared = &server->shared;
	drop_listeners(server);
	event_del(&server->drain_timer);
	server->drained = NULL;
	shared->draining = true;
	shared->stats.connections++;	/* so that it outlives the walk */
	for_each_connection(shared, http1_abort);
	shared->stats.connections--;
	server->freed = true;
	if (shared->stats.connections == 0)
		server_free(server);
}
