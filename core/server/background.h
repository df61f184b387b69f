/* The background process: what isn't bound to a request, which is the tasks of plugins (server/schedule.h).
 *
 *	loads the plugins -> waits for the database -> starts the plugins -> says that it is ready
 *	-> is told to serve: tasks are run -> is told to drain -> lets the plugins go -> ends
 *
 * A host has one while its generation has tasks. In a reload there are two, and the moment of the change, which the
 * supervisor tells both, says which runs what: so no time of a task is lost or comes twice.
 */
#ifndef SERVER_BACKGROUND_H
#define SERVER_BACKGROUND_H

#include <stdbool.h>

#include "server/child.h"

struct generation;

/* Whether the generation has work for it. */
bool background_is_wanted(const struct generation *generation);

/* Returns the process's exit status. */
int background_run(struct duty *duty);

#endif
