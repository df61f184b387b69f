#include <stdio.h>
#include <string.h>

#include <socle/socle.h>

SOCLE_PLUGIN()

static bool was_masked(enum socle_error kind)
{
	return kind == SOCLE_UNAUTHORIZED || kind == SOCLE_FORBIDDEN;
}

/* Says what serves. As with Strapi, answers made of thrown errors lack it, but for refusals: those are set,
 * not thrown. */
SOCLE_MIDDLEWARE(powered_by)
{
	int rc = socle_next(ctx);

	if (rc >= 0 || was_masked(socle_error_kind(ctx)))
		socle_header(ctx, "X-Powered-By", socle_option_string(ctx, "poweredBy"));
	return rc;
}

static bool asks_for_index(socle_context *ctx)
{
	const char *method = socle_method(ctx);

	return strcmp(socle_path(ctx), "/") == 0 && (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0);
}

/* Strapi's middleware of this name serves files, too: here that is the media library's part. */
SOCLE_MIDDLEWARE(public)
{
	const char *index = socle_option_string(ctx, "index");
	char text[256];

	if (!asks_for_index(ctx))
		return socle_next(ctx);
	snprintf(text, sizeof(text), "Redirecting to %s.", index);
	socle_header(ctx, "Location", index);
	socle_header(ctx, "Content-Type", "text/html; charset=utf-8");
	socle_status(ctx, 302);
	return socle_send_text(ctx, text);
}
