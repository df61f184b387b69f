/* A worker: one process that serves requests.
 *
 *	loads the plugins -> waits for the database -> starts the plugins -> says that it is ready
 *	-> is told to serve -> is told to drain -> lets the plugins go -> ends
 */
#ifndef SERVER_WORKER_H
#define SERVER_WORKER_H

#include "server/child.h"

/* Returns the process's exit status. */
int worker_run(struct duty *duty);

#endif
