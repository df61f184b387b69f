/* One connection to MariaDB: what pool, statements and transactions share; nobody outside db/ includes this.
 *
 * A `struct db` is a place for a connection. Its MYSQL handle comes and goes:
 * db_connection_open() makes it, whatever finds it broken closes it, and the next
 * statement outside a transaction opens it again. Every call of the client
 * library that may wait goes through DB_RUN(), which parks the fiber:
 *
 *	int rc;
 *
 *	db_connection_start(db, db->statement_ms);
 *	DB_RUN(db, mysql_stmt_execute, &rc, statement);
 *	if (rc)
 *		return db_connection_fail(db, mysql_stmt_errno(statement), mysql_stmt_error(statement), error);
 *
 * When the fiber is cancelled or the time runs out, the library is told that its
 * wait timed out; it fails, cleans up after itself, and db_connection_fail()
 * closes what is left: nobody knows what the server would still send.
 */
#ifndef DB_CONNECTION_H
#define DB_CONNECTION_H

#include <mysql.h>
#include <sys/queue.h>

#include "db/db.h"
#include "db/result.h"
#include "db/turn.h"

struct db_statement;

/* The prepared ones, by text and by last use. */
struct db_statements {
	struct db_statement *by_text;
	TAILQ_HEAD(db_statement_list, db_statement) recent;	/* the latest first */
	unsigned count, limit;
};

struct db {
	struct db_pool *pool;
	const struct db_options *options;	/* the pool's, nothing zero; strings end in NUL */
	struct db_pool_stats *stats;
	TAILQ_ENTRY(db) entry;			/* while idle */
	uint64_t idle_since_ms;

	MYSQL *mysql;				/* NULL: not open */
	struct db_statements statements;
	struct db_reader reader;
	MYSQL_BIND *binds;			/* of the running statement */
	size_t bind_capacity;

	uint64_t deadline_ms;			/* of the running call; 0: none */
	int interrupted;			/* -ECANCELED or -ETIMEDOUT: why the running call was stopped */
	unsigned code;				/* MariaDB's number of the last error */
	unsigned depth;				/* 1: a transaction; more: savepoints */
	enum error_kind broken;			/* why the transaction can't go on */
	struct turns turns;			/* of the transaction */
};

/* Tries all addresses of the host; sets up the session. */
int db_connection_open(struct db *db, int timeout_ms, struct error *error) __attribute__((warn_unused_result));
/* Says good-bye when the connection is in order. Needs no fiber. */
void db_connection_close(struct db *db);
/* Ready for a statement: opens it when it isn't, unless a transaction went down with it. */
int db_connection_ready(struct db *db, struct error *error) __attribute__((warn_unused_result));
/* False when the server has said good-bye to an idle connection. */
bool db_connection_alive(const struct db *db);

/* Before each call: timeout_ms for all its waits together, or FIBER_FOREVER. */
void db_connection_start(struct db *db, int timeout_ms);
/* How long a statement may take: the server stops it first. */
int db_connection_patience(const struct db *db);
int db_connection_wait(struct db *db, int events);
/* Sets the error, remembers the number, closes the connection when it is lost. Returns -1. */
int db_connection_fail(struct db *db, unsigned code, const char *message, struct error *error);

/* Whether a transaction that we believe to be in is still there. The server may have given it up: it says so in its next answer, but
 * a node of a cluster fails to when that answers a PREPARE, and what follows would be a transaction for each statement. */
int db_connection_check_transaction(struct db *db, struct error *error) __attribute__((warn_unused_result));

/* Text that is not prepared, on a connection that is open, whatever became of its transaction. */
int db_connection_command(struct db *db, struct str sql, struct error *error) __attribute__((warn_unused_result));

/* fn_start(&ret, handle, ...), then fn_cont(&ret, handle, ...) for as long as it waits. */
#define DB_RUN(db, fn, ret, handle, ...) \
	do { \
		int db_run_ = fn##_start(&(ret), handle, ##__VA_ARGS__); \
		while (db_run_) \
			db_run_ = fn##_cont(&(ret), handle, db_connection_wait((db), db_run_)); \
	} while (0)

#endif
