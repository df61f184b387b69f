/* Requests to others: a feed, a payment service, a webhook.
 *
 *	struct socle_fetch_request request = { SOCLE_FETCH, .url = "https://example.org/rates.json", .timeout_ms = 2000 };
 *	const struct socle_fetch_answer *answer = socle_fetch(ctx, &request);
 *
 *	if (!answer)
 *		return -1;
 *	if (answer->status != 200)
 *		return socle_throw(ctx, SOCLE_APPLICATION, "the rates can't be had: %d", answer->status);
 *	use(answer->body, answer->body_size);
 *
 * Looks blocking and isn't: others are served meanwhile. Connections are kept open for the next request to
 * the same host, compressed answers are unpacked, and `http_proxy`, `https_proxy` and `no_proxy` in the host's
 * environment count. Certificates are checked, and that they are for the host of the URL: by the system's
 * authorities, or those of the file that `fetch.certificates` in server.toml names. No more than `limits.fetches` run at once per worker;
 * further ones wait, within their time. A request is given up when the client of the request that it is made
 * for leaves. Never fetch a URL that a client chose: it could name what only this host can reach. Since SDK
 * 1.2.
 */
#ifndef SOCLE_FETCH_H
#define SOCLE_FETCH_H

#include <stddef.h>

#include <socle/context.h>
#include <socle/response.h>

SOCLE_C_BEGIN

/* Begins with SOCLE_FETCH; what isn't set is 0 or NULL. Later versions only add members at the end. */
struct socle_fetch_request {
	size_t size;
	const char *url;				/* "http://..." or "https://..." */
	const char *method;				/* NULL: "GET", or "POST" when there is a body */
	const struct socle_header_pair *headers;	/* NULL: none */
	size_t header_count;
	const void *body;				/* NULL: none */
	size_t body_size;				/* bytes */
	unsigned timeout_ms;				/* for all of it, redirects too; 0: `timeouts.fetch`, 30 s */
	size_t max_answer;				/* bytes of the body; 0, or more than it: `limits.fetch`, 8 MiB */
	unsigned redirects;				/* to follow at the most; 0: a redirect is the answer */
};

#define SOCLE_FETCH .size = sizeof(struct socle_fetch_request)

/* Lives until the request ends. Later versions only add members at the end. */
struct socle_fetch_answer {
	int status;					/* 200, 404, ... */
	const char *body;				/* never NULL; a NUL stands behind it */
	size_t body_size;
	const struct socle_header_pair *headers;	/* as they came */
	size_t header_count;
};

/* Sends the request and waits for its answer, whatever the status. NULL with the error on the context when
 * there is none: no connection, no valid certificate, out of time, larger than wanted, broken off, too many
 * redirects (the client is answered 503 unless the error is caught: its text goes to the log), or a request
 * that can't be one.
 *
 *	struct socle_fetch_request request = { SOCLE_FETCH, .url = hook, .body = text, .body_size = strlen(text) };
 *
 *	if (!socle_fetch(ctx, &request) && socle_catch(ctx))
 *		socle_log_warn(ctx, "the hook was not told");
 */
SOCLE_API const struct socle_fetch_answer *socle_fetch(socle_context *ctx, const struct socle_fetch_request *request);

/* The first header of that name, in any case; NULL when there is none.
 *
 *	const char *type = socle_fetch_header(reply, "Content-Type");
 */
SOCLE_API const char *socle_fetch_header(const struct socle_fetch_answer *answer, const char *name);

SOCLE_C_END

#endif
