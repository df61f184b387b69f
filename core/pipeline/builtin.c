#include "pipeline/builtin.h"

#include "base/clock.h"
#include "base/log.h"
#include "pipeline/body.h"
#include "pipeline/request.h"

/* One line per request, when its answer is known. */
static int logger(struct scope *scope)
{
	struct request *request = scope->request;
	int rc = request_next(request);
	uint64_t took = clock_monotonic_us() - request->began_us;

	if (!log_enabled(LOG_HTTP))
		return rc;
	const struct log_field fields[] = {
		LOG_INT("status", request->status ? request->status : 404),
		LOG_INT("us", (int64_t)took),
	};

	log_fields(LOG_HTTP, "http", fields, 2, "%.*s %.*s (%llu ms) %d", STR_ARG(request->message->method_text),
		STR_ARG(request->message->target), (unsigned long long)(took / 1000 + 1),
		request->status ? request->status : 404);
	return rc;
}

/* Makes answers of errors; and of nothing, 404. */
static int errors(struct scope *scope)
{
	struct request *request = scope->request;

	if (request_next(request) < 0) {
		if (!error_is_set(&scope->error))
			scope_throw(scope, ERROR_INTERNAL, "A function failed without saying why");
		request_send_error(request, &scope->error);
		error_clear(&scope->error);
	} else if (!request->status && !request->has_body) {
		struct error not_found = ERROR_INIT;

		error_set(&not_found, ERROR_NOT_FOUND, "Not Found");
		request_send_error(request, &not_found);
		error_clear(&not_found);
	}
	return 0;
}

/* The query string is parsed when somebody first asks for it: the name keeps Strapi's lists of middlewares valid. */
static int query(struct scope *scope)
{
	return request_next(scope->request);
}

static int body(struct scope *scope)
{
	return body_read(scope->request, scope->step->data) < 0 ? -1 : request_next(scope->request);
}

void *pipeline_builtin_options(struct str name, struct arena *arena, const struct settings *settings, const json_t *config,
	struct error *error)
{
	if (!str_equal(name, STR("socle::body")))
		return NULL;
	return (void *)(uintptr_t)body_options_read(arena, settings, config, error);
}

static const struct {
	const char *name;
	extension_fn *fn;
} middlewares[] = {
	{ "socle::logger", logger },
	{ "socle::errors", errors },
	{ "socle::query", query },
	{ "socle::body", body },
};

extension_fn *pipeline_builtin(struct str name)
{
	for (size_t i = 0; i < sizeof(middlewares) / sizeof(middlewares[0]); i++) {
		if (str_equal(name, str_of(middlewares[i].name)))
			return middlewares[i].fn;
	}
	return NULL;
}

const char *pipeline_builtin_name(size_t i)
{
	return i < sizeof(middlewares) / sizeof(middlewares[0]) ? middlewares[i].name : NULL;
}
