/* A worker's connections. A permit is the right to hold one: there are pool_size of them, handed out in the
 * order of asking and passed from hand to hand while somebody waits, so that nobody is overtaken. */
#include "db/pool.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/backoff.h"
#include "db/connection.h"
#include "loop/fiber.h"
#include "loop/loop.h"

enum {
	POOL_SIZE = 10, STATEMENT_CACHE = 256, ACQUIRE_MS = 5000, CONNECT_MS = 5000, STATEMENT_MS = 30000,
	IDLE_SECONDS = 300, PORT = 3306,
	DOUBT_AFTER_MS = 100,		/* a connection that rested longer is looked at before it is used */
	SWEEP_MS = 1000,
};

struct db_pool {
	struct db_options options;
	struct arena *arena;		/* of the options */
	TAILQ_HEAD(db_idle_list, db) idle;	/* the latest first: the others grow old */
	unsigned idle_count;
	unsigned permits;		/* in use */
	struct fiber_queue waiting;
	unsigned waiting_count;
	struct event *sweeper;
	struct db_pool_stats stats;
	struct db_backoff backoff;
	bool cluster;			/* the server is a node of one */
	bool turns;			/* there is a table for them */
	bool closing;			/* freed when the last permit is back and nobody waits */
};

/* ---- life cycle ---- */

static struct str copy(struct arena *arena, struct str text)
{
	return arena_str(arena, str_is_null(text) ? STR("") : text);
}

