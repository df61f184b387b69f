"""What middlewares make of long answers on their way to the client: transforms of their own, and compression."""
import gzip
import os
import socket
import zlib

import support
from support import eventually

PROBE = {
    "plugin.toml": """
[plugin]
name    = "probe"
version = "1.0.0"
kind    = "api"
library = "probe.so"
sdk     = 1

middlewares = ["count", "bracket", "refuse", "write", "late"]

[options.bracket.with]
type    = "string"
default = "()"
""" + "".join(f"""
[[routes]]
method  = "GET"
path    = "/{path}"
handler = "probe.{action}"
[routes.config]
auth = false
middlewares = [{middlewares}]
""" for path, action, middlewares in (
        ("export", "export", ""), ("feed", "feed", ""), ("half", "half", ""), ("flood", "flood", ""), ("whole", "whole", ""),
        ("bracketed", "words", '"api::probe.count", { name = "api::probe.bracket", config = { with = "[]" } }, "api::probe.bracket"'),
        ("bracketed-half", "half", '"api::probe.count", "api::probe.bracket"'),
        ("bracketed-whole", "whole", '"api::probe.count", "api::probe.bracket"'),
        ("counts", "counts", ""), ("refused", "words", '"api::probe.refuse"'), ("written", "words", '"api::probe.write"'),
        ("late", "words", '"api::probe.late"'))),
    "probe.c": r"""
#include <stdlib.h>
#include <string.h>

#include <socle/socle.h>

SOCLE_PLUGIN()

static int say(socle_context *ctx, const char *text)
{
	return socle_write(ctx, text, strlen(text));
}

/* ---- transforms ---- */

static int begun, ended, lasts;

struct bracket {
	bool open;
};

static int bracket_begin(socle_context *ctx, void *state)
{
	const char *before = socle_answer_header(ctx, "X-Bracket");

	(void)state;
	begun++;
	socle_headerf(ctx, "X-Bracket", "%s%s", before ? before : "", socle_option_string(ctx, "with"));
	return 1;
}

/* Around everything up to a flush and up to the end. */
static int bracket_piece(socle_context *ctx, void *state, const void *bytes, size_t n, enum socle_transform_how how)
{
	const char *with = socle_option_string(ctx, "with");
	struct bracket *bracket = state;

	lasts += how == SOCLE_PIECE_LAST;
	if (n && !bracket->open && socle_pass_on(ctx, with, 1) < 0)
		return -1;
	bracket->open |= n > 0;
	if (socle_pass_on(ctx, bytes, n) < 0)
		return -1;
	if (how == SOCLE_PIECE_MORE || !bracket->open)
		return 0;
	bracket->open = false;
	return socle_pass_on(ctx, with + 1, 1);
}

static void bracket_end(void *state)
{
	ended++;
	free(state);
}

static const struct socle_transform brackets = { SOCLE_TRANSFORM, .begin = bracket_begin, .piece = bracket_piece,
	.end = bracket_end };

SOCLE_MIDDLEWARE(bracket)
{
	return socle_transform(ctx, &brackets, calloc(1, sizeof(struct bracket))) < 0 ? -1 : socle_next(ctx);
}

/* Stays out of every answer. */
static int count_begin(socle_context *ctx, void *state)
{
	(void)state;
	begun++;
	socle_header(ctx, "X-Seen", socle_answer_header(ctx, "X-Bracket"));
	return 0;
}

static int count_piece(socle_context *ctx, void *state, const void *bytes, size_t n, enum socle_transform_how how)
{
	(void)state, (void)bytes, (void)n, (void)how;
	return socle_throw(ctx, SOCLE_INTERNAL, "who stays out is given a piece");
}

SOCLE_MIDDLEWARE(count)
{
	static const struct socle_transform counts = { SOCLE_TRANSFORM, .begin = count_begin, .piece = count_piece };

	return socle_transform(ctx, &counts, NULL) < 0 ? -1 : socle_next(ctx);
}

static int refuse_begin(socle_context *ctx, void *state)
{
	(void)state;
	return socle_throw(ctx, SOCLE_VALIDATION, "not this one");
}

SOCLE_MIDDLEWARE(refuse)
{
	static const struct socle_transform refusal = { SOCLE_TRANSFORM, .begin = refuse_begin, .piece = count_piece };

	return socle_transform(ctx, &refusal, NULL) < 0 ? -1 : socle_next(ctx);
}

static int write_piece(socle_context *ctx, void *state, const void *bytes, size_t n, enum socle_transform_how how)
{
	(void)state, (void)how;
	return socle_write(ctx, bytes, n);
}

SOCLE_MIDDLEWARE(write)
{
	static const struct socle_transform writes = { SOCLE_TRANSFORM, .begin = bracket_begin, .piece = write_piece };

	return socle_transform(ctx, &writes, NULL) < 0 ? -1 : socle_next(ctx);
}

SOCLE_MIDDLEWARE(late)
{
	int rc = socle_next(ctx);

	if (socle_transform(ctx, &brackets, calloc(1, sizeof(struct bracket))) >= 0 || !socle_catch(ctx))
		return socle_throw(ctx, SOCLE_INTERNAL, "a transform was taken too late");
	if (socle_pass_on(ctx, "x", 1) >= 0 || !socle_catch(ctx))
		return socle_throw(ctx, SOCLE_INTERNAL, "bytes were handed on from nowhere");
	return rc;
}

/* ---- answers ---- */

SOCLE_ACTION(probe_words)
{
	if (say(ctx, "one ") < 0 || say(ctx, "two") < 0 || socle_flush(ctx) < 0 || socle_flush(ctx) < 0)
		return -1;
	return say(ctx, "three");
}

SOCLE_ACTION(probe_half)
{
	socle_header(ctx, "Content-Type", "text/plain");
	if (say(ctx, "half") < 0 || socle_flush(ctx) < 0)
		return -1;
	return socle_throw(ctx, SOCLE_APPLICATION, "the other half is missing");
}

SOCLE_ACTION(probe_whole)
{
	return socle_send_text(ctx, "whole");
}

SOCLE_ACTION(probe_counts)
{
	return socle_send_json(ctx, json_pack("{s:i, s:i, s:i}", "begun", begun, "ended", ended, "lasts", lasts));
}

/* Many small pieces, and one that is a thread's work. */
SOCLE_ACTION(probe_export)
{
	size_t size = 300 * 1000;
	char *large = socle_alloc(ctx, size);

	socle_header(ctx, "Content-Type", "text/csv; charset=utf-8");
	socle_header(ctx, "ETag", "\"export\"");
	for (int i = 0; i < 2000; i++) {
		if (say(ctx, socle_printf(ctx, "%d;%d\n", i, i * i)) < 0)
			return -1;
	}
	for (size_t i = 0; i < size; i++)
		large[i] = (char)('a' + i * i % 26);
	return socle_write(ctx, large, size);
}

SOCLE_ACTION(probe_feed)
{
	socle_header(ctx, "Content-Type", "text/plain");
	while (!socle_leaving(ctx)) {
		if (say(ctx, "tick\n") < 0 || socle_flush(ctx) < 0 || socle_sleep(ctx, 20) < 0)
			return -1;
	}
	return say(ctx, "bye\n");
}

/* What doesn't get smaller: far more than sockets and the host take. */
SOCLE_ACTION(probe_flood)
{
	unsigned *piece = socle_alloc(ctx, 65536), seed = 1;

	socle_header(ctx, "Content-Type", "text/plain");
	for (int i = 0; i < 512; i++) {
		for (int j = 0; j < 16384; j++)
			piece[j] = seed = seed * 1664525 + 1013904223;
		if (socle_write(ctx, piece, 65536) < 0) {
			socle_log_info(ctx, "flood ended after %d pieces: %s", i, socle_error_message(ctx));
			return -1;
		}
	}
	socle_log_info(ctx, "flood written");
	return 0;
}
""",
}

