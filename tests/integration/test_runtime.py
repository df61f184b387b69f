"""What plugins get from a running host: long answers, what workers share, timers, threads."""
import gzip
import http.client
import json
import signal
import socket
import time
import zlib

import support
from support import MIDDLEWARES, eventually, in_background

PROBE = {
    "plugin.toml": """
[plugin]
name    = "probe"
version = "1.0.0"
kind    = "api"
library = "probe.so"
sdk     = 1
""" + "".join(f"""
[[routes]]
method  = "GET"
path    = "/{name}"
handler = "probe.{name}"
[routes.config]
auth = false
""" for name in ("lines", "flood", "feed", "half", "told", "add", "keep", "kept", "ticks", "sum", "far", "long", "visit", "stay", "threads")),
    "probe.c": r"""
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <socle/socle.h>

static int ticks, late, gone;

static int tick(socle_context *ctx, void *arg)
{
	(void)ctx;
	++*(int *)arg;
	return 0;
}

static int begin(socle_context *ctx)
{
	uint64_t never = socle_every(ctx, 10, tick, &gone);

	return socle_every(ctx, 10, tick, &ticks) && socle_after(ctx, 20, tick, &late) && never &&
		socle_timer_stop(ctx, never) && !socle_timer_stop(ctx, never) ? 0 : -1;
}

SOCLE_PLUGIN(.start = begin)

SOCLE_ACTION(probe_lines)
{
	socle_header(ctx, "Content-Type", "text/plain");
	socle_status(ctx, 203);
	for (int i = 0; i < 3; i++) {
		const char *line = socle_printf(ctx, "line %d\n", i);

		if (socle_write(ctx, line, strlen(line)) < 0 || socle_flush(ctx) < 0)
			return -1;
	}
	socle_header(ctx, "X-Late", "1");
	if (!socle_answer_sent(ctx) || socle_send_text(ctx, "other") >= 0 || !socle_catch(ctx) ||
	    socle_status(ctx, 500) >= 0 || !socle_catch(ctx))
		return -1;
	return 0;
}

/* Far more than sockets and the host take; says how far it came in the log. */
SOCLE_ACTION(probe_flood)
{
	char *piece = socle_alloc(ctx, 65536);
	int i;

	for (i = 0; i < 2048; i++) {
		if (socle_write(ctx, piece, 65536) < 0) {
			socle_log_info(ctx, "flood ended after %d pieces: %s", i, socle_error_message(ctx));
			return -1;
		}
	}
	socle_log_info(ctx, "flood written");
	return 0;
}

SOCLE_ACTION(probe_feed)
{
	while (!socle_leaving(ctx)) {
		if (socle_write(ctx, "tick\n", 5) < 0 || socle_flush(ctx) < 0 || socle_sleep(ctx, 20) < 0)
			return -1;
	}
	return socle_write(ctx, "bye\n", 4);
}

SOCLE_ACTION(probe_half)
{
	if (socle_write(ctx, "half", 4) < 0)
		return -1;
	return socle_throw(ctx, SOCLE_APPLICATION, "the other half is missing");
}

SOCLE_ACTION(probe_told)
{
	return socle_send_text(ctx, socle_leaving(ctx) ? "leaving" : "staying");
}

SOCLE_ACTION(probe_add)
{
	int64_t value;

	if (socle_shared_add(ctx, "n", 1, 0, &value) < 0)
		return -1;
	return socle_send_json(ctx, json_pack("{s:I, s:i}", "n", (json_int_t)value, "pid", (int)getpid()));
}

SOCLE_ACTION(probe_keep)
{
	const char *text = socle_query_value(ctx, "text");

	return socle_shared_set(ctx, "text", text, strlen(text), 0) < 0 ? -1 : socle_send_text(ctx, "kept");
}

SOCLE_ACTION(probe_kept)
{
	const void *text;
	int rc = socle_shared_get(ctx, "text", &text, NULL);

	return rc < 0 ? rc : rc ? socle_send_text(ctx, text) : socle_throw(ctx, SOCLE_NOT_FOUND, NULL);
}

SOCLE_ACTION(probe_ticks)
{
	return socle_send_json(ctx, json_pack("{s:i, s:i, s:i}", "ticks", ticks, "late", late, "gone", gone));
}

static atomic_int threads;

/* Four must be at work at once before any of them ends. */
static void add_up(void *arg)
{
	long *total = arg;

	atomic_fetch_add(&threads, 1);
	for (int i = 0; atomic_load(&threads) < 4 && i < 60 * 1000; i++)
		usleep(1000);
	for (long i = 0; i < 1000 && atomic_load(&threads) == 4; i++)
		*total += i;
}

SOCLE_ACTION(probe_threads)
{
	return socle_send_json(ctx, json_integer(atomic_load(&threads)));
}

/* Asks the host that the client names, itself in these tests. */
SOCLE_ACTION(probe_far)
{
	struct socle_fetch_request request = { SOCLE_FETCH, .url = socle_query_value(ctx, "url") };
	const struct socle_fetch_answer *answer = socle_fetch(ctx, &request);

	if (!answer) {
		socle_log_info(ctx, "fetching failed: %s", socle_error_message(ctx));
		return -1;
	}
	return socle_send_text(ctx, socle_printf(ctx, "%d %s %s", answer->status, socle_fetch_header(answer, "content-type"),
		answer->body));
}

SOCLE_ACTION(probe_long)
{
	char *text = socle_alloc(ctx, 200001);

	for (int i = 0; i < 200000; i++)
		text[i] = (char)('a' + i * i % 26);
	return socle_send_text(ctx, text);
}

SOCLE_ACTION(probe_visit)
{
	json_t *session = socle_session(ctx);

	if (!session)
		return -1;
	json_object_set_new(session, "n", json_integer(json_integer_value(json_object_get(session, "n")) + 1));
	return socle_send_json(ctx, json_copy(session));
}

SOCLE_ACTION(probe_stay)
{
	json_t *session = socle_session(ctx);

	if (!session)
		return -1;
	json_object_set_new(session, "n", json_integer(7));
	return socle_write(ctx, "long", 4);
}

SOCLE_ACTION(probe_sum)
{
	long total = 0;

	if (socle_offload(ctx, add_up, &total) < 0)
		return -1;
	return socle_send_json(ctx, json_pack("{s:I}", "total", (json_int_t)total));
}
""",
}


