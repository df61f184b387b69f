#include "model/migrate.h"

#include <mysqld_error.h>

#include "base/log.h"
#include "db/db.h"
#include "db/lease.h"
#include "loop/fiber.h"

enum { LEASE_SECONDS = 120, WAIT_SECONDS = 60, ATTEMPTS = 30, PAUSE_MS = 500, ROUNDS = 3 };
/* A new database takes hundreds of steps. */
enum { TOLD_ONE_BY_ONE = 20 };

static const struct str lease_name = { "schema", 6 };

struct migration {
	struct db *db;
	const struct models *models;
	struct migrate_options options;
	struct arena *arena;
	struct plan *plan;
	struct error *error;
	bool moved;		/* somebody else changed the schema: plan again */
	bool last_round;
	bool told;		/* step by step */
};

/* ---- planning ---- */

static int has_rows(struct migration *migration, const struct catalogue *live, struct str table,
	struct str sql, bool *has_r)
{
	struct rowset *rows;

	*has_r = false;
	if (!catalogue_table(live, table))
		return 0;
	if (db_query(migration->db, sql, NULL, 0, migration->arena, &rows, migration->error) < 0)
		return -1;
	*has_r = rows->count > 0;
	return 0;
}

static int make_plan(struct migration *migration)
{
	const struct migrate_options *options = &migration->options;
	struct plan_options how = { .policy = options->policy, .allow_copy = options->allow_copy };
	bool strapi_rules, strapi_migrated;
	struct catalogue *live;

	if (catalogue_read(migration->db, migration->arena, &live, migration->error) < 0 ||
		has_rows(migration, live, STR("strapi_database_schema"),
			STR("SELECT 1 FROM `strapi_database_schema` LIMIT 1"), &strapi_rules) < 0 ||
		has_rows(migration, live, STR("strapi_migrations_internal"),
			STR("SELECT 1 FROM `strapi_migrations_internal` LIMIT 1"), &strapi_migrated) < 0)
		return -1;
	if (how.policy == SCHEMA_AUTO)
		how.policy = strapi_rules ? SCHEMA_FOLLOW : SCHEMA_MANAGE;
	if (how.policy == SCHEMA_MANAGE && !strapi_migrated) {
		how.extra = options->extra;
		how.extra_count = options->extra_count;
	}
	migration->plan = plan_make(migration->models, live, &how, migration->arena);
	return 0;
}

/* ---- doing ---- */

enum attempt { ATTEMPT_DONE, ATTEMPT_UNSUPPORTED, ATTEMPT_FAILED };

static bool is_unsupported(unsigned code)
{
	return code == ER_ALTER_OPERATION_NOT_SUPPORTED || code == ER_ALTER_OPERATION_NOT_SUPPORTED_REASON;
}

/* What an additive statement meets when somebody else was faster. */
static bool is_done_by_others(unsigned code)
{
	return code == ER_TABLE_EXISTS_ERROR || code == ER_DUP_FIELDNAME || code == ER_DUP_KEYNAME ||
		code == ER_DUP_CONSTRAINT_NAME;
}

static bool is_locked(unsigned code)
{
	return code == ER_LOCK_WAIT_TIMEOUT || code == ER_LOCK_DEADLOCK;
}

static int take_lease(struct migration *migration, bool *held_r)
{
	const struct migrate_options *options = &migration->options;

	return lease_take(migration->db, lease_name, options->holder, options->lease_seconds, held_r,
		migration->error);
}

static int renew(struct migration *migration)
{
	bool held;

	if (take_lease(migration, &held) < 0)
		return -1;
	if (held)
		return 0;
	return error_set(migration->error, ERROR_UNAVAILABLE,
		"another host took over the migration of the schema");
}

/* Settings travel with the statement, so that a connection that was lost and opened again has them too.
 * Constraints aren't checked against the rows that are there: neither does Strapi. */
static enum attempt attempt(struct migration *migration, const struct plan_step *step, const char *how)
{
	const char *settings =
		"SET STATEMENT lock_wait_timeout = 1, foreign_key_checks = 0, max_statement_time = 0 FOR ";
	struct buf sql = BUF_INIT;
	enum attempt result = ATTEMPT_FAILED;

	buf_printf(&sql, "%s%.*s%s", settings, STR_ARG(step->sql), how);
	for (unsigned i = 0; i < migration->options.attempts; i++) {
		unsigned code;

		error_clear(migration->error);
		if (i && fiber_sleep(PAUSE_MS) < 0) {
			error_set(migration->error, ERROR_CANCELLED, "cancelled");
			break;
		}
		if (db_command(migration->db, buf_str(&sql), migration->error) == 0) {
			result = ATTEMPT_DONE;
			break;
		}
		code = db_error_code(migration->db);
		if (is_unsupported(code))
			result = ATTEMPT_UNSUPPORTED;
		migration->moved |= is_done_by_others(code);
		if (!is_locked(code))
			break;
	}
	buf_clear(&sql);
	return result;
}

