/* Bodies that come compressed, from a wire that gives them in pieces of every size. */
#include "unit.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "http/inflate.h"
#include "http/wire.h"

/* A wire that has these bytes, and hands out so many at once. */
struct source {
	struct http_wire wire;
	struct http_message message;
	const char *bytes;
	size_t n, at_once, asked;
};

static ssize_t source_read(struct http_message *message, void *to, size_t n, struct error *error)
{
	struct source *source = (struct source *)message->wire;

	n = n < source->at_once ? n : source->at_once;
	n = n < source->n ? n : source->n;
	memcpy(to, source->bytes, n);
	source->bytes += n;
	source->n -= n;
	source->asked += n;
	return (ssize_t)n;
}

static const struct http_wire_ops source_ops = { .read = source_read };

/* What became of it: 0 and *text_r (malloc'd), or the kind of the error. */
static enum error_kind read_source(struct source *source, const char *coding, size_t limit, char **text_r, size_t *n_r)
{
	struct error error = ERROR_INIT;
	struct arena *arena = arena_new(4096);
	struct str body = STR_NULL;
	enum error_kind kind;

	source->wire.ops = &source_ops;
	source->message.wire = &source->wire;
	source->message.arena = arena;
	*text_r = NULL;
	if (inflate_read_all(&source->message, str_of(coding), limit, &body, &error) == 0) {
		*text_r = malloc(body.n + 1);
		memcpy(*text_r, body.p, body.n + 1);
		*n_r = body.n;
	}
	kind = error.kind;
	error_clear(&error);
	arena_free(arena);
	return kind;
}

static void assert_reads(const char *coding, const char *bytes, size_t n, size_t at_once, size_t limit, const char *text, size_t length)
{
	struct source source = { .bytes = bytes, .n = n, .at_once = at_once, .message.content_length = at_once % 2 ? -1 : (int64_t)n };
	char *found;
	size_t found_n;

	assert_int_equal(read_source(&source, coding, limit, &found, &found_n), ERROR_NONE);
	assert_int_equal(found_n, length);
	assert_memory_equal(found, text, length);
	assert_int_equal(found[length], 0);
	free(found);
}

/* Returns how much of the bytes was taken. */
static size_t assert_refused(const char *coding, const char *bytes, size_t n, size_t limit, enum error_kind kind)
{
	struct source source = { .bytes = bytes, .n = n, .at_once = SIZE_MAX, .message.content_length = -1 };
	char *found;
	size_t found_n;

	assert_int_equal(read_source(&source, coding, limit, &found, &found_n), kind);
	return source.asked;
}

/* ---- making them ---- */

