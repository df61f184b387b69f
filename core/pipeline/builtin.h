/* The global middlewares that the host brings itself; all others are plugins. */
#ifndef PIPELINE_BUILTIN_H
#define PIPELINE_BUILTIN_H

#include "extension/generation.h"

/* "socle::logger", "socle::errors", "socle::query", "socle::body"; NULL for any other name. */
extension_fn *pipeline_builtin(struct str name);

#endif
