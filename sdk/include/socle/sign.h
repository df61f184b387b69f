/* Signatures: texts that clients keep for us and can't change, cookies above all.
 *
 * The keys are `keys` in config/server.toml and stay with the host: the first signs, all of them verify, so
 * that an old one can be taken out of use in two steps. Signatures are those of Strapi's cookies (HMAC-SHA1,
 * base64url), so hosts with the same keys accept one another's. What is signed isn't secret. Since SDK 1.2.
 *
 *	const char *signature = socle_sign(ctx, "cart=17");
 */
#ifndef SOCLE_SIGN_H
#define SOCLE_SIGN_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* 27 characters that a cookie or a URL can hold. NULL with the error on the context when no keys are
 * configured.
 *
 *	const char *link = socle_printf(ctx, "/unsubscribe/%s/%s", id, socle_sign(ctx, id));
 */
SOCLE_API const char *socle_sign(socle_context *ctx, const char *text);

/* 1: signed with the first key; 2: with an older one, so that it should be signed anew; 0: with none of ours,
 * or NULL. Negative with the error on the context when no keys are configured. How long it takes tells
 * nothing about what would be right.
 *
 *	int rc = socle_verify(ctx, id, socle_param(ctx, "signature"));
 *
 *	if (rc < 0)
 *		return rc;
 *	if (rc == 0)
 *		return socle_throw(ctx, SOCLE_FORBIDDEN, NULL);
 */
SOCLE_API int socle_verify(socle_context *ctx, const char *text, const char *signature) SOCLE_MUST_CHECK;

SOCLE_C_END

#endif
