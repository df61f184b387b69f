#include <socle/socle.h>

SOCLE_PLUGIN()

/* What stands behind socle_next() happens on the way back. */
SOCLE_MIDDLEWARE(@symbol@)
{
	uint64_t start = socle_now_us();
	int rc = socle_next(ctx);

	socle_headerf(ctx, socle_option_string(ctx, "header"), "%.3f", (double)(socle_now_us() - start) / 1e3);
	return rc;
}
