/* The session: what is remembered of a client from one request to the next.
 *
 * A middleware keeps it: socle::session, in a signed cookie, when it is listed in config/middlewares.toml and
 * `keys` are set in config/server.toml. A client can read such a session and can't change it; it can bring
 * back an older one, so keep in it who somebody is and not what they have left to spend. Since SDK 1.2.
 *
 *	json_t *session = socle_session(ctx);
 *
 *	if (!session)
 *		return -1;
 *	json_object_set_new(session, "theme", json_string("dark"));
 */
#ifndef SOCLE_SESSION_H
#define SOCLE_SESSION_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* The session of this request: an object, empty for a client that has none. It is the request's own: change
 * it, don't decref it; a policy gets a copy. Changes are kept when the request ends; an object that was emptied ends the session.
 * Names that begin with '_' are not kept. NULL with the error on the context when no middleware keeps
 * sessions. What is changed after a long answer has begun (socle_write()) is lost.
 *
 *	json_object_clear(socle_session(ctx));		// logs out
 */
SOCLE_API json_t *socle_session(socle_context *ctx);

/* For a middleware that keeps sessions: `stolen` is what socle_session() gives from here on; an object.
 *
 *	if (socle_set_session(ctx, json_object()) < 0)
 *		return -1;
 */
SOCLE_API int socle_set_session(socle_context *ctx, json_t *stolen) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
