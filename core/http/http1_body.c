/* The request's body: from the input buffer, or straight from the socket to the reader. Nothing is read
 * ahead beyond the input buffer, so a slow handler slows the sender down. */
#include <errno.h>

#include "http/http1.h"

enum { WORTH_A_DIRECT_READ = 4096 };

static const struct http_fault too_slow = { 408, "The body's next bytes did not come in time" };

void http1_body_begin(struct http1 *c)
{
	const struct http_parser *head = &c->parser;

	c->body = head->chunked ? HTTP1_CHUNKED : head->content_length ? HTTP1_LENGTH : HTTP1_NO_BODY;
	c->body_done = c->body == HTTP1_NO_BODY;
	c->body_left = head->content_length;
	c->body_fault = NULL;
	c->chunks = (struct http_chunks){ 0 };
	c->expects_continue = head->expects_continue && !c->body_done;
}

static size_t take_length(struct http1 *c, char *to, size_t n)
{
	size_t have = c->end - c->begin;

	n = n < have ? n : have;
	n = n < (uint64_t)c->body_left ? n : (size_t)c->body_left;
	memcpy(to, c->store->input + c->begin, n);
	c->begin += n;
	c->body_left -= (int64_t)n;
	c->body_done = c->body_left == 0;
	return n;
}

static size_t take_chunked(struct http1 *c, char *to, size_t n)
{
	size_t have = 0;

	while (have < n && c->begin < c->end && !c->body_done) {
		struct str data;
		ssize_t used = http_chunks_take(&c->chunks, c->store->input + c->begin, c->end - c->begin,
			n - have, &data);

		if (used < 0) {
			c->body_fault = c->chunks.fault;
			break;
		}
		if (data.n)
			memcpy(to + have, data.p, data.n);
		have += data.n;
		c->begin += (size_t)used;
		c->body_done = http_chunks_done(&c->chunks);
	}
	return have;
}

/* What the input buffer has of the body. */
static size_t take(struct http1 *c, char *to, size_t n)
{
	if (c->body_done || c->body_fault || c->begin == c->end)
		return 0;
	return c->body == HTTP1_LENGTH ? take_length(c, to, n) : take_chunked(c, to, n);
}

/* A large read past an empty buffer needs no copy. */
static size_t take_from_socket(struct http1 *c, char *to, size_t n)
{
	ssize_t got;

	if (c->body != HTTP1_LENGTH || n < WORTH_A_DIRECT_READ || c->begin != c->end || c->eof || c->gone)
		return 0;
	got = recv(c->fd, to, n < (uint64_t)c->body_left ? n : (size_t)c->body_left, 0);
	if (got <= 0)
		return 0;	/* http1_fill() will meet the same, and knows what to do */
	c->body_left -= got;
	c->body_done = c->body_left == 0;
	return (size_t)got;
}

static void say_continue(struct http1 *c)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	c->expects_continue = false;
	/* A client that didn't wait needs no telling. */
	if (c->begin == c->end && c->message.status == 0) {
		http1_put(c, text, sizeof(text) - 1);
		http1_flush(c);
	}
}

static ssize_t fail(struct http1 *c, int rc, struct error *error)
{
	if (rc == -ETIMEDOUT)
		c->body_fault = &too_slow;
	if (!c->body_fault)
		return error_set(error, ERROR_CANCELLED, "The client went away before its body was complete");
	return error_set(error, c->body_fault == &too_slow ? ERROR_TIMEOUT : ERROR_BAD_REQUEST, "%s",
		c->body_fault->message);
}

ssize_t http1_read(struct http_message *message, void *to, size_t n, struct error *error)
{
	struct http1 *c = (struct http1 *)message->wire;

	if (c->expects_continue)
		say_continue(c);
	for (;;) {
		size_t got = take(c, to, n);
		int rc;

		if (got == 0 && !c->body_done && !c->body_fault)
			got = take_from_socket(c, to, n);
		if (got > 0 || c->body_done)
			return (ssize_t)got;
		if (c->body_fault)
			return fail(c, 0, error);
		if (http1_fill(c))
			continue;
		if (c->gone || c->eof)
			return fail(c, -ECANCELED, error);
		rc = fiber_queue_wait(&c->input_came, c->shared->options.body_timeout_ms);
		if (rc < 0)
			return fail(c, rc, error);
	}
}

bool http1_body_is_long(const struct http1 *c)
{
	return c->body == HTTP1_LENGTH && c->body_left > HTTP1_DISCARD;
}

bool http1_body_discard(struct http1 *c)
{
	struct error error = ERROR_INIT;
	size_t total = 0;
	char scratch[4096];

	/* The client may still wait for leave to send, or send without it: nobody can tell where the next
	 * request would begin. */
	if (c->expects_continue)
		return false;
	while (!c->body_done) {
		ssize_t got = http1_read(&c->message, scratch, sizeof(scratch), &error);

		if (got < 0) {
			error_clear(&error);
			return false;
		}
		total += (size_t)got;
		if (total > HTTP1_DISCARD)
			return false;
	}
	return true;
}
