/* The canary: a short-lived process that tries a generation before anybody is served with it.
 *
 * It loads the plugins, brings the schema in order, runs what has to happen once per change,
 * and says whether all of that went well. Its death harms nobody.
 */
#ifndef SERVER_CANARY_H
#define SERVER_CANARY_H

#include "server/child.h"

/* Returns the process's exit status. */
int canary_run(struct duty *duty);

#endif
