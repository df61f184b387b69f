/* Errors: what went wrong, in words for the person who can mend it.
 *
 * A function that can fail takes a `struct error *` last, fills it and returns a
 * negative number or NULL. The names and statuses are those that a Strapi 5
 * client sees; ERROR_INTERNAL's message goes to the log, never to a client.
 *
 *	struct error error = ERROR_INIT;
 *	if (model_load(path, &model, &error) < 0)
 *		log_error("plugin", "%s", error_message(&error));
 *	error_clear(&error);
 *
 * A message says what was expected, what was found, where, and what to do.
 * `struct error *` may not be NULL. Setting a set error replaces it. Zero is
 * "no error".
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>

enum error_kind {
	ERROR_NONE,
	ERROR_APPLICATION,
	ERROR_VALIDATION,
	ERROR_PAGINATION,
	ERROR_UNAUTHORIZED,
	ERROR_FORBIDDEN,
	ERROR_POLICY,
	ERROR_NOT_FOUND,
	ERROR_PAYLOAD_TOO_LARGE,
	ERROR_RATE_LIMIT,
	ERROR_NOT_IMPLEMENTED,
	ERROR_PLAIN,			/* a 400 that Strapi gives no name */
	ERROR_SYNTAX,			/* a body that is not JSON */
	ERROR_BAD_REQUEST,
	ERROR_UNSUPPORTED_MEDIA_TYPE,
	ERROR_REQUEST_TIMEOUT,		/* the client was too slow with its body */
	ERROR_UNAVAILABLE,		/* 503: the database is away, a queue is full; try again */
	ERROR_TIMEOUT,			/* 503: a wait came to its end */
	ERROR_CANCELLED,		/* the client went away: nobody reads the answer */
	ERROR_CONFLICT,			/* deadlock, lock time-out, certification failure: run it again */
	ERROR_STALE,			/* 503: a column or table that a type needs is gone from the database */
	ERROR_CONFIG,			/* what the operator or a plugin's author wrote */
	ERROR_INTERNAL,
	ERROR_KINDS
};

struct error {
	enum error_kind kind;
	char *message;			/* NULL: the kind's default message */
	json_t *details;		/* NULL: none */
	bool no_details;		/* the answer has no `details` at all, not even {} */
};

#define ERROR_INIT { ERROR_NONE, NULL, NULL, false }

/* What each kind is on the wire. */
struct error_wire {
	int status;
	const char *name;
	const char *message;
	bool exposed;			/* false: the client gets the generic text */
};

const struct error_wire *error_wire(enum error_kind kind);

/* Always returns -1, so that a caller can `return error_set(...)`. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int error_vset(struct error *error, enum error_kind kind, const char *format, va_list args);

/* The same with details, which are stolen. */
int error_set_details(struct error *error, enum error_kind kind, json_t *details, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Puts words before the message: where it happened. Returns -1. */
int error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

const char *error_message(const struct error *error);
void error_clear(struct error *error);

/* Moves *from to *to (which is cleared first). */
void error_move(struct error *to, struct error *from);

static inline bool error_is_set(const struct error *error)
{
	return error->kind != ERROR_NONE;
}

#endif
