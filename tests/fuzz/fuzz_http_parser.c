/* Request heads and chunked bodies: whole and in pieces the same is understood, and whatever we accept, http-parser
 * understands in the same way.
 *
 *	clang -std=gnu17 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined -Icore
 *		-Dhttp_parser_init=our_parser_init -o fuzz_http_parser tests/fuzz/{fuzz_http_parser,http_parser_opinion}.c core/base/str.c
 *		core/http/{parser,chunks,octets}.c -lhttp_parser
 *	./fuzz_http_parser -max_len=4096 -max_total_time=180 NEW_CORPUS tests/fuzz/corpus/http_parser
 *
 * Where http-parser may disagree with what we accept:
 *  - it knows a fixed list of methods; we accept every token, and the pipeline answers 404 or 405;
 *  - it doesn't take an asterisk or a host without a path everywhere that RFC 9112 does;
 *  - it knows no bytes above 127 in targets (in its strict build), which browsers send;
 *  - it accepts no '%' or '=' and the like in the host of an absolute target;
 *  - it knows HTTP/1.2 to 1.9 by their own number;
 *  - it takes a tab behind the value of a framing header for a part of it;
 *  - it takes "Transfer-Encoding-X" for Transfer-Encoding;
 *  - it lets trailers frame the message that they end; we drop them unread.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/chunks.h"
#include "http/parser.h"
#include "http_parser_opinion.h"

enum { HEAD_LIMIT = 2048, FIELD_LIMIT = 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* ---- heads ---- */

static enum http_parser_result parse(struct http_parser *parser, const char *bytes, size_t n, size_t step)
{
	enum http_parser_result result = HTTP_PARSER_MORE;

	for (size_t have = step < n ? step : n;; have = have + step < n ? have + step : n) {
		/* A block of its own for each call, as a buffer that grows would be. */
		char *copy = malloc(have ? have : 1);

		memcpy(copy, bytes, have);
		result = http_parser_head(parser, copy, have);
		free(copy);
		if (result != HTTP_PARSER_MORE || have == n)
			return result;
	}
}

static void agree(const struct http_parser *a, const struct http_parser *b)
{
	assert(a->fault == b->fault);
	if (a->fault)
		return;
	assert(a->head_n == b->head_n && a->field_count == b->field_count);
	assert(a->method == b->method && a->minor == b->minor);
	assert(memcmp(&a->target, &b->target, sizeof(a->target)) == 0);
	assert(memcmp(&a->path, &b->path, sizeof(a->path)) == 0);
	assert(memcmp(&a->query, &b->query, sizeof(a->query)) == 0);
	assert(memcmp(&a->host, &b->host, sizeof(a->host)) == 0);
	assert(memcmp(a->fields, b->fields, a->field_count * sizeof(*a->fields)) == 0);
	assert(a->chunked == b->chunked && a->content_length == b->content_length);
	assert(a->close == b->close && a->expects_continue == b->expects_continue);
}

static bool in_range(struct http_parser_range range, const struct http_parser *parser)
{
	return (size_t)range.at + range.n <= parser->head_n;
}

static void check_ranges(const struct http_parser *parser)
{
	assert(in_range(parser->target, parser) && in_range(parser->path, parser));
	assert(in_range(parser->query, parser) && in_range(parser->host, parser));
	for (uint32_t i = 0; i < parser->field_count; i++)
		assert(in_range(parser->fields[i].name, parser) && in_range(parser->fields[i].value, parser));
}

static bool has_tab_behind_framing(const struct http_parser *parser, const char *bytes)
{
	for (uint32_t i = 0; i < parser->field_count; i++) {
		struct str name = http_parser_str(bytes, parser->fields[i].name);
		struct str value = http_parser_str(bytes, parser->fields[i].value);

		if ((str_equal_nocase(name, STR("content-length")) || str_equal_nocase(name, STR("transfer-encoding"))) &&
		    memchr(value.p + value.n, '\t', str_find((struct str){ value.p + value.n, 4096 }, '\r')))
			return true;
	}
	return false;
}

/* See the top of this file. */
static bool is_known_exception(const struct http_parser *parser, const char *bytes, enum opinion_error error)
{
	struct str target = http_parser_str(bytes, parser->target);
	struct str version = { bytes + parser->target.at + parser->target.n, 9 };

	if (error == OPINION_METHOD)
		return true;
	if (error == OPINION_VERSION)
		return version.p[8] > '1';
	if (error == OPINION_FRAMING)
		return has_tab_behind_framing(parser, bytes);
	if (error != OPINION_URL)
		return false;
	if (parser->absolute || str_is(target, "*"))
		return true;
	for (size_t i = 0; i < target.n; i++) {
		if ((unsigned char)target.p[i] > 127)
			return true;
	}
	return false;
}

