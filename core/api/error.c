#include <socle/error.h>

#include "api/door.h"

/* The host's kinds are more, and are numbered as it likes: this is the contract. */
static const enum error_kind kinds[] = {
	[SOCLE_APPLICATION] = ERROR_APPLICATION,
	[SOCLE_VALIDATION] = ERROR_VALIDATION,
	[SOCLE_PAGINATION] = ERROR_PAGINATION,
	[SOCLE_UNAUTHORIZED] = ERROR_UNAUTHORIZED,
	[SOCLE_FORBIDDEN] = ERROR_FORBIDDEN,
	[SOCLE_POLICY_FAILED] = ERROR_POLICY,
	[SOCLE_NOT_FOUND] = ERROR_NOT_FOUND,
	[SOCLE_PAYLOAD_TOO_LARGE] = ERROR_PAYLOAD_TOO_LARGE,
	[SOCLE_RATE_LIMIT] = ERROR_RATE_LIMIT,
	[SOCLE_NOT_IMPLEMENTED] = ERROR_NOT_IMPLEMENTED,
	[SOCLE_INTERNAL] = ERROR_INTERNAL,
};

static enum error_kind kind_of(enum socle_error kind)
{
	unsigned number = (unsigned)kind;

	return number > 0 && number < sizeof(kinds) / sizeof(*kinds) ? kinds[number] : ERROR_INTERNAL;
}

/* The old message may be an argument of the new one. */
static int set(struct scope *scope, enum socle_error kind, json_t *details, const char *format, va_list args)
{
	struct error error = ERROR_INIT;

	if (format)
		error_vset(&error, kind_of(kind), format, args);
	else
		error_set(&error, kind_of(kind), "%s", error_wire(kind_of(kind))->message);
	error.details = details;
	error_move(&scope->error, &error);
	return -1;
}

int socle_throw(socle_context *ctx, enum socle_error kind, const char *format, ...)
{
	struct scope *scope = api_scope(ctx, __func__);
	va_list args;

	va_start(args, format);
	set(scope, kind, NULL, format, args);
	va_end(args);
	return -1;
}

int socle_throw_details(
	socle_context *ctx, enum socle_error kind, json_t *stolen_details, const char *format, ...)
{
	struct scope *scope = api_scope(ctx, __func__);
	va_list args;

	va_start(args, format);
	set(scope, kind, stolen_details, format, args);
	va_end(args);
	return -1;
}

const char *socle_error_message(const socle_context *ctx)
{
	struct scope *scope = api_scope(ctx, __func__);

	return error_is_set(&scope->error) ? error_message(&scope->error) : NULL;
}

enum socle_error socle_error_kind(const socle_context *ctx)
{
	enum error_kind kind = api_scope(ctx, __func__)->error.kind;

	if (kind == ERROR_NONE)
		return SOCLE_NO_ERROR;
	for (unsigned i = SOCLE_APPLICATION; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (kinds[i] == kind)
			return (enum socle_error)i;
	}
	return error_wire(kind)->status < 500 ? SOCLE_APPLICATION : SOCLE_INTERNAL;
}

bool socle_catch(socle_context *ctx)
{
	struct scope *scope = api_scope(ctx, __func__);
	bool was_set = error_is_set(&scope->error);

	error_clear(&scope->error);
	return was_set;
}
