/* What worker, background process and canary have in common: a process that builds a generation, has a loop, a database
 * and a supervisor to talk to.
 *
 *	struct process process = { .prepare = prepare, .prepared = prepared, .message = message, .drain =
 *drain };
 *
 *	if (process_init(&process, duty, "canary") == 0)
 *		process_run(&process);		// until process_stop() or process_refuse()
 *	return process_end(&process);
 */
#ifndef SERVER_PROCESS_H
#define SERVER_PROCESS_H

#include <event2/event_struct.h>

#include "base/error.h"
#include "server/channel.h"
#include "server/child.h"

struct db_pool;
struct fiber;
struct generation;
struct loop;

struct process {
	const struct duty *duty;
	struct loop *loop;
	struct channel *channel;
	struct event beat, terminate;
	struct generation *generation;
	struct db_pool *pool;
	struct fiber *fiber;		/* that gets it ready; NULL when it has ended */
	bool leaving;			/* told to drain */
	bool stopped;			/* the loop has ended, or is about to */
	int64_t until_ms;		/* leaving: the last moment whose work is this process's own, since 1970 UTC */
	int status;			/* what the process will end with */

	/* Set by the owner before process_init(): what it does on a fiber once the database answers, ... */
	int (*prepare)(struct process *process, struct error *error);
	void (*prepared)(struct process *process);	/* ... and when that went well */
	/* The answer to what the supervisor asks for, "status" and the like; the caller's, NULL: none. May be NULL itself. */
	json_t *(*reply)(struct process *process, const char *what);
	/* Whatever else the supervisor says but CHANNEL_DRAIN. */
	void (*message)(struct process *process, enum channel_type type, const json_t *payload);
	/* Every PULSE_BEAT_MS; NULL: nothing to do. */
	void (*beat_hook)(struct process *process);
	/* Once, when it is time to leave and nothing is being prepared: ends with process_stop(). */
	void (*drain)(struct process *process);
};

/* Makes loop and channel, and builds the generation. Negative when that was refused; the supervisor knows why
 * then. */
int process_init(struct process *process, const struct duty *duty, const char *name)
	__attribute__((warn_unused_result));

/* Prepares, and turns the loop until process_stop(). */
void process_run(struct process *process);
void process_stop(struct process *process, int status);

/* Tells the supervisor why, and stops. */
void process_refuse(struct process *process, struct error *error);

/* Lets everything go; returns the exit status. */
int process_end(struct process *process);

#endif
