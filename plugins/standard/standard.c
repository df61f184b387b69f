#include <socle/socle.h>

SOCLE_PLUGIN()

static bool was_masked(enum socle_error kind)
{
	return kind == SOCLE_UNAUTHORIZED || kind == SOCLE_FORBIDDEN;
}

static int powered_by_head(socle_context *ctx, void *state)
{
	(void)state;
	return socle_header(ctx, "X-Powered-By", socle_option_string(ctx, "poweredBy"));
}

/* Says what serves. As with Strapi, answers made of thrown errors lack it, but for refusals: those are set,
 * not thrown. */
SOCLE_MIDDLEWARE(powered_by)
{
	static const struct socle_transform transform = { SOCLE_TRANSFORM, .begin = powered_by_head };
	int rc = socle_transform(ctx, &transform, NULL) < 0 ? -1 : socle_next(ctx);

	if (rc >= 0 || was_masked(socle_error_kind(ctx)))
		socle_header(ctx, "X-Powered-By", socle_option_string(ctx, "poweredBy"));
	return rc;
}
