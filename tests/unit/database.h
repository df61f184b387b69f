/* What the tests with a real MariaDB share: a pool, and each test's body on a fiber. */
#ifndef DATABASE_H
#define DATABASE_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/db.h"
#include "loop/fiber.h"
#include "loop/loop.h"

struct database {
	struct loop *loop;
	struct arena *arena;
	struct db_options options;
	struct db_pool *pool;
	struct error error;
	struct rowset *rows;
	void (*body)(struct database *d);
	bool ended;
};

/* The pool is made by the first use, so that a test may change the options before. */
static inline struct db *acquire(struct database *d)
{
	struct db *db;

	if (!d->pool)
		d->pool = db_pool_new(d->loop, &d->options);
	db = db_acquire(d->pool, &d->error);
	if (!db)
		fail_msg("%s", error_message(&d->error));
	return db;
}

static inline void command(struct database *d, struct db *db, const char *sql)
{
	if (db_command(db, str_of(sql), &d->error) < 0)
		fail_msg("%s: %s", sql, error_message(&d->error));
}

static inline int query_values(struct database *d, struct db *db, const char *sql, const struct db_value *values,
	size_t count)
{
	return db_query(db, str_of(sql), values, count, d->arena, &d->rows, &d->error);
}

/* The first row. */
static inline const struct cell *query(struct database *d, struct db *db, const char *sql)
{
	if (query_values(d, db, sql, NULL, 0) < 0)
		fail_msg("%s: %s", sql, error_message(&d->error));
	return d->rows->cells;
}

static inline int64_t query_int(struct database *d, struct db *db, const char *sql)
{
	const struct cell *cell = query(d, db, sql);

	return d->rows->count ? cell_integer(cell) : -1;
}

static inline int64_t connection_id(struct database *d, struct db *db)
{
	return query_int(d, db, "SELECT CONNECTION_ID()");
}

static inline void kill_connection(struct database *d, struct db *killer, int64_t id)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "KILL %lld", (long long)id);
	command(d, killer, sql);
}

static inline void body_fiber(void *arg)
{
	struct database *d = arg;

	d->body(d);
	db_pool_free(d->pool);
	d->ended = true;
}

static inline void on_fiber(void **state, void (*body)(struct database *d))
{
	struct database *d = *state;

	d->body = body;
	fiber_spawn(d->loop, body_fiber, d);
	while (!d->ended || loop_fibers(d->loop) > 0)
		loop_turn(d->loop, true);
}

/* A test whose body runs on a fiber: TEST(name) { ... d ... } */
#define TEST(name) \
	static void name##_body(struct database *d); \
	static void name(void **state) \
	{ \
		on_fiber(state, name##_body); \
	} \
	static void name##_body(struct database *d)

#define DATABASE_TEST(name) cmocka_unit_test_setup_teardown(name, database_set_up, database_tear_down)

static inline int database_set_up(void **state)
{
	const char *url = getenv("SOCLE_TEST_DATABASE_URL");
	struct database *d;

	if (!url) {
		print_error("SOCLE_TEST_DATABASE_URL is not set: these tests need a MariaDB that they may write to\n");
		return -1;
	}
	d = calloc(1, sizeof(*d));
	if (!d)
		abort();
	d->loop = loop_new(NULL);
	d->arena = arena_new(64 * 1024);
	if (db_parse_url(str_of(url), d->arena, &d->options, &d->error) < 0) {
		print_error("%s\n", error_message(&d->error));
		return -1;
	}
	*state = d;
	return 0;
}

static inline int database_tear_down(void **state)
{
	struct database *d = *state;

	if (!d)
		return 0;
	if (d->ended)
		loop_free(d->loop);
	error_clear(&d->error);
	arena_free(d->arena);
	free(d);
	return 0;
}

#endif
