/* Requests of the host's own, to a server of our own on the same loop. */
#include "http_fixture.h"

#include "http/fetch.h"

/* ---- what the server does, by path ---- */

static void echo(struct http_message *m)
{
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;
	struct str body;

	if (http_read_all(m, 1024, &body, &error) < 0)
		return error_clear(&error);
	buf_printf(&text, "%.*s %.*s|%.*s|%.*s|%.*s", STR_ARG(m->method_text), STR_ARG(m->target),
		STR_ARG(http_header(m, STR("X-Mine"))), STR_ARG(http_header(m, STR("Content-Type"))), STR_ARG(body));
	http_set_header(m, STR("X-Answer"), STR("1"));
	http_send(m, 201, &text);
}

static void pieces(struct http_message *m)
{
	http_start(m, 200, -1);
	for (int i = 0; i < 3; i++) {
		if (http_write(m, STR("piece ")) < 0 || http_flush(m) < 0 || fiber_sleep(5) < 0)
			return;
	}
	http_finish(m);
}

static void half(struct http_message *m)
{
	http_start(m, 200, 1000);
	if (http_write(m, STR("half")) < 0)
		return;
}

static void huge(struct http_message *m)
{
	static const char piece[64 * 1024];

	http_start(m, 200, -1);
	while (http_write(m, (struct str){ piece, sizeof(piece) }) == 0)
		fixture.count++;
}

static void redirect(struct http_message *m, const char *to)
{
	http_set_header(m, STR("Location"), str_of(to));
	answer(m, 302, STR("elsewhere"));
}

static void serve(struct http_message *m, void *arg)
{
	if (str_equal(m->path, STR("/pieces")))
		pieces(m);
	else if (str_equal(m->path, STR("/half")))
		half(m);
	else if (str_equal(m->path, STR("/huge")))
		huge(m);
	else if (str_equal(m->path, STR("/slow")))
		wait_at_gate() ? answer(m, 200, STR("at last")) : (void)0;
	else if (str_equal(m->path, STR("/once")))
		redirect(m, "/echo");
	else if (str_equal(m->path, STR("/round")))
		redirect(m, "/round");
	else if (str_equal(m->path, STR("/file")))
		redirect(m, "file:///etc/passwd");
	else
		echo(m);
}

/* ---- asking ---- */

struct ask {
	struct fetch_request request;
	struct fetch_answer answer;
	struct arena *arena;
	struct error error;
	struct fiber *fiber;
	int rc;
	bool done;
};

static void fetch(void *arg)
{
	struct ask *ask = arg;

	ask->fiber = fiber_self();
	ask->rc = fetch_run(ask->arena, &ask->request, &ask->answer, &ask->error);
	ask->done = true;
}

static void begin_ask(struct ask *ask, const char *path, struct fetch_request request)
{
	*ask = (struct ask){ .request = request, .arena = arena_new(4096), .error = ERROR_INIT };
	if (!request.url)
		ask->request.url = arena_printf(ask->arena, "http://127.0.0.1:%u%s", http_listen_port(fixture.listener), path);
	ask->request.timeout_ms = request.timeout_ms ? request.timeout_ms : 10000;
	ask->request.answer_limit = request.answer_limit ? request.answer_limit : 100000;
	ask->request.at_once = request.at_once ? request.at_once : 10;
	assert_non_null(fiber_spawn(fixture.loop, fetch, ask));
}

static void end_ask(struct ask *ask)
{
	error_clear(&ask->error);
	arena_free(ask->arena);
}

static void assert_answered(const char *path, struct fetch_request request, int status, const char *body)
{
	struct ask ask;

	begin_ask(&ask, path, request);
	until(ask.done);
	if (ask.rc < 0)
		fail_msg("%s", error_message(&ask.error));
	assert_int_equal(ask.answer.status, status);
	assert_string_equal(ask.answer.body.p, body);
	end_ask(&ask);
}

static void assert_fails(const char *path, struct fetch_request request, enum error_kind kind, const char *why)
{
	struct ask ask;

	begin_ask(&ask, path, request);
	until(ask.done);
	assert_int_equal(ask.rc, -1);
	if (ask.error.kind != kind || !strstr(error_message(&ask.error), why))
		fail_msg("%s: not \"%s\"", error_message(&ask.error), why);
	end_ask(&ask);
}

static void requests_say_what_they_were_told(void **state)
{
	const struct http_header headers[] = { { STR("X-Mine"), STR("a b") }, { STR("Content-Type"), STR("text/x") },
		{ STR("X-Empty"), STR("") } };

	begin(NULL, serve);
	assert_answered("/echo?a=b", (struct fetch_request){ 0 }, 201, "GET /echo?a=b|||");
	assert_answered("/echo", (struct fetch_request){ .body = STR("text") }, 201,
		"POST /echo||application/octet-stream|text");
	assert_answered("/echo", (struct fetch_request){ .body = STR("") }, 201, "POST /echo||application/octet-stream|");
	assert_answered("/echo", (struct fetch_request){ .method = "PUT", .body = STR("text"), .headers = headers,
		.header_count = 3 }, 201, "PUT /echo|a b|text/x|text");
	assert_answered("/echo", (struct fetch_request){ .method = "DELETE" }, 201, "DELETE /echo|||");
	assert_answered("/echo", (struct fetch_request){ .method = "HEAD" }, 201, "");
	end();
}