static bool has_lookalike(const struct http_parser *parser, const char *bytes)
{
	static const struct str name = { "transfer-encoding", 17 };

	for (uint32_t i = 0; i < parser->field_count; i++) {
		struct str field = http_parser_str(bytes, parser->fields[i].name);

		if (field.n > name.n && str_equal_nocase(str_take(field, name.n), name))
			return true;
	}
	return false;
}

static struct opinion opinion;

/* Returns false when the bodies can't be compared. */
static bool compare_heads(const struct http_parser *ours, const char *bytes)
{
	if (has_lookalike(ours, bytes))
		return false;
	opinion_ask(&opinion, bytes, ours->head_n);
	if (opinion.error) {
		assert(is_known_exception(ours, bytes, opinion.error));
		return false;
	}
	assert(opinion.head_done);
	assert(str_equal(str_of(opinion.method), http_parser_str(bytes, ours->method_text)));
	assert(str_equal(opinion.url, http_parser_str(bytes, ours->target)));
	assert(opinion.fields == ours->field_count);
	assert(opinion.chunked == ours->chunked);
	if (!ours->chunked)
		assert(opinion.has_length ? opinion.length == ours->content_length : ours->content_length == 0);
	return !opinion.upgrade;
}

/* ---- chunked bodies ---- */

struct body {
	const struct http_fault *fault;
	bool done;
	size_t used;
	char data[4096];
	size_t n;
};

static void read_body(struct body *body, const char *bytes, size_t n, size_t step, size_t want)
{
	struct http_chunks chunks = { 0 };

	memset(body, 0, sizeof(*body));
	while (body->used < n && !http_chunks_done(&chunks)) {
		size_t have = n - body->used < step ? n - body->used : step;
		struct str data;
		ssize_t used = http_chunks_take(&chunks, bytes + body->used, have, want, &data);

		if (used < 0)
			break;
		assert((size_t)used <= have && data.n <= want && used > 0);
		if (data.n)
			memcpy(body->data + body->n, data.p, data.n);
		body->n += data.n;
		body->used += (size_t)used;
	}
	body->fault = chunks.fault;
	body->done = http_chunks_done(&chunks);
}

static bool has_framing_trailer(struct str body)
{
	for (; body.n; body = str_skip(body, 1)) {
		if (str_equal_nocase(str_take(body, 14), STR("content-length")) ||
		    str_equal_nocase(str_take(body, 17), STR("transfer-encoding")))
			return true;
	}
	return false;
}

static void check_body(const char *bytes, size_t n, size_t head_n, size_t step, bool comparable)
{
	static struct body whole, pieces;

	read_body(&whole, bytes + head_n, n - head_n, SIZE_MAX, SIZE_MAX);
	read_body(&pieces, bytes + head_n, n - head_n, step, step);
	assert(whole.fault == pieces.fault && whole.done == pieces.done);
	assert(whole.n == pieces.n && memcmp(whole.data, pieces.data, whole.n) == 0);
	if (!whole.done)
		return;
	assert(whole.used == pieces.used);
	if (!comparable || has_framing_trailer((struct str){ bytes + head_n, whole.used }))
		return;
	opinion_ask(&opinion, bytes, head_n + whole.used);
	assert(opinion.done);
	assert(opinion.body_n == whole.n && memcmp(opinion.body, whole.data, whole.n) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct http_parser_field fields[2][FIELD_LIMIT];
	struct http_parser whole, pieces;
	size_t step = n ? data[n - 1] % 16 + 1u : 1;
	const char *bytes = (const char *)data;
	bool comparable;

	if (n > 4096)
		return 0;
	http_parser_init(&whole, HEAD_LIMIT, fields[0], FIELD_LIMIT);
	http_parser_init(&pieces, HEAD_LIMIT, fields[1], FIELD_LIMIT);
	if (parse(&whole, bytes, n, n ? n : 1) == HTTP_PARSER_MORE) {
		assert(parse(&pieces, bytes, n, step) == HTTP_PARSER_MORE);
		return 0;
	}
	(void)!parse(&pieces, bytes, n, step);
	agree(&whole, &pieces);
	if (whole.fault)
		return 0;
	check_ranges(&whole);
	comparable = compare_heads(&whole, bytes);
	if (whole.chunked)
		check_body(bytes, n, whole.head_n, step, comparable);
	return 0;
}
