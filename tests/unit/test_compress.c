/* plugins/standard/compress.h: what comes out can be read again, at each flush and at the end. */
#include "unit.h"

#include <brotli/decode.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "compress.h"

enum { SIZE = 3 * 1000 * 1000, CODINGS = ENCODING_IDENTITY };

/* Words in no order: they get smaller, and not by very much. */
static char *words(size_t n)
{
	char *text = malloc(n);
	unsigned seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		text[i] = "etaoin shrdlu\n"[(seed >> 24) % 14];
	}
	return text;
}

/* ---- reading it again ---- */

struct reader {
	enum encoding encoding;
	z_stream zlib;
	BrotliDecoderState *brotli;
	bool ended;
};

static void reader_begin(struct reader *reader, enum encoding encoding)
{
	*reader = (struct reader){ .encoding = encoding };
	if (encoding == ENCODING_BR)
		assert_non_null(reader->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL));
	else
		assert_int_equal(inflateInit2(&reader->zlib, encoding == ENCODING_GZIP ? 15 + 16 : 15), Z_OK);
}

/* How many bytes these gave. */
static size_t reader_take(struct reader *reader, const void *from, size_t n, char *to, size_t room)
{
	size_t left = room;

	if (reader->brotli) {
		const uint8_t *in = from;
		uint8_t *out = (uint8_t *)to;
		BrotliDecoderResult result = BrotliDecoderDecompressStream(reader->brotli, &n, &in, &left, &out, NULL);

		assert_int_not_equal(result, BROTLI_DECODER_RESULT_ERROR);
		reader->ended = result == BROTLI_DECODER_RESULT_SUCCESS;
		return room - left;
	}
	reader->zlib.next_in = (Bytef *)(uintptr_t)from;
	reader->zlib.avail_in = (uInt)n;
	reader->zlib.next_out = (Bytef *)to;
	reader->zlib.avail_out = (uInt)room;
	reader->ended = inflate(&reader->zlib, Z_SYNC_FLUSH) == Z_STREAM_END;
	return room - reader->zlib.avail_out;
}

static void reader_end(struct reader *reader)
{
	if (reader->brotli)
		BrotliDecoderDestroyInstance(reader->brotli);
	else
		inflateEnd(&reader->zlib);
}

/* ---- in steps ---- */

/* With as little room as the function may be given, or more. Returns what it gave. */
static size_t put(struct compressor *compressor, const char *from, size_t n, enum compress_how how, size_t room, char *to)
{
	struct compress_step step = { .compressor = compressor, .from = from, .from_n = n, .how = how, .to_size = room };
	size_t total = 0;

	do {
		step.to = to + total;
		compress_step(&step);
		assert_false(step.failed);
		total += step.to_n;
	} while (!step.done);
	return total;
}

static void what_was_flushed_can_be_read_and_the_end_is_one(void **state)
{
	static const size_t pieces[] = { 1, 0, 5000, 100000, 3, 700000 };
	char *text = words(SIZE), *packed = malloc(2 * SIZE), *read = malloc(SIZE);

	for (int encoding = 0; encoding < CODINGS; encoding++) {
		for (size_t room = 64; room <= 64 * 1024; room *= 32) {
			struct compressor *compressor = compressor_new((enum encoding)encoding, 4, 0);
			struct reader reader;
			size_t at = 0, n;

			reader_begin(&reader, (enum encoding)encoding);
			for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
				n = put(compressor, text + at, pieces[i], COMPRESS_MORE, room, packed);
				n += put(compressor, text + at + pieces[i], pieces[i], COMPRESS_FLUSH, room, packed + n);
				assert_int_equal(reader_take(&reader, packed, n, read, SIZE), 2 * pieces[i]);
				assert_memory_equal(read, text + at, 2 * pieces[i]);
				assert_false(reader.ended);
				at += 2 * pieces[i];
			}
			n = put(compressor, text + at, 1000, COMPRESS_LAST, room, packed);
			assert_int_equal(reader_take(&reader, packed, n, read, SIZE), 1000);
			assert_memory_equal(read, text + at, 1000);
			assert_true(reader.ended);
			reader_end(&reader);
			compressor_free(compressor);
		}
	}
	free(text);
	free(packed);
	free(read);
}

/* ---- whole ---- */

static void assert_reads(struct compress_job *job, const char *text, size_t n)
{
	char *read = malloc(n + 1);
	struct reader reader;

	assert_non_null(job->to);
	assert_true(job->to_n < n);
	reader_begin(&reader, job->encoding);
	assert_int_equal(reader_take(&reader, job->to, job->to_n, read, n + 1), n);
	assert_memory_equal(read, text, n);
	assert_true(reader.ended);
	reader_end(&reader);
	free(job->to);
	free(read);
}

static void a_part_of_a_file_is_as_good_as_bytes(void **state)
{
	static const size_t sizes[] = { 2000, 64 * 1024, 64 * 1024 + 1, SIZE - 10 };
	char *text = words(SIZE), path[] = "/tmp/socle-compress-XXXXXX";
	int fd = mkstemp(path);

	assert_int_equal(unlink(path), 0);
	assert_int_equal(write(fd, text, SIZE), SIZE);
	for (int encoding = 0; encoding < CODINGS; encoding++) {
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			struct compress_job bytes = { .encoding = (enum encoding)encoding, .level = 4, .from = text + 10, .from_n = sizes[i] };
			struct compress_job file = { .encoding = (enum encoding)encoding, .level = 4, .fd = fd, .offset = 10, .from_n = sizes[i] };

			compress_run(&bytes);
			assert_reads(&bytes, text + 10, sizes[i]);
			compress_run(&file);
			assert_reads(&file, text + 10, sizes[i]);
		}
	}
	close(fd);
	free(text);
}

static void what_gets_no_smaller_or_shorter_meanwhile_is_left_as_it_is(void **state)
{
	char noise[5000], path[] = "/tmp/socle-compress-XXXXXX";
	unsigned seed = 1;
	int fd = mkstemp(path);

	assert_int_equal(unlink(path), 0);
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
	assert_int_equal(write(fd, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 40), 40);
	for (int encoding = 0; encoding < CODINGS; encoding++) {
		struct compress_job job = { .encoding = (enum encoding)encoding, .level = 4, .from = noise, .from_n = sizeof(noise) };

		compress_run(&job);
		assert_null(job.to);
		job = (struct compress_job){ .encoding = (enum encoding)encoding, .level = 4, .fd = fd, .from_n = 1000 };
		compress_run(&job);
		assert_null(job.to);
		job = (struct compress_job){ .encoding = (enum encoding)encoding, .level = 4, .from = noise, .from_n = 1 };
		compress_run(&job);
		assert_null(job.to);
	}
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_flushed_can_be_read_and_the_end_is_one),
		cmocka_unit_test(a_part_of_a_file_is_as_good_as_bytes),
		cmocka_unit_test(what_gets_no_smaller_or_shorter_meanwhile_is_left_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
