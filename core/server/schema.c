#include "server/schema.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "config/settings.h"
#include "db/catalogue.h"
#include "db/db.h"
#include "db/lease.h"
#include "db/turn.h"
#include "document/value_lock.h"
#include "extension/generation.h"
#include "loop/fiber.h"
#include "model/live.h"
#include "model/statements.h"

enum {
	LEASE_SECONDS = 300,		/* for all of what plugins do once per change */
	WAIT_ROUNDS = 120,
	WAIT_PAUSE_MS = 500,
};

#define EXTRA_FILE "internal-tables.sql"

static const enum schema_policy policies[] = {
	[SETTINGS_SCHEMA_BY_STATE] = SCHEMA_AUTO,
	[SETTINGS_SCHEMA_MANAGE] = SCHEMA_MANAGE,
	[SETTINGS_SCHEMA_FOLLOW] = SCHEMA_FOLLOW,
};

/* One process of one host. */
static struct str holder(struct arena *arena)
{
	char host[HOST_NAME_MAX + 1] = "localhost";

	gethostname(host, sizeof(host) - 1);
	return str_of(arena_printf(arena, "%s:%d", host, (int)getpid()));
}

static int add_extra(const struct instance *instance, struct arena *arena, struct migrate_options *options,
	struct error *error)
{
	const char *path = arena_printf(arena, "%.*s/" EXTRA_FILE, STR_ARG(instance->folder));
	struct str *more, *all;
	unsigned count;

	if (access(path, F_OK) < 0)
		return 0;
	if (statements_read(arena, path, &more, &count, error) < 0)
		return -1;
	all = arena_array(arena, options->extra_count + count + 1, sizeof(*all));
	if (options->extra_count)
		memcpy(all, options->extra, options->extra_count * sizeof(*all));
	if (count)
		memcpy(all + options->extra_count, more, count * sizeof(*all));
	options->extra = all;
	options->extra_count += count;
	return 0;
}

int schema_options(const struct generation *generation, struct arena *arena,
	struct migrate_options *options_r, struct error *error)
{
	*options_r = (struct migrate_options){
		.policy = policies[generation->settings->database.schema],
		.holder = holder(arena),
	};
	for (unsigned i = 0; i < generation->instance_count; i++) {
		if (add_extra(generation->instances[i], arena, options_r, error) < 0)
			return -1;
	}
	return 0;
}

static int migrate(struct generation *generation, struct db_pool *pool, struct error *error)
{
	struct arena *arena = generation->arena;
	struct migrate_options options;
	struct plan *plan;
	struct db *db;
	int rc;

	if (schema_options(generation, arena, &options, error) < 0)
		return -1;
	db = db_acquire(pool, error);
	if (!db)
		return -1;
	rc = migrate_run(db, generation->models, &options, arena, &plan, error);
	db_release(db);
	return rc;
}

/* A table of Socle's own, which isn't part of anybody's schema; that it is missing is no reason not to serve. */
static int add_locks(struct generation *generation, struct db_pool *pool, struct error *error)
{
	struct db *db;

	if (generation->has_locks || (!value_lock_is_wanted(generation->models) && !db_pool_is_cluster(pool)))
		return 0;
	db = db_acquire(pool, error);
	if (!db)
		return -1;
	if (turn_prepare(db, error) < 0)
		log_warn("db", "%s; without it two requests at the same moment may write the same unique value: let "
			"the database's user make it, or make it for them", error_message(error));
	error_clear(error);
	db_release(db);
	return 0;
}

int schema_migrate(struct generation *generation, struct db_pool *pool, struct error *error)
{
	const struct models *models = generation->models;
	const char **reasons;

	if (migrate(generation, pool, error) < 0 || schema_judge(generation, pool, &reasons, error) < 0 ||
		add_locks(generation, pool, error) < 0)
		return -1;
	for (unsigned i = 0; i < models->count; i++) {
		const struct model *model = models->list[i];

		if (reasons[model->index])
			log_error("model", "%.*s can't be served: %s", STR_ARG(model->uid),
				reasons[model->index]);
	}
	return 0;
}

int schema_judge(struct generation *generation, struct db_pool *pool, const char ***reasons_r,
	struct error *error)
{
	struct db *db = db_acquire(pool, error);
	struct catalogue *live;
	int rc;

	if (!db)
		return -1;
	rc = catalogue_read(db, generation->arena, &live, error);
	db_release(db);
	if (rc < 0)
		return -1;
	generation->has_locks = catalogue_table(live, TURN_TABLE) != NULL;
	db_pool_set_turns(pool, generation->has_locks);
	return (int)model_check_live(generation->models, live, generation->arena, reasons_r);
}

static int take(struct db *db, struct str lease, struct str who, struct error *error)
{
	bool taken;

	if (lease_prepare(db, error) < 0)
		return -1;
	for (int i = 0; i < WAIT_ROUNDS; i++) {
		if (lease_take(db, lease, who, LEASE_SECONDS, &taken, error) < 0)
			return -1;
		if (taken)
			return 0;
		if (fiber_sleep(WAIT_PAUSE_MS) < 0)
			return error_set(error, ERROR_CANCELLED, "cancelled");
	}
	return error_set(error, ERROR_UNAVAILABLE,
		"another host has held the row \"%.*s\" of socle_leases for too long", STR_ARG(lease));
}

int schema_exclusive(struct db_pool *pool, struct str lease, int (*work)(void *arg, struct error *error),
	void *arg, struct error *error)
{
	struct db *db = db_acquire(pool, error);
	struct arena *arena;
	struct str who;
	int rc;

	if (!db)
		return -1;
	arena = arena_new(512);
	who = holder(arena);
	rc = take(db, lease, who, error);
	if (rc == 0) {
		rc = work(arg, error);
		lease_release(db, lease, who);
	}
	db_release(db);
	arena_free(arena);
	return rc;
}
