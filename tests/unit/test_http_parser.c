#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/chunks.h"
#include "http/parser.h"

enum { HEAD_LIMIT = 512, FIELD_LIMIT = 8 };

/* A head by itself; `status` 0: it is accepted, and the rest says what is found. */
struct head {
	const char *name;
	struct str bytes;
	int status;
	const char *path, *query, *host;
	unsigned fields;
};

#define REFUSED(name, text, status) { name, { "" text, sizeof(text) - 1 }, status, NULL, NULL, NULL, 0 }
#define ACCEPTED(name, text, path, query, host, fields) \
	{ name, { "" text, sizeof(text) - 1 }, 0, path, query, host, fields }

static const struct head heads[] = {
	ACCEPTED("plain", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "/", NULL, "x", 1),
	ACCEPTED("query", "GET /a/b?c=d&e[f]=g?h HTTP/1.1\r\nHost: x\r\n\r\n", "/a/b", "c=d&e[f]=g?h", "x", 1),
	ACCEPTED("empty query", "GET /a? HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "", "x", 1),
	ACCEPTED("utf-8 target", "GET /\xc3\xa9?q=\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", "/\xc3\xa9", "q=\xc3\xa9", "x", 1),
	ACCEPTED("one empty line before", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "/", NULL, "x", 1),
	ACCEPTED("absolute", "GET http://y:80/a?b HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "b", "y:80", 1),
	ACCEPTED("absolute without a path", "GET HTTP://y HTTP/1.1\r\nHost: x\r\n\r\n", "", NULL, "y", 1),
	ACCEPTED("absolute, query only", "GET https://y?b HTTP/1.1\r\nHost: x\r\n\r\n", "", "b", "y", 1),
	ACCEPTED("asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "*", NULL, "x", 1),
	ACCEPTED("other method", "PURGE /a HTTP/1.1\r\nHost: x\r\n\r\n", "/a", NULL, "x", 1),
	ACCEPTED("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "/", NULL, "", 1),
	ACCEPTED("ipv6 host", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "/", NULL, "[::1]:8080", 1),
	ACCEPTED("1.0 without host", "GET / HTTP/1.0\r\n\r\n", "/", NULL, "", 0),
	ACCEPTED("later minor version", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", "/", NULL, "x", 1),
	ACCEPTED("empty value", "GET / HTTP/1.1\r\nHost: x\r\nA:\r\nB: \t \r\n\r\n", "/", NULL, "x", 3),
	ACCEPTED("space around a value", "GET / HTTP/1.1\r\nHost: \t x \t\r\n\r\n", "/", NULL, "x", 1),
	ACCEPTED("percent in a query", "GET /?a=%00 HTTP/1.1\r\nHost: x\r\n\r\n", "/", "a=%00", "x", 1),
	ACCEPTED("encoded nul in the path", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n", "/a%00b", NULL, "x", 1),
	ACCEPTED("fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", "/a", NULL, "x", 1),
	ACCEPTED("fragment behind a query", "GET /a?b#c?d HTTP/1.1\r\nHost: x\r\n\r\n", "/a", "b", "x", 1),
	ACCEPTED("fragment of an absolute target", "GET http://y/a#b HTTP/1.1\r\nHost: x\r\n\r\n", "/a", NULL, "y", 1),

	REFUSED("no method", " / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("method with a delimiter", "GE(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("tls hello", "\x16\x03\x01\x02", 400),
	REFUSED("two empty lines before", "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("no version", "GET /\r\nHost: x\r\n\r\n", 400),
	REFUSED("lower-case protocol", "GET / http/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("two digits", "GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400),
	REFUSED("leading zero", "GET / HTTP/01.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("version 2", "PRI * HTTP/2.0\r\n\r\n", 505),
	REFUSED("version 0.9", "GET / HTTP/0.9\r\nHost: x\r\n\r\n", 505),
	REFUSED("two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("two spaces before the version", "GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("tab for space", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("trailing space", "GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
	REFUSED("space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("control octet in the target", "GET /a\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("nul in the target", "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("fragment only", "GET #a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("relative target", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("asterisk for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("authority form", "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("tunnel", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501),
	REFUSED("foreign scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("user in the target", "GET http://u@x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("absolute without a host", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
	REFUSED("bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", 400),
	REFUSED("bare line feed in the headers", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400),
	REFUSED("bare line feed at the end", "GET / HTTP/1.1\r\nHost: x\r\n\n", 400),
	REFUSED("carriage return in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d\r\n\r\n", 400),
	REFUSED("two carriage returns", "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n", 400),
	REFUSED("nul in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400),
	REFUSED("delete in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\x7f\r\n\r\n", 400),
	REFUSED("no colon", "GET / HTTP/1.1\r\nHost: x\r\nA\r\n\r\n", 400),
	REFUSED("no name", "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", 400),
	REFUSED("space before the colon", "GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", 400),
	REFUSED("space in a name", "GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", 400),
	REFUSED("folded value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400),
	REFUSED("folded first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400),
	REFUSED("no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", 400),
	REFUSED("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", 400),
	REFUSED("list of hosts", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n", 400),
	REFUSED("path in the host", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
	REFUSED("user in the host", "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n", 400),
	REFUSED("bad port", "GET / HTTP/1.1\r\nHost: x:8o\r\n\r\n", 400),
	REFUSED("unclosed bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
	REFUSED("both framings", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
	REFUSED("two lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400),
	REFUSED("list of lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n", 400),
	REFUSED("signed length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400),
	REFUSED("space in a length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 2\r\n\r\n", 400),
	REFUSED("empty length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400),
	REFUSED("huge length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775808\r\n\r\n", 400),
	REFUSED("two codings", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n", 400),
	REFUSED("coding list", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
	REFUSED("unknown coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
	REFUSED("identity", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 501),
	REFUSED("empty coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n", 501),
	REFUSED("vertical tab in a coding", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0b" "chunked\r\n\r\n", 400),
	REFUSED("coding in 1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
	REFUSED("unknown expectation", "POST / HTTP/1.1\r\nHost: x\r\nExpect: magic\r\n\r\n", 417),
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct http_parser_field fields[FIELD_LIMIT];

static struct http_parser fresh(void)
{
	struct http_parser parser;

	http_parser_init(&parser, HEAD_LIMIT, fields, FIELD_LIMIT);
	return parser;
}

/* The bytes in a block of their own size, so that AddressSanitizer sees a read past them. */
static enum http_parser_result feed(struct http_parser *parser, struct str bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);
	enum http_parser_result result;

	memcpy(copy, bytes.p, n);
	result = http_parser_head(parser, copy, n);
	free(copy);
	return result;
}

static void check(const struct head *head, const struct http_parser *parser, enum http_parser_result result)
{
	const char *p = head->bytes.p;

	if (head->status) {
		if (result != HTTP_PARSER_FAULT || parser->fault->status != head->status)
			fail_msg("%s: expected %d, got result %d, status %d", head->name, head->status, result,
				parser->fault ? parser->fault->status : 0);
		return;
	}
	if (result != HTTP_PARSER_DONE)
		fail_msg("%s: refused: %s", head->name, parser->fault ? parser->fault->message : "more wanted");
	assert_int_equal(parser->head_n, head->bytes.n);
	assert_str(http_parser_str(p, parser->path), head->path);
	assert_int_equal(parser->has_query, head->query != NULL);
	if (head->query)
		assert_str(http_parser_str(p, parser->query), head->query);
	assert_str(http_parser_str(p, parser->host), head->host);
	assert_int_equal(parser->field_count, head->fields);
}

static void judges_each_head_as_the_table_says(void **state)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct http_parser parser = fresh();

		check(&heads[i], &parser, feed(&parser, heads[i].bytes, heads[i].bytes.n));
	}
}

static void judges_each_head_alike_when_it_comes_in_two_pieces(void **state)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		for (size_t cut = 0; cut < heads[i].bytes.n; cut++) {
			struct http_parser parser = fresh();
			enum http_parser_result result = feed(&parser, heads[i].bytes, cut);

			if (result == HTTP_PARSER_MORE)
				result = feed(&parser, heads[i].bytes, heads[i].bytes.n);
			check(&heads[i], &parser, result);
		}
	}
}

static void judges_each_head_alike_byte_by_byte(void **state)
{
	for (size_t i = 0; i < COUNT(heads); i++) {
		struct http_parser parser = fresh();
		enum http_parser_result result = HTTP_PARSER_MORE;

		for (size_t n = 0; n <= heads[i].bytes.n && result == HTTP_PARSER_MORE; n++)
			result = feed(&parser, heads[i].bytes, n);
		check(&heads[i], &parser, result);
	}
}

static void wants_more_of_every_proper_beginning(void **state)
{
	static const struct str head = { "GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n", 34 };

	for (size_t n = 0; n < head.n; n++) {
		struct http_parser parser = fresh();

		assert_int_equal(feed(&parser, head, n), HTTP_PARSER_MORE);
	}
}

static void leaves_what_stands_behind_the_head(void **state)
{
	static const struct str two = { "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: y\r\n\r\n", 56 };
	struct http_parser parser = fresh();

	assert_int_equal(feed(&parser, two, two.n), HTTP_PARSER_DONE);
	assert_int_equal(parser.head_n, 28);
	http_parser_reset(&parser);
	assert_int_equal(feed(&parser, str_skip(two, 28), 28), HTTP_PARSER_DONE);
	assert_str(http_parser_str(two.p + 28, parser.path), "/b");
}

static void tells_framing_and_connection(void **state)
{
	static const struct {
		struct str field;
		bool close, keep_alive, expects, chunked;
		int64_t length;
	} cases[] = {
		{ { "A: b", 4 }, false, false, false, false, 0 },
		{ { "connection: Close", 17 }, true, false, false, false, 0 },
		{ { "CONNECTION: foo , close", 23 }, true, false, false, false, 0 },
		{ { "Connection: keep-alive, x", 25 }, false, true, false, false, 0 },
		{ { "Connection: closed", 18 }, false, false, false, false, 0 },
		{ { "Expect: 100-Continue", 20 }, false, false, true, false, 0 },
		{ { "Transfer-Encoding: Chunked", 26 }, false, false, false, true, 0 },
		{ { "Content-Length: 007", 19 }, false, false, false, false, 7 },
		{ { "Content-Length: 999999999999999999", 34 }, false, false, false, false, 999999999999999999 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_parser parser = fresh();
		char text[256];
		int n = snprintf(text, sizeof(text), "POST / HTTP/1.1\r\nHost: x\r\n%.*s\r\n\r\n", STR_ARG(cases[i].field));

		assert_int_equal(http_parser_head(&parser, text, (size_t)n), HTTP_PARSER_DONE);
		assert_int_equal(parser.close, cases[i].close);
		assert_int_equal(parser.keep_alive, cases[i].keep_alive);
		assert_int_equal(parser.expects_continue, cases[i].expects);
		assert_int_equal(parser.chunked, cases[i].chunked);
		assert_int_equal(parser.content_length, cases[i].length);
	}
}

/* A head of exactly n bytes. */
static struct str head_of(char *to, size_t n)
{
	static const char begin[] = "GET / HTTP/1.1\r\nHost: x\r\nA: ";

	memset(to, 'a', n);
	memcpy(to, begin, sizeof(begin) - 1);
	memcpy(to + n - 4, "\r\n\r\n", 4);
	return (struct str){ to, n };
}

static void accepts_a_head_of_the_limit_and_refuses_one_byte_more(void **state)
{
	char text[HEAD_LIMIT + 1];

	for (size_t step = 1; step <= HEAD_LIMIT + 1; step += 37) {
		for (size_t n = HEAD_LIMIT; n <= HEAD_LIMIT + 1; n++) {
			struct str head = head_of(text, n);
			struct http_parser parser = fresh();
			enum http_parser_result result = HTTP_PARSER_MORE;

			for (size_t have = step; result == HTTP_PARSER_MORE; have += step)
				result = feed(&parser, head, have < n ? have : n);
			assert_int_equal(result, n == HEAD_LIMIT ? HTTP_PARSER_DONE : HTTP_PARSER_FAULT);
			if (n > HEAD_LIMIT)
				assert_int_equal(parser.fault->status, 431);
		}
	}
}

static void refuses_a_request_line_without_an_end_at_the_limit(void **state)
{
	char text[HEAD_LIMIT];
	struct http_parser parser = fresh();

	memset(text, 'a', sizeof(text));
	assert_int_equal(http_parser_head(&parser, text, HEAD_LIMIT - 1), HTTP_PARSER_MORE);
	assert_int_equal(http_parser_head(&parser, text, HEAD_LIMIT), HTTP_PARSER_FAULT);
	assert_int_equal(parser.fault->status, 431);
}

static void accepts_as_many_headers_as_the_limit_and_refuses_one_more(void **state)
{
	for (int count = FIELD_LIMIT; count <= FIELD_LIMIT + 1; count++) {
		char text[HEAD_LIMIT];
		int n = snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: x\r\n");
		struct http_parser parser = fresh();

		for (int i = 1; i < count; i++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "A: b\r\n");
		n += snprintf(text + n, sizeof(text) - (size_t)n, "\r\n");
		if (count == FIELD_LIMIT) {
			assert_int_equal(http_parser_head(&parser, text, (size_t)n), HTTP_PARSER_DONE);
			assert_int_equal(parser.field_count, FIELD_LIMIT);
		} else {
			assert_int_equal(http_parser_head(&parser, text, (size_t)n), HTTP_PARSER_FAULT);
			assert_int_equal(parser.fault->status, 431);
		}
	}
}

/* ---- chunks ---- */

struct body {
	const char *name;
	struct str bytes;
	int status;			/* 0: accepted, and `data` is what it holds */
	const char *data;
	size_t behind;			/* bytes that are no longer the body's */
};

#define BROKEN(name, text) { name, { "" text, sizeof(text) - 1 }, 400, NULL, 0 }
#define WHOLE(name, text, data, behind) { name, { "" text, sizeof(text) - 1 }, 0, data, behind }

static const struct body bodies[] = {
	WHOLE("empty", "0\r\n\r\n", "", 0),
	WHOLE("one", "5\r\nhello\r\n0\r\n\r\n", "hello", 0),
	WHOLE("two", "5\r\nhello\r\n00a\r\n, world!!!\r\n000\r\n\r\n", "hello, world!!!", 0),
	WHOLE("upper case", "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", 0),
	WHOLE("extensions", "5;a=b;c=\"d e\"\r\nhello\r\n0;x\r\n\r\n", "hello", 0),
	WHOLE("trailers", "1\r\na\r\n0\r\nX-A: b\r\nY:\r\n\r\n", "a", 0),
	WHOLE("pipelined", "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "a", 16),
	BROKEN("no size", "\r\n"),
	BROKEN("prefix", "0x5\r\nhello\r\n0\r\n\r\n"),
	BROKEN("sign", "+5\r\nhello\r\n0\r\n\r\n"),
	BROKEN("minus", "-5\r\n"),
	BROKEN("space before", " 5\r\nhello\r\n"),
	BROKEN("space behind", "5 \r\nhello\r\n"),
	BROKEN("junk", "5 abc\r\nhello\r\n"),
	BROKEN("bare lf", "5\nhello\r\n"),
	BROKEN("bare cr", "5\rhello\r\n"),
	BROKEN("bare lf in an extension", "5;a\nhello\r\n"),
	BROKEN("nul in an extension", "5;a\0\r\nhello\r\n"),
	BROKEN("no crlf behind the data", "5\r\nhello0\r\n\r\n"),
	BROKEN("lf behind the data", "5\r\nhello\n0\r\n\r\n"),
	BROKEN("too much data", "5\r\nhello!\r\n0\r\n\r\n"),
	BROKEN("overflow", "fffffffffffffffff\r\n"),
	BROKEN("sixteen digits", "0000000000000005\r\n"),
	BROKEN("folded trailer", "0\r\nA: b\r\n c\r\n\r\n"),
	BROKEN("trailer without a colon", "0\r\nA\r\n\r\n"),
	BROKEN("trailer with space before the colon", "0\r\nA : b\r\n\r\n"),
	BROKEN("lf behind a trailer", "0\r\nA: b\n\r\n"),
	BROKEN("lf at the end", "0\r\n\n"),
};

/* Reads what is in [from, to); false when it is refused. */
static bool take_all(struct http_chunks *chunks, struct str bytes, size_t *at, size_t to, size_t want, char *data)
{
	while (*at < to && !http_chunks_done(chunks)) {
		struct str piece;
		ssize_t used = http_chunks_take(chunks, bytes.p + *at, to - *at, want, &piece);

		if (used < 0)
			return false;
		assert_true(used > 0);
		assert_true(piece.n <= want);
		strncat(data, piece.n ? piece.p : "", piece.n);
		*at += (size_t)used;
	}
	return true;
}

static void check_body(const struct body *body, size_t cut, size_t want)
{
	struct http_chunks chunks = { 0 };
	char data[64] = "";
	size_t at = 0;
	bool sound = take_all(&chunks, body->bytes, &at, cut, want, data) &&
		take_all(&chunks, body->bytes, &at, body->bytes.n, want, data);

	if (body->status) {
		if (sound || chunks.fault->status != body->status)
			fail_msg("%s: cut at %zu: accepted", body->name, cut);
		return;
	}
	if (!sound || !http_chunks_done(&chunks))
		fail_msg("%s: cut at %zu: %s", body->name, cut, sound ? "not done" : chunks.fault->message);
	assert_string_equal(data, body->data);
	assert_int_equal(body->bytes.n - at, body->behind);
}

static void reads_each_chunked_body_alike_wherever_it_is_cut(void **state)
{
	for (size_t i = 0; i < COUNT(bodies); i++) {
		for (size_t cut = 0; cut <= bodies[i].bytes.n; cut++) {
			check_body(&bodies[i], cut, SIZE_MAX);
			check_body(&bodies[i], cut, 2);
		}
	}
}

static void is_not_done_before_the_last_byte_of_a_chunked_body(void **state)
{
	static const struct str bytes = { "1\r\na\r\n0\r\nA: b\r\n\r\n", 17 };

	for (size_t n = 0; n < bytes.n; n++) {
		struct http_chunks chunks = { 0 };
		char data[8] = "";
		size_t at = 0;

		assert_true(take_all(&chunks, bytes, &at, n, SIZE_MAX, data));
		assert_false(http_chunks_done(&chunks));
	}
}

/* What becomes of a body that begins so and goes on with n bytes of repeated `unit`: 0 or the status. */
static int status_of(const char *begin, const char *unit, size_t n)
{
	struct http_chunks chunks = { 0 };
	size_t length = strlen(unit);
	char data[8];

	data[0] = '\0';
	if (!take_all(&chunks, str_of(begin), &(size_t){ 0 }, strlen(begin), SIZE_MAX, data))
		return chunks.fault->status;
	for (size_t i = 0; i < n; i += length) {
		data[0] = '\0';
		if (!take_all(&chunks, str_of(unit), &(size_t){ 0 }, length, SIZE_MAX, data))
			return chunks.fault->status;
	}
	return 0;
}

static void limits_extensions_and_trailers_of_a_body(void **state)
{
	assert_int_equal(status_of("1;", "x", HTTP_CHUNKS_EXTENSIONS), 0);
	assert_int_equal(status_of("1;", "x", HTTP_CHUNKS_EXTENSIONS + 1), 400);
	assert_int_equal(status_of("", "1;x\r\na\r\n", HTTP_CHUNKS_EXTENSIONS * 8), 0);
	assert_int_equal(status_of("", "1;x\r\na\r\n", (HTTP_CHUNKS_EXTENSIONS + 1) * 8), 400);
	assert_int_equal(status_of("0\r\n", "A: b\r\n", HTTP_CHUNKS_TRAILERS - 6), 0);
	assert_int_equal(status_of("0\r\n", "A: b\r\n", HTTP_CHUNKS_TRAILERS + 6), 431);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_each_head_as_the_table_says),
		cmocka_unit_test(judges_each_head_alike_when_it_comes_in_two_pieces),
		cmocka_unit_test(judges_each_head_alike_byte_by_byte),
		cmocka_unit_test(wants_more_of_every_proper_beginning),
		cmocka_unit_test(leaves_what_stands_behind_the_head),
		cmocka_unit_test(tells_framing_and_connection),
		cmocka_unit_test(accepts_a_head_of_the_limit_and_refuses_one_byte_more),
		cmocka_unit_test(refuses_a_request_line_without_an_end_at_the_limit),
		cmocka_unit_test(accepts_as_many_headers_as_the_limit_and_refuses_one_more),
		cmocka_unit_test(reads_each_chunked_body_alike_wherever_it_is_cut),
		cmocka_unit_test(is_not_done_before_the_last_byte_of_a_chunked_body),
		cmocka_unit_test(limits_extensions_and_trailers_of_a_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
