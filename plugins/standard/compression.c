/* Compressed answers: brotli, gzip, deflate.
 *
 * Only whole bodies are: a file is handed from the page cache to the socket and has validators and parts of its own, and the pieces
 * of a long answer are sent as they come. */
#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "lists.h"
#include "sizes.h"

enum {
	ALONE = 32 * 1024,	/* larger bodies are a thread's work */
	BROTLI_LEVEL = 4,	/* of answers made on the spot; 11 is for what is compressed once */
};

/* What the options of a use come to. */
struct compression {
	bool ready;
	unsigned allowed;		/* bits of enum encoding */
	int levels[ENCODINGS];
	int64_t threshold;
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
	const json_t *threshold = socle_option_json(ctx, "threshold");

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
	compression->ready = true;
	return compression;
}

static bool has_word(const char *list, const char *word)
{
	return list && strstr(list, word);
}

static bool status_fits(int status)
{
	return status != 204 && status != 205 && status != 206 && status != 304;
}

static bool is_wanted(socle_context *ctx, const struct compression *compression, size_t n)
{
	const char *type = socle_answer_header(ctx, "Content-Type");

	return n >= (size_t)compression->threshold && status_fits(socle_answer_status(ctx)) &&
		!socle_equal(socle_method(ctx), "HEAD") && type && type_is_compressible(type) &&
		!socle_answer_header(ctx, "Content-Encoding") && !socle_answer_header(ctx, "Content-Range") &&
		!has_word(socle_answer_header(ctx, "Cache-Control"), "no-transform");
}

/* The same words in another coding are another sequence of bytes. */
static void weaken_tag(socle_context *ctx)
{
	const char *tag = socle_answer_header(ctx, "ETag");

	if (tag && tag[0] == '"')
		socle_headerf(ctx, "ETag", "W/%s", tag);
}

static int replace(socle_context *ctx, struct compress_job *job)
{
	int rc = 0;

	if (job->from_n <= ALONE)
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
	socle_header(ctx, "Content-Encoding", encoding_name(job->encoding));
	weaken_tag(ctx);
	return rc;
}

SOCLE_MIDDLEWARE(compression)
{
	const struct compression *compression = prepared(ctx);
	struct compress_job job = { 0 };
	const char *accepted;
	int rc;

	if (!compression)
		return -1;
	rc = socle_next(ctx);
	if (rc < 0 || socle_answer_sent(ctx))
		return rc;
	vary_add(ctx, "Accept-Encoding");
	job.from = socle_answer_body(ctx, &job.from_n);
	if (!job.from || !is_wanted(ctx, compression, job.from_n))
		return rc;
	accepted = socle_request_header(ctx, "Accept-Encoding");
	job.encoding = accepted ? encoding_pick(accepted, compression->allowed) : compression->fallback;
	if (job.encoding == ENCODING_IDENTITY || !(compression->allowed & 1u << job.encoding))
		return rc;
	job.level = compression->levels[job.encoding];
	return replace(ctx, &job);
}
