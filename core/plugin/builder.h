/* Building a generation: from plugin folders and settings to routes, chains and models.
 *
 * 1. builder_build() finds the plugin folders, reads manifests and schemas, audits and loads the
 *    libraries from private copies, orders plugins by what they require, calls `init`, resolves
 *    every name. Needs no database.
 * 2. Then, in a worker, builder_start() calls `start` of each plugin, in load order, on a fiber.
 *    (In the canary instead: the schema is migrated, then builder_bootstrap().)
 * 3. The last generation_unpin() calls `stop` and `exit` in reverse order and closes the libraries.
 *
 * Whatever fails undoes what went before. All that is wrong with the folders is said in one message,
 * one line each, with file:line.
 */
#ifndef PLUGIN_BUILDER_H
#define PLUGIN_BUILDER_H

#include "extension/generation.h"

struct db_pool;
struct settings;

/* The caller holds the one reference. Never on a fiber: loading needs a deep stack. */
struct generation *builder_build(const struct settings *settings, unsigned number, struct error *error)
	__attribute__((warn_unused_result));

/* And then `health`: whoever isn't well makes it fail. */
int builder_start(struct generation *generation, struct db_pool *pool, struct error *error)
	__attribute__((warn_unused_result));

/* Some plugin has a `bootstrap`. */
bool builder_bootstraps(const struct generation *generation);

/* `bootstrap` of every plugin: what happens once per change and not once per process. The caller holds the
 * lease. */
int builder_bootstrap(struct generation *generation, struct db_pool *pool, struct error *error)
	__attribute__((warn_unused_result));

/* `health` of every plugin; negative at the first that isn't well. */
int builder_health(struct generation *generation, struct db_pool *pool, struct error *error)
	__attribute__((warn_unused_result));

#endif
