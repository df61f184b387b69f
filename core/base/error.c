#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

static const struct error_wire wires[ERROR_KINDS] = {
	[ERROR_NONE] = { 200, "", "", true },
	[ERROR_APPLICATION] = { 400, "ApplicationError", "An application error occurred", true },
	[ERROR_VALIDATION] = { 400, "ValidationError", "Validation error", true },
	[ERROR_PAGINATION] = { 400, "PaginationError", "Invalid pagination", true },
	[ERROR_UNAUTHORIZED] = { 401, "UnauthorizedError", "Unauthorized", true },
	[ERROR_FORBIDDEN] = { 403, "ForbiddenError", "Forbidden access", true },
	[ERROR_POLICY] = { 403, "PolicyError", "Policy Failed", true },
	[ERROR_NOT_FOUND] = { 404, "NotFoundError", "Entity not found", true },
	[ERROR_PAYLOAD_TOO_LARGE] = { 413, "PayloadTooLargeError", "Entity too large", true },
	[ERROR_RATE_LIMIT] = { 429, "RateLimitError", "Too many requests, please try again later.", true },
	[ERROR_NOT_IMPLEMENTED] = { 501, "NotImplementedError", "This feature is not implemented yet", true },
	[ERROR_PLAIN] = { 400, "Error", "Bad Request", true },
	[ERROR_SYNTAX] = { 400, "SyntaxError", "Bad Request", true },
	[ERROR_BAD_REQUEST] = { 400, "BadRequestError", "Bad Request", true },
	[ERROR_UNSUPPORTED_MEDIA_TYPE] = { 415, "Error", "Unsupported Media Type", true },
	[ERROR_REQUEST_TIMEOUT] = { 408, "RequestTimeoutError", "Request Timeout", true },
	[ERROR_UNAVAILABLE] = { 503, "ServiceUnavailableError", "Service Unavailable", false },
	[ERROR_TIMEOUT] = { 503, "ServiceUnavailableError", "Service Unavailable", false },
	[ERROR_CANCELLED] = { 499, "ClientClosedRequestError", "Client Closed Request", false },
	[ERROR_CONFLICT] = { 503, "ServiceUnavailableError", "Service Unavailable", false },
	[ERROR_STALE] = { 503, "ServiceUnavailableError", "Service Unavailable", false },
	[ERROR_CONFIG] = { 500, "InternalServerError", "Internal Server Error", false },
	[ERROR_INTERNAL] = { 500, "InternalServerError", "Internal Server Error", false },
};

const struct error_wire *error_wire(enum error_kind kind)
{
	return &wires[kind < ERROR_KINDS ? kind : ERROR_INTERNAL];
}

int error_vset(struct error *error, enum error_kind kind, const char *format, va_list args)
{
	char *message = NULL;

	/* Format first: an argument may be the old message. */
	if (format && vasprintf(&message, format, args) < 0)
		message = NULL;
	error_clear(error);
	error->kind = kind;
	error->message = message;
	return -1;
}

int error_set(struct error *error, enum error_kind kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(error, kind, format, args);
	va_end(args);
	return -1;
}

int error_set_details(struct error *error, enum error_kind kind, json_t *details, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_vset(error, kind, format, args);
	va_end(args);
	error->details = details;
	return -1;
}

int error_prefix(struct error *error, const char *format, ...)
{
	char *prefix = NULL, *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&prefix, format, args) < 0)
		prefix = NULL;
	va_end(args);
	if (prefix && asprintf(&message, "%s%s", prefix, error_message(error)) >= 0) {
		free(error->message);
		error->message = message;
	}
	free(prefix);
	return -1;
}

const char *error_message(const struct error *error)
{
	return error->message ? error->message : error_wire(error->kind)->message;
}

void error_clear(struct error *error)
{
	free(error->message);
	json_decref(error->details);
	*error = (struct error)ERROR_INIT;
}

void error_move(struct error *to, struct error *from)
{
	error_clear(to);
	*to = *from;
	*from = (struct error)ERROR_INIT;
}
