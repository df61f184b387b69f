/* The routes of the recorded application that are not a content type's. */
#include <jansson.h>
#include <socle/socle.h>

SOCLE_PLUGIN()

/* GET /api/hello */
SOCLE_ACTION(hello_index)
{
	return socle_send_json(ctx, json_pack("{s:s, s:i, s:b}", "hello", "world", "n", 42, "ok", 1));
}

/* GET /api/_oracle/mail: the last mail that was sent; null when there was none. */
SOCLE_ACTION(hello_mail)
{
	return socle_send_json(ctx, json_pack("{s:n}", "data"));
}
