/* The answer: status, headers, body.
 *
 * Nothing is on the wire until the outermost middleware has returned. So headers can be set before or after
 * socle_next(), and what was set further inside can be changed or taken away on the way back. Long answers
 * are the exception: their head goes out with the first piece (below).
 *
 *	SOCLE_ACTION(hello_index)
 *	{
 *		socle_header(ctx, "Cache-Control", "no-store");
 *		return socle_send_json(ctx, json_pack("{s:s}", "hello", "world"));
 *	}
 *
 * An action that sends nothing and sets no status is answered 404, as in Strapi.
 * All functions return 0, or a negative number with the error on the context: without a request, in a policy
 * (socle/policy.h; what only asks works there), and for a header that could forge another (a name or value with CR, LF or NUL in it).
 */
#ifndef SOCLE_RESPONSE_H
#define SOCLE_RESPONSE_H

#include <stddef.h>
#include <stdint.h>

#include <socle/context.h>

SOCLE_C_BEGIN

/* ---- headers ---- */

/* Sets a header; replaces what was set under that name. Both texts are copied.
 *
 *	socle_header(ctx, "Cache-Control", "public, max-age=60");
 */
SOCLE_API int socle_header(socle_context *ctx, const char *name, const char *value);

/* The same with a value in printf's form.
 *
 *	socle_headerf(ctx, "X-Total", "%zu", count);
 */
SOCLE_API int socle_headerf(socle_context *ctx, const char *name, const char *format, ...) SOCLE_PRINTF(3, 4);

/* Adds a header beside others of that name: for Set-Cookie, Vary, Link.
 *
 *	socle_add_header(ctx, "Vary", "Accept-Language");
 */
SOCLE_API int socle_add_header(socle_context *ctx, const char *name, const char *value);

/* Takes all headers of that name away again.
 *
 *	socle_remove_header(ctx, "X-Powered-By");
 */
SOCLE_API int socle_remove_header(socle_context *ctx, const char *name);

/* What a header was set to so far; NULL (and no error) when it was not.
 *
 *	if (!socle_answer_header(ctx, "ETag"))
 *		socle_header(ctx, "ETag", etag);
 */
SOCLE_API const char *socle_answer_header(socle_context *ctx, const char *name);

/* ---- headers that are always the same ---- */

struct socle_header_pair {
	const char *name, *value;
};

typedef struct socle_header_set socle_header_set;

/* Checks headers and puts them together once, so that adding all of them to an answer costs next to nothing.
 * The set belongs to the host and lives as long as this use of the policy or middleware: keep it in
 * socle_use_data() (socle/memory.h). Texts are copied. NULL with the error on the context for a header
 * that can't be one.
 *
 *	struct { const socle_header_set *headers; } *mine = socle_use_data(ctx, sizeof(*mine));
 *	static const struct socle_header_pair pairs[] = { { "X-Frame-Options", "DENY" } };
 *
 *	if (!mine->headers && !(mine->headers = socle_header_set_new(ctx, pairs, 1)))
 *		return -1;
 *	socle_add_header_set(ctx, mine->headers);
 *	return socle_next(ctx);
 */
SOCLE_API const socle_header_set *socle_header_set_new(
	socle_context *ctx, const struct socle_header_pair *pairs, size_t count);

/* Puts the whole set into the answer.
 *
 *	socle_add_header_set(ctx, set);
 */
SOCLE_API int socle_add_header_set(socle_context *ctx, const socle_header_set *set);

/* ---- status and body ---- */

/* Sets the status; a body that was sent stays. With 204 and 304 no body goes out.
 *
 *	return socle_status(ctx, 204);
 */
SOCLE_API int socle_status(socle_context *ctx, int status);

/* The status as it stands: what was set; 0 when nobody set one yet. After socle_next() returned a negative
 * number the error's status is not in it: that is made further out.
 *
 *	int rc = socle_next(ctx);
 *	bool cacheable = rc == 0 && socle_answer_status(ctx) == 200;
 */
SOCLE_API int socle_answer_status(socle_context *ctx);

/* Makes a JSON tree the body. Takes the reference over (also when it fails), so a tree that was just made
 * can be passed at once; NULL is an error (that is how jansson reports a failure). The status becomes 200
 * unless one was set.
 *
 *	return socle_send_json(ctx, json_pack("{s:i}", "count", 3));
 */
SOCLE_API int socle_send_json(socle_context *ctx, json_t *stolen);

/* Makes a text the body, as text/plain unless Content-Type was set. Copied. The status becomes 200 unless
 * one was set.
 *
 *	socle_header(ctx, "Content-Type", "text/csv; charset=utf-8");
 *	return socle_send_text(ctx, "a,b\n1,2\n");
 */
SOCLE_API int socle_send_text(socle_context *ctx, const char *text);

