#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "config/settings.h"
#include "db/db.h"
#include "extension/generation.h"
#include "loop/fiber.h"
#include "loop/loop.h"
#include "plugin/builder.h"
#include "server/options.h"
#include "server/schema.h"

struct work {
	bool migrate;
	struct arena *arena;
	struct generation *generation;
	struct db_pool *pool;
	struct error *error;
	bool ended;
};

static void print_plan(const struct plan *plan)
{
	struct buf out = BUF_INIT;

	plan_write(plan, &out);
	if (out.n)
		fwrite(out.p, 1, out.n, stdout);
	else
		puts("the tables are as the content types want them");
	buf_clear(&out);
}

static void run_plan(struct work *work, struct db *db)
{
	const struct models *models = work->generation->models;
	struct migrate_options options;
	struct plan *plan = NULL;
	int rc;

	if (schema_options(work->generation, work->arena, &options, work->error) < 0)
		return;
	options.allow_copy = true;
	rc = work->migrate ? migrate_run(db, models, &options, work->arena, &plan, work->error)
		: migrate_plan(db, models, &options, work->arena, &plan, work->error);
	/* What was done before something failed is of interest, too. */
	if (plan && (rc == 0 || work->migrate))
		print_plan(plan);
}

static void work_fiber(void *arg)
{
	struct work *work = arg;
	struct db *db = db_acquire(work->pool, work->error);

	if (db)
		run_plan(work, db);
	db_release(db);
	db_pool_free(work->pool);
	work->ended = true;
}

static void run_on_loop(struct work *work, struct db_options *options)
{
	struct loop *loop = loop_new(NULL);

	options->statement_timeout_ms = -1;
	work->pool = db_pool_new(loop, options);
	if (!fiber_spawn(loop, work_fiber, work)) {
		error_set(work->error, ERROR_INTERNAL, "no memory for a fiber");
		db_pool_free(work->pool);
	} else {
		while (!work->ended || loop_fibers(loop) > 0)
			loop_turn(loop, true);
	}
	loop_free(loop);
}

static void run(struct work *work)
{
	const struct settings *settings = settings_load(work->arena, NULL, work->error);
	struct db_options options;

	if (!settings || options_db(settings, work->arena, &options, work->error) < 0)
		return;
	work->generation = builder_build(settings, 1, work->error);
	if (!work->generation)
		return;
	run_on_loop(work, &options);
	generation_unpin(work->generation);
}

int db_run(const struct command *self, int argc, char **argv)
{
	struct error error = ERROR_INIT;
	struct work work = { .error = &error };
	bool plan = argc == 1 && strcmp(argv[0], "plan") == 0;

	work.migrate = argc == 1 && strcmp(argv[0], "migrate") == 0;
	if (!plan && !work.migrate)
		return command_usage(self, "expected `plan` or `migrate`");
	work.arena = arena_new(64 * 1024);
	run(&work);
	arena_free(work.arena);
	return error_is_set(&error) ? command_fail(&error) : CLI_OK;
}
