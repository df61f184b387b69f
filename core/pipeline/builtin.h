/* The global middlewares that the host brings itself; all others are plugins. */
#ifndef PIPELINE_BUILTIN_H
#define PIPELINE_BUILTIN_H

#include "extension/generation.h"

/* "socle::logger", "socle::errors", "socle::query", "socle::body"; NULL for any other name. */
extension_fn *pipeline_builtin(struct str name);

/* Their names, from 0 on; NULL behind the last. */
const char *pipeline_builtin_name(size_t i);

/* What a use's options come to, which its step keeps as `data`; NULL with the error set when they are wrong,
 * and without it when the middleware has none. */
void *pipeline_builtin_options(struct str name, struct arena *arena, const struct settings *settings, const json_t *config,
	struct error *error);

#endif
