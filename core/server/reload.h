/* From one generation to the next: settings, canary, successors, and only then the change.
 *
 * The workers of the generation in force serve until every successor has said that it is
 * ready. Whatever fails before leaves them as they are, and is kept for those who
 * ask. The first generation comes about in the same way; there, failing ends the host.
 */
#ifndef SERVER_RELOAD_H
#define SERVER_RELOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "server/listeners.h"

struct arena;
struct child;
struct settings;
struct supervisor;

enum { RELOAD_LIMIT_MS = 60 * 1000 };

enum reload_stage { RELOAD_IDLE, RELOAD_CANARY, RELOAD_WORKERS };

struct reload {
	enum reload_stage stage;
	unsigned run;			/* counts; of the one under way, or the last */
	bool again;			/* asked for while it was under way: the disk may have changed */
	unsigned generation;		/* of the candidate */
	struct arena *arena;		/* of its settings */
	const struct settings *settings;
	struct listeners listeners;
	bool wants_background;		/* the canary has found work for a background process */
	uint64_t deadline_ms;		/* 0: none */

	int64_t at_unix_ms;		/* when the last one ended; 0: there was none */
	bool ok;
	char *message;
};

/* Starts one, or notes that another is wanted behind the one under way. Returns the number of the run whose
 * outcome answers the wish. */
unsigned reload_ask(struct supervisor *supervisor);

/* A candidate is ready; a candidate has ended, as `how` says. */
void reload_child_ready(struct supervisor *supervisor, struct child *child);
void reload_child_ended(struct supervisor *supervisor, struct child *child, const char *how);

/* Gives the candidate up. */
void reload_refuse(struct supervisor *supervisor, const char *reason);

void reload_tick(struct supervisor *supervisor, uint64_t now_ms);
void reload_clear(struct reload *reload);

#endif
