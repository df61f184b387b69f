/* Errors, as clients of Strapi know them.
 *
 * A function that fails puts an error on the context and returns a negative number; whoever called it hands
 * that number on, and the errors middleware makes the answer. socle_throw() does the first half and returns
 * -1 for the second:
 *
 *	if (!title)
 *		return socle_throw(ctx, SOCLE_VALIDATION, "title must be given");
 *
 * A middleware that can mend what went wrong calls socle_catch() and returns 0.
 *
 *	constant			name			status	message when it is NULL
 *	SOCLE_APPLICATION		ApplicationError	400	An application error occurred
 *	SOCLE_VALIDATION		ValidationError		400	An application error occurred
 *	SOCLE_PAGINATION		PaginationError		400	Invalid pagination
 *	SOCLE_UNAUTHORIZED		UnauthorizedError	401	Unauthorized
 *	SOCLE_FORBIDDEN			ForbiddenError		403	Forbidden
 *	SOCLE_POLICY_FAILED		PolicyError		403	Policy Failed
 *	SOCLE_NOT_FOUND			NotFoundError		404	Entity not found
 *	SOCLE_PAYLOAD_TOO_LARGE		PayloadTooLargeError	413	Entity too large
 *	SOCLE_RATE_LIMIT		RateLimitError		429	Too many requests, please try again ...
 *	SOCLE_NOT_IMPLEMENTED		NotImplementedError	501	This feature is not implemented yet
 *	SOCLE_INTERNAL			InternalServerError	500	(its text is logged, not sent)
 *
 * As in Strapi, the texts of SOCLE_UNAUTHORIZED and SOCLE_FORBIDDEN don't reach the client of a route.
 */
#ifndef SOCLE_ERROR_H
#define SOCLE_ERROR_H

#include <socle/context.h>

SOCLE_C_BEGIN

enum socle_error {
	SOCLE_NO_ERROR,
	SOCLE_APPLICATION,
	SOCLE_VALIDATION,
	SOCLE_PAGINATION,
	SOCLE_UNAUTHORIZED,
	SOCLE_FORBIDDEN,
	SOCLE_POLICY_FAILED,
	SOCLE_NOT_FOUND,
	SOCLE_PAYLOAD_TOO_LARGE,
	SOCLE_RATE_LIMIT,
	SOCLE_NOT_IMPLEMENTED,
	SOCLE_INTERNAL
};

/* Puts an error on the context (in place of one that is there) and returns -1. `format` NULL: the kind's own
 * message.
 *
 *	return socle_throw(ctx, SOCLE_NOT_FOUND, "no article has the slug %s", slug);
 */
SOCLE_API int socle_throw(socle_context *ctx, enum socle_error kind, const char *format, ...)
	SOCLE_PRINTF(3, 4);

/* The same with the answer's `details`, whose reference is taken over.
 *
 *	return socle_throw_details(ctx, SOCLE_POLICY_FAILED, json_pack("{s:s}", "policy", "age"),
 *		"Too young");
 */
SOCLE_API int socle_throw_details(socle_context *ctx, enum socle_error kind, json_t *stolen_details,
	const char *format, ...) SOCLE_PRINTF(4, 5);

/* The message of the error on the context, NULL when there is none. Valid until the next error.
 *
 *	if (socle_next(ctx) < 0)
 *		socle_log_warn(ctx, "failed: %s", socle_error_message(ctx));
 */
SOCLE_API const char *socle_error_message(const socle_context *ctx);

/* Which error is on the context; 0 when there is none. Errors of the host that have no name here are
 * SOCLE_APPLICATION when the client is to blame, else SOCLE_INTERNAL.
 *
 *	bool refused = socle_next(ctx) < 0 && socle_error_kind(ctx) == SOCLE_FORBIDDEN;
 */
SOCLE_API enum socle_error socle_error_kind(const socle_context *ctx);

/* Takes the error off the context: it is dealt with. False when there was none.
 *
 *	int rc = socle_next(ctx);
 *	if (rc < 0 && socle_catch(ctx))
 *		return socle_send_json(ctx, json_pack("{s:n}", "data"));
 */
SOCLE_API bool socle_catch(socle_context *ctx);

SOCLE_C_END

#endif