static void set_default(unsigned *value, unsigned otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

static void set_default_ms(int *value, int otherwise)
{
	if (*value == 0)
		*value = otherwise;
}

static void fill_options(struct db_options *options, struct arena *arena)
{
	options->host = copy(arena, options->host);
	options->user = copy(arena, options->user);
	options->password = copy(arena, options->password);
	options->database = copy(arena, options->database);
	options->socket = copy(arena, options->socket);
	set_default(&options->port, PORT);
	set_default(&options->pool_size, POOL_SIZE);
	set_default(&options->statement_cache, STATEMENT_CACHE);
	set_default(&options->idle_seconds, IDLE_SECONDS);
	set_default_ms(&options->acquire_timeout_ms, ACQUIRE_MS);
	set_default_ms(&options->connect_timeout_ms, CONNECT_MS);
	set_default_ms(&options->statement_timeout_ms, STATEMENT_MS);
}

static void sweep(evutil_socket_t fd, short events, void *arg);

struct db_pool *db_pool_new(struct loop *loop, const struct db_options *options)
{
	struct db_pool *pool = calloc(1, sizeof(*pool));
	struct timeval period = { SWEEP_MS / 1000, SWEEP_MS % 1000 * 1000 };

	if (!pool)
		abort();
	pool->arena = arena_new(1024);
	pool->options = *options;
	fill_options(&pool->options, pool->arena);
	TAILQ_INIT(&pool->idle);
	fiber_queue_init(&pool->waiting);
	pool->sweeper = event_new(loop_base(loop), -1, EV_PERSIST, sweep, pool);
	if (!pool->sweeper || event_add(pool->sweeper, &period) < 0)
		abort();
	return pool;
}

static void destroy_when_unused(struct db_pool *pool)
{
	if (!pool->closing || pool->permits || pool->waiting_count)
		return;
	arena_free(pool->arena);
	free(pool);
}

static struct db *new_place(struct db_pool *pool)
{
	struct db *db = calloc(1, sizeof(*db));

	if (!db)
		abort();
	db->pool = pool;
	db->options = &pool->options;
	db->stats = &pool->stats;
	TAILQ_INIT(&db->statements.recent);
	return db;
}

static void free_place(struct db *db)
{
	db_connection_close(db);
	db_reader_clear(&db->reader);
	free(db->binds);
	free(db);
}

static struct db *take_idle(struct db_pool *pool, struct db *db)
{
	if (db) {
		TAILQ_REMOVE(&pool->idle, db, entry);
		pool->idle_count--;
	}
	return db;
}

unsigned db_pool_close_idle(struct db_pool *pool)
{
	unsigned count = pool->idle_count;

	while (!TAILQ_EMPTY(&pool->idle))
		free_place(take_idle(pool, TAILQ_FIRST(&pool->idle)));
	return count;
}

/* Past the first, those that nobody wanted for idle_seconds. */
static void sweep(evutil_socket_t fd, short events, void *arg)
{
	struct db_pool *pool = arg;
	uint64_t now = clock_monotonic_ms(), age = (uint64_t)pool->options.idle_seconds * 1000;

	while (pool->stats.open > 1 && !TAILQ_EMPTY(&pool->idle)) {
		struct db *oldest = TAILQ_LAST(&pool->idle, db_idle_list);

		if (now - oldest->idle_since_ms < age)
			break;
		free_place(take_idle(pool, oldest));
	}
}

/* ---- permits ---- */

static void give_permit(struct db_pool *pool)
{
	if (fiber_queue_wake(&pool->waiting))
		return;
	pool->permits--;
	destroy_when_unused(pool);
}

void db_pool_free(struct db_pool *pool)
{
	if (!pool)
		return;
	pool->closing = true;
	db_pool_close_idle(pool);
	event_free(pool->sweeper);
	/* Each that waits gets a permit and gives it back: the last one turns off the light. */
	pool->permits++;
	while (fiber_queue_wake(&pool->waiting))
		pool->permits++;
	give_permit(pool);
}

static int refuse_permit(struct db_pool *pool, int rc, struct error *error)
{
	if (rc == -ECANCELED) {
		error_set(error, ERROR_CANCELLED, "database: cancelled while waiting for a connection");
	} else {
		pool->stats.timed_out++;
		error_set(error, ERROR_UNAVAILABLE, "database: none of the %u connections became free within %d ms; "
			"raise pool_size, or see what keeps them", pool->options.pool_size,
			pool->options.acquire_timeout_ms);
	}
	destroy_when_unused(pool);
	return -1;
}

/* FIBER_FOREVER for the deadline that never comes. */
static int time_left(uint64_t deadline_ms)
{
	uint64_t now = clock_monotonic_ms();

	if (deadline_ms == UINT64_MAX)
		return FIBER_FOREVER;
	return now < deadline_ms ? (int)(deadline_ms - now) : 0;
}

static int get_permit(struct db_pool *pool, uint64_t deadline_ms, struct error *error)
{
	int rc = 0;

	if (pool->permits < pool->options.pool_size) {
		pool->permits++;
	} else {
		pool->waiting_count++;
		rc = fiber_queue_wait(&pool->waiting, time_left(deadline_ms));
		pool->waiting_count--;
		if (rc < 0)
			return refuse_permit(pool, rc, error);
	}
	if (!pool->closing)
		return 0;
	give_permit(pool);
	return error_set(error, ERROR_UNAVAILABLE, "database: the pool is closing");
}

/* ---- connecting ---- */

static int connect_once(struct db *db, uint64_t deadline_ms, struct error *error)
{
	int timeout_ms = db->options->connect_timeout_ms, left = time_left(deadline_ms);

	if (db_connection_open(db, left >= 0 && left < timeout_ms ? left : timeout_ms, error) == 0) {
		db_backoff_succeeded(&db->pool->backoff);
		return 0;
	}
	if (error->kind == ERROR_UNAVAILABLE)
		db_backoff_failed(&db->pool->backoff, error);
	return -1;
}

static int connect_until(struct db *db, uint64_t deadline_ms, struct error *error)
{
	struct db_pool *pool = db->pool;

	for (;;) {
		int rc = pool->closing ? -ETIMEDOUT : db_backoff_rest(&pool->backoff, deadline_ms);

		if (rc == -ECANCELED)
			return error_set(error, ERROR_CANCELLED, "database: cancelled while connecting");
		if (rc < 0 && error_is_set(error))
			return -1;
		if (rc < 0)
			return error_set(error, ERROR_UNAVAILABLE, "database: away; the next attempt comes later");
		if (!db_backoff_due(&pool->backoff))
			continue;	/* somebody else tried meanwhile */
		if (connect_once(db, deadline_ms, error) == 0)
			return 0;
		if (error->kind != ERROR_UNAVAILABLE || time_left(deadline_ms) == 0)
			return -1;
	}
}

int db_pool_connect(struct db *db, struct error *error)
{
	if (connect_until(db, clock_monotonic_ms() + (uint64_t)db->options->acquire_timeout_ms, error) < 0)
		return -1;
	db->stats->reconnected++;
	return 0;
}

/* ---- borrowing ---- */

static bool usable(const struct db *db)
{
	return clock_monotonic_ms() - db->idle_since_ms < DOUBT_AFTER_MS || db_connection_alive(db);
}

static struct db *acquire(struct db_pool *pool, uint64_t deadline_ms, struct error *error)
{
	struct db *db;
	bool again;

	if (get_permit(pool, deadline_ms, error) < 0)
		return NULL;
	pool->stats.acquired++;
	db = take_idle(pool, TAILQ_FIRST(&pool->idle));
	if (db && usable(db))
		return db;
	again = db != NULL;
	if (again)
		db_connection_close(db);
	else
		db = new_place(pool);
	if (connect_until(db, deadline_ms, error) == 0) {
		pool->stats.reconnected += again;
		return db;
	}
	free_place(db);
	give_permit(pool);
	return NULL;
}

struct db *db_acquire(struct db_pool *pool, struct error *error)
{
	return acquire(pool, clock_monotonic_ms() + (uint64_t)pool->options.acquire_timeout_ms, error);
}

struct db *db_try_acquire(struct db_pool *pool)
{
	uint64_t now = clock_monotonic_ms();
	struct error error = ERROR_INIT;
	struct db *db;

	if (pool->permits * 4 >= pool->options.pool_size || !fiber_queue_empty(&pool->waiting) ||
		!db_backoff_due(&pool->backoff))
		return NULL;
	/* The permit is free: there is nothing to wait for but the connection itself. */
	db = acquire(pool, now + (uint64_t)pool->options.connect_timeout_ms, &error);
	error_clear(&error);
	return db;
}

/* Who begins a transaction by db_command() leaves it behind. */
static bool left_in_order(const struct db *db)
{
	unsigned status = 0;

	mariadb_get_infov(db->mysql, MARIADB_CONNECTION_SERVER_STATUS, &status);
	return (status & SERVER_STATUS_IN_TRANS) == 0;
}

void db_release(struct db *db)
{
	struct db_pool *pool;

	if (!db)
		return;
	pool = db->pool;
	while (db->depth)
		db_rollback(db);
	if (!db->mysql || pool->closing || !left_in_order(db)) {
		free_place(db);
	} else {
		db->code = 0;
		db->idle_since_ms = clock_monotonic_ms();
		TAILQ_INSERT_HEAD(&pool->idle, db, entry);
		pool->idle_count++;
	}
	give_permit(pool);
}

struct db_pool_stats db_pool_stats(const struct db_pool *pool)
{
	struct db_pool_stats stats = pool->stats;

	stats.idle = pool->idle_count;
	stats.waiting = pool->waiting_count;
	return stats;
}

/* ---- waiting for the server ---- */

static int64_t limit_of(const struct rowset *rows, unsigned column)
{
	return cell_integer(&rowset_row(rows, 0)[column]);
}

static void check_limits(struct db *db)
{
	struct str sql = STR("SELECT @@max_connections, @@max_prepared_stmt_count");
	const struct db_options *options = db->options;
	int64_t statements = (int64_t)options->pool_size * options->statement_cache;
	struct arena *arena = arena_new(1024);
	struct error error = ERROR_INIT;
	struct rowset *rows;

	if (db_query(db, sql, NULL, 0, arena, &rows, &error) == 0 && rows->count == 1) {
		if (limit_of(rows, 0) < options->pool_size)
			log_warn("db", "pool_size is %u per worker, but max_connections is %d for all of the server's clients",
				options->pool_size, (int)limit_of(rows, 0));
		if (limit_of(rows, 1) < statements)
			log_warn("db", "pool_size * statement_cache is %d per worker, but max_prepared_stmt_count is %d for "
				"all of the server's clients", (int)statements, (int)limit_of(rows, 1));
	}
	error_clear(&error);
	arena_free(arena);
}

/* As a row and not as @@wsrep_on: not every build knows that variable. */
static void learn_cluster(struct db *db)
{
	struct str sql = STR("SELECT 1 FROM information_schema.GLOBAL_VARIABLES WHERE VARIABLE_NAME = 'WSREP_ON' "
		"AND VARIABLE_VALUE = 'ON'");
	struct arena *arena = arena_new(1024);
	struct error error = ERROR_INIT;
	struct rowset *rows;

	if (db_query(db, sql, NULL, 0, arena, &rows, &error) == 0)
		db->pool->cluster = rows->count > 0;
	else
		log_warn("db", "whether the server is a node of a cluster isn't known, and it is taken for none: %s",
			error_message(&error));
	error_clear(&error);
	arena_free(arena);
}

bool db_pool_is_cluster(const struct db_pool *pool)
{
	return pool->cluster;
}

void db_pool_set_turns(struct db_pool *pool, bool there)
{
	pool->turns = there;
}

bool db_pool_takes_turns(const struct db_pool *pool)
{
	return pool->cluster && pool->turns;
}

int db_pool_wait(struct db_pool *pool, struct error *error)
{
	struct db *db = acquire(pool, UINT64_MAX, error);

	if (!db)
		return -1;
	check_limits(db);
	learn_cluster(db);
	db_release(db);
	return 0;
}
