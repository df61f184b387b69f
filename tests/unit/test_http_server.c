#include "http_fixture.h"

/* PIECES are more than the sockets of both sides take together. */
enum { LONG = 3 * 1024 * 1024, PIECE = 64 * 1024, PIECES = 256 };

/* ---- handlers, by path ---- */

static void hello(struct http_message *m)
{
	answer(m, 200, STR("hello"));
}

/* A body that can't be read whole is left to the wire to answer. */
static void echo(struct http_message *m)
{
	struct error error = ERROR_INIT;
	struct str body;

	if (http_read_all(m, 1024, &body, &error) == 0)
		answer(m, 200, body);
	else if (error.kind == ERROR_PAYLOAD_TOO_LARGE)
		answer(m, 413, str_of(error_message(&error)));
	else if (error.kind == ERROR_CANCELLED)
		fixture.cancelled++;
	error_clear(&error);
}

static void patient(struct http_message *m)
{
	if (wait_at_gate())
		answer(m, 200, STR("patient"));
}

static void count_body(struct http_message *m)
{
	struct error error = ERROR_INIT;
	char piece[10000];
	ssize_t got;

	wait_at_gate();
	while ((got = http_read(m, piece, sizeof(piece), &error)) > 0)
		fixture.count += (size_t)got;
	error_clear(&error);
	answer(m, 200, STR("counted"));
}

static void large(struct http_message *m)
{
	struct buf body = BUF_INIT;

	memset(buf_reserve(&body, LONG), 'x', LONG);
	buf_wrote(&body, LONG);
	http_send(m, 200, &body);
}

static void flood(struct http_message *m)
{
	static const char piece[PIECE];

	http_start(m, 200, (int64_t)PIECE * PIECES);
	for (int i = 0; i < PIECES && http_write(m, (struct str){ piece, PIECE }) == 0; i++)
		fixture.count++;
	http_finish(m);
	fixture.finished++;
}

static void in_pieces(struct http_message *m)
{
	http_start(m, 200, -1);
	assert_int_equal(http_write(m, STR("one ")), 0);
	assert_int_equal(http_flush(m), 0);
	if (!wait_at_gate())
		return;
	assert_int_equal(http_write(m, STR("")), 0);
	assert_int_equal(http_write(m, STR("two")), 0);
	http_finish(m);
	assert_int_equal(http_write(m, STR("three")), -1);
}

static void half(struct http_message *m)
{
	http_start(m, 200, -1);
	(void)!http_write(m, STR("half"));
}

static void too_short(struct http_message *m)
{
	http_start(m, 200, 10);
	(void)!http_write(m, STR("12345"));
	assert_int_equal(http_write(m, STR("123456")), -1);
	http_finish(m);
}

static void nothing(struct http_message *m)
{
}

static void empty(struct http_message *m)
{
	http_send(m, 204, NULL);
}

static void with_headers(struct http_message *m)
{
	assert_int_equal(http_add_header(m, STR("X-A"), STR("1")), 0);
	assert_int_equal(http_add_header(m, STR("x-a"), STR("2")), 0);
	assert_int_equal(http_set_header(m, STR("X-A"), STR("3")), 0);
	assert_int_equal(http_add_header(m, STR("X-B"), STR("a\r\nX-Evil: b")), -1);
	assert_int_equal(http_set_header(m, STR("X-B\nX-Evil"), STR("a")), -1);
	assert_int_equal(http_add_header(m, STR(""), STR("a")), -1);
	assert_int_equal(http_set_header(m, STR("Content-Length"), STR("999")), 0);
	assert_int_equal(http_set_header(m, STR("Transfer-Encoding"), STR("chunked")), 0);
	assert_int_equal(http_set_header(m, STR("X-C"), STR("1")), 0);
	http_remove_header(m, STR("x-c"));
	assert_int_equal(http_add_constant_headers(m, STR("X-D: 4\r\nX-E: 5\r\n")), 0);
	assert_str(http_answer_header(m, STR("x-A")), "3");
	assert_true(str_is_null(http_answer_header(m, STR("X-C"))));
	answer(m, 200, http_header(m, STR("accept")));
	http_send(m, 500, NULL);
}

