/* Signatures of short texts, as the `keygrip` module makes them for Strapi's cookies: HMAC-SHA1, base64url
 * without padding. The first of several keys signs; all of them verify, so that keys can be replaced one
 * after the other. */
#ifndef BASE_KEYGRIP_H
#define BASE_KEYGRIP_H

#include <stdbool.h>

#include "base/str.h"

enum { KEYGRIP_SIZE = 28 };	/* with its NUL */

void keygrip_sign(struct str key, struct str text, char signature_r[KEYGRIP_SIZE]);

/* The place of the key that made this signature, from 0; -1 when none did. Takes as long for a wrong
 * signature as for a right one. */
int keygrip_verify(const struct str *keys, size_t count, struct str text, struct str signature);

#endif
