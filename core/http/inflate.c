#include "http/inflate.h"

#include <brotli/decode.h>
#include <stdlib.h>
#include <zlib.h>

enum {
	INPUT = 8 * 1024,
	DETECT = 15 + 32,		/* gzip or zlib, as its own head says: clients confuse their names */
	OVERHEAD = 1024,		/* a body that doesn't get smaller gets larger by less than this and an eighth */
};

/* Owned by an arena, with what it makes of memory elsewhere. */
struct inflater {
	struct http_message *message;
	struct str coding;
	z_stream zlib;
	BrotliDecoderState *brotli;	/* NULL: it is zlib */
	const char *input;
	size_t input_n;			/* not taken yet */
	size_t came, most;		/* compressed bytes */
	bool input_ended;
	bool ended;			/* the compressed stream is at its end, or hasn't begun */
	char buffer[INPUT];
};

static bool is_brotli(struct str coding)
{
	return str_equal_nocase(coding, STR("br"));
}

bool inflate_knows(struct str coding)
{
	return str_equal_nocase(coding, STR("gzip")) || str_equal_nocase(coding, STR("x-gzip")) ||
		str_equal_nocase(coding, STR("deflate")) || is_brotli(coding);
}

static void inflater_clear(void *arg)
{
	struct inflater *inflater = arg;

	if (inflater->brotli)
		BrotliDecoderDestroyInstance(inflater->brotli);
	else
		inflateEnd(&inflater->zlib);
}

static struct inflater *inflater_new(struct http_message *message, struct str coding, size_t limit)
{
	struct inflater *inflater = arena_new_of(message->arena, struct inflater);

	inflater->message = message;
	inflater->coding = coding;
	inflater->most = limit + limit / 8 + OVERHEAD;
	inflater->ended = true;
	if (is_brotli(coding) ? !(inflater->brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL)) :
	    inflateInit2(&inflater->zlib, DETECT) != Z_OK)
		abort();
	arena_defer(message->arena, inflater_clear, inflater);
	return inflater;
}

/* ---- what comes ---- */

static int bad(const struct inflater *inflater, const char *what, struct error *error)
{
	error_set(error, ERROR_BAD_REQUEST, "The body %s, and its Content-Encoding says %.*s", what, STR_ARG(inflater->coding));
	error->no_details = true;
	return -1;
}

static int fill(struct inflater *inflater, struct error *error)
{
	ssize_t got;

	if (inflater->input_n || inflater->input_ended)
		return 0;
	got = http_read(inflater->message, inflater->buffer, sizeof(inflater->buffer), error);
	if (got < 0)
		return -1;
	inflater->input = inflater->buffer;
	inflater->input_n = (size_t)got;
	inflater->input_ended = got == 0;
	inflater->came += (size_t)got;
	return inflater->came <= inflater->most ? 0 :
		error_set(error, ERROR_PAYLOAD_TOO_LARGE, "The compressed body is larger than %zu bytes", inflater->most);
}

/* Bytes behind an end begin another member of a gzip file; of the other codings there is one. */
static int begin_member(struct inflater *inflater, bool is_first, struct error *error)
{
	if (!is_first && (inflater->brotli || (unsigned char)inflater->input[0] != 0x1f || inflateReset(&inflater->zlib) != Z_OK))
		return bad(inflater, "goes on behind its end", error);
	inflater->ended = false;
	return 0;
}

/* ---- what becomes of it ---- */

/* False for what is not in this coding. */
static bool with_zlib(struct inflater *inflater, char *to, size_t *n)
{
	z_stream *zlib = &inflater->zlib;
	int rc;

	zlib->next_in = (Bytef *)(uintptr_t)inflater->input;
	zlib->avail_in = (uInt)inflater->input_n;
	zlib->next_out = (Bytef *)to;
	zlib->avail_out = (uInt)*n;
	rc = inflate(zlib, Z_NO_FLUSH);
	inflater->input = (const char *)zlib->next_in;
	inflater->input_n = zlib->avail_in;
	inflater->ended = rc == Z_STREAM_END;
	*n -= zlib->avail_out;
	return rc == Z_OK || rc == Z_STREAM_END || rc == Z_BUF_ERROR;
}

static bool with_brotli(struct inflater *inflater, char *to, size_t *n)
{
	const uint8_t *from = (const uint8_t *)inflater->input;
	uint8_t *out = (uint8_t *)to;
	size_t room = *n;
	BrotliDecoderResult result = BrotliDecoderDecompressStream(inflater->brotli, &inflater->input_n, &from, &room, &out, NULL);

	inflater->input = (const char *)from;
	inflater->ended = result == BROTLI_DECODER_RESULT_SUCCESS;
	*n -= room;
	return result != BROTLI_DECODER_RESULT_ERROR;
}

/* As http_read(). */
static ssize_t inflater_read(void *arg, void *to, size_t n, struct error *error)
{
	struct inflater *inflater = arg;

	/* Of what is larger than this in one go zlib can't tell the size. */
	n = n < (1u << 30) ? n : 1u << 30;
	for (;;) {
		size_t got = n;
		bool is_first = inflater->came == 0;

		if (fill(inflater, error) < 0)
			return -1;
		if (inflater->ended && inflater->input_n == 0)
			return 0;
		if (inflater->ended && begin_member(inflater, is_first, error) < 0)
			return -1;
		if (!(inflater->brotli ? with_brotli : with_zlib)(inflater, to, &got))
			return bad(inflater, "is damaged", error);
		if (got)
			return (ssize_t)got;
		if (inflater->input_ended && !inflater->ended)
			return bad(inflater, "ends before its end", error);
	}
}

int inflate_read_all(struct http_message *message, struct str coding, size_t limit, struct str *body_r, struct error *error)
{
	struct inflater *inflater = inflater_new(message, coding, limit);

	if (message->content_length > 0 && (uint64_t)message->content_length > inflater->most)
		return error_set(error, ERROR_PAYLOAD_TOO_LARGE, "The compressed body is larger than %zu bytes", inflater->most);
	return http_read_until_end(inflater_read, inflater, message->arena, limit, body_r, error);
}
