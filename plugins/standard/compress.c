#include "compress.h"

#include <brotli/encode.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum {
	GZIP_WINDOW = 15 + 16, ZLIB_WINDOW = 15, MEMORY = 8,
	BROTLI_LEAST_WINDOW = 18,	/* its own of 22 would take megabytes for every answer */
	AT_ONCE = 64 * 1024,
};

struct compressor {
	enum encoding encoding;
	z_stream zlib;
	BrotliEncoderState *brotli;	/* NULL: it is zlib */
};

/* ---- in steps ---- */

/* No larger than what is compressed; small where nobody knows. */
static uint32_t brotli_window(size_t total)
{
	uint32_t window = BROTLI_LEAST_WINDOW;

	while (window < BROTLI_DEFAULT_WINDOW && (size_t)1 << window < total)
		window++;
	return window;
}

struct compressor *compressor_new(enum encoding encoding, int level, size_t total)
{
	struct compressor *compressor = calloc(1, sizeof(*compressor));
	int window = encoding == ENCODING_GZIP ? GZIP_WINDOW : ZLIB_WINDOW;

	if (!compressor)
		return NULL;
	compressor->encoding = encoding;
	if (encoding != ENCODING_BR) {
		if (deflateInit2(&compressor->zlib, level, Z_DEFLATED, window, MEMORY, Z_DEFAULT_STRATEGY) == Z_OK)
			return compressor;
	} else if ((compressor->brotli = BrotliEncoderCreateInstance(NULL, NULL, NULL))) {
		BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_QUALITY, (uint32_t)level);
		BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_SIZE_HINT, total < UINT32_MAX ? (uint32_t)total : 0);
		BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_LGWIN, brotli_window(total));
		return compressor;
	}
	free(compressor);
	return NULL;
}

void compressor_free(struct compressor *compressor)
{
	if (!compressor)
		return;
	if (compressor->brotli)
		BrotliEncoderDestroyInstance(compressor->brotli);
	else
		deflateEnd(&compressor->zlib);
	free(compressor);
}

static void with_zlib(struct compress_step *step)
{
	static const int flushes[] = { [COMPRESS_MORE] = Z_NO_FLUSH, [COMPRESS_FLUSH] = Z_SYNC_FLUSH, [COMPRESS_LAST] = Z_FINISH };
	z_stream *zlib = &step->compressor->zlib;
	size_t part = step->from_n < UINT_MAX ? step->from_n : UINT_MAX;
	bool is_rest = part == step->from_n;
	int rc;

	zlib->next_in = (Bytef *)(uintptr_t)step->from;
	zlib->avail_in = (uInt)part;
	zlib->next_out = step->to;
	zlib->avail_out = (uInt)step->to_size;
	rc = deflate(zlib, is_rest ? flushes[step->how] : Z_NO_FLUSH);
	step->from = zlib->next_in;
	step->from_n -= part - zlib->avail_in;
	step->to_n = step->to_size - zlib->avail_out;
	/* With nothing left to do it says so in the form of an error. */
	step->failed = rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR;
	step->done = is_rest && (step->how == COMPRESS_LAST ? rc == Z_STREAM_END : zlib->avail_in == 0 && zlib->avail_out > 0);
}

static void with_brotli(struct compress_step *step)
{
	static const BrotliEncoderOperation operations[] = { [COMPRESS_MORE] = BROTLI_OPERATION_PROCESS,
		[COMPRESS_FLUSH] = BROTLI_OPERATION_FLUSH, [COMPRESS_LAST] = BROTLI_OPERATION_FINISH };
	BrotliEncoderState *brotli = step->compressor->brotli;
	const uint8_t *from = step->from;
	size_t room = step->to_size;
	uint8_t *to = step->to;

	step->failed = !BrotliEncoderCompressStream(brotli, operations[step->how], &step->from_n, &from, &room, &to, NULL);
	step->from = from;
	step->to_n = step->to_size - room;
	step->done = step->how == COMPRESS_LAST ? BrotliEncoderIsFinished(brotli) :
		step->from_n == 0 && !BrotliEncoderHasMoreOutput(brotli);
}

void compress_step(void *arg)
{
	struct compress_step *step = arg;

	step->done = step->failed = false;
	if (step->compressor->brotli)
		with_brotli(step);
	else
		with_zlib(step);
}

/* ---- whole ---- */

/* Into one byte less than there was: what doesn't fit is not worth it. */
static bool add(struct compress_job *job, struct compress_step *step)
{
	do {
		step->to = (char *)job->to + job->to_n;
		step->to_size = job->from_n - 1 - job->to_n;
		if (step->to_size == 0)
			return false;
		compress_step(step);
		job->to_n += step->to_n;
	} while (!step->done && !step->failed);
	return step->done;
}

static bool add_file(struct compress_job *job, struct compress_step *step, void *buffer)
{
	for (size_t had = 0; had < job->from_n;) {
		size_t left = job->from_n - had;
		ssize_t got = pread(job->fd, buffer, left < AT_ONCE ? left : AT_ONCE, (off_t)(job->offset + had));

		if (got < 0 && errno == EINTR)
			continue;
		/* One that has got shorter is the sender's to deal with. */
		if (got <= 0)
			return false;
		had += (size_t)got;
		step->from = buffer;
		step->from_n = (size_t)got;
		step->how = had == job->from_n ? COMPRESS_LAST : COMPRESS_MORE;
		if (!add(job, step))
			return false;
	}
	return true;
}

static bool run(struct compress_job *job)
{
	struct compress_step step = { .compressor = compressor_new(job->encoding, job->level, job->from_n),
		.from = job->from, .from_n = job->from_n, .how = COMPRESS_LAST };
	void *buffer = job->from ? NULL : malloc(AT_ONCE);
	bool done = false;

	if (step.compressor && job->from)
		done = add(job, &step);
	else if (step.compressor && buffer)
		done = add_file(job, &step, buffer);
	free(buffer);
	compressor_free(step.compressor);
	return done;
}

void compress_run(void *arg)
{
	struct compress_job *job = arg;

	job->to_n = 0;
	job->to = job->from_n > 1 && job->from_n <= (1u << 30) ? malloc(job->from_n) : NULL;
	if (job->to && !run(job)) {
		free(job->to);
		job->to = NULL;
		job->to_n = 0;
	}
}
