#include <socle/socle.h>

SOCLE_PLUGIN()

/* GET /api/@name@/hello?name=Ada */
SOCLE_ACTION(greeting_hello)
{
	const char *who = socle_query_value(ctx, "name");

	return socle_send_text(ctx, socle_printf(ctx, "%s, %s", socle_config_string(ctx, "greeting"), who ? who : "world"));
}
