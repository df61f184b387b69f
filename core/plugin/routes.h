/* The routes of a generation, in matching order: those that plugins declare, then those of content types. */
#ifndef PLUGIN_ROUTES_H
#define PLUGIN_ROUTES_H

#include "plugin/build.h"

/* Behind functions_add(): policies, middlewares and handlers are resolved here, and what is unknown is a
 * problem. */
void routes_add(struct build *build);

#endif
