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
