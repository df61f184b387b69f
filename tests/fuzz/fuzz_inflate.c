/* Any bytes as a compressed body: what it becomes is the same however it comes, and never more than the limit. The first byte picks the
 * coding and the limit, the second how many bytes come at once. */
#include <assert.h>
#include <stdlib.h>

#include "http/inflate.h"
#include "http/wire.h"

struct source {
	struct http_wire wire;
	struct http_message message;
	struct str rest;
	size_t at_once;
};

static ssize_t source_read(struct http_message *message, void *to, size_t n, struct error *error)
{
	struct source *source = (struct source *)message->wire;
	struct str piece = str_take(source->rest, n < source->at_once ? n : source->at_once);

	if (piece.n)
		memcpy(to, piece.p, piece.n);
	source->rest = str_skip(source->rest, piece.n);
	return (ssize_t)piece.n;
}

static enum error_kind read_body(struct arena *arena, struct str coding, struct str bytes, size_t at_once, size_t limit, struct str *body_r)
{
	static const struct http_wire_ops ops = { .read = source_read };
	struct source source = { .wire.ops = &ops, .rest = bytes, .at_once = at_once };
	struct error error = ERROR_INIT;
	enum error_kind kind;

	source.message = (struct http_message){ .wire = &source.wire, .arena = arena, .content_length = -1 };
	if (inflate_read_all(&source.message, coding, limit, body_r, &error) == 0)
		assert(body_r->n <= limit && body_r->p[body_r->n] == 0);
	kind = error.kind;
	error_clear(&error);
	return kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const codings[] = { "gzip", "deflate", "br" };
	struct str bytes = { (const char *)data, size }, whole, pieces, coding;
	struct arena *arena;
	enum error_kind kind;
	size_t limit;

	if (size < 2)
		return 0;
	arena = arena_new(4096);
	coding = str_of(codings[data[0] % 3]);
	limit = data[0] / 3 * (size_t)1000;
	bytes = str_skip(bytes, 2);
	kind = read_body(arena, coding, bytes, SIZE_MAX, limit, &whole);
	/* A body that is both too large and damaged may be refused for either. */
	assert((read_body(arena, coding, bytes, data[1] + (size_t)1, limit, &pieces) == ERROR_NONE) == (kind == ERROR_NONE));
	assert(kind != ERROR_NONE || str_equal(whole, pieces));
	arena_free(arena);
	return 0;
}
