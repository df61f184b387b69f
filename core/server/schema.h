/* The database's tables, brought in line with a generation, and judged. */
#ifndef SERVER_SCHEMA_H
#define SERVER_SCHEMA_H

#include "base/error.h"
#include "model/migrate.h"

struct db;
struct db_pool;
struct generation;

/* What the settings and the plugin folders (their internal-tables.sql) ask of a migration. It lies in the
 * arena. */
int schema_options(const struct generation *generation, struct arena *arena,
	struct migrate_options *options_r, struct error *error) __attribute__((warn_unused_result));

/* In the canary: migrates as far as the settings allow, adds the table that writers take turns at, then says
 * in the log which types can't be served. */
int schema_migrate(struct generation *generation, struct db_pool *pool, struct error *error)
	__attribute__((warn_unused_result));

/* Fills an array, by the models' index, of why each can't be served (NULL: it can); it lies in the
 * generation's arena. Notes whether there is the table that writers take turns at. Returns how many can't;
 * negative when the tables can't be read. */
int schema_judge(struct generation *generation, struct db_pool *pool, const char ***reasons_r,
	struct error *error) __attribute__((warn_unused_result));

/* Runs `work` under a lease that one process of all hosts has at a time; waits for it. */
int schema_exclusive(struct db_pool *pool, struct str lease, int (*work)(void *arg, struct error *error),
	void *arg, struct error *error) __attribute__((warn_unused_result));

#endif
