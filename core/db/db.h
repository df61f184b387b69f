/* MariaDB, from fibers: a pool of connections, prepared statements, transactions.
 *
 * Whatever waits here parks the fiber. All values travel as statement parameters;
 * there is no call that takes a value inside the SQL text. Statements are prepared
 * once per connection and kept by their text (least recently used).
 *
 *	struct db *db = db_acquire(pool, &error);
 *	struct db_value id = db_int(7);
 *	if (!db || db_query(db, STR("SELECT `id`, `title` FROM `articles` WHERE `id` = ?"), &id, 1, arena, &rows, &error) < 0)
 *		...
 *	db_release(db);
 *
 * Errors: ERROR_UNAVAILABLE (no connection to be had in time, the database is
 * away), ERROR_CONFLICT (deadlock, lock wait, certification: run the transaction
 * again), ERROR_TIMEOUT, ERROR_CANCELLED, ERROR_CONFIG (user, password or database name are wrong), ERROR_INTERNAL
 * for everything else; db_error_code() tells MariaDB's own number of the last one.
 *
 * A connection that was lost is opened again by the next statement. Outside a transaction a SELECT that failed of it
 * is run once more by itself; nothing else is, because nobody knows whether it ran. A transaction that lost its
 * connection, or that the server has undone, refuses every further statement with the same kind of error until it
 * is rolled back.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/rowset.h"

struct loop;
struct db_pool;
struct db;

/* Zero means the default. */
struct db_options {
	struct str host, user, password, database, socket;	/* copied; socket wins over host */
	unsigned port;				/* 3306 */
	unsigned pool_size;			/* connections per worker: 10 */
	unsigned statement_cache;		/* per connection: 256 */
	int acquire_timeout_ms;			/* wait for a connection: 5 s */
	int connect_timeout_ms;			/* 5 s */
	int statement_timeout_ms;		/* max_statement_time of each statement, DDL too: 30 s; -1: none */
	unsigned idle_seconds;			/* an idle connection past the first is closed: 300 */
};

/* mysql://user:password@host:port/name, or mysql://user@localhost/name?socket=/path. Percent-encoded parts are decoded;
 * what is wrong with it is said without the password. The strings lie in the arena; what a URL doesn't say is zero. */
int db_parse_url(struct str url, struct arena *arena, struct db_options *options_r, struct error *error);

struct db_pool *db_pool_new(struct loop *loop, const struct db_options *options);
/* Closes idle connections at once and borrowed ones when they come back. */
void db_pool_free(struct db_pool *pool);

struct db_pool_stats {
	unsigned open, idle, waiting;
	uint64_t acquired, timed_out, reconnected, prepared, executed;
	bool available;			/* the last attempt to connect or query reached the server */
};
struct db_pool_stats db_pool_stats(const struct db_pool *pool);

/* Waits for the server to answer at all, trying again with pauses up to 2 s and saying so in the log; returns 0, or
 * -1 when cancelled or when the server answers that it won't have us (ERROR_CONFIG). Then checks that pool_size and
 * statement_cache fit the server's limits (max_connections, max_prepared_stmt_count) and warns when they don't. */
int db_pool_wait(struct db_pool *pool, struct error *error) __attribute__((warn_unused_result));

/* After db_pool_wait(): whether the server is a node of a Galera cluster, where locks end at the node. */
bool db_pool_is_cluster(const struct db_pool *pool);

/* Whether the table of db/turn.h is there; without it, or on a server that is alone, no turns are taken. */
void db_pool_set_turns(struct db_pool *pool, bool there);

/* A connection for this fiber alone; NULL with the error set. UTC and utf8mb4 are set. */
struct db *db_acquire(struct db_pool *pool, struct error *error) __attribute__((warn_unused_result));
/* A further connection, for who has one already; NULL when a quarter of the pool is in use: whoever is busy has other work
 * for each. It waits for the server at most, never for another fiber, so that it can't come to a deadlock. */
struct db *db_try_acquire(struct db_pool *pool);
/* Rolls back what was not committed. NULL is allowed. */
void db_release(struct db *db);

/* ---- statements ---- */

enum db_value_type { DB_NULL, DB_INT, DB_UINT, DB_DOUBLE, DB_TEXT };

struct db_value {
	enum db_value_type type;
	union {
		int64_t integer;
		uint64_t uinteger;
		double real;
		struct str text;
	};
};

static inline struct db_value db_null(void) { return (struct db_value){ .type = DB_NULL }; }
static inline struct db_value db_int(int64_t v) { return (struct db_value){ .type = DB_INT, .integer = v }; }
static inline struct db_value db_uint(uint64_t v) { return (struct db_value){ .type = DB_UINT, .uinteger = v }; }
static inline struct db_value db_double(double v) { return (struct db_value){ .type = DB_DOUBLE, .real = v }; }
static inline struct db_value db_text(struct str v) { return (struct db_value){ .type = DB_TEXT, .text = v }; }

/* Reads all rows into the arena. */
int db_query(struct db *db, struct str sql, const struct db_value *values, size_t count, struct arena *arena,
	struct rowset **rows_r, struct error *error) __attribute__((warn_unused_result));

struct db_result {
	uint64_t affected;		/* rows that were found, also when an UPDATE left them as they were */
	uint64_t insert_id;
};

/* For statements without rows. result_r may be NULL. */
int db_execute(struct db *db, struct str sql, const struct db_value *values, size_t count,
	struct db_result *result_r, struct error *error) __attribute__((warn_unused_result));

/* DDL and session settings: constant text over the text protocol, never prepared. */
int db_command(struct db *db, struct str sql, struct error *error) __attribute__((warn_unused_result));

/* MariaDB's number of the last error on this connection, 0 without one. */
unsigned db_error_code(const struct db *db);

/* How many placeholders a list of n values gets: the next of 1, 2, 4 ... 128, so that lists share prepared shapes;
 * the caller repeats its last value. Longer lists go in parts of 128. */
unsigned db_list_size(unsigned n);

/* ---- transactions ---- */

/* READ COMMITTED: what must not change between two statements is locked (FOR UPDATE; for other nodes of a cluster: db/turn.h).
 * (A server with binlog_format=STATEMENT refuses to write so; MIXED, which is MariaDB's default, and ROW, which Galera needs,
 * are right.) A transaction that the server gives up fails with ERROR_CONFLICT, at its next statement or at the commit.
 * Nested calls set savepoints. Commit and rollback go through also when the fiber is cancelled. A commit that fails has rolled
 * back; db_rollback() without a transaction does nothing. */
int db_begin(struct db *db, struct error *error) __attribute__((warn_unused_result));
int db_commit(struct db *db, struct error *error) __attribute__((warn_unused_result));
void db_rollback(struct db *db);

#endif
