/* The context: what a plugin's function is called with, and what was asked of the host.
 *
 * Every function of a plugin gets a `socle_context *ctx` and hands it to every function of the SDK.
 * In an action, a policy or a middleware there is a request behind it; in `init`, `start` and the other
 * hooks of SOCLE_PLUGIN() there is none, and what asks about the request then returns NULL (or a
 * negative number) with an error on the context. A context is valid until the function that got it
 * returns: never keep one.
 *
 *	SOCLE_ACTION(article_greet)		// GET /articles/:id/greet
 *	{
 *		const char *who = socle_query_value(ctx, "name");
 *
 *		return socle_send_text(ctx, socle_printf(ctx, "Article %s greets %s",
 *			socle_param(ctx, "id"), who ? who : "you"));
 *	}
 *
 * Texts that are handed out live until the request ends and belong to the host: don't free them.
 * Bytes that came from outside may hold a NUL; a text ends at it.
 */
#ifndef SOCLE_CONTEXT_H
#define SOCLE_CONTEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include <socle/version.h>

SOCLE_C_BEGIN

typedef struct socle_context socle_context;

/* True in actions, policies and middlewares; false in the hooks of SOCLE_PLUGIN(). No error is set.
 *
 *	if (socle_has_request(ctx))
 *		socle_header(ctx, "X-Source", "cache");
 */
SOCLE_API bool socle_has_request(const socle_context *ctx);

/* ---- the request line ---- */

/* The method in capitals, as it came: "GET".
 *
 *	bool reading = socle_equal(socle_method(ctx), "GET") || socle_equal(socle_method(ctx), "HEAD");
 */
SOCLE_API const char *socle_method(socle_context *ctx);

/* The path as it came, still percent-encoded, without the query string: "/api/articles/7".
 *
 *	socle_log_info(ctx, "asked for %s", socle_path(ctx));
 */
SOCLE_API const char *socle_path(socle_context *ctx);

/* A parameter of the route, percent-decoded: what stands at `:id` in "/articles/:id". NULL when the
 * route has none of that name, or an optional one (`:id?`) is absent.
 *
 *	const char *id = socle_param(ctx, "id");
 */
SOCLE_API const char *socle_param(socle_context *ctx, const char *name);

/* ---- the query string ---- */

/* What stands behind '?', as it came; "" when there is nothing.
 *
 *	const char *key = socle_printf(ctx, "%s?%s", socle_path(ctx), socle_query_string(ctx));
 */
SOCLE_API const char *socle_query_string(socle_context *ctx);

/* One value of the parsed query string. Members are named as a client writes them: "search",
 * "pagination[page]", "fields[0]". NULL (and no error) when it is absent, empty of a value ("?search"),
 * a list or a group.
 *
 *	const char *search = socle_query_value(ctx, "search");
 */
SOCLE_API const char *socle_query_value(socle_context *ctx, const char *name);

/* The same as a whole number. 1 when it is there, 0 when it is absent (*value_r is left as it was), and
 * -1 with a ValidationError on the context when it is no whole number.
 *
 *	int64_t page = 1;
 *	if (socle_query_int(ctx, "pagination[page]", &page) < 0)
 *		return -1;
 */
SOCLE_API int socle_query_int(socle_context *ctx, const char *name, int64_t *value_r) SOCLE_MUST_CHECK;

/* The whole query string as a tree: objects, arrays, strings. Borrowed: it lives as long as the request
 * and must not be changed. NULL with the error on the context when it is over a limit.
 *
 *	const json_t *filters = json_object_get(socle_query(ctx), "filters");
 */
SOCLE_API const json_t *socle_query(socle_context *ctx);

/* ---- headers, body, who ---- */

/* A header of the request; upper and lower case are the same. NULL when it was not sent.
 * (A header of the answer is socle_header(), socle/response.h.)
 *
 *	const char *agent = socle_request_header(ctx, "User-Agent");
 */
SOCLE_API const char *socle_request_header(socle_context *ctx, const char *name);

/* What the body middleware (socle::body) made of the body; NULL (and no error) when there was none. It is
 * the request's own: it may be changed, and what runs later sees the change; don't decref it. A policy gets a
 * copy.
 *
 *	json_t *data = json_object_get(socle_body(ctx), "data");
 *	json_object_set_new(data, "source", json_string("web"));
 */
SOCLE_API json_t *socle_body(socle_context *ctx);

/* The client's address, "192.0.2.7" or "2001:db8::1"; "" over a unix socket. Behind a trusted proxy it is the
 * one that the proxy reports.
 *
 *	socle_log_info(ctx, "from %s", socle_client_address(ctx));
 */
SOCLE_API const char *socle_client_address(socle_context *ctx);

/* Whether the request came over TLS, as far as this host can tell: a trusted proxy took it off. Since SDK 1.2.
 *
 *	const char *scheme = socle_is_secure(ctx) ? "https" : "http";
 */
SOCLE_API bool socle_is_secure(socle_context *ctx);

/* Who asks, as far as an authentication found out; NULL (and no error) for the public.
 *
 *	if (!socle_user_name(ctx))
 *		return socle_throw(ctx, SOCLE_UNAUTHORIZED, NULL);
 */
SOCLE_API const char *socle_user_name(socle_context *ctx);

/* For a middleware that authenticates: says who asks. Copied; NULL: nobody in particular.
 *
 *	if (socle_set_user_name(ctx, "ada") < 0)
 *		return -1;
 */
SOCLE_API int socle_set_user_name(socle_context *ctx, const char *name);

/* The full name of the action that answers: "api::article.article.find"; NULL (and no error) when no route
 * matched, and in a global middleware before socle_next().
 *
 *	int rc = socle_next(ctx);
 *	const char *action = socle_action_name(ctx);
 */
SOCLE_API const char *socle_action_name(socle_context *ctx);

/* ---- going on ---- */

/* In a middleware: runs all that stands behind it, and returns when that has run. 0, or negative when it
 * failed: hand that on, so that the error is answered. Not calling it ends the request with what this
 * middleware answers. Calling it twice is an error.
 *
 *	SOCLE_MIDDLEWARE(view_counter)
 *	{
 *		uint64_t start = socle_now_us();
 *		int rc = socle_next(ctx);
 *
 *		socle_headerf(ctx, "Server-Timing", "app;dur=%.3f", (double)(socle_now_us() - start) / 1e3);
 *		return rc;
 *	}
 */
SOCLE_API int socle_next(socle_context *ctx);

/* In an action that replaces one of a content type's own (find, findOne, create, update, delete): runs
 * the replaced one. Negative with an error on the context when there is none.
 *
 *	SOCLE_ACTION(article_find_one)
 *	{
 *		int rc = socle_super(ctx);
 *
 *		socle_header(ctx, "Cache-Control", "public, max-age=60");
 *		return rc;
 *	}
 */
SOCLE_API int socle_super(socle_context *ctx);

SOCLE_C_END

#endif