static void origin(struct http_message *m)
{
	struct buf body = BUF_INIT;

	buf_printf(&body, "%.*s %.*s %.*s", STR_ARG(m->origin.address), STR_ARG(m->origin.scheme),
		STR_ARG(m->origin.host));
	http_send(m, 200, &body);
}

static void handler(struct http_message *m, void *arg)
{
	static const struct {
		const char *path;
		void (*fn)(struct http_message *m);
	} routes[] = {
		{ "/hello", hello }, { "/echo", echo }, { "/patient", patient }, { "/count", count_body },
		{ "/large", large }, { "/flood", flood }, { "/pieces", in_pieces }, { "/half", half },
		{ "/short", too_short }, { "/nothing", nothing }, { "/empty", empty },
		{ "/headers", with_headers }, { "/origin", origin },
	};

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (str_equal(m->path, str_of(routes[i].path))) {
			routes[i].fn(m);
			return;
		}
	}
	answer(m, 404, STR("?"));
}

static int setup(void **state)
{
	begin(NULL, handler);
	return 0;
}

static int teardown(void **state)
{
	end();
	return 0;
}

/* ---- messages after one another ---- */

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void serves_several_messages_over_one_connection(void **state)
{
	struct client *c = ask(GET("/hello"));

	for (int i = 0; i < 3; i++) {
		until(has(c, "\r\n\r\nhello"));
		assert_true(has(c, "HTTP/1.1 200 OK\r\n"));
		assert_true(has(c, "\r\nContent-Length: 5\r\n"));
		assert_true(has(c, "\r\nDate: "));
		assert_true(has(c, " GMT\r\n"));
		assert_false(has(c, "Connection:"));
		assert_false(has(c, "Server:"));
		forget(c);
		say(c, GET("/hello"));
	}
	until(has(c, "hello"));
	assert_int_equal(http_server_stats(fixture.server).accepted, 1);
	assert_int_equal(http_server_stats(fixture.server).messages, 4);
	assert_int_equal(http_server_stats(fixture.server).in_flight, 0);
}

static void understands_a_request_sent_byte_by_byte(void **state)
{
	static const char request[] = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nT: u\r\n\r\n" GET("/hello");
	struct client *c = connect_client();

	for (size_t i = 0; i < sizeof(request) - 1; i++) {
		assert_int_equal(send(c->fd, request + i, 1, MSG_NOSIGNAL), 1);
		turn();
	}
	until(has(c, "\r\n\r\nabcde"));
	until(has(c, "\r\n\r\nhello"));
}

static void answers_pipelined_requests_in_their_order(void **state)
{
	struct client *c = ask(GET("/patient") GET("/hello") "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
		GET("/hello"));
	const char *text;

	until(fixture.waiting == 1);
	turn_for(20);
	assert_false(has(c, "HTTP"));
	open_gate();
	until(count_of(c, "200 OK") == 4 || (pump(c), false));
	text = buf_cstr(&c->received);
	assert_true(strstr(text, "patient") < strstr(text, "hello"));
	assert_true(strstr(text, "hello") < strstr(text, "abc"));
	assert_non_null(strstr(strstr(text, "abc"), "hello"));
}

static void serves_many_pipelined_requests(void **state)
{
	struct client *c = connect_client();

	for (int i = 0; i < 2000; i++) {
		say(c, GET("/hello"));
		if (i % 50 == 0) {
			turn();
			pump(c);
		}
	}
	until(count_of(c, "\r\n\r\nhello") == 2000 || (pump(c), false));
}