static size_t pack(const char *coding, const char *text, size_t n, char *to, size_t room)
{
	z_stream zlib = { 0 };

	if (strcmp(coding, "br") == 0) {
		assert_true(BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, n, (const uint8_t *)text, &room, (uint8_t *)to));
		return room;
	}
	assert_int_equal(deflateInit2(&zlib, 6, Z_DEFLATED, strcmp(coding, "gzip") ? 15 : 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	zlib.next_in = (Bytef *)(uintptr_t)text;
	zlib.avail_in = (uInt)n;
	zlib.next_out = (Bytef *)to;
	zlib.avail_out = (uInt)room;
	assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
	deflateEnd(&zlib);
	return room - zlib.avail_out;
}

static const char *const codings[] = { "gzip", "deflate", "br" };
enum { CODINGS = 3, SIZE = 100 * 1000 };

static char *sample(void)
{
	char *text = malloc(SIZE);

	for (size_t i = 0; i < SIZE; i++)
		text[i] = (char)('a' + i * i / 7 % 26);
	return text;
}

/* ---- tests ---- */

static void a_body_is_what_it_was_however_it_comes(void **state)
{
	char *text = sample(), *packed = malloc(SIZE);

	for (int i = 0; i < CODINGS; i++) {
		size_t n = pack(codings[i], text, SIZE, packed, SIZE);

		for (size_t at_once = 1; at_once <= SIZE; at_once = at_once * 3 + 1)
			assert_reads(codings[i], packed, n, at_once, SIZE, text, SIZE);
		n = pack(codings[i], "x", 1, packed, SIZE);
		assert_reads(codings[i], packed, n, 1, 1, "x", 1);
		n = pack(codings[i], "", 0, packed, SIZE);
		assert_reads(codings[i], packed, n, 1, 1, "", 0);
		assert_reads(codings[i], "", 0, 1, 1, "", 0);
	}
	free(text);
	free(packed);
}

static void the_limit_counts_what_it_becomes(void **state)
{
	char *text = sample(), *packed = malloc(SIZE);

	for (int i = 0; i < CODINGS; i++) {
		size_t n = pack(codings[i], text, SIZE, packed, SIZE);

		assert_reads(codings[i], packed, n, SIZE, SIZE, text, SIZE);
		assert_refused(codings[i], packed, n, SIZE - 1, ERROR_PAYLOAD_TOO_LARGE);
	}
	free(text);
	free(packed);
}

static void a_bomb_is_given_up_where_it_passes_the_limit(void **state)
{
	size_t size = 200u << 20;
	char *zeros = calloc(1, size), *packed = malloc(1 << 20);

	for (int i = 0; i < CODINGS; i++) {
		size_t n = pack(codings[i], zeros, size, packed, 1 << 20);

		assert_true(assert_refused(codings[i], packed, n, 64 * 1024, ERROR_PAYLOAD_TOO_LARGE) <= 16 * 1024);
	}
	free(zeros);
	free(packed);
}

/* Members that hold nothing, without an end. */
static void what_becomes_nothing_is_bounded_as_well(void **state)
{
	char one[64], *many = malloc(1 << 20);
	size_t n = pack("gzip", "", 0, one, sizeof(one)), total = 0;

	while (total + n <= 1 << 20) {
		memcpy(many + total, one, n);
		total += n;
	}
	assert_true(assert_refused("gzip", many, total, 10000, ERROR_PAYLOAD_TOO_LARGE) < 32 * 1024);
	free(many);
}

static void members_of_gzip_are_one_body(void **state)
{
	char packed[256];
	size_t n = pack("gzip", "hello, ", 7, packed, sizeof(packed));

	n += pack("gzip", "", 0, packed + n, sizeof(packed) - n);
	n += pack("gzip", "world", 5, packed + n, sizeof(packed) - n);
	for (size_t at_once = 1; at_once < n; at_once++)
		assert_reads("gzip", packed, n, at_once, 12, "hello, world", 12);
}

static void what_is_cut_off_damaged_or_goes_on_is_refused(void **state)
{
	char packed[512], text[] = "{\"title\":\"a title that is long enough to be worth it, long enough, long enough\"}";

	for (int i = 0; i < CODINGS; i++) {
		size_t n = pack(codings[i], text, sizeof(text), packed, sizeof(packed) - 1);

		for (size_t cut = 1; cut < n; cut++)
			assert_refused(codings[i], packed, cut, 1000, ERROR_BAD_REQUEST);
		packed[n] = 'x';
		assert_refused(codings[i], packed, n + 1, 1000, ERROR_BAD_REQUEST);
		assert_refused(codings[i], text, sizeof(text), 1000, ERROR_BAD_REQUEST);
	}
}

static void names_are_known_in_any_case_and_alone(void **state)
{
	const char *const known[] = { "gzip", "GZIP", "x-gzip", "Deflate", "br" };
	const char *const unknown[] = { "", "zstd", "compress", "gzip, br", "gzip2", "identity" };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_true(inflate_knows(str_of(known[i])));
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++)
		assert_false(inflate_knows(str_of(unknown[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_what_it_was_however_it_comes),
		cmocka_unit_test(the_limit_counts_what_it_becomes),
		cmocka_unit_test(a_bomb_is_given_up_where_it_passes_the_limit),
		cmocka_unit_test(what_becomes_nothing_is_bounded_as_well),
		cmocka_unit_test(members_of_gzip_are_one_body),
		cmocka_unit_test(what_is_cut_off_damaged_or_goes_on_is_refused),
		cmocka_unit_test(names_are_known_in_any_case_and_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
