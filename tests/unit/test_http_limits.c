/* What a server does past each of its limits, when time is up, and when it is told to stop. */
#include "http_fixture.h"

#include <sys/un.h>

#include "http/proxy.h"

enum { SHORT_MS = 60, LONG_MS = 60000, LARGE = 16 * 1024 * 1024 };

static void handler(struct http_message *m, void *arg)
{
	struct error error = ERROR_INIT;
	struct buf body = BUF_INIT;
	struct str text;

	if (str_is(m->path, "/patient") && !wait_at_gate())
		return;
	if (str_is(m->path, "/stubborn")) {
		fiber_shield(true);
		wait_at_gate();
		fiber_shield(false);
	}
	if (m->method == HTTP_POST && http_read_all(m, 1024, &text, &error) < 0) {
		fixture.cancelled += error.kind == ERROR_CANCELLED;
		fixture.finished += error.kind == ERROR_TIMEOUT;
		error_clear(&error);
		return;
	}
	if (str_is(m->path, "/large")) {
		memset(buf_reserve(&body, LARGE), 'x', LARGE);
		buf_wrote(&body, LARGE);
	} else if (str_is(m->path, "/flood")) {
		http_start(m, 200, -1);
		while (http_write(m, STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")) == 0)
			;
		fixture.finished++;
		return;
	} else {
		buf_printf(&body, "%.*s %.*s %.*s", STR_ARG(m->origin.address), STR_ARG(m->origin.scheme),
			STR_ARG(m->origin.host));
	}
	http_send(m, 200, &body);
}

static int teardown(void **state)
{
	end();
	return 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

/* ---- time ---- */

static struct http_options patient(void)
{
	return (struct http_options){ .head_timeout_ms = LONG_MS, .body_timeout_ms = LONG_MS,
		.idle_timeout_ms = LONG_MS, .drain_timeout_ms = LONG_MS };
}

static void answers_408_when_the_head_does_not_come(void **state)
{
	struct http_options options = patient();
	struct client *c;

	options.head_timeout_ms = SHORT_MS;
	begin(&options, handler);
	c = ask("GET / HTTP/1.1\r\nHo");
	until(is_closed(c));
	assert_true(has(c, "HTTP/1.1 408 Request Timeout\r\n"));
	assert_true(has(c, "\"name\":\"RequestTimeoutError\""));
	assert_int_equal(http_server_stats(fixture.server).refused, 1);
}

static void does_not_let_single_bytes_prolong_the_heads_time(void **state)
{
	struct http_options options = patient();
	struct client *c;
	uint64_t start = clock_monotonic_ms();

	options.head_timeout_ms = SHORT_MS;
	begin(&options, handler);
	c = ask(GET("/"));
	while (!is_closed(c) && clock_monotonic_ms() < start + 5000) {
		(void)!send(c->fd, "G", 1, MSG_NOSIGNAL);
		turn_for(5);
	}
	assert_true(is_closed(c));
	assert_true(has(c, "408"));
}

static void closes_idle_connections_without_a_word(void **state)
{
	struct http_options options = patient();
	struct client *never, *once;

	options.idle_timeout_ms = SHORT_MS;
	begin(&options, handler);
	never = connect_client();
	once = ask(GET("/"));
	until(has(once, "200 OK"));
	forget(once);
	until(is_closed(never));
	until(is_closed(once));
	assert_int_equal(never->received.n, 0);
	assert_int_equal(once->received.n, 0);
}

static void answers_408_when_the_bodys_next_bytes_do_not_come(void **state)
{
	struct http_options options = patient();
	struct client *c;

	options.body_timeout_ms = SHORT_MS;
	begin(&options, handler);
	c = ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
	until(is_closed(c));
	assert_true(has(c, "HTTP/1.1 408 Request Timeout\r\n"));
	assert_int_equal(fixture.finished, 1);
}

static void closes_on_a_client_that_does_not_take_its_answer(void **state)
{
	struct http_options options = patient();
	struct client *whole, *pieces;

	options.body_timeout_ms = SHORT_MS;
	begin(&options, handler);
	whole = ask(GET("/large"));
	pieces = ask(GET("/flood"));
	until(http_server_stats(fixture.server).connections == 2);
	until(http_server_stats(fixture.server).connections == 0);
	assert_int_equal(fixture.finished, 1);
	until(is_closed(whole) && is_closed(pieces));
	assert_true(whole->received.n < LARGE);
}

static void leaves_a_slow_handler_its_time(void **state)
{
	struct http_options options = patient();
	struct client *c;

	options.head_timeout_ms = options.body_timeout_ms = options.idle_timeout_ms = SHORT_MS;
	begin(&options, handler);
	c = ask(GET("/patient"));
	turn_for(4 * SHORT_MS);
	assert_false(is_closed(c));
	open_gate();
	until(has(c, "200 OK"));
}

/* ---- counts ---- */

static void answers_503_past_the_requests_in_flight(void **state)
{
	struct http_options options = { .in_flight = 1 };
	struct client *busy, *refused;

	begin(&options, handler);
	busy = connect_client();
	refused = connect_client();
	until(http_server_stats(fixture.server).connections == 2);
	say(busy, GET("/patient"));
	until(fixture.waiting == 1);
	say(refused, GET("/"));
	until(has(refused, "HTTP/1.1 503 Service Unavailable\r\n"));
	until(has(refused, "\r\n\r\n{\"data\":null"));
	assert_true(has(refused, "Retry-After: 1\r\n"));
	assert_false(is_closed(refused));
	open_gate();
	until(has(busy, "200 OK"));
	say(refused, GET("/"));
	until(has(refused, "200 OK"));
	assert_int_equal(http_server_stats(fixture.server).refused, 1);
	assert_int_equal(http_server_stats(fixture.server).messages, 2);
}

static void tells_new_connections_503_rather_than_let_them_hang(void **state)
{
	struct http_options options = { .in_flight = 1 };
	struct client *late, *posting;

	begin(&options, handler);
	ask(GET("/patient"));
	until(fixture.waiting == 1);
	late = ask(GET("/"));
	posting = ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
	until(has(late, "503 Service Unavailable"));
	until(is_closed(posting));
	assert_true(has(posting, "503 Service Unavailable"));
}

static void lets_connections_past_the_limit_wait_in_the_queue(void **state)
{
	struct http_options options = { .connections = 2 };
	struct client *first, *third;

	begin(&options, handler);
	first = ask(GET("/"));
	ask(GET("/"));
	until(has(first, "200 OK"));
	until(http_server_stats(fixture.server).connections == 2);
	third = ask(GET("/"));
	turn_for(50);
	assert_false(has(third, "HTTP"));
	assert_int_equal(http_server_stats(fixture.server).connections, 2);
	hang_up(first);
	until(has(third, "200 OK"));
}

static void answers_431_past_the_heads_limits(void **state)
{
	struct http_options options = { .head_limit = 200, .header_limit = 3 };
	struct client *large, *many;
	char text[400];

	begin(&options, handler);
	snprintf(text, sizeof(text), "GET /%0300d", 0);
	large = ask(text);
	many = ask("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\nA: b\r\nA: b\r\n\r\n");
	until(is_closed(large) && is_closed(many));
	assert_true(has(large, "HTTP/1.1 431 Request Header Fields Too Large\r\n"));
	assert_true(has(many, "HTTP/1.1 431 Request Header Fields Too Large\r\n"));
}

/* ---- draining ---- */

static void on_drained(void *arg)
{
	fixture.drained = true;
}

static void drains_idle_connections_at_once_and_busy_ones_when_they_are_done(void **state)
{
	struct client *idle, *busy;

	begin(NULL, handler);
	idle = ask(GET("/"));
	busy = ask(GET("/patient") GET("/never"));
	until(has(idle, "200 OK") && fixture.waiting == 1);
	http_server_drain(fixture.server, on_drained, NULL);
	until(is_closed(idle));
	assert_false(is_closed(busy));
	assert_false(fixture.drained);
	open_gate();
	until(is_closed(busy));
	assert_true(has(busy, "200 OK"));
	assert_true(has(busy, "Connection: close\r\n"));
	assert_int_equal(count_of(busy, "HTTP/1.1"), 1);
	hang_up(busy);
	until(fixture.drained);
	assert_int_equal(http_server_stats(fixture.server).connections, 0);
}

static void serves_what_came_before_the_drain(void **state)
{
	struct client *sent, *late, *silent;

	begin(NULL, handler);
	sent = connect_client();
	late = connect_client();
	silent = connect_client();
	until(http_server_stats(fixture.server).connections == 3);
	say(sent, GET("/"));
	poll(NULL, 0, 20);
	http_server_drain(fixture.server, on_drained, NULL);
	say(late, GET("/"));
	until(is_closed(sent) && is_closed(late) && is_closed(silent));
	assert_true(has(sent, "200 OK"));
	assert_true(has(late, "200 OK"));
	assert_int_equal(silent->received.n, 0);
	until(fixture.drained);
}

static void ends_a_drain_in_time_even_if_handlers_do_not(void **state)
{
	struct http_options options = { .drain_timeout_ms = SHORT_MS };
	struct client *c, *d;

	begin(&options, handler);
	c = ask(GET("/patient"));
	d = ask(GET("/stubborn"));
	until(fixture.waiting == 2);
	http_server_drain(fixture.server, on_drained, NULL);
	until(fixture.drained);
	until(is_closed(c) && is_closed(d));
	until(fixture.cancelled == 1);
	assert_int_equal(http_server_stats(fixture.server).connections, 1);
	open_gate();
	until(http_server_stats(fixture.server).connections == 0);
}

static void free_at_drained(void *arg)
{
	http_server_free(fixture.server);
	fixture.server = NULL;
	fixture.drained = true;
}

static void may_be_freed_when_it_is_drained(void **state)
{
	struct client *c;

	begin(NULL, handler);
	c = ask(GET("/"));
	until(has(c, "200 OK"));
	http_server_drain(fixture.server, free_at_drained, NULL);
	until(fixture.drained);
	assert_true(is_closed(c));
}

/* ---- proxies ---- */

static struct arena *arena;

static void begin_trusting(const char *who)
{
	struct str entry = str_of(who);
	struct error error = ERROR_INIT;
	struct http_options options = { 0 };

	arena = arena_new(1024);
	options.trust = http_proxies_new(arena, &entry, 1, &error);
	begin(&options, handler);
}

static int teardown_trust(void **state)
{
	end();
	arena_free(arena);
	return 0;
}

static void believes_a_trusted_peer(void **state)
{
	struct client *headers, *line, *both, *binary, *none, *bad;
	static const char v2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x01\xcb\0\x71\x01\xdc\x04\x01\xbb";

	begin_trusting("127.0.0.1");
	headers = ask("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 7.7.7.7\r\nX-Forwarded-Proto: https\r\n"
		"X-Forwarded-Host: example.org\r\n\r\n");
	until(has(headers, "\r\n\r\n7.7.7.7 https example.org"));
	line = ask("PROXY TCP4 6.6.6.6 7.7.7.7 1 2\r\n");
	turn_for(10);
	say(line, GET("/") GET("/"));
	until(count_of(line, "\r\n\r\n6.6.6.6 http x") == 2 || (pump(line), false));
	both = ask("PROXY TCP4 6.6.6.6 7.7.7.7 1 2\r\nGET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n");
	until(has(both, "\r\n\r\n6.6.6.6 http x"));
	binary = connect_client();
	assert_int_equal(send(binary->fd, v2, sizeof(v2) - 1, MSG_NOSIGNAL), (ssize_t)sizeof(v2) - 1);
	say(binary, GET("/"));
	until(has(binary, "\r\n\r\n198.51.100.1 http x"));
	none = ask(GET("/"));
	until(has(none, "\r\n\r\n127.0.0.1 http x"));
	bad = ask("PROXY nonsense\r\n");
	until(has(bad, "400 Bad Request"));
}

static void believes_nobody_else(void **state)
{
	struct client *headers, *line;

	begin_trusting("127.0.0.2");
	headers = ask("GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 7.7.7.7\r\nX-Forwarded-Proto: https\r\n\r\n");
	until(has(headers, "\r\n\r\n127.0.0.1 http x"));
	line = ask("PROXY TCP4 6.6.6.6 7.7.7.7 1 2\r\n");
	until(is_closed(line));
	assert_true(has(line, "400 Bad Request"));
}

/* ---- listening ---- */

static void names_the_address_that_is_in_use(void **state)
{
	struct error error = ERROR_INIT;
	char address[64];
	int fd = http_listen(STR("127.0.0.1:0"), &error);

	assert_true(fd >= 0);
	snprintf(address, sizeof(address), "127.0.0.1:%u", http_listen_port(fd));
	assert_int_equal(http_listen(str_of(address), &error), -1);
	assert_non_null(strstr(error_message(&error), address));
	assert_non_null(strstr(error_message(&error), "in use"));
	error_clear(&error);
	close(fd);
	fd = http_listen(str_of(address), &error);
	assert_true(fd >= 0);
	close(fd);
}

static void replaces_a_stale_socket_file_but_no_live_one(void **state)
{
	struct error error = ERROR_INIT;
	char address[64];
	int fd, again;

	snprintf(address, sizeof(address), "unix:/tmp/socle-test-%d.sock", (int)getpid());
	fd = http_listen(str_of(address), &error);
	assert_true(fd >= 0);
	assert_int_equal(http_listen_port(fd), 0);
	assert_int_equal(http_listen(str_of(address), &error), -1);
	error_clear(&error);
	close(fd);
	again = http_listen(str_of(address + 5), &error);
	assert_true(again >= 0);
	close(again);
	unlink(address + 5);
}

static void refuses_what_is_no_address(void **state)
{
	static const char *const wrong[] = { "", "1337", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
		"::1:80", "unix:" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct error error = ERROR_INIT;

		assert_int_equal(http_listen(str_of(wrong[i]), &error), -1);
		assert_int_equal(error.kind, ERROR_CONFIG);
		error_clear(&error);
	}
}

static void serves_a_unix_socket(void **state)
{
	struct error error = ERROR_INIT;
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct client *c;
	int listener;

	begin(NULL, handler);
	snprintf(to.sun_path, sizeof(to.sun_path), "/tmp/socle-test-%d.sock", (int)getpid());
	listener = http_listen(str_of(to.sun_path), &error);
	assert_int_equal(http_server_listen(fixture.server, listener, &error), 0);
	c = &fixture.clients[fixture.client_count++];
	c->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(c->fd, (struct sockaddr *)&to, sizeof(to)), 0);
	say(c, GET("/"));
	until(has(c, "\r\n\r\n http x"));
	end();
	close(listener);
	unlink(to.sun_path);
}

static void refuses_a_descriptor_that_does_not_listen(void **state)
{
	struct error error = ERROR_INIT;

	begin(NULL, handler);
	assert_int_equal(http_server_listen(fixture.server, 0, &error), -1);
	error_clear(&error);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
		TEST(answers_408_when_the_head_does_not_come),
		TEST(does_not_let_single_bytes_prolong_the_heads_time),
		TEST(closes_idle_connections_without_a_word),
		TEST(answers_408_when_the_bodys_next_bytes_do_not_come),
		TEST(closes_on_a_client_that_does_not_take_its_answer),
		TEST(leaves_a_slow_handler_its_time),
		TEST(answers_503_past_the_requests_in_flight),
		TEST(tells_new_connections_503_rather_than_let_them_hang),
		TEST(lets_connections_past_the_limit_wait_in_the_queue),
		TEST(answers_431_past_the_heads_limits),
		TEST(drains_idle_connections_at_once_and_busy_ones_when_they_are_done),
		TEST(serves_what_came_before_the_drain),
		TEST(ends_a_drain_in_time_even_if_handlers_do_not),
		TEST(may_be_freed_when_it_is_drained),
		cmocka_unit_test_teardown(believes_a_trusted_peer, teardown_trust),
		cmocka_unit_test_teardown(believes_nobody_else, teardown_trust),
		cmocka_unit_test(names_the_address_that_is_in_use),
		cmocka_unit_test(replaces_a_stale_socket_file_but_no_live_one),
		cmocka_unit_test(refuses_what_is_no_address),
		cmocka_unit_test(serves_a_unix_socket),
		cmocka_unit_test(refuses_a_descriptor_that_does_not_listen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
