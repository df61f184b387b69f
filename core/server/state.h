/* The state folder, and the lock that says whose it is.
 *
 * One running host per state folder. The lock is the kernel's, on the file socle.pid,
 * so that a host that was killed leaves none behind; the number in the file is
 * for messages only.
 */
#ifndef SERVER_STATE_H
#define SERVER_STATE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct state {
	const char *folder;		/* absolute */
	int lock;
};

/* Makes the folder (0700) if there is none, and takes its lock. */
int state_open(struct state *state, struct str folder, struct arena *arena, struct error *error)
	__attribute__((warn_unused_result));

/* Gives the lock back. `remove`: and leaves no file, which only its owner may say, not a forked child. */
void state_close(struct state *state, bool remove);

/* An AF_UNIX socket, bound to or connected with a file of the folder, which may have a longer path than such
 * addresses have room for. Returns the descriptor, negative with errno. */
int state_bind(const char *folder, const char *file);
int state_connect(const char *folder, const char *file);

#endif