static void closes_after_http_1_0_and_after_connection_close(void **state)
{
	struct client *a = ask("GET /hello HTTP/1.0\r\n\r\n");
	struct client *b = ask("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	struct client *c = ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

	until(is_closed(a));
	until(is_closed(b));
	assert_true(has(a, "Connection: close\r\n"));
	assert_true(has(b, "Connection: close\r\n"));
	until(has(c, "Connection: keep-alive\r\n"));
	forget(c);
	say(c, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	until(has(c, "hello"));
	assert_false(is_closed(c));
}

static void sends_no_body_for_head_and_204(void **state)
{
	struct client *c = ask("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\nHEAD /pieces HTTP/1.1\r\nHost: x\r\n\r\n" GET("/empty"));

	open_gate();
	until(has(c, "204 No Content"));
	assert_int_equal(count_of(c, "HTTP/1.1 200 OK\r\n"), 2);
	assert_true(has(c, "Content-Length: 5\r\n"));
	assert_true(has(c, "Transfer-Encoding: chunked\r\n"));
	assert_int_equal(count_of(c, "Content-Length"), 1);
	assert_false(has(c, "hello"));
	assert_false(has(c, "one"));
	assert_false(is_closed(c));
}

static void writes_headers_as_the_handler_set_them(void **state)
{
	struct client *c = ask("GET /headers HTTP/1.1\r\nHost: x\r\naccept: first\r\nAccept: second\r\n\r\n");

	until(has(c, "\r\n\r\nfirst"));
	assert_true(has(c, "\r\nX-A: 3\r\n"));
	assert_int_equal(count_of(c, "X-A"), 1);
	assert_int_equal(count_of(c, "x-a"), 0);
	assert_true(has(c, "HTTP/1.1 200 OK\r\nX-D: 4\r\nX-E: 5\r\n"));
	assert_false(has(c, "Evil"));
	assert_false(has(c, "X-C"));
	assert_false(has(c, "999"));
	assert_false(has(c, "chunked"));
	assert_int_equal(count_of(c, "HTTP/1.1"), 1);
}

/* ---- bodies ---- */

static void echoes_bodies_of_both_framings(void **state)
{
	struct client *c = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
		"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n2\r\nef\r\n0\r\n\r\n"
		"POST /echo HTTP/1.1\r\nHost: x\r\n\r\n");

	until(count_of(c, "200 OK") == 3 || (pump(c), false));
	assert_true(has(c, "\r\n\r\nabcHTTP"));
	assert_true(has(c, "\r\n\r\ndefHTTP"));
	assert_true(has(c, "Content-Length: 0\r\n"));
}

static void says_continue_when_the_body_is_first_read(void **state)
{
	struct client *c = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

	until(has(c, "HTTP/1.1 100 Continue\r\n\r\n"));
	assert_false(has(c, "200"));
	say(c, "abc");
	until(has(c, "\r\n\r\nabc"));
	assert_false(is_closed(c));
}

static void closes_when_a_body_that_was_to_be_continued_is_not_wanted(void **state)
{
	struct client *c = ask("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

	until(is_closed(c));
	assert_true(has(c, "200 OK"));
	assert_true(has(c, "Connection: close"));
	assert_false(has(c, "100 Continue"));
}

static void reads_away_a_small_body_that_nobody_wanted(void **state)
{
	struct client *c = ask("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 31\r\n\r\n");

	until(has(c, "hello"));
	say(c, "GET /not-a-request HTTP/1.1\r\n\r\n" GET("/echo"));
	until(count_of(c, "200 OK") == 2 || (pump(c), false));
	assert_false(has(c, "404"));
}

static void closes_behind_a_long_body_that_nobody_wanted(void **state)
{
	struct client *c = ask("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n");

	until(is_closed(c));
	assert_true(has(c, "hello"));
	assert_true(has(c, "Connection: close"));
}

static void refuses_a_body_past_the_handlers_limit(void **state)
{
	struct client *c = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n");
	struct client *d = ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n");
	char piece[1025];

	until(has(c, "413 Payload Too Large"));
	memset(piece, 'a', sizeof(piece));
	assert_int_equal(send(d->fd, piece, sizeof(piece), MSG_NOSIGNAL), (ssize_t)sizeof(piece));
	until(has(d, "413 Payload Too Large"));
}

static void answers_a_broken_chunk_with_400_and_closes(void **state)
{
	struct client *c = ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naX\r\n");
	struct client *d = ask("POST /hello HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n" GET("/hello"));

	until(is_closed(c));
	assert_true(has(c, "HTTP/1.1 400 Bad Request\r\n"));
	assert_true(has(c, "\"name\":\"BadRequestError\""));
	until(is_closed(d));
	assert_int_equal(count_of(d, "HTTP/1.1"), 1);
}

static void holds_a_sender_back_while_nobody_reads(void **state)
{
	static const char piece[PIECE];
	struct client *c = connect_client();
	int small = PIECE;
	size_t sent = 0, stuck;
	char head[128];

	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	snprintf(head, sizeof(head), "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", 64 * LONG);
	say(c, head);
	until(fixture.waiting == 1);
	for (int quiet = 0; quiet < 50; quiet++) {
		ssize_t n = send(c->fd, piece, PIECE, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			sent += (size_t)n;
			quiet = 0;
		}
		turn();
	}
	stuck = sent;
	assert_true(stuck < 64u * LONG / 4);
	open_gate();
	while (sent < 64u * LONG) {
		size_t rest = 64u * LONG - sent;
		ssize_t n = send(c->fd, piece, rest < PIECE ? rest : PIECE, MSG_DONTWAIT | MSG_NOSIGNAL);

		sent += n > 0 ? (size_t)n : 0;
		loop_turn(fixture.loop, false);
	}
	until(has(c, "counted"));
	assert_int_equal(fixture.count, 64u * LONG);
	assert_false(is_closed(c));
}

/* ---- answers ---- */

static void sends_a_large_answer_whole(void **state)
{
	struct client *c = ask(GET("/large") GET("/hello"));
	const char *body;

	until(has(c, "hello"));
	assert_true(has(c, "Content-Length: 3145728\r\n"));
	body = strstr(buf_cstr(&c->received), "\r\n\r\n") + 4;
	assert_int_equal(strspn(body, "x"), LONG);
}

static void streams_an_answer_of_unknown_length_in_chunks(void **state)
{
	struct client *c = ask(GET("/pieces") GET("/hello"));

	until(has(c, "\r\n\r\n4\r\none \r\n"));
	assert_true(has(c, "Transfer-Encoding: chunked\r\n"));
	assert_false(has(c, "Content-Length"));
	open_gate();
	until(has(c, "\r\n3\r\ntwo\r\n0\r\n\r\nHTTP/1.1 200 OK"));
}

static void streams_to_http_1_0_until_the_connection_ends(void **state)
{
	struct client *c = ask("GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

	open_gate();
	until(is_closed(c));
	assert_true(has(c, "\r\n\r\none two"));
	assert_true(has(c, "Connection: close\r\n"));
	assert_false(has(c, "chunked"));
}

static void parks_a_writer_until_the_reader_follows(void **state)
{
	struct client *c = ask(GET("/flood"));
	size_t before;

	turn_for(100);
	before = fixture.count;
	assert_true(before < PIECES);
	assert_int_equal(fixture.finished, 0);
	until(fixture.finished == 1 || (pump(c), false));
	assert_int_equal(fixture.count, PIECES);
	until(c->received.n > (size_t)PIECE * PIECES || (pump(c), false));
	forget(c);
	say(c, GET("/hello"));
	until(has(c, "hello"));
}

static void shows_a_client_that_an_answer_is_not_whole(void **state)
{
	struct client *c = ask(GET("/half") GET("/hello"));
	struct client *d = ask(GET("/short"));

	until(is_closed(c));
	assert_true(has(c, "4\r\nhalf\r\n"));
	assert_false(has(c, "0\r\n\r\n"));
	assert_false(has(c, "hello"));
	until(is_closed(d));
	assert_true(has(d, "\r\n\r\n12345"));
}

static void answers_500_for_a_handler_that_does_not(void **state)
{
	struct client *c = ask(GET("/nothing"));

	until(is_closed(c));
	assert_true(has(c, "HTTP/1.1 500 Internal Server Error\r\n"));
	assert_true(has(c, "{\"data\":null,\"error\":{\"status\":500,\"name\":\"InternalServerError\""));
}

/* ---- peers that go ---- */

static void cancels_the_handler_of_a_client_that_left(void **state)
{
	struct client *c = ask(GET("/patient"));

	until(fixture.waiting == 1);
	hang_up(c);
	until(fixture.cancelled == 1);
	until(http_server_stats(fixture.server).connections == 0);
	assert_int_equal(http_server_stats(fixture.server).in_flight, 0);
}

static void cancels_a_reader_and_a_writer_whose_client_left(void **state)
{
	struct client *reader = ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
	struct client *writer = ask(GET("/flood"));

	until(http_server_stats(fixture.server).in_flight == 2);
	hang_up(reader);
	hang_up(writer);
	until(http_server_stats(fixture.server).connections == 0);
	assert_int_equal(fixture.cancelled, 1);
	assert_int_equal(fixture.finished, 1);
	assert_true(fixture.count < PIECES);
}

static void frees_connections_whose_handlers_are_at_work(void **state)
{
	ask(GET("/patient"));
	ask(GET("/pieces"));
	ask("GET / HT");
	until(fixture.waiting == 2);
}

/* ---- refusals ---- */

static void tells_the_peer_why_even_while_it_goes_on_sending(void **state)
{
	static const char piece[PIECE];
	struct client *c = ask("GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n");

	for (int i = 0; i < 20; i++) {
		(void)!send(c->fd, piece, PIECE, MSG_DONTWAIT | MSG_NOSIGNAL);
		turn();
	}
	until(is_closed(c));
	assert_true(has(c, "HTTP/1.1 400 Bad Request\r\n"));
	assert_true(has(c, "Connection: close\r\n"));
	assert_true(has(c, "{\"data\":null,\"error\":{\"status\":400,\"name\":\"BadRequestError\",\"message\":\""));
	assert_int_equal(http_server_stats(fixture.server).refused, 1);
	assert_int_equal(http_server_stats(fixture.server).messages, 0);
}

static void answers_what_came_before_a_malformed_request(void **state)
{
	struct client *c = ask(GET("/hello") "nonsense\r\n\r\n" GET("/hello"));

	until(is_closed(c));
	assert_int_equal(count_of(c, "200 OK"), 1);
	assert_int_equal(count_of(c, "400 Bad Request"), 1);
}

static void tells_the_address_of_the_peer_and_the_host_that_was_asked(void **state)
{
	struct client *c = ask("GET http://other:80/origin HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");

	until(has(c, "\r\n\r\n127.0.0.1 http other:80"));
	say(c, "PROXY TCP4 6.6.6.6 7.7.7.7 1 2\r\n");
	until(has(c, "400 Bad Request"));
}

int main(void)
{
	signal(SIGPIPE, SIG_DFL);
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(serves_several_messages_over_one_connection),
		TEST(understands_a_request_sent_byte_by_byte),
		TEST(answers_pipelined_requests_in_their_order),
		TEST(serves_many_pipelined_requests),
		TEST(closes_after_http_1_0_and_after_connection_close),
		TEST(sends_no_body_for_head_and_204),
		TEST(writes_headers_as_the_handler_set_them),
		TEST(echoes_bodies_of_both_framings),
		TEST(says_continue_when_the_body_is_first_read),
		TEST(closes_when_a_body_that_was_to_be_continued_is_not_wanted),
		TEST(reads_away_a_small_body_that_nobody_wanted),
		TEST(closes_behind_a_long_body_that_nobody_wanted),
		TEST(refuses_a_body_past_the_handlers_limit),
		TEST(answers_a_broken_chunk_with_400_and_closes),
		TEST(holds_a_sender_back_while_nobody_reads),
		TEST(sends_a_large_answer_whole),
		TEST(streams_an_answer_of_unknown_length_in_chunks),
		TEST(streams_to_http_1_0_until_the_connection_ends),
		TEST(parks_a_writer_until_the_reader_follows),
		TEST(shows_a_client_that_an_answer_is_not_whole),
		TEST(answers_500_for_a_handler_that_does_not),
		TEST(cancels_the_handler_of_a_client_that_left),
		TEST(cancels_a_reader_and_a_writer_whose_client_left),
		TEST(frees_connections_whose_handlers_are_at_work),
		TEST(tells_the_peer_why_even_while_it_goes_on_sending),
		TEST(answers_what_came_before_a_malformed_request),
		TEST(tells_the_address_of_the_peer_and_the_host_that_was_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