static void answers_come_whole_however_they_are_sent(void **state)
{
	struct ask ask;

	begin(NULL, serve);
	assert_answered("/pieces", (struct fetch_request){ 0 }, 200, "piece piece piece ");
	begin_ask(&ask, "/echo", (struct fetch_request){ 0 });
	until(ask.done);
	bool found = false;

	for (size_t i = 0; i < ask.answer.header_count; i++)
		found |= str_equal_nocase(ask.answer.headers[i].name, STR("x-answer")) && str_equal(ask.answer.headers[i].value, STR("1"));
	assert_true(found);
	end_ask(&ask);
	end();
}

static void a_connection_serves_one_request_after_the_other(void **state)
{
	begin(NULL, serve);
	for (int i = 0; i < 5; i++)
		assert_answered("/echo", (struct fetch_request){ 0 }, 201, "GET /echo|||");
	assert_int_equal(http_server_stats(fixture.server).accepted, 1);
	end();
}

static void redirects_are_followed_as_often_as_allowed(void **state)
{
	begin(NULL, serve);
	assert_answered("/once", (struct fetch_request){ 0 }, 302, "elsewhere");
	assert_answered("/once", (struct fetch_request){ .redirects = 1 }, 201, "GET /echo|||");
	assert_fails("/round", (struct fetch_request){ .redirects = 3 }, ERROR_UNAVAILABLE, "redirects");
	assert_fails("/file", (struct fetch_request){ .redirects = 3 }, ERROR_INTERNAL, "rotocol");
	end();
}

static void what_is_too_large_is_given_up(void **state)
{
	begin(NULL, serve);
	assert_fails("/huge", (struct fetch_request){ .answer_limit = 1000000 }, ERROR_UNAVAILABLE, "larger than 1000000 bytes");
	/* The other side isn't read to its end. */
	assert_true(fixture.count < 200);
	end();
}

static void what_breaks_off_is_no_answer(void **state)
{
	begin(NULL, serve);
	assert_fails("/half", (struct fetch_request){ 0 }, ERROR_UNAVAILABLE, "");
	end();
}

static void nobody_there_is_an_error(void **state)
{
	int port, listener;
	struct error error = ERROR_INIT;
	char url[64];

	begin(NULL, serve);
	listener = http_listen(STR("127.0.0.1:0"), &error);
	port = (int)http_listen_port(listener);
	close(listener);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", port);
	assert_fails(NULL, (struct fetch_request){ .url = url }, ERROR_UNAVAILABLE, "connect");
	end();
}

static void what_can_not_be_a_request_is_refused(void **state)
{
	const struct http_header forged[] = { { STR("X"), STR("a\r\nY: b") } };

	begin(NULL, serve);
	assert_fails(NULL, (struct fetch_request){ .url = "file:///etc/passwd" }, ERROR_INTERNAL, "file:///etc/passwd");
	assert_fails(NULL, (struct fetch_request){ .url = "gopher://127.0.0.1/" }, ERROR_INTERNAL, "can't be fetched");
	assert_fails(NULL, (struct fetch_request){ .url = "http://" }, ERROR_INTERNAL, "can't be fetched");
	assert_fails("/echo", (struct fetch_request){ .headers = forged, .header_count = 1 }, ERROR_INTERNAL, "can't be a header");
	assert_fails("/echo", (struct fetch_request){ .method = "GET / HTTP/1.1\r\nX: y" }, ERROR_INTERNAL, "can't be a method");
	end();
}

static void a_slow_answer_runs_out_of_time(void **state)
{
	begin(NULL, serve);
	assert_fails("/slow", (struct fetch_request){ .timeout_ms = 100 }, ERROR_TIMEOUT, "");
	until(fixture.cancelled == 1);
	end();
}

static void who_is_called_off_gives_its_request_up(void **state)
{
	struct ask ask;

	begin(NULL, serve);
	begin_ask(&ask, "/slow", (struct fetch_request){ 0 });
	until(fixture.waiting == 1);
	fiber_cancel(ask.fiber);
	until(ask.done);
	assert_int_equal(ask.error.kind, ERROR_CANCELLED);
	until(fixture.cancelled == 1);
	end_ask(&ask);
	end();
}

static void no_more_than_so_many_run_at_once(void **state)
{
	struct ask asks[5];

	begin(NULL, serve);
	for (int i = 0; i < 5; i++)
		begin_ask(&asks[i], "/slow", (struct fetch_request){ .at_once = 2, .timeout_ms = i == 4 ? 200 : 10000 });
	until(asks[4].done);
	assert_int_equal(fixture.waiting, 2);
	assert_int_equal(asks[4].error.kind, ERROR_TIMEOUT);
	assert_non_null(strstr(error_message(&asks[4].error), "2 other requests were in the way"));
	open_gate();
	for (int i = 0; i < 4; i++) {
		until(asks[i].done);
		assert_int_equal(asks[i].rc, 0);
		assert_string_equal(asks[i].answer.body.p, "at last");
	}
	for (int i = 0; i < 5; i++)
		end_ask(&asks[i]);
	end();
}

static int without_proxies(void **state)
{
	return setenv("no_proxy", "127.0.0.1", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_say_what_they_were_told),
		cmocka_unit_test(answers_come_whole_however_they_are_sent),
		cmocka_unit_test(a_connection_serves_one_request_after_the_other),
		cmocka_unit_test(redirects_are_followed_as_often_as_allowed),
		cmocka_unit_test(what_is_too_large_is_given_up),
		cmocka_unit_test(what_breaks_off_is_no_answer),
		cmocka_unit_test(nobody_there_is_an_error),
		cmocka_unit_test(what_can_not_be_a_request_is_refused),
		cmocka_unit_test(a_slow_answer_runs_out_of_time),
		cmocka_unit_test(who_is_called_off_gives_its_request_up),
		cmocka_unit_test(no_more_than_so_many_run_at_once),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, without_proxies, NULL);
}
