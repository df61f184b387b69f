#include <socle/socle.h>

/* How long the answer took to make; as with Strapi, thrown errors go without. */
SOCLE_MIDDLEWARE(response_time)
{
	uint64_t start = socle_now_us();
	int rc = socle_next(ctx);

	if (rc >= 0)
		socle_headerf(ctx, "X-Response-Time", "%llums", (unsigned long long)((socle_now_us() - start + 999) / 1000));
	return rc;
}
