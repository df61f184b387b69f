/* The answer: its head in one piece, its body behind it, by reference when it is large. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "http/http1.h"

enum {
	COPY_BELOW = 4096,	/* a body that is cheaper copied behind its head than referred to */
	SEND_AT = 16 * 1024,	/* pieces are collected until there are so many bytes, or the loop turns */
	HEAD_ROOM = 256,	/* status line, Date, Content-Length, Connection */
};

/* ---- the head ---- */

static char *add(char *to, struct str s)
{
	memcpy(to, s.p, s.n);
	return to + s.n;
}

#define add_literal(to, literal) add((to), STR(literal))

static char *add_number(char *to, uint64_t value)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	return add(to, str_range(digits + n, digits + sizeof(digits)));
}

static struct str date_line(struct http1_shared *shared)
{
	static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
	};
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (now.tv_sec != shared->date_second) {
		shared->date_second = now.tv_sec;
		gmtime_r(&now.tv_sec, &tm);
		snprintf(shared->date, sizeof(shared->date), "Date: %s, %02u %s %04u %02u:%02u:%02u GMT\r\n",
			days[tm.tm_wday], (unsigned)tm.tm_mday % 100, months[tm.tm_mon],
			(unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_hour % 100,
			(unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
	}
	return (struct str){ shared->date, sizeof(shared->date) - 1 };
}

/* Framing, Date and Connection are ours to say. */
static bool is_ours(struct str name)
{
	switch (name.n) {
	case 4:
		return str_equal_nocase(name, STR("date"));
	case 10:
		return str_equal_nocase(name, STR("connection")) || str_equal_nocase(name, STR("keep-alive"));
	case 14:
		return str_equal_nocase(name, STR("content-length"));
	case 17:
		return str_equal_nocase(name, STR("transfer-encoding"));
	default:
		return false;
	}
}

static bool wants_to_stay(const struct http1 *c)
{
	return !c->parser.close && (c->parser.minor > 0 || c->parser.keep_alive);
}

/* Called with the answer's head, which must tell the client. */
static void decide_closing(struct http1 *c)
{
	bool stay = wants_to_stay(c);

	if (stay && !c->shared->draining && !c->eof && !c->expects_continue && !c->body_fault &&
	    !http1_body_is_long(c) &&
	    !str_equal_nocase(http_answer_header(&c->message, STR("connection")), STR("close")))
		return;
	c->closing = true;
	c->linger = stay || !c->body_done;
}

static size_t head_size(const struct http1 *c)
{
	size_t n = HEAD_ROOM;

	for (unsigned i = 0; i < c->wire.constant_count; i++)
		n += c->wire.constants[i].n;
	for (size_t i = 0; i < c->message.answer_count; i++)
		n += c->message.answer[i].name.n + c->message.answer[i].value.n + sizeof(": \r\n");
	return n;
}

static char *add_status(char *to, int status)
{
	to = add_literal(to, "HTTP/1.1 ");
	to = add_number(to, (uint64_t)status);
	*to++ = ' ';
	to = add(to, str_of(http_reason(status)));
	return add_literal(to, "\r\n");
}

/* `length` -1: none is said. */
static char *add_framing(struct http1 *c, char *to, int64_t length)
{
	if (c->chunked_answer) {
		to = add_literal(to, "Transfer-Encoding: chunked\r\n");
	} else if (length >= 0) {
		to = add_literal(to, "Content-Length: ");
		to = add_number(to, (uint64_t)length);
		to = add_literal(to, "\r\n");
	}
	if (c->closing)
		to = add_literal(to, "Connection: close\r\n");
	else if (c->parser.minor == 0)
		to = add_literal(to, "Connection: keep-alive\r\n");
	return add(to, date_line(c->shared));
}

static char *add_head(struct http1 *c, char *to, int status, int64_t length)
{
	to = add_status(to, status);
	for (unsigned i = 0; i < c->wire.constant_count; i++)
		to = add(to, c->wire.constants[i]);
	for (size_t i = 0; i < c->message.answer_count; i++) {
		const struct http_header *header = &c->message.answer[i];

		if (is_ours(header->name))
			continue;
		to = add(to, header->name);
		to = add_literal(to, ": ");
		to = add(to, header->value);
		to = add_literal(to, "\r\n");
	}
	to = add_framing(c, to, length);
	return add_literal(to, "\r\n");
}

static bool status_has_no_body(int status)
{
	return status < 200 || status == 204 || status == 304;
}

static bool has_no_body(const struct http1 *c, int status)
{
	return c->message.method == HTTP_HEAD || status_has_no_body(status);
}

/* ---- whole ---- */

static void free_body(const void *data, size_t n, void *arg)
{
	free((void *)(uintptr_t)data);
}

static void http1_send(struct http_message *message, int status, struct buf *body)
{
	struct http1 *c = (struct http1 *)message->wire;
	bool bare = has_no_body(c, status);
	bool copy = !bare && body->n < COPY_BELOW;
	char *head, *end;
	size_t n;

	decide_closing(c);
	c->chunked_answer = false;
	head = arena_alloc(message->arena, head_size(c) + (copy ? body->n : 0));
	end = add_head(c, head, status, status_has_no_body(status) ? -1 : (int64_t)body->n);
	if (copy && body->n)
		end = add(end, buf_str(body));
	if (!bare)
		message->sent_bytes = body->n;
	if (bare || copy) {
		buf_clear(body);
		http1_put(c, head, (size_t)(end - head));
		return;
	}
	if (c->gone) {
		buf_clear(body);
		return;
	}
	evbuffer_add(c->output, head, (size_t)(end - head));
	end = buf_release(body, &n);
	evbuffer_add_reference(c->output, end, n, free_body, NULL);
	http1_flush(c);
}

static void http1_send_file(struct http_message *message, int status, const struct http_file *file)
{
	struct http1 *c = (struct http1 *)message->wire;
	char *head, *end;

	decide_closing(c);
	c->chunked_answer = false;
	head = arena_alloc(message->arena, head_size(c));
	end = add_head(c, head, status, status_has_no_body(status) ? -1 : (int64_t)file->length);
	if (c->gone || has_no_body(c, status) || file->length == 0) {
		close(file->fd);
		http1_put(c, head, (size_t)(end - head));
		return;
	}
	message->sent_bytes = file->length;
	evbuffer_add(c->output, head, (size_t)(end - head));
	c->file = *file;
	http1_flush(c);
}

/* ---- in pieces ---- */

static void http1_start(struct http_message *message, int status, int64_t length)
{
	struct http1 *c = (struct http1 *)message->wire;
	char *head, *end;

	decide_closing(c);
	c->long_answer = true;
	c->shared->stats.long_answers++;
	if (status_has_no_body(status))
		length = -1;
	c->answer_left = length;
	c->chunked_answer = length < 0 && c->parser.minor > 0 && !status_has_no_body(status);
	/* HTTP/1.0 without a length: the end of the connection is the end of the body. */
	if (length < 0 && c->parser.minor == 0 && !has_no_body(c, status))
		c->closing = true;
	head = arena_alloc(message->arena, head_size(c));
	end = add_head(c, head, status, length);
	if (c->gone)
		return;
	evbuffer_add(c->output, head, (size_t)(end - head));
	http1_flush_soon(c);
}

static int http1_write(struct http_message *message, struct str piece)
{
	struct http1 *c = (struct http1 *)message->wire;
	char size[20];

	if (c->gone)
		return -1;
	if (has_no_body(c, message->status) || piece.n == 0)
		return 0;
	if (c->answer_left >= 0) {
		if (piece.n > (uint64_t)c->answer_left)
			return -1;
		c->answer_left -= (int64_t)piece.n;
	}
	message->sent_bytes += piece.n;
	if (c->chunked_answer)
		evbuffer_add(c->output, size, (size_t)snprintf(size, sizeof(size), "%zx\r\n", piece.n));
	evbuffer_add(c->output, piece.p, piece.n);
	if (c->chunked_answer)
		evbuffer_add(c->output, "\r\n", 2);
	if (http1_unsent(c) >= SEND_AT)
		http1_flush(c);
	else
		http1_flush_soon(c);
	return http1_wait_for_room(c);
}

static int http1_flush_now(struct http_message *message)
{
	struct http1 *c = (struct http1 *)message->wire;

	http1_flush(c);
	return http1_wait_for_room(c);
}

static void http1_finish(struct http_message *message)
{
	struct http1 *c = (struct http1 *)message->wire;

	if (has_no_body(c, message->status) || c->gone)
		return;
	if (c->chunked_answer) {
		evbuffer_add(c->output, "0\r\n\r\n", 5);
		http1_flush_soon(c);
	} else if (c->answer_left > 0) {
		/* Only the end of the connection can tell the client that the rest won't come. */
		c->closing = true;
	}
}

static bool http1_leaving(const struct http_message *message)
{
	return ((const struct http1 *)message->wire)->shared->draining;
}

const struct http_wire_ops http1_ops = {
	.read = http1_read,
	.send = http1_send,
	.send_file = http1_send_file,
	.start = http1_start,
	.write = http1_write,
	.flush = http1_flush_now,
	.finish = http1_finish,
	.leaving = http1_leaving,
};

/* ---- the wire's own ---- */

static const char *error_name(int status)
{
	static const struct {
		int status;
		const char *name;
	} names[] = {
		{ 400, "BadRequestError" }, { 408, "RequestTimeoutError" }, { 417, "ExpectationFailedError" },
		{ 431, "RequestHeaderFieldsTooLargeError" }, { 501, "NotImplementedError" },
		{ 503, "ServiceUnavailableError" }, { 505, "HTTPVersionNotSupportedError" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].status == status)
			return names[i].name;
	}
	return "InternalServerError";
}

void http1_error(struct http1 *c, int status, const char *message, bool close)
{
	char head[512], body[512];
	/* The messages are ours: nothing in them needs escaping. */
	int n = snprintf(body, sizeof(body),
		"{\"data\":null,\"error\":{\"status\":%d,\"name\":\"%s\",\"message\":\"%s\"}}",
		status, error_name(status), message);
	struct str date = date_line(c->shared);
	int head_n = snprintf(head, sizeof(head),
		"HTTP/1.1 %d %s\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n"
		"%s%s%.*s\r\n",
		status, http_reason(status), n, status == 503 ? "Retry-After: 1\r\n" : "",
		close ? "Connection: close\r\n" : "", STR_ARG(date));

	if (close)
		c->closing = c->linger = true;
	if (c->gone)
		return;
	evbuffer_add(c->output, head, (size_t)head_n);
	if (c->parser.method != HTTP_HEAD)
		evbuffer_add(c->output, body, (size_t)n);
	http1_flush_soon(c);
}
