/* What worker and canary have in common: a process that builds a generation, has a loop, a database
 * and a supervisor to talk to.
 *
 *	struct candidate candidate;
 *
 *	if (candidate_init(&candidate, duty, "canary", &callbacks, arg) == 0) {
 *		... fibers, candidate_run() ...
 *	}
 *	return candidate_end(&candidate);
 */
#ifndef SERVER_CANDIDATE_H
#define SERVER_CANDIDATE_H

#include <event2/event_struct.h>

#include "base/error.h"
#include "server/channel.h"
#include "server/child.h"

struct db_pool;
struct fiber;
struct generation;
struct loop;

struct candidate {
	const struct duty *duty;
	struct loop *loop;
	struct channel *channel;
	struct event beat, terminate;
	struct generation *generation;
	struct db_pool *pool;
	struct fiber *fiber;		/* that gets it ready; NULL when it has ended */
	bool leaving;			/* told to drain */
	bool stopped;			/* the loop has ended, or is about to */
	int status;			/* what the process will end with */

	int (*prepare)(struct candidate *candidate, struct error *error);
	void (*prepared)(struct candidate *candidate);
	void (*message)(struct candidate *candidate, enum channel_type type, const json_t *payload);
	void (*drain)(struct candidate *candidate);
};

/* Loop, channel, generation, pool. The four functions must be set before: `prepare` runs on a fiber, once the database
 * answers; `prepared` when it went well, off the fiber's error path; `message` gets what isn't CHANNEL_DRAIN; `drain` is
 * called once, when it is time to leave and nothing is being prepared. Negative when the generation was refused. */
int candidate_init(struct candidate *candidate, const struct duty *duty, const char *name)
	__attribute__((warn_unused_result));

/* Prepares, and turns the loop until candidate_stop(). */
void candidate_run(struct candidate *candidate);
void candidate_stop(struct candidate *candidate, int status);

/* Tells the supervisor why, and stops. */
void candidate_refuse(struct candidate *candidate, struct error *error);

/* Lets everything go; returns the exit status. */
int candidate_end(struct candidate *candidate);

#endif
