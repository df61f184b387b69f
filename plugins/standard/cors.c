/* Cross-origin resource sharing, as Strapi answers it. */
#include "lists.h"

#include <string.h>

/* What the options of a use come to. */
struct cors {
	const char *methods, *headers, *expose, *max_age;	/* max_age is set last: all is there */
	const json_t *origins;
	bool any_origin, credentials;
};

static const char *as_text(socle_context *ctx, int64_t number)
{
	char *text = socle_use_alloc(ctx, 24);

	return text ? strcpy(text, socle_printf(ctx, "%lld", (long long)number)) : NULL;
}

static struct cors *prepared(socle_context *ctx)
{
	struct cors *cors = socle_use_data(ctx, sizeof(*cors));

	if (!cors || cors->max_age)
		return cors;
	cors->origins = socle_option_json(ctx, "origin");
	cors->any_origin = list_has(cors->origins, "*");
	cors->credentials = socle_option_bool(ctx, "credentials");
	cors->methods = list_join(ctx, socle_option_json(ctx, "methods"), ",");
	cors->headers = list_join(ctx, socle_option_json(ctx, "headers"), ",");
	cors->expose = list_join(ctx, socle_option_json(ctx, "expose"), ",");
	cors->max_age = as_text(ctx, socle_option_int(ctx, "maxAge"));
	return cors;
}

/* What Access-Control-Allow-Origin says; NULL: this origin may not read answers. */
static const char *allowed_origin(const struct cors *cors, const char *origin)
{
	/* With credentials "*" would not do: the origin itself is sent, the empty one when there is none. */
	if (!origin)
		return cors->credentials ? "" : "*";
	return cors->any_origin || list_has(cors->origins, origin) ? origin : NULL;
}

static void allow(socle_context *ctx, const struct cors *cors, const char *origin)
{
	socle_header(ctx, "Access-Control-Allow-Origin", origin);
	if (cors->credentials)
		socle_header(ctx, "Access-Control-Allow-Credentials", "true");
}

static int answer_preflight(socle_context *ctx, const struct cors *cors, const char *origin)
{
	const char *headers = *cors->headers ? cors->headers
		: socle_request_header(ctx, "Access-Control-Request-Headers");

	allow(ctx, cors, origin);
	if (strcmp(cors->max_age, "0") != 0)
		socle_header(ctx, "Access-Control-Max-Age", cors->max_age);
	if (*cors->methods)
		socle_header(ctx, "Access-Control-Allow-Methods", cors->methods);
	if (headers && *headers)
		socle_header(ctx, "Access-Control-Allow-Headers", headers);
	return socle_status(ctx, 204);
}

SOCLE_MIDDLEWARE(cors)
{
	const struct cors *cors = prepared(ctx);
	const char *request_origin = socle_request_header(ctx, "Origin"), *origin;

	if (!cors)
		return -1;
	if (request_origin && !*request_origin)
		request_origin = NULL;
	vary_add(ctx, "Origin");
	origin = allowed_origin(cors, request_origin);
	if (!origin)
		return socle_next(ctx);
	if (socle_equal(socle_method(ctx), "OPTIONS")) {
		return socle_request_header(ctx, "Access-Control-Request-Method")
			? answer_preflight(ctx, cors, origin) : socle_next(ctx);
	}
	allow(ctx, cors, origin);
	if (*cors->expose)
		socle_header(ctx, "Access-Control-Expose-Headers", cors->expose);
	return socle_next(ctx);
}
