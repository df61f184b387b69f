/* Compressed answers: brotli, gzip, deflate. Whole bodies and files are on the way back, the pieces of a long answer
 * while they are sent. */
#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "lists.h"
#include "sizes.h"

enum {
	ALONE = 32 * 1024,	/* larger bodies are a thread's work */
	ROOM = 16 * 1024,	/* for what becomes of a piece, at once */
	BROTLI_LEVEL = 4,	/* of answers made on the spot; 11 is for what is compressed once */
};

/* What the options of a use come to. */
struct compression {
	bool ready;
	unsigned allowed;		/* bits of enum encoding */
	int levels[ENCODINGS];
	int64_t threshold, files;	/* bytes: the smallest body, the largest file */
	enum encoding fallback;		/* without an Accept-Encoding */
};

/* false and null switch a coding off; { level = 9 } (brotli: quality, too) says how hard to try. */
static int read_codec(socle_context *ctx, struct compression *compression, enum encoding encoding, int level, int most)
{
	const json_t *option = socle_option_json(ctx, encoding_name(encoding)), *given = json_object_get(option, "level");

	if (!given)
		given = json_object_get(option, "quality");
	if (json_is_false(option) || json_is_null(option))
		return 0;
	if (given && (!json_is_integer(given) || json_integer_value(given) < 0 || json_integer_value(given) > most))
		return socle_throw(ctx, SOCLE_INTERNAL, "socle::compression: the level of `%s` must be from 0 to %d",
			encoding_name(encoding), most);
	compression->allowed |= 1u << encoding;
	compression->levels[encoding] = given ? (int)json_integer_value(given) : level;
	return 0;
}

static struct compression *prepared(socle_context *ctx)
{
	struct compression *compression = socle_use_data(ctx, sizeof(*compression));
	const json_t *threshold = socle_option_json(ctx, "threshold"), *files = socle_option_json(ctx, "files");

	if (!compression || compression->ready)
		return compression;
	compression->allowed = 0;
	if (read_codec(ctx, compression, ENCODING_BR, BROTLI_LEVEL, 11) < 0 ||
	    read_codec(ctx, compression, ENCODING_GZIP, -1, 9) < 0 ||
	    read_codec(ctx, compression, ENCODING_DEFLATE, -1, 9) < 0)
		return NULL;
	if (!encoding_of_name(socle_option_string(ctx, "defaultEncoding"), &compression->fallback)) {
		socle_throw(ctx, SOCLE_INTERNAL, "socle::compression: defaultEncoding must be br, gzip, deflate or identity");
		return NULL;
	}
	if (size_read(threshold, &compression->threshold) < 0) {
		socle_throw(ctx, SOCLE_INTERNAL, "socle::compression: threshold must be a number of bytes, or a text like \"1kb\"");
		return NULL;
	}
	if (size_read(files, &compression->files) < 0) {
		socle_throw(ctx, SOCLE_INTERNAL, "socle::compression: files must be a number of bytes, or a text like \"8mb\"");
		return NULL;
	}
	compression->ready = true;
	return compression;
}

/* ---- what is compressed ---- */

static bool has_word(const char *list, const char *word)
{
	return list && strstr(list, word);
}

static bool status_fits(int status)
{
	return status != 204 && status != 205 && status != 206 && status != 304;
}

static bool is_wanted(socle_context *ctx)
{
	const char *type = socle_answer_header(ctx, "Content-Type");

	return status_fits(socle_answer_status(ctx)) && !socle_equal(socle_method(ctx), "HEAD") &&
		type && type_is_compressible(type) &&
		!socle_answer_header(ctx, "Content-Encoding") && !socle_answer_header(ctx, "Content-Range") &&
		!has_word(socle_answer_header(ctx, "Cache-Control"), "no-transform");
}

/* Identity when it is to stay as it is. */
static enum encoding choose(socle_context *ctx, const struct compression *compression)
{
	const char *accepted = socle_request_header(ctx, "Accept-Encoding");
	enum encoding encoding = accepted ? encoding_pick(accepted, compression->allowed) : compression->fallback;

	return compression->allowed & 1u << encoding && is_wanted(ctx) ? encoding : ENCODING_IDENTITY;
}

/* The same words in another coding are another sequence of bytes, and parts of it are not offered. */
static void label(socle_context *ctx, enum encoding encoding)
{
	const char *tag = socle_answer_header(ctx, "ETag");

	socle_header(ctx, "Content-Encoding", encoding_name(encoding));
	socle_remove_header(ctx, "Accept-Ranges");
	if (tag && tag[0] == '"')
		socle_headerf(ctx, "ETag", "W/%s", tag);
}