/* Makes a part of a file the body: `length` bytes from `offset` on, as application/octet-stream unless
 * Content-Type was set. The status becomes 200 unless one was set. Since SDK 1.1.
 *
 * `fd` is open for reading and is a regular file; the part lies within it. The descriptor is the host's from
 * here on, also when the call fails: it is closed once, when the bytes are sent, the client has left, or
 * another answer took this one's place. Don't close, read or seek it afterwards.
 *
 * Nothing is read now: the host hands the bytes to the socket as it takes them, so a file of any size takes no
 * memory and no function waits for it. Whoever changes such a file writes a new one and renames it over the
 * old one, which goes on to be sent as it was; one that gets shorter while it is sent ends the connection.
 *
 *	int fd = open(path, O_RDONLY | O_CLOEXEC);
 *	struct stat stat;
 *
 *	if (fd < 0 || fstat(fd, &stat) < 0)
 *		return socle_throw(ctx, SOCLE_NOT_FOUND, NULL);
 *	socle_header(ctx, "Content-Type", "application/pdf");
 *	return socle_send_file(ctx, fd, 0, (uint64_t)stat.st_size);
 */
SOCLE_API int socle_send_file(socle_context *ctx, int fd, uint64_t offset, uint64_t length);

/* Makes `n` bytes the body, as application/octet-stream unless Content-Type was set. Copied; NULL is allowed
 * when `n` is 0. The status becomes 200 unless one was set. Since SDK 1.2.
 *
 *	socle_header(ctx, "Content-Type", "image/png");
 *	return socle_send_bytes(ctx, png, png_size);
 */
SOCLE_API int socle_send_bytes(socle_context *ctx, const void *bytes, size_t n);

/* The body as it stands, for a middleware on its way back; *n_r is its length. NULL (and no error, *n_r 0)
 * when there is none, when it is a file, and when the answer is on its way already. Borrowed: it is good
 * until the next body is sent or the request ends, and must not be changed. Since SDK 1.2.
 *
 *	size_t n;
 *	const void *body = socle_answer_body(ctx, &n);
 */
SOCLE_API const void *socle_answer_body(socle_context *ctx, size_t *n_r);

struct socle_answer_file {
	int fd;				/* the host's: pread() it, and neither close nor seek it */
	uint64_t offset, length;	/* the part that is sent; it was within the file when it was made the body */
};

/* The part of a file that is the body as it stands, for a middleware on its way back. False (and no error) when the body
 * is none. The descriptor is good until another body is sent or the request ends. Since SDK 1.2.
 *
 *	struct socle_answer_file part;
 *
 *	if (socle_answer_file(ctx, &part) && part.length > 1 << 20)
 *		socle_header(ctx, "X-Large", "1");
 */
SOCLE_API bool socle_answer_file(socle_context *ctx, struct socle_answer_file *file_r);

/* ---- long answers ---- */

/* Writes a piece of an answer that is sent while it is made: an export, a feed of events. The first call
 * sends the head: the status (200 unless one was set) and the headers as they are then, in chunks for
 * HTTP/1.1 and until the connection's end for HTTP/1.0; application/octet-stream unless Content-Type was set.
 * Copied. Since SDK 1.2.
 *
 * When more than 256 KiB are unsent, the function waits until the client has taken half of it: an answer of
 * any size takes no more memory. 0; negative with the error on the context when the client has left or takes
 * nothing for `timeouts.body`: give up then and hand the number on.
 *
 * From the first piece on headers that are set have no effect, and sending another body or setting the status
 * is an error: middlewares can ask socle_answer_sent(). An action that returns a negative number after it has
 * ends the connection without the last chunk, so that the client sees that something is missing. For HEAD the
 * head is sent and the pieces are dropped.
 *
 *	socle_header(ctx, "Content-Type", "text/csv; charset=utf-8");
 *	for (size_t i = 0; i < count; i++) {
 *		if (socle_write(ctx, lines[i], strlen(lines[i])) < 0)
 *			return -1;
 *	}
 *	return 0;
 */
SOCLE_API int socle_write(socle_context *ctx, const void *bytes, size_t n) SOCLE_MUST_CHECK;

/* Sends at once what was written, or the head when nothing was. Without it pieces wait for others until there
 * are 16 KiB or the function waits for something; and for as long as it likes a middleware may hold them back
 * that makes something of them (socle/transform.h), such as compression. Waits and fails as socle_write() does.
 * Since SDK 1.2.
 *
 *	if (socle_write(ctx, "data: tick\n\n", 12) < 0 || socle_flush(ctx) < 0)
 *		return -1;
 */
SOCLE_API int socle_flush(socle_context *ctx) SOCLE_MUST_CHECK;

/* Whether a long answer should come to its end: a reload or a stop is under way, the client has left, or it
 * was a HEAD request whose head is out. Such answers are given `timeouts.longDrain` (five minutes) where
 * others get `timeouts.drain`, and are cut off then. No error is set. Since SDK 1.2.
 *
 *	while (!socle_leaving(ctx)) {
 *		if (socle_write(ctx, "data: tick\n\n", 12) < 0 || socle_flush(ctx) < 0 || socle_sleep(ctx, 1000) < 0)
 *			return -1;
 *	}
 *	return 0;
 */
SOCLE_API bool socle_leaving(socle_context *ctx);

/* Whether the answer's head is out, so that neither headers nor body can be changed. Since SDK 1.2.
 *
 *	int rc = socle_next(ctx);
 *
 *	if (rc == 0 && !socle_answer_sent(ctx))
 *		socle_header(ctx, "ETag", etag);
 */
SOCLE_API bool socle_answer_sent(socle_context *ctx);

SOCLE_C_END

#endif