static enum attempt run_step(struct migration *migration, const struct plan_step *step)
{
	static const char *const ways[] = {
		", ALGORITHM=INSTANT, LOCK=NONE",
		", ALGORITHM=INPLACE, LOCK=NONE",
	};
	enum attempt result = ATTEMPT_UNSUPPORTED;

	/* A statement that somebody wrote may begin with anything. */
	if (str_is_null(step->table)) {
		int rc = db_command(migration->db, step->sql, migration->error);

		return rc < 0 ? ATTEMPT_FAILED : ATTEMPT_DONE;
	}
	if (!step->alter)
		return attempt(migration, step, "");
	for (int i = 0; i < 2 && result == ATTEMPT_UNSUPPORTED && !step->copy; i++)
		result = attempt(migration, step, ways[i]);
	if (result == ATTEMPT_UNSUPPORTED && migration->options.allow_copy)
		result = attempt(migration, step, "");
	return result;
}

static int take_step(struct migration *migration, struct plan_step *step)
{
	struct error *error = migration->error;
	enum attempt result;

	if (renew(migration) < 0)
		return -1;
	result = run_step(migration, step);
	if (result == ATTEMPT_DONE) {
		step->state = PLAN_DONE;
		if (migration->told)
			log_info("db", "schema: %s", step->text);
		return 0;
	}
	if ((migration->moved && !migration->last_round) || error->kind == ERROR_CANCELLED ||
		error->kind == ERROR_UNAVAILABLE ||
		(result == ATTEMPT_FAILED && (step->blocks || str_is_null(step->table))))
		return error_prefix(error, "schema: %s: ", step->text);
	step->state = result == ATTEMPT_UNSUPPORTED ? PLAN_LATER : PLAN_FAILED;
	step->reason = arena_printf(migration->arena, "%s", error_message(error));
	log_warn("db", "schema: %s: %s", step->text, step->reason);
	error_clear(error);
	return 0;
}

static int take_steps(struct migration *migration)
{
	struct plan *plan = migration->plan;
	unsigned asked = plan->pending;

	migration->told = asked <= TOLD_ONE_BY_ONE;
	for (unsigned i = 0; i < plan->count; i++) {
		if (plan->steps[i].state != PLAN_PENDING)
			continue;
		if (take_step(migration, &plan->steps[i]) < 0)
			return -1;
		plan->pending--;
	}
	if (!migration->told)
		log_info("db", "schema: %u changes made", asked);
	return 0;
}

/* Under the lease. Another writer (Strapi, an operator) needs none, so the plan may be out of date at any
 * step. */
static int work(struct migration *migration)
{
	for (int round = 1;; round++) {
		error_clear(migration->error);
		migration->moved = false;
		migration->last_round = round == ROUNDS;
		if (make_plan(migration) < 0)
			return -1;
		if (take_steps(migration) == 0)
			return 0;
		if (!migration->moved || migration->last_round)
			return -1;
	}
}

static int wait_for_lease(struct migration *migration)
{
	unsigned rounds = migration->options.wait_seconds * 1000 / PAUSE_MS;
	bool taken;

	if (lease_prepare(migration->db, migration->error) < 0)
		return -1;
	for (unsigned i = 0; i <= rounds; i++) {
		if (i && fiber_sleep(PAUSE_MS) < 0)
			return error_set(migration->error, ERROR_CANCELLED, "cancelled");
		if (take_lease(migration, &taken) < 0)
			return -1;
		if (taken)
			return 0;
	}
	return error_set(migration->error, ERROR_UNAVAILABLE,
		"another host has been migrating the schema for %u s: see the row \"schema\" of socle_leases",
		migration->options.wait_seconds);
}

static struct migration begin(struct db *db, const struct models *models,
	const struct migrate_options *options, struct arena *arena, struct error *error)
{
	struct migration migration = { db, models, *options, arena, NULL, error, false, false, false };

	if (!migration.options.lease_seconds)
		migration.options.lease_seconds = LEASE_SECONDS;
	if (!migration.options.wait_seconds)
		migration.options.wait_seconds = WAIT_SECONDS;
	if (!migration.options.attempts)
		migration.options.attempts = ATTEMPTS;
	return migration;
}

int migrate_plan(struct db *db, const struct models *models, const struct migrate_options *options,
	struct arena *arena, struct plan **plan_r, struct error *error)
{
	struct migration migration = begin(db, models, options, arena, error);

	if (make_plan(&migration) < 0)
		return -1;
	*plan_r = migration.plan;
	return 0;
}

int migrate_run(struct db *db, const struct models *models, const struct migrate_options *options,
	struct arena *arena, struct plan **plan_r, struct error *error)
{
	struct migration migration = begin(db, models, options, arena, error);
	int rc = make_plan(&migration);

	/* The usual case is that all is in place: then nothing is written, not even a lease. */
	if (rc == 0 && migration.plan->pending) {
		rc = wait_for_lease(&migration);
		if (rc == 0) {
			rc = work(&migration);
			lease_release(db, lease_name, migration.options.holder);
		}
	}
	*plan_r = migration.plan;
	return rc;
}
