#include <socle/fetch.h>

#include <limits.h>
#include <strings.h>

#include "api/door.h"
#include "config/settings.h"
#include "http/fetch.h"

static const struct http_header *headers_of(struct scope *scope, const struct socle_fetch_request *request)
{
	struct http_header *headers = arena_array(scope->arena, request->header_count + 1, sizeof(*headers));

	for (size_t i = 0; i < request->header_count; i++)
		headers[i] = (struct http_header){ str_of(request->headers[i].name), str_of(request->headers[i].value) };
	return headers;
}

static const struct socle_fetch_answer *as_plugins_see_it(struct scope *scope, const struct fetch_answer *answer)
{
	struct socle_fetch_answer *seen = arena_new_of(scope->arena, struct socle_fetch_answer);
	struct socle_header_pair *pairs = arena_array(scope->arena, answer->header_count + 1, sizeof(*pairs));

	/* Copies in an arena end in a NUL. */
	for (size_t i = 0; i < answer->header_count; i++)
		pairs[i] = (struct socle_header_pair){ answer->headers[i].name.p, answer->headers[i].value.p };
	*seen = (struct socle_fetch_answer){ answer->status, answer->body.p, answer->body.n, pairs, answer->header_count };
	return seen;
}

const struct socle_fetch_answer *socle_fetch(socle_context *ctx, const struct socle_fetch_request *request)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct settings_server *server = &scope->generation->settings->server;
	struct fetch_request core;
	struct fetch_answer answer;
	size_t limit = (size_t)server->limits.fetch;

	/* The members of this version are those of the first. */
	if (!request || request->size < sizeof(*request))
		api_abort(__func__, "a request that doesn't begin with SOCLE_FETCH");
	if (!request->url) {
		scope_throw(scope, ERROR_INTERNAL, "%s(): a request needs a url", __func__);
		return NULL;
	}
	core = (struct fetch_request){
		.method = request->method,
		.url = request->url,
		.headers = headers_of(scope, request),
		.header_count = request->header_count,
		.body = { request->body, request->body_size },
		.timeout_ms = request->timeout_ms == 0 ? (int)server->timeouts.fetch :
			request->timeout_ms < INT_MAX ? (int)request->timeout_ms : INT_MAX,
		.answer_limit = request->max_answer && request->max_answer < limit ? request->max_answer : limit,
		.redirects = request->redirects,
		.at_once = (unsigned)server->limits.fetches,
		.certificates = server->fetch_certificates.n ? arena_strdup(scope->arena, server->fetch_certificates) : NULL,
	};
	return fetch_run(scope->arena, &core, &answer, &scope->error) < 0 ? NULL : as_plugins_see_it(scope, &answer);
}

const char *socle_fetch_header(const struct socle_fetch_answer *answer, const char *name)
{
	for (size_t i = 0; answer && i < answer->header_count; i++) {
		if (strcasecmp(answer->headers[i].name, name) == 0)
			return answer->headers[i].value;
	}
	return NULL;
}
