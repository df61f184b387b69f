/* Passwords at rest: bcrypt, as Strapi writes it, computed off the loop.
 *
 * A hash takes about 60 ms at 10 rounds, on a thread: other requests go on. Of a password only the first 72
 * bytes count, for bcrypt ends there. */
#ifndef DOCUMENT_PASSWORD_H
#define DOCUMENT_PASSWORD_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

enum { PASSWORD_BYTES = 72 };

/* The hash in the arena ("$2a$10$..."); `rounds` 0: 10. ERROR_VALIDATION for a password with a NUL in it,
 * which would end it early. */
int password_hash(struct arena *arena, struct str password, unsigned rounds, struct str *hash_r,
	struct error *error) __attribute__((warn_unused_result));

/* Whether it is the password of that hash. A hash that isn't bcrypt's matches nothing. */
int password_verify(struct arena *arena, struct str password, struct str hash, bool *matches_r,
	struct error *error) __attribute__((warn_unused_result));

#endif