class RuntimeTestCase(support.TestCase):
    def probe(self, config=None, **options):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        return self.host(plugins=[plugin], config={"middlewares.toml": MIDDLEWARES, **(config or {})}, **options)

    def connect(self, host, request, receive_buffer=None):
        s = socket.socket()
        self.addCleanup(s.close)
        if receive_buffer:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        s.settimeout(30)
        s.connect(("127.0.0.1", host.port))
        s.sendall(request.encode())
        return s

    def until(self, s, text):
        received = b""
        while text not in received:
            piece = s.recv(65536)
            if not piece:
                self.fail(f"the connection ended after {received[-200:]!r}, before {text!r}")
            received += piece
        return received

    def rest(self, s):
        received = b""
        while piece := s.recv(65536):
            received += piece
        return received


class LongAnswers(RuntimeTestCase):
    def test_pieces_come_as_chunks_with_the_head_as_it_was_at_the_first(self):
        host = self.probe()
        s = self.connect(host, "GET /api/lines HTTP/1.1\r\nHost: x\r\n\r\n")
        head, body = self.until(s, b"0\r\n\r\n").split(b"\r\n\r\n", 1)
        self.assertIn(b"HTTP/1.1 203", head)
        self.assertIn(b"Transfer-Encoding: chunked", head)
        self.assertIn(b"Content-Type: text/plain", head)
        self.assertNotIn(b"X-Late", head)
        self.assertEqual(body, b"7\r\nline 0\n\r\n7\r\nline 1\n\r\n7\r\nline 2\n\r\n0\r\n\r\n")
        # The connection goes on.
        s.sendall(b"GET /api/told HTTP/1.1\r\nHost: x\r\n\r\n")
        self.until(s, b"staying")
        self.assertNotIn("without saying why", host.log())

    def test_http_1_0_gets_them_until_the_end_of_the_connection(self):
        host = self.probe()
        head, body = self.rest(self.connect(host, "GET /api/lines HTTP/1.0\r\n\r\n")).split(b"\r\n\r\n", 1)
        self.assertNotIn(b"chunked", head)
        self.assertIn(b"Connection: close", head)
        self.assertEqual(body, b"line 0\nline 1\nline 2\n")

    def test_head_gets_the_head_alone_also_of_an_answer_without_an_end(self):
        host = self.probe()
        for path in ("lines", "feed"):
            s = self.connect(host, f"HEAD /api/{path} HTTP/1.1\r\nHost: x\r\n\r\n"
                                   "GET /api/told HTTP/1.1\r\nHost: x\r\n\r\n")
            received = self.until(s, b"staying")
            self.assertEqual(received.count(b"HTTP/1.1 "), 2)
            self.assertNotIn(b"line 0", received)
            self.assertNotIn(b"tick", received)

    def test_a_slow_reader_holds_the_writer_up_and_misses_nothing(self):
        host = self.probe()
        s = self.connect(host, "GET /api/flood HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 8192)
        self.until(s, b"\r\n\r\n")
        # 128 MiB are not in flight: the writer waits.
        self.assertEqual(host.request("GET", "/api/told").text, "staying")
        self.assertNotIn("flood written", host.log())
        size = 0
        while piece := s.recv(1 << 20):
            size += len(piece)
        self.assertGreater(size, 2047 * 65536)
        eventually(lambda: "flood written" in host.log())

    def test_a_reader_that_goes_away_ends_the_writer(self):
        host = self.probe()
        s = self.connect(host, "GET /api/flood HTTP/1.1\r\nHost: x\r\n\r\n", 8192)
        self.until(s, b"\r\n\r\n")
        s.close()
        eventually(lambda: "flood ended after" in host.log())
        self.assertIn("The client left", host.log())
        self.assertEqual(host.request("GET", "/api/told").text, "staying")

    def test_an_answer_that_breaks_off_can_be_told_from_a_whole_one(self):
        host = self.probe()
        received = self.rest(self.connect(host, "GET /api/half HTTP/1.1\r\nHost: x\r\n\r\n"))
        self.assertTrue(received.endswith(b"4\r\nhalf\r\n"), received)
        self.assertIn("the other half is missing", host.log())

    def test_a_reload_tells_it_to_come_to_its_end(self):
        host = self.probe()
        s = self.connect(host, "GET /api/feed HTTP/1.1\r\nHost: x\r\n\r\n")
        self.until(s, b"tick")
        self.assertEqual(host.command("reload").returncode, 0)
        self.assertTrue(self.rest(s).endswith(b"4\r\nbye\n\r\n0\r\n\r\n"))

    def test_it_has_longer_than_others_when_the_host_stops(self):
        host = self.probe(config={"server.toml": '[server.timeouts]\ndrain = "100ms"\nlongDrain = "1m"\n'})
        s = self.connect(host, "GET /api/flood HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 8192)
        self.until(s, b"\r\n\r\n")
        host.signal(signal.SIGTERM)
        eventually(lambda: "draining" in host.log())
        # Past what others get, and the supervisor's slack: it is still written.
        time.sleep(3)
        size = 0
        while piece := s.recv(1 << 20):
            size += len(piece)
        self.assertGreater(size, 2047 * 65536)
        self.assertEqual(host.stop(), 0)

    def test_one_that_takes_too_long_is_cut_off(self):
        host = self.probe(config={"server.toml": '[server.timeouts]\ndrain = "100ms"\nlongDrain = "500ms"\n'})
        s = self.connect(host, "GET /api/flood HTTP/1.1\r\nHost: x\r\n\r\n", 8192)
        self.until(s, b"\r\n\r\n")
        self.assertEqual(host.stop(), 0)
        self.assertIn("still at work after 500 ms", host.log())


class Shared(RuntimeTestCase):
    def test_workers_count_together_and_a_reload_and_a_crash_lose_nothing(self):
        host = self.probe(workers=2)
        waits = [in_background(host.request, "GET", "/api/add") for _ in range(40)]
        answers = [wait().json for wait in waits]
        self.assertEqual(sorted(answer["n"] for answer in answers), list(range(1, 41)))
        host.request("GET", "/api/keep?text=remember")
        self.assertEqual(host.command("reload").returncode, 0)
        self.assertEqual(host.request("GET", "/api/add").json["n"], 41)
        # Those from before the reload among them, which may be at their end already.
        host.kill_workers()
        self.assertEqual(eventually(lambda: self.answer(host)).json["n"], 42)
        self.assertEqual(host.request("GET", "/api/kept").text, "remember")

    def answer(self, host):
        try:
            return host.request("GET", "/api/add")
        except OSError:
            return None

    def test_without_room_for_it_plugins_are_told(self):
        host = self.probe(config={"server.toml": '[server.limits]\nshared = "0"\n'})
        self.assertEqual(host.request("GET", "/api/add").status, 500)
        self.assertIn("limits.shared = 0", host.log())


class Time(RuntimeTestCase):
    def test_timers_run_until_they_are_stopped_and_once_when_asked_so(self):
        host = self.probe()
        eventually(lambda: host.request("GET", "/api/ticks").json["ticks"] > 10)
        counted = host.request("GET", "/api/ticks").json
        self.assertEqual((counted["late"], counted["gone"]), (1, 0))
        self.assertEqual(host.command("reload").returncode, 0)
        eventually(lambda: host.request("GET", "/api/ticks").json["ticks"] > 2)
        self.assertEqual(host.stop(), 0)

    def test_a_thread_works_while_others_are_served(self):
        host = self.probe()
        waits = [in_background(host.request, "GET", "/api/sum") for _ in range(3)]
        # They can't end without a fourth: whoever is answered now is served while three threads work.
        eventually(lambda: host.request("GET", "/api/threads").json == 3)
        self.assertEqual(host.request("GET", "/api/told").text, "staying")
        waits.append(in_background(host.request, "GET", "/api/sum"))
        self.assertEqual([wait().json["total"] for wait in waits], [499500] * 4)


class Fetching(RuntimeTestCase):
    def test_a_plugin_asks_others_and_gives_up_when_its_client_leaves(self):
        host = self.probe(env={"no_proxy": "127.0.0.1"})
        answer = host.request("GET", f"/api/far?url={host.url}/api/told")
        self.assertEqual((answer.status, answer.text), (200, "200 text/plain; charset=utf-8 staying"))
        answer = host.request("GET", "/api/far?url=http://127.0.0.1:1/")
        self.assertEqual(answer.status, 503)
        self.assertNotIn("127.0.0.1:1", answer.text)
        s = self.connect(host, f"GET /api/far?url={host.url}/api/feed HTTP/1.1\r\nHost: x\r\n\r\n")
        eventually(lambda: sum(w["inFlight"] for w in host.status_json()["workers"]) == 2)
        s.close()
        eventually(lambda: sum(w["inFlight"] for w in host.status_json()["workers"]) == 0)
        self.assertIn("Nobody waits for the answer", host.log())


class Middlewares(RuntimeTestCase):
    def middlewares(self, *names):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        use = ", ".join(["'socle::errors'", *names, "'socle::query'", "'socle::body'"])
        return self.host(plugins=[plugin, *support.first_party("standard")], workers=2,
                         config={"middlewares.toml": f"use = [{use}]\n", "server.toml": '[server]\nkeys = ["k"]\n'})

    def test_compressed_answers_are_the_same_answers(self):
        host = self.middlewares("'socle::compression'")
        plain = host.request("GET", "/api/long")
        self.assertEqual((len(plain.body), plain.headers["vary"]), (200000, "Accept-Encoding"))
        for coding, unpack in (("gzip", gzip.decompress), ("deflate", zlib.decompress)):
            answer = host.request("GET", "/api/long", headers={"Accept-Encoding": coding})
            self.assertEqual(answer.headers["content-encoding"], coding)
            self.assertLess(len(answer.body), 100000)
            self.assertEqual(unpack(answer.body), plain.body)
        answer = host.request("GET", "/api/long", headers={"Accept-Encoding": "gzip, deflate, br"})
        self.assertEqual(answer.headers["content-encoding"], "br")

    def test_workers_share_the_counts_of_a_rate_limit(self):
        host = self.middlewares("{ name = 'socle::rate-limit', config = { max = 20 } }")
        waits = [in_background(host.request, "GET", "/api/told") for _ in range(40)]
        statuses = [wait().status for wait in waits]
        self.assertEqual((statuses.count(200), statuses.count(429)), (20, 20))

    def visit(self, host, path, cookies):
        """A browser's request on a connection of its own: the answer's headers, and body."""
        connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=30)
        connection.request("GET", path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
        response = connection.getresponse()
        for line in response.headers.get_all("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            cookies[name] = value
        body = response.read().decode()
        connection.close()
        return response.headers, body

    def test_a_session_goes_from_one_worker_to_the_other(self):
        host = self.middlewares("'socle::session'")
        cookies = {}
        for n in range(1, 6):
            self.assertEqual(json.loads(self.visit(host, "/api/visit", cookies)[1]), {"n": n})

    def test_a_long_answer_has_what_middlewares_say_of_whole_ones(self):
        host = self.middlewares("'socle::powered-by'", "'socle::response-time'", "'socle::session'")
        cookies = {}
        headers, body = self.visit(host, "/api/stay", cookies)
        self.assertEqual((body, headers["X-Powered-By"]), ("long", "Strapi <strapi.io>"))
        self.assertRegex(headers["X-Response-Time"], r"^\d+ms$")
        self.assertEqual(json.loads(self.visit(host, "/api/visit", cookies)[1]), {"n": 8})


if __name__ == "__main__":
    support.unittest.main()