COMPRESSION = 'use = ["socle::logger", "socle::errors", "socle::compression", "socle::query", "socle::body"]\n'


class Answer:
    """An answer as it comes: its head, and its chunks one by one."""

    def __init__(self, test, host, path, headers=(), method="GET", receive_buffer=None):
        self.test = test
        self.socket = socket.socket()
        test.addCleanup(self.socket.close)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", host.port))
        lines = [f"{method} {path} HTTP/1.1", "Host: x", *headers, "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while (line := self.file.readline().strip()):
            name, _, value = line.decode().partition(": ")
            self.headers[name.lower()] = value

    def chunk(self):
        """b"" at the end; None when the connection ended before it."""
        size = self.file.readline()
        if not size:
            return None
        data = self.file.read(int(size, 16))
        self.file.readline()
        return data

    def rest(self):
        """The bytes until the end, and whether it was one."""
        received = b""
        while data := self.chunk():
            received += data
        return received, data is not None


class Transforms(support.TestCase):
    def probe(self):
        return self.host([support.write_plugin(self.folder, "probe", PROBE)], {"middlewares.toml": support.MIDDLEWARES})

    def counts(self, host):
        return host.request("GET", "/api/counts").json

    def test_pieces_go_from_the_one_furthest_in_to_the_one_furthest_out(self):
        host = self.probe()
        answer = Answer(self, host, "/api/bracketed")
        # Who was asked last saw what the others had set.
        self.assertEqual((answer.headers["x-bracket"], answer.headers["x-seen"]), ("()[]", "()[]"))
        self.assertEqual(answer.rest(), (b"[(one two)][(three)]", True))
        eventually(lambda: self.counts(host) == {"begun": 3, "ended": 2, "lasts": 2})

    def test_whole_answers_do_not_go_through_them_and_their_state_is_given_back(self):
        host = self.probe()
        self.assertEqual(host.request("GET", "/api/bracketed-whole").text, "whole")
        eventually(lambda: self.counts(host) == {"begun": 0, "ended": 1, "lasts": 0})

    def test_an_answer_that_breaks_off_has_no_last_piece(self):
        host = self.probe()
        self.assertEqual(Answer(self, host, "/api/bracketed-half").rest(), (b"(half)", False))
        eventually(lambda: self.counts(host) == {"begun": 2, "ended": 1, "lasts": 0})

    def test_of_head_no_piece_comes(self):
        host = self.probe()
        answer = Answer(self, host, "/api/bracketed", method="HEAD")
        self.assertEqual((answer.status, answer.headers["x-bracket"]), (200, "()[]"))
        eventually(lambda: self.counts(host) == {"begun": 3, "ended": 2, "lasts": 0})

    def test_what_fails_before_the_head_is_out_becomes_the_answer(self):
        answer = self.probe().request("GET", "/api/refused")
        self.assertEqual((answer.status, answer.json["error"]["message"]), (400, "not this one"))

    def test_one_that_writes_itself_ends_the_answer_early(self):
        host = self.probe()
        self.assertEqual(Answer(self, host, "/api/written").rest(), (b"", False))
        self.assertIn("A transform writes nothing itself", host.log())

    def test_once_the_head_is_out_none_is_taken(self):
        host = self.probe()
        self.assertEqual(Answer(self, host, "/api/late").rest(), (b"one twothree", True))
        self.assertEqual(self.counts(host)["ended"], 1)


class Compression(support.TestCase):
    def probe(self):
        plugin = support.write_plugin(self.folder, "probe", PROBE)
        return self.host([plugin, *support.first_party("standard")], {"middlewares.toml": COMPRESSION})

    def ask(self, host, path, coding="gzip", **options):
        return Answer(self, host, path, [f"Accept-Encoding: {coding}"], **options)

    def test_pieces_are_the_same_in_every_coding(self):
        host = self.probe()
        plain = Answer(self, host, "/api/export")
        self.assertNotIn("content-encoding", plain.headers)
        self.assertEqual((plain.headers["vary"], plain.headers["etag"]), ("Accept-Encoding", '"export"'))
        expected, whole = plain.rest()
        self.assertTrue(whole)
        for coding, unpack in (("gzip", gzip.decompress), ("deflate", zlib.decompress)):
            answer = self.ask(host, "/api/export", coding)
            self.assertEqual((answer.headers["content-encoding"], answer.headers["vary"], answer.headers["etag"]),
                             (coding, "Accept-Encoding", 'W/"export"'))
            self.assertNotIn("content-length", answer.headers)
            received, whole = answer.rest()
            self.assertTrue(whole)
            self.assertLess(len(received), len(expected) / 2)
            self.assertEqual(unpack(received), expected)
        self.assertEqual(self.ask(host, "/api/export", "br, gzip").headers["content-encoding"], "br")

    def test_what_was_flushed_can_be_read_at_once(self):
        host = self.probe()
        answer = self.ask(host, "/api/feed")
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        unpacker, received = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
        while received.count(b"tick\n") < 3:
            received += unpacker.decompress(answer.chunk())
        self.assertEqual(received, b"tick\n" * received.count(b"tick\n"))
        self.assertEqual(host.command("reload").returncode, 0)
        data, whole = answer.rest()
        self.assertTrue(whole)
        self.assertTrue((received + unpacker.decompress(data)).endswith(b"tick\nbye\n"))
        self.assertTrue(unpacker.eof)

    def test_half_an_answer_can_be_told_from_a_whole_one(self):
        data, whole = self.ask(self.probe(), "/api/half").rest()
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self.assertEqual(unpacker.decompress(data), b"half")
        self.assertFalse(whole or unpacker.eof)

    def test_head_says_nothing_of_a_coding(self):
        answer = self.ask(self.probe(), "/api/export", method="HEAD")
        self.assertEqual((answer.status, answer.headers["etag"]), (200, '"export"'))
        self.assertNotIn("content-encoding", answer.headers)

    def test_a_slow_reader_holds_the_writer_up_and_one_that_goes_ends_it(self):
        host = self.probe()
        answer = self.ask(host, "/api/flood", receive_buffer=8192)
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        self.assertEqual(host.request("GET", "/api/whole").text, "whole")
        self.assertNotIn("flood written", host.log())
        answer.file.close()
        answer.socket.close()
        eventually(lambda: "flood ended after" in host.log())
        self.assertIn("The client left", host.log())

    def test_files_of_texts_are_compressed_and_parts_of_them_are_not(self):
        host = self.host(support.first_party("standard"), {"middlewares.toml":
                         'use = ["socle::errors", "socle::compression", "socle::powered-by", "socle::public"]\n'})
        content = b"".join(b"line %d\n" % i for i in range(20000))
        support.write_files(os.path.join(host.folder, "public"), {"lines.txt": content})
        plain = host.request("GET", "/lines.txt")
        answer = host.request("GET", "/lines.txt", headers={"Accept-Encoding": "gzip"})
        self.assertEqual((answer.status, answer.headers["content-encoding"], answer.headers["vary"]), (200, "gzip", "Accept-Encoding"))
        self.assertEqual(answer.headers["content-length"], str(len(answer.body)))
        self.assertEqual(answer.headers["x-powered-by"], "Strapi <strapi.io>")
        self.assertEqual(gzip.decompress(answer.body), content)
        self.assertEqual((plain.body, answer.headers["etag"]), (content, "W/" + plain.headers["etag"]))
        for name, value, status in (("If-None-Match", answer.headers["etag"], 304), ("Range", "bytes=5-9", 206)):
            other = host.request("GET", "/lines.txt", headers={"Accept-Encoding": "gzip", name: value})
            self.assertEqual((other.status, other.body), (status, content[5:10] if status == 206 else b""))
            self.assertNotIn("content-encoding", other.headers)
        # What is compressed has no parts that would fit together with those of the file.
        other = host.request("GET", "/lines.txt", headers={"Accept-Encoding": "gzip", "Range": "bytes=5-9",
                                                           "If-Range": answer.headers["etag"]})
        self.assertEqual((other.status, gzip.decompress(other.body)), (200, content))


if __name__ == "__main__":
    support.unittest.main()
