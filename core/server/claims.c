#include "server/claims.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "config/settings.h"
#include "db/db.h"
#include "db/lease.h"
#include "extension/task.h"
#include "loop/fiber.h"
#include "server/child.h"
#include "server/options.h"

/* "cron-run " and a task's name. */
enum { ROW_NAME_SIZE = TASK_NAME_LIMIT + 16, HOLDER_SIZE = 128 };

struct claims {
	struct db_pool *pool;
	char host[HOLDER_SIZE];		/* "HOST:ID:", which all processes of this host begin with */
	char holder[HOLDER_SIZE + 16];	/* "HOST:ID:PID" */
	unsigned lease_s;
};

static bool is_claimed(const struct task *task)
{
	return task->enabled && !task->every_host;
}

static bool are_claimed(const struct generation *generation)
{
	for (unsigned i = 0; i < generation->task_count; i++) {
		if (is_claimed(&generation->tasks[i]))
			return generation->settings->cron_enabled;
	}
	return false;
}

int claims_prepare(const struct generation *generation, struct db_pool *pool, struct error *error)
{
	struct db *db;
	int rc;

	if (!are_claimed(generation))
		return 0;
	db = db_acquire(pool, error);
	if (!db)
		return -1;
	rc = lease_prepare(db, error);
	db_release(db);
	return rc < 0 ? error_prefix(error, "cron tasks are run by one of all hosts, which is written down in the database: ") : 0;
}

/* A task that doesn't yield keeps its lease from being renewed until it is killed for it. */
static unsigned lease_seconds(const struct settings *settings)
{
	int64_t seconds = settings->server.timeouts.handler_kill / 1000 + CLAIM_LEASE_S / 2;

	return seconds > CLAIM_LEASE_S ? (unsigned)seconds : CLAIM_LEASE_S;
}

struct claims *claims_new(struct loop *loop, const struct duty *duty, struct error *error)
{
	struct claims *claims;
	struct db_options options;
	char host[HOST_NAME_MAX + 1] = "localhost";

	if (options_db(duty->settings, duty->arena, &options, error) < 0)
		return NULL;
	options.pool_size = 1;
	claims = calloc(1, sizeof(*claims));
	if (!claims)
		abort();
	gethostname(host, sizeof(host) - 1);
	snprintf(claims->host, sizeof(claims->host), "%s:%s:", host, duty->host);
	snprintf(claims->holder, sizeof(claims->holder), "%s%d", claims->host, (int)getpid());
	claims->lease_s = lease_seconds(duty->settings);
	claims->pool = db_pool_new(loop, &options);
	return claims;
}

void claims_free(struct claims *claims)
{
	if (!claims)
		return;
	db_pool_free(claims->pool);
	free(claims);
}

static struct str row_name(char out[ROW_NAME_SIZE], const char *kind, const struct task *task)
{
	snprintf(out, ROW_NAME_SIZE, "%s %.*s", kind, STR_ARG(task->step.name));
	return str_of(out);
}

/* ---- of processes that are no more ---- */

static bool is_gone(struct str pid_text)
{
	int64_t pid;

	return str_to_int64(pid_text, &pid) && pid > 0 && pid <= INT_MAX && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static int sweep(struct claims *claims, struct db *db, struct arena *arena, struct error *error)
{
	const struct str sql = STR("SELECT `name`, `holder` FROM `socle_leases` WHERE LEFT(`name`, 9) = 'cron-run ' AND "
		"LEFT(`holder`, CHAR_LENGTH(?)) = ? AND `until` > UTC_TIMESTAMP(6)");
	struct str host = str_of(claims->host);
	const struct db_value values[] = { db_text(host), db_text(host) };
	struct rowset *rows;

	if (db_query(db, sql, values, 2, arena, &rows, error) < 0)
		return -1;
	for (unsigned i = 0; i < rows->count; i++) {
		const struct cell *row = rowset_row(rows, i);
		struct str name = { row[0].text, row[0].length }, holder = { row[1].text, row[1].length };

		if (is_gone(str_skip(holder, host.n)))
			lease_release(db, name, holder);
	}
	return 0;
}

void claims_sweep(struct claims *claims, const struct generation *generation)
{
	struct error error = ERROR_INIT;
	struct arena *arena;
	struct db *db;

	if (!are_claimed(generation))
		return;
	arena = arena_new(1024);
	db = db_acquire(claims->pool, &error);
	if (!db || sweep(claims, db, arena, &error) < 0)
		log_warn("cron", "leases of a process that crashed run out by themselves: %s", error_message(&error));
	db_release(db);
	error_clear(&error);
	arena_free(arena);
}

/* ---- one run ---- */

static int take(struct claims *claims, struct db *db, const struct task *task, int64_t time_ms, enum claim *claim_r,
	struct error *error)
{
	struct str holder = str_of(claims->holder);
	char name[ROW_NAME_SIZE];
	bool taken;

	*claim_r = CLAIM_TAKEN;
	if (lease_claim(db, row_name(name, "cron", task), holder, time_ms, CLAIM_EARLY_S, &taken, error) < 0)
		return -1;
	if (!taken)
		return 0;
	*claim_r = CLAIM_OURS;
	if (task->overlap)
		return 0;
	if (lease_take(db, row_name(name, "cron-run", task), holder, claims->lease_s, &taken, error) < 0)
		return -1;
	if (!taken)
		*claim_r = CLAIM_AT_WORK;
	return 0;
}

int claims_take(struct claims *claims, const struct task *task, int64_t time_ms, enum claim *claim_r, struct error *error)
{
	struct db *db;
	int rc;

	*claim_r = CLAIM_OURS;
	if (!is_claimed(task))
		return 0;
	db = db_acquire(claims->pool, error);
	if (!db)
		return -1;
	rc = take(claims, db, task, time_ms, claim_r, error);
	db_release(db);
	return rc;
}

void claims_renew(struct claims *claims, const struct task *task)
{
	struct error error = ERROR_INIT;
	char name[ROW_NAME_SIZE];
	bool taken = false;
	struct db *db;

	if (!is_claimed(task) || task->overlap)
		return;
	db = db_acquire(claims->pool, &error);
	if (!db || lease_take(db, row_name(name, "cron-run", task), str_of(claims->holder), claims->lease_s, &taken, &error) < 0)
		log_warn("cron", "the lease of %.*s can't be renewed: %s", STR_ARG(task->step.name), error_message(&error));
	else if (!taken)
		log_warn("cron", "the lease of %.*s has run out and another host has it now: the task runs twice",
			STR_ARG(task->step.name));
	db_release(db);
	error_clear(&error);
}

void claims_give_back(struct claims *claims, const struct task *task)
{
	struct error error = ERROR_INIT;
	char name[ROW_NAME_SIZE];
	struct db *db;

	if (!is_claimed(task) || task->overlap)
		return;
	/* Also what was cancelled must not keep it. */
	fiber_shield(true);
	db = db_acquire(claims->pool, &error);
	if (db)
		lease_release(db, row_name(name, "cron-run", task), str_of(claims->holder));
	db_release(db);
	fiber_shield(false);
	error_clear(&error);
}
