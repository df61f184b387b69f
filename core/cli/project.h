/* The folder of a plugin that its author works in, and the project that it is for. */
#ifndef CLI_PROJECT_H
#define CLI_PROJECT_H

#include "base/arena.h"
#include "base/error.h"
#include "config/settings.h"
#include "plugin/manifest.h"

/* Reads the manifest of a plugin: of a folder (NULL: the one we are in), or of a plugin in one file. Its `folder` is absolute.
 * NULL with the error set. */
const struct manifest *project_read_plugin(struct arena *arena, const char *path, struct error *error);

/* Enters the project that we are in: the nearest folder, from here up, that has configuration in config/; with
 * SOCLE_CONFIG set, this one. When there is none, from `other` (NULL) up. Then reads its settings. NULL with the error set. */
const struct settings *project_enter(struct arena *arena, const char *other, struct error *error);

/* Goes to the project that we are in, if there is one; true when there is. */
bool project_go(struct arena *arena);

/* The folder that we are in. */
const char *project_here(struct arena *arena);

/* Asks the running host to take what is on disk, and says what came of it. 1: it has; 0: there is no host; negative
 * with the error set: it has refused. */
int project_reload(struct arena *arena, struct error *error) __attribute__((warn_unused_result));

#endif
