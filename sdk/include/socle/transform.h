/* Transforms: what a middleware makes of the pieces of a long answer on their way to the client.
 *
 * An answer that is sent while it is made (socle_write()) has left before socle_next() returns: a middleware that
 * compresses, signs or counts it adds a transform before. Whole answers and files don't go through it: they are there to be
 * seen on the way back (socle_answer_body(), socle_answer_file()).
 *
 *	struct upper {
 *		char text[4096];
 *	};
 *
 *	static int upper_begin(socle_context *ctx, void *state)		// the head is about to go
 *	{
 *		const char *type = socle_answer_header(ctx, "Content-Type");
 *
 *		return type && strncmp(type, "text/", 5) == 0;
 *	}
 *
 *	static int upper_piece(socle_context *ctx, void *state, const void *bytes, size_t n, enum socle_transform_how how)
 *	{
 *		struct upper *upper = state;
 *		const char *from = bytes;
 *
 *		while (n > 0) {
 *			size_t some = n < sizeof(upper->text) ? n : sizeof(upper->text);
 *
 *			for (size_t i = 0; i < some; i++)
 *				upper->text[i] = from[i] >= 'a' && from[i] <= 'z' ? from[i] - 'a' + 'A' : from[i];
 *			if (socle_pass_on(ctx, upper->text, some) < 0)
 *				return -1;
 *			from += some;
 *			n -= some;
 *		}
 *		return 0;
 *	}
 *
 *	static const struct socle_transform to_upper = { SOCLE_TRANSFORM, .begin = upper_begin, .piece = upper_piece };
 *
 *	SOCLE_MIDDLEWARE(shout)
 *	{
 *		if (socle_transform(ctx, &to_upper, socle_alloc(ctx, sizeof(struct upper))) < 0)
 *			return -1;
 *		return socle_next(ctx);
 *	}
 *
 * With several, pieces go from the one furthest in to the one furthest out. The functions run in the request, on behalf of
 * the middleware that added them: its options are theirs, and they may wait (socle_offload()). Keep no more than you need:
 * the host holds no pieces back, so what a transform doesn't hand on is all the memory that it takes. Since SDK 1.2.
 */
#ifndef SOCLE_TRANSFORM_H
#define SOCLE_TRANSFORM_H

#include <stddef.h>

#include <socle/context.h>

SOCLE_C_BEGIN

enum socle_transform_how {
	SOCLE_PIECE_MORE,	/* others follow: what this one makes may be held back */
	SOCLE_PIECE_FLUSH,	/* everything so far is wanted by the client now; mostly without bytes */
	SOCLE_PIECE_LAST	/* none follows: everything that was held back is to be handed on */
};

/* Begins with SOCLE_TRANSFORM. Later versions only add members at the end. */
struct socle_transform {
	size_t size;

	/* The answer's head is about to go out: status and headers stand, and are set here for the last time. 1: the pieces
	 * come to this transform; 0: it stays out of this answer; negative with the error on the context: nothing was
	 * sent yet, and the error becomes the answer. Not called for answers that aren't sent in pieces. */
	int (*begin)(socle_context *ctx, void *state);

	/* A piece; `n` may be 0 unless `how` is SOCLE_PIECE_MORE. What it becomes is handed on with socle_pass_on(), any number
	 * of times. Negative with the error on the context ends the connection without the last chunk, so that the client
	 * sees that something is missing. After an answer that broke off no last piece comes, for HEAD none at all. NULL
	 * when only the head matters, as for headers that depend on what happened further in. */
	int (*piece)(socle_context *ctx, void *state, const void *bytes, size_t n, enum socle_transform_how how);

	/* NULL, or what frees the state: called once when the request ends, whatever became of it. */
	void (*end)(void *state);
};

#define SOCLE_TRANSFORM .size = sizeof(struct socle_transform)

/* Adds a transform to the request at hand; `transform` is copied, `state` is handed to its functions and is taken over: `end`
 * is called also when this fails. Negative with the error on the context when the answer's head is out.
 *
 *	if (socle_transform(ctx, &gzip, gzip_new(9)) < 0)
 *		return -1;
 */
SOCLE_API int socle_transform(socle_context *ctx, const struct socle_transform *transform, void *state) SOCLE_MUST_CHECK;

/* In `piece`: hands bytes on, to the next transform or to the client. They are used before it returns. Waits and fails as
 * socle_write() does, which itself is an error there.
 *
 *	return socle_pass_on(ctx, text, length);
 */
SOCLE_API int socle_pass_on(socle_context *ctx, const void *bytes, size_t n) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
