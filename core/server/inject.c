#include "server/inject.h"

#include <errno.h>
#include <unistd.h>

#include "http/wire.h"
#include "pipeline/request.h"

/* A wire whose other end is in memory. */
struct end {
	struct http_wire wire;		/* first: messages know only this */
	struct str unread;		/* of the request's body */
	struct buf out;
	bool silent;			/* the answer has no body, whatever is handed over */
};

static struct end *end_of(struct http_message *message)
{
	return (struct end *)message->wire;
}

static ssize_t read_body(struct http_message *message, void *to, size_t n, struct error *error)
{
	struct end *end = end_of(message);
	struct str part = str_take(end->unread, n);

	(void)error;
	if (part.n)
		memcpy(to, part.p, part.n);
	end->unread = str_skip(end->unread, part.n);
	return (ssize_t)part.n;
}

static void begin(struct http_message *message, int status)
{
	end_of(message)->silent = message->method == HTTP_HEAD || status < 200 || status == 204 || status == 304;
}

static int put(struct http_message *message, struct str piece)
{
	if (!end_of(message)->silent)
		buf_add(&end_of(message)->out, piece);
	message->sent_bytes += piece.n;
	return 0;
}

static void send_whole(struct http_message *message, int status, struct buf *body)
{
	begin(message, status);
	put(message, buf_str(body));
	buf_clear(body);
}

static void send_file(struct http_message *message, int status, const struct http_file *file)
{
	uint64_t left = file->length;
	off_t at = (off_t)file->offset;
	char piece[16 * 1024];

	begin(message, status);
	while (left) {
		ssize_t got = pread(file->fd, piece, left < sizeof(piece) ? (size_t)left : sizeof(piece), at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		put(message, (struct str){ piece, (size_t)got });
		at += got;
		left -= (uint64_t)got;
	}
	close(file->fd);
}

static void start(struct http_message *message, int status, int64_t length)
{
	begin(message, status);
}

static int flush(struct http_message *message)
{
	return 0;
}

static void finish(struct http_message *message)
{
}

static const struct http_wire_ops ops = {
	.read = read_body, .send = send_whole, .send_file = send_file, .start = start, .write = put, .flush = flush,
	.finish = finish,
};

static enum http_method method_of(struct str text)
{
	static const char *const names[HTTP_OTHER] = {
		[HTTP_GET] = "GET", [HTTP_HEAD] = "HEAD", [HTTP_POST] = "POST", [HTTP_PUT] = "PUT",
		[HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
	};

	for (int i = 0; i < HTTP_OTHER; i++) {
		if (str_equal(text, str_of(names[i])))
			return (enum http_method)i;
	}
	return HTTP_OTHER;
}

static void add_header(struct socle_test_answer *answer, struct str name, struct str value)
{
	answer->headers[answer->header_count++] =
		(struct http_header){ arena_str(answer->arena, name), arena_str(answer->arena, value) };
}

static size_t lines_of(const struct http_wire *wire)
{
	size_t lines = 0;

	for (unsigned i = 0; i < wire->constant_count; i++) {
		for (struct str rest = wire->constants[i]; rest.n; lines++)
			str_cut(&rest, '\n');
	}
	return lines;
}

static void keep_headers(struct socle_test_answer *answer, const struct http_message *message)
{
	const struct http_wire *wire = message->wire;

	answer->headers = arena_array(answer->arena, message->answer_count + lines_of(wire) + 1,
		sizeof(*answer->headers));
	for (unsigned i = 0; i < wire->constant_count; i++) {
		for (struct str rest = wire->constants[i]; rest.n;) {
			struct str line = str_trim(str_cut(&rest, '\n')), name = str_cut(&line, ':');

			add_header(answer, name, str_trim(line));
		}
	}
	for (size_t i = 0; i < message->answer_count; i++)
		add_header(answer, message->answer[i].name, message->answer[i].value);
}

struct socle_test_answer *inject(struct arena *arena, const struct injection *ask, struct pipeline *pipeline)
{
	struct socle_test_answer *answer = arena_new_of(arena, struct socle_test_answer);
	/* As on a connection, what a request made goes when it has been answered. */
	struct arena *own = arena_new(16 * 1024);
	struct end *end = arena_new_of(own, struct end);
	struct http_message *message = arena_new_of(own, struct http_message);
	struct str query = ask->target, path = str_cut(&query, '?');

	end->wire.ops = &ops;
	end->unread = ask->body;
	*message = (struct http_message){
		.arena = own,
		.method = method_of(ask->method),
		.method_text = ask->method,
		.target = ask->target,
		.path = path,
		.query = query,
		.headers = ask->headers,
		.header_count = ask->header_count,
		.origin = { STR("127.0.0.1"), STR("http"), STR("localhost") },
		.content_length = (int64_t)ask->body.n,
		.wire = &end->wire,
	};
	pipeline_serve(message, pipeline);
	answer->arena = arena;
	answer->status = message->status;
	answer->body = arena_str(arena, buf_str(&end->out));
	keep_headers(answer, message);
	buf_clear(&end->out);
	arena_free(own);
	return answer;
}
