#include <socle/socle.h>

static int tell(socle_context *ctx, uint64_t start)
{
	return socle_headerf(ctx, "X-Response-Time", "%llums", (unsigned long long)((socle_now_us() - start + 999) / 1000));
}

/* Of a long answer it is the time until its head. */
static int at_head(socle_context *ctx, void *start)
{
	return tell(ctx, *(uint64_t *)start);
}

/* How long the answer took to make; as with Strapi, thrown errors go without. */
SOCLE_MIDDLEWARE(response_time)
{
	static const struct socle_transform transform = { SOCLE_TRANSFORM, .begin = at_head };
	uint64_t *start = socle_alloc(ctx, sizeof(*start));
	int rc;

	*start = socle_now_us();
	if (socle_transform(ctx, &transform, start) < 0)
		return -1;
	rc = socle_next(ctx);
	if (rc >= 0)
		tell(ctx, *start);
	return rc;
}
