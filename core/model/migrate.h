/* Brings a database's tables up to what the models want, adding only.
 *
 * Runs in the canary, once the candidate passed everything else, and in
 * `socle db migrate`. One migrator at a time, by a lease. Nothing that holds data
 * is dropped or narrowed; what needs a table copy is done only where an operator
 * asked for it. Statements wait a second for a table's lock at the most, so that a
 * long transaction holds up the migration and not the requests behind it.
 *
 *	struct migrate_options options = { .policy = SCHEMA_AUTO, .holder = STR("host:123") };
 *	struct plan *plan;
 *	if (migrate_run(db, models, &options, arena, &plan, &error) < 0)
 *		...
 *	plan_write(plan, &text);
 *
 * The connection should come from a pool without a statement time-out
 * (statement_timeout_ms -1): building an index takes the time it takes.
 */
#ifndef MODEL_MIGRATE_H
#define MODEL_MIGRATE_H

#include "model/plan.h"

struct db;

struct migrate_options {
	enum schema_policy policy;
	bool allow_copy;
	/* Statements for a database that Socle makes (model/statements.h), in such a form that a second run
	 * does no harm: Strapi's tables that are no types. */
	const struct str *extra;
	unsigned extra_count;
	struct str holder;		/* of the lease: one process of one host */
	unsigned lease_seconds;		/* 120 */
	unsigned wait_seconds;		/* for another migrator to end: 60 */
	unsigned attempts;		/* for a table's lock, each of a second: 30 */
};

/* What migrate_run() would do. */
int migrate_plan(struct db *db, const struct models *models, const struct migrate_options *options,
	struct arena *arena, struct plan **plan_r, struct error *error) __attribute__((warn_unused_result));

/* Does it; the plan's steps tell what became of each (*plan_r is NULL when none could be made). Fails when
 * something is missing that types can't be served without, or when another migrator is at work for too long
 * (ERROR_UNAVAILABLE). */
int migrate_run(struct db *db, const struct models *models, const struct migrate_options *options,
	struct arena *arena, struct plan **plan_r, struct error *error) __attribute__((warn_unused_result));

#endif
