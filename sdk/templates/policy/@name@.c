#include <socle/socle.h>

SOCLE_PLUGIN()

/* A policy allows (1), denies (0), or throws to say why; it never changes the request. */
SOCLE_POLICY(@symbol@)
{
	return socle_request_header(ctx, socle_option_string(ctx, "header")) != NULL;
}

/* GET /api/@name@/guarded */
SOCLE_ACTION(guarded_show)
{
	return socle_send_text(ctx, "let in");
}