/* ---- on the way back ---- */

static int replace(socle_context *ctx, struct compress_job *job)
{
	int rc = 0;

	/* Files are read there as well. */
	if (job->from && job->from_n <= ALONE)
		compress_run(job);
	else
		rc = socle_offload(ctx, compress_run, job);
	/* With all threads busy it goes out as it is. */
	if (rc < 0)
		socle_catch(ctx);
	if (rc < 0 || !job->to)
		return 0;
	rc = socle_send_bytes(ctx, job->to, job->to_n);
	free(job->to);
	label(ctx, job->encoding);
	return rc;
}

/* The body as it stands. False when it is none, or none that would be compressed. */
static bool find_body(socle_context *ctx, const struct compression *compression, struct compress_job *job)
{
	struct socle_answer_file file;

	job->from = socle_answer_body(ctx, &job->from_n);
	if (job->from)
		return job->from_n >= (size_t)compression->threshold;
	if (!socle_answer_file(ctx, &file) || file.length > (uint64_t)compression->files)
		return false;
	job->fd = file.fd;
	job->offset = file.offset;
	job->from_n = (size_t)file.length;
	return job->from_n >= (size_t)compression->threshold;
}

/* ---- in pieces ---- */

struct stream {
	const struct compression *compression;
	struct compressor *compressor;
	char *room;
};

static int stream_begin(socle_context *ctx, void *state)
{
	struct stream *stream = state;
	enum encoding encoding = choose(ctx, stream->compression);

	vary_add(ctx, "Accept-Encoding");
	if (encoding == ENCODING_IDENTITY)
		return 0;
	stream->room = socle_alloc(ctx, ROOM);
	stream->compressor = compressor_new(encoding, stream->compression->levels[encoding], 0);
	if (!stream->compressor)
		return socle_throw(ctx, SOCLE_INTERNAL, "socle::compression: no memory for %s", encoding_name(encoding));
	label(ctx, encoding);
	return 1;
}

static void run_step(socle_context *ctx, struct compress_step *step)
{
	if (step->from_n > ALONE) {
		if (socle_offload(ctx, compress_step, step) == 0)
			return;
		/* With all threads busy it takes this one's time: what has begun compressed can't go on otherwise. */
		socle_catch(ctx);
	}
	compress_step(step);
}

static int stream_piece(socle_context *ctx, void *state, const void *bytes, size_t n, enum socle_transform_how how)
{
	static const enum compress_how hows[] = { [SOCLE_PIECE_MORE] = COMPRESS_MORE, [SOCLE_PIECE_FLUSH] = COMPRESS_FLUSH,
		[SOCLE_PIECE_LAST] = COMPRESS_LAST };
	struct stream *stream = state;
	struct compress_step step = { .compressor = stream->compressor, .from = bytes, .from_n = n, .how = hows[how],
		.to = stream->room, .to_size = ROOM };

	do {
		run_step(ctx, &step);
		if (step.failed)
			return socle_throw(ctx, SOCLE_INTERNAL, "socle::compression: a long answer can't be compressed any further");
		if (socle_pass_on(ctx, step.to, step.to_n) < 0)
			return -1;
	} while (!step.done);
	return 0;
}

static void stream_end(void *state)
{
	compressor_free(((struct stream *)state)->compressor);
}

static const struct socle_transform stream_transform = { SOCLE_TRANSFORM, .begin = stream_begin, .piece = stream_piece,
	.end = stream_end };

/* ---- both ---- */

SOCLE_MIDDLEWARE(compression)
{
	const struct compression *compression = prepared(ctx);
	struct compress_job job = { 0 };
	struct stream *stream;
	int rc;

	if (!compression)
		return -1;
	vary_add(ctx, "Accept-Encoding");
	stream = socle_alloc(ctx, sizeof(*stream));
	stream->compression = compression;
	if (socle_transform(ctx, &stream_transform, stream) < 0)
		return -1;
	rc = socle_next(ctx);
	if (rc < 0 || socle_answer_sent(ctx))
		return rc;
	/* Again, as further in it may have been set to something else. */
	vary_add(ctx, "Accept-Encoding");
	if (!find_body(ctx, compression, &job))
		return rc;
	job.encoding = choose(ctx, compression);
	if (job.encoding == ENCODING_IDENTITY)
		return rc;
	job.level = compression->levels[job.encoding];
	return replace(ctx, &job);
}
