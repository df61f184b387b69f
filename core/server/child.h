/* A child of the supervisor: a worker, the background process, or the canary.
 *
 * child_want() makes the record; the process itself is forked by child_fork() from the
 * supervisor's outermost loop, so that the new process has none of its callbacks on its
 * stack. The record goes when the process has been reaped.
 *
 *	wanted -> starting -> ready -> serving -> retiring -> (reaped)
 *
 * A child may end in any of these states.
 */
#ifndef SERVER_CHILD_H
#define SERVER_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "server/channel.h"
#include "server/listeners.h"
#include "server/pulse.h"

struct settings;
struct supervisor;

enum { SUPERVISOR_ID_SIZE = 17 };

enum child_role { CHILD_CANARY, CHILD_WORKER, CHILD_BACKGROUND };
enum child_state { CHILD_WANTED, CHILD_STARTING, CHILD_READY, CHILD_SERVING, CHILD_RETIRING };

struct child {
	TAILQ_ENTRY(child) entry;
	struct supervisor *supervisor;
	enum child_role role;
	enum child_state state;
	unsigned number;		/* of a worker's place, from 1 */
	unsigned generation;
	bool candidate;			/* of the reload that is under way */
	pid_t pid;			/* 0: not forked yet */
	struct channel *channel;
	struct pulse *pulse;
	uint64_t born_ms;
	uint64_t end_by_ms;		/* killed then; 0: never */
	uint64_t long_end_by_ms;	/* instead, while it has long answers; 0: no */
	bool slow;			/* it has been said that it doesn't yield */
	char *reason;			/* why it refused, or was killed; NULL */
};
TAILQ_HEAD(children, child);

/* What a forked child needs to know; everything else of the supervisor's is gone there. */
struct duty {
	enum child_role role;
	unsigned number, generation;
	const struct settings *settings;
	struct arena *arena;		/* holds the settings */
	struct listeners listeners;
	struct pulse *pulse;
	struct shared *shared;		/* NULL: the workers share nothing */
	int channel;
	char host[SUPERVISOR_ID_SIZE];	/* which host this is, until it ends */
};

struct child *child_want(struct supervisor *supervisor, enum child_role role, unsigned number,
	unsigned generation, bool candidate);

/* 0 in the supervisor, 1 in the new process, with signals still blocked. Negative when there is no process to
 * be had. */
int child_fork(struct child *child, struct duty *duty_r, struct error *error);

/* Tells it to begin its work. What has its time after `since_ms` (since 1970 UTC) is its own. */
void child_serve(struct child *child, int64_t since_ms);

/* Asks it to finish and to end within so many milliseconds; within `long_ms` while it has long answers under way. What has its time
 * after `until_ms` is no longer its own. */
void child_retire(struct child *child, int64_t within_ms, int64_t long_ms, int64_t until_ms);

/* `why` is what the log says, and who waits for this child. */
void child_kill(struct child *child, const char *why);

/* Judges its pulse and its deadline. `quiet`: only the deadline. */
void child_watch(struct child *child, uint64_t now_ms, bool quiet);

/* "worker 2 (process 4711)" */
enum { CHILD_NAME_SIZE = 64 };
const char *child_name(const struct child *child, char out[CHILD_NAME_SIZE]);

/* What it does, in a word: "serving", "waiting for the database". */
const char *child_doing(const struct child *child);

void child_free(struct child *child);

#endif
