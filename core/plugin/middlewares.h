/* The global middlewares, as middlewares.toml lists them. */
#ifndef PLUGIN_MIDDLEWARES_H
#define PLUGIN_MIDDLEWARES_H

#include "plugin/build.h"

/* Behind functions_add(). */
void middlewares_resolve(struct build *build);

#endif
