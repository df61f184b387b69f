/* The value of Content-Security-Policy. */
#ifndef STANDARD_POLICY_H
#define STANDARD_POLICY_H

#include <socle/socle.h>

/* `option` is contentSecurityPolicy: true, or { useDefaults, directives }. NULL with the error on the
 * context. */
const char *policy_text(socle_context *ctx, const json_t *option);

#endif
