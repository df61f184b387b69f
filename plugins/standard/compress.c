#include "compress.h"

#include <brotli/encode.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16, ZLIB_WINDOW = 15, MEMORY = 8 };

/* Into one byte less than there was: what doesn't fit is not worth it. */
static size_t with_zlib(const struct compress_job *job, int window)
{
	z_stream stream = { 0 };
	size_t n;
	int rc;

	if (deflateInit2(&stream, job->level, Z_DEFLATED, window, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return 0;
	stream.next_in = (Bytef *)(size_t)job->from;
	stream.avail_in = (uInt)job->from_n;
	stream.next_out = job->to;
	stream.avail_out = (uInt)job->from_n - 1;
	rc = deflate(&stream, Z_FINISH);
	n = stream.total_out;
	deflateEnd(&stream);
	return rc == Z_STREAM_END ? n : 0;
}

static size_t with_brotli(const struct compress_job *job)
{
	size_t n = job->from_n - 1;

	return BrotliEncoderCompress(job->level, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, job->from_n, job->from, &n,
		job->to) ? n : 0;
}

void compress_run(void *arg)
{
	struct compress_job *job = arg;

	job->to_n = 0;
	job->to = job->from_n > 1 && job->from_n <= (1u << 30) ? malloc(job->from_n) : NULL;
	if (!job->to)
		return;
	if (job->encoding == ENCODING_BR)
		job->to_n = with_brotli(job);
	else
		job->to_n = with_zlib(job, job->encoding == ENCODING_GZIP ? GZIP_WINDOW : ZLIB_WINDOW);
	if (job->to_n == 0) {
		free(job->to);
		job->to = NULL;
	}
}
