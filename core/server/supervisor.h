/* The supervisor: the process that owns the sockets and looks after those who serve.
 *
 * It runs no plugin code, opens no database and reads no request. It forks a canary that
 * judges a generation, then the workers that serve it, and replaces what crashes or
 * hangs. It reads the settings itself, so that all children of a generation have the same. `socle start` is
 * supervisor_run().
 *
 *	supervisor.c	life cycle, signals, replacing workers
 *	child.c		one child: forking it, watching it, ending it
 *	background.c	the child that runs tasks
 *	reload.c	from one generation to the next (and to the first)
 *	survey.c	asking workers
 *	control.c	the control socket
 *	status.c	what `socle status` says
 */
#ifndef SERVER_SUPERVISOR_H
#define SERVER_SUPERVISOR_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/arena.h"
#include "config/settings.h"
#include "server/child.h"
#include "server/listeners.h"
#include "server/reload.h"
#include "server/state.h"
#include "server/survey.h"

struct control;

/* Where a worker stands; when it ends, another takes its place. */
struct place {
	struct child *child;		/* NULL: to be filled at fill_at_ms */
	unsigned quick_deaths;		/* one after the other */
	uint64_t fill_at_ms;
};

enum { SUPERVISOR_SIGNALS = 5 };

struct supervisor {
	const char *config_folder;	/* as given on the command line; NULL */
	char id[SUPERVISOR_ID_SIZE];	/* of this run, among those of all hosts */
	struct event_base *base;
	struct event signals[SUPERVISOR_SIGNALS], tick;
	uint64_t ticked_ms, quiet_until_ms;

	struct arena *arena;		/* of the settings in force; NULL while the first generation has it */
	const struct settings *settings;
	struct arena *state_arena;
	struct state state;
	struct listeners listeners;
	struct control *control;
	struct shared *shared;		/* among all workers of all generations; NULL */

	unsigned generation;		/* in force; 0: none yet */
	int64_t since_unix_ms;		/* it has been in force */
	struct children children;
	struct place *places;
	unsigned place_count;
	struct place background;
	bool wants_background;		/* the generation in force has work for it */
	struct reload reload;
	struct surveys surveys;
	unsigned next_survey;

	bool stopping;
	int exit_status;
};

/* Runs a host; returns its exit status. Also returns in each child, with the child's. */
int supervisor_run(const char *config_folder);

/* Drains and ends; the second call doesn't wait. */
void supervisor_stop(struct supervisor *supervisor);

/* Puts the workers of a new generation in their places. The array is taken over. */
void supervisor_take_places(struct supervisor *supervisor, struct place *places, unsigned count);

#endif
