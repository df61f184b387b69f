/* A server on a loop and clients on real sockets, in one thread: the clients never block, and every wait turns the
 * loop until its condition holds. */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/server.h"
#include "loop/fiber.h"
#include "loop/loop.h"

struct client {
	int fd;
	struct buf received;
	bool closed;
};

struct fixture {
	struct loop *loop;
	struct http_server *server;
	int listener;
	struct fiber_queue gate;	/* handlers wait here until the test opens it */
	bool open;
	int waiting, cancelled, finished;
	size_t count;			/* what the handler at hand counts */
	struct client clients[8];
	unsigned client_count;
	bool drained;			/* set by the test's callback */
};

static struct fixture fixture;

static inline void answer(struct http_message *message, int status, struct str text)
{
	struct buf body = BUF_INIT;

	buf_add(&body, text);
	http_set_header(message, STR("Content-Type"), STR("text/plain"));
	http_send(message, status, &body);
}

/* Parks until the test opens the gate; false when the fiber was called off. */
static inline bool wait_at_gate(void)
{
	int rc = 0;

	fixture.waiting++;
	while (!fixture.open && rc == 0)
		rc = fiber_queue_wait(&fixture.gate, FIBER_FOREVER);
	fixture.waiting--;
	if (rc < 0)
		fixture.cancelled++;
	return rc == 0;
}

static inline void open_gate(void)
{
	fixture.open = true;
	fiber_queue_wake_all(&fixture.gate);
}

static inline void begin(const struct http_options *options, http_handler *handler)
{
	struct error error = ERROR_INIT;

	memset(&fixture, 0, sizeof(fixture));
	fixture.loop = loop_new(NULL);
	fiber_queue_init(&fixture.gate);
	fixture.server = http_server_new(fixture.loop, options, handler, NULL);
	fixture.listener = http_listen(STR("127.0.0.1:0"), &error);
	if (fixture.listener < 0)
		fail_msg("%s", error_message(&error));
	assert_int_equal(http_server_listen(fixture.server, fixture.listener, &error), 0);
}

static inline void pump(struct client *client)
{
	while (!client->closed) {
		ssize_t got = recv(client->fd, buf_reserve(&client->received, 65536), 65536, MSG_DONTWAIT);

		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (got <= 0)
			client->closed = true;
		else
			buf_wrote(&client->received, (size_t)got);
	}
}

static inline void turn(void)
{
	loop_turn(fixture.loop, false);
	poll(NULL, 0, 1);
}

#define until(condition) \
	do { \
		uint64_t until_ms = clock_monotonic_ms() + 10000; \
		while (!(condition)) { \
			if (clock_monotonic_ms() > until_ms) \
				fail_msg("waited in vain for: %s", #condition); \
			turn(); \
		} \
	} while (0)

static inline void turn_for(int ms)
{
	for (uint64_t end = clock_monotonic_ms() + (uint64_t)ms; clock_monotonic_ms() < end;)
		turn();
}

static inline struct client *connect_client(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) },
		.sin_port = htons((uint16_t)http_listen_port(fixture.listener)) };
	struct client *client = &fixture.clients[fixture.client_count++];

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(client->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return client;
}

static inline void say(struct client *client, const char *text)
{
	assert_int_equal(send(client->fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static inline void hang_up(struct client *client)
{
	close(client->fd);
	client->fd = -1;
	client->closed = true;
}

static inline bool has(struct client *client, const char *text)
{
	pump(client);
	return strstr(buf_cstr(&client->received), text) != NULL;
}

static inline bool is_closed(struct client *client)
{
	pump(client);
	return client->closed;
}

/* How often `text` was received. */
static inline int count_of(struct client *client, const char *text)
{
	int count = 0;

	for (const char *at = buf_cstr(&client->received); (at = strstr(at, text)); at++)
		count++;
	return count;
}

static inline void forget(struct client *client)
{
	client->received.n = 0;
}

static inline struct client *ask(const char *request)
{
	struct client *client = connect_client();

	say(client, request);
	return client;
}

static inline void end(void)
{
	http_server_free(fixture.server);
	until(loop_fibers(fixture.loop) == 0);
	for (unsigned i = 0; i < fixture.client_count; i++) {
		if (fixture.clients[i].fd >= 0)
			close(fixture.clients[i].fd);
		buf_clear(&fixture.clients[i].received);
	}
	close(fixture.listener);
	loop_free(fixture.loop);
}

#endif
