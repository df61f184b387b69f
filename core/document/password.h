/* Passwords at rest: bcrypt, computed off the loop. */
#ifndef DOCUMENT_PASSWORD_H
#define DOCUMENT_PASSWORD_H

#include "base/arena.h"
#include "base/error.h"

/* The hash in the arena ("$2a$10$..."). It takes about 60 ms at 10 rounds, on a thread: other requests go on. */
int password_hash(struct arena *arena, struct str password, unsigned rounds, struct str *hash_r, struct error *error)
	__attribute__((warn_unused_result));

#endif
