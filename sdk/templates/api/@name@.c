#include <socle/socle.h>

SOCLE_PLUGIN()

/* In REST's own syntax; checked when the host starts. */
SOCLE_QUERY(latest, "api::@name@.@name@", "sort=createdAt:desc&pagination[limit]=:limit")

/* GET /api/@name@s/latest */
SOCLE_ACTION(@symbol@_latest)
{
	return socle_send_documents(ctx, socle_find(ctx, latest, socle_int(3)));
}
