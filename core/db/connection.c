#include "db/connection.h"

#include <assert.h>
#include <errmsg.h>
#include <errno.h>
#include <event2/event.h>
#include <mysqld_error.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "db/errors.h"
#include "db/pool.h"
#include "db/resolve.h"
#include "db/statement.h"
#include "loop/fiber.h"

/* What the server gets beyond max_statement_time before we stop believing in it. */
enum { GRACE_MS = 5000 };

/* ---- waiting ---- */

void db_connection_start(struct db *db, int timeout_ms)
{
	db->interrupted = 0;
	db->deadline_ms = timeout_ms < 0 ? 0 : clock_monotonic_ms() + (uint64_t)timeout_ms;
}

int db_connection_patience(const struct db *db)
{
	int limit = db->options->statement_timeout_ms;

	return limit < 0 ? FIBER_FOREVER : limit + GRACE_MS;
}

static int time_left(const struct db *db)
{
	uint64_t now;

	if (db->deadline_ms == 0)
		return FIBER_FOREVER;
	now = clock_monotonic_ms();
	return now < db->deadline_ms ? (int)(db->deadline_ms - now) : 0;
}

int db_connection_wait(struct db *db, int events)
{
	short wanted = 0;
	int rc = db->interrupted;

	if (events & MYSQL_WAIT_READ)
		wanted |= EV_READ;
	if (events & MYSQL_WAIT_WRITE)
		wanted |= EV_WRITE;
	if (rc == 0)
		rc = fiber_wait_fd(mysql_get_socket(db->mysql), wanted, time_left(db));
	if (rc < 0) {
		db->interrupted = rc;
		return MYSQL_WAIT_TIMEOUT;
	}
	return (rc & EV_READ ? MYSQL_WAIT_READ : 0) | (rc & EV_WRITE ? MYSQL_WAIT_WRITE : 0);
}

/* ---- failing ---- */

static int stopped(struct db *db, struct error *error)
{
	if (db->interrupted == -ECANCELED)
		return error_set(error, ERROR_CANCELLED, "database: the request was cancelled meanwhile");
	if (db->interrupted == -ETIMEDOUT)
		return error_set(error, ERROR_TIMEOUT, "database: no answer from MariaDB in time");
	return error_set(error, ERROR_UNAVAILABLE, "database: waiting failed (errno %d)", -db->interrupted);
}

/* Without a word: the server learns of it from the closed socket. */
static void drop(struct db *db)
{
	int fd = mysql_get_socket(db->mysql);

	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
	db_connection_close(db);
}

int db_connection_fail(struct db *db, unsigned code, const char *message, struct error *error)
{
	const struct db_failure *failure = db_errors_find(code);
	bool lost = failure->lost || db->interrupted;

	db->code = code;
	if (db->interrupted)
		stopped(db, error);
	else
		error_set(error, failure->kind, "MariaDB error %u: %s", code, message);
	if (db->depth && (lost || failure->rolled_back))
		db->broken = error->kind;
	if (lost && (error->kind == ERROR_UNAVAILABLE || error->kind == ERROR_TIMEOUT))
		db->stats->available = false;
	if (lost && db->mysql)
		drop(db);
	return -1;
}

/* ---- opening and closing ---- */

static void session_sql(const struct db_options *options, char *out, size_t size)
{
	int limit = options->statement_timeout_ms;
	int n = snprintf(out, size, "SET NAMES utf8mb4, time_zone = '+00:00'");

	if (limit >= 0)
		snprintf(out + n, size - (size_t)n, ", max_statement_time = %d.%03d", limit / 1000, limit % 1000);
}

/* Each statement sees what is committed when it begins: who has waited for a row then sees what its last owner wrote, and
 * not the state of before the wait. It takes no locks between rows either, which are what most deadlocks come of. */
static const char isolation_sql[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

static MYSQL *new_handle(const struct db_options *options, int timeout_ms)
{
	MYSQL *mysql = mysql_init(NULL);
	unsigned protocol = options->socket.n ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
	unsigned seconds = (unsigned)(timeout_ms + 999) / 1000, no = 0;
	char session[128];

	if (!mysql)
		return NULL;
	session_sql(options, session, sizeof(session));
	mysql_options(mysql, MYSQL_OPT_NONBLOCK, NULL);
	mysql_options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
	mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
	mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &no);
	mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(mysql, MYSQL_INIT_COMMAND, session);
	mysql_options(mysql, MYSQL_INIT_COMMAND, isolation_sql);
	mysql_options4(mysql, MYSQL_OPT_CONNECT_ATTR_ADD, "program_name", "socle");
	return mysql;
}

/* To one address (NULL: the socket). CLIENT_FOUND_ROWS as Strapi's driver has it: an UPDATE tells how many
 * rows it found, not how many it changed. */
static int connect_to(struct db *db, const char *address, int timeout_ms, struct error *error)
{
	const struct db_options *options = db->options;
	MYSQL *connected = NULL;

	db_connection_start(db, timeout_ms);
	db->mysql = new_handle(options, timeout_ms);
	if (!db->mysql)
		return error_set(error, ERROR_INTERNAL, "database: no memory for a connection");
	db->stats->open++;
	DB_RUN(db, mysql_real_connect, connected, db->mysql, address, options->user.p, options->password.p,
		options->database.p, options->port, options->socket.n ? options->socket.p : NULL, CLIENT_FOUND_ROWS);
	if (connected)
		return 0;
	db_connection_fail(db, mysql_errno(db->mysql), mysql_error(db->mysql), error);
	if (db->mysql)
		drop(db);
	if (error->kind == ERROR_TIMEOUT)
		error_set(error, ERROR_UNAVAILABLE, "no connection within %d ms", timeout_ms);
	return -1;
}

static int connect_to_host(struct db *db, int timeout_ms, struct error *error)
{
	uint64_t deadline = clock_monotonic_ms() + (uint64_t)timeout_ms;
	struct db_addresses addresses;
	int rc = -1;

	if (db_resolve(db->options->host.p, &addresses, error) < 0)
		return -1;
	for (unsigned i = 0; i < addresses.count && rc < 0; i++) {
		uint64_t now = clock_monotonic_ms();

		if (i > 0 && (error->kind != ERROR_UNAVAILABLE || now >= deadline))
			break;
		rc = connect_to(db, addresses.text[i], now < deadline ? (int)(deadline - now) : 1, error);
	}
	return rc;
}

int db_connection_open(struct db *db, int timeout_ms, struct error *error)
{
	const struct db_options *options = db->options;
	int rc = options->socket.n ? connect_to(db, NULL, timeout_ms, error) :
		connect_to_host(db, timeout_ms, error);

	if (rc < 0 && options->socket.n)
		return error_prefix(error, "database at %s: ", options->socket.p);
	if (rc < 0)
		return error_prefix(error, "database at %s port %u: ", options->host.p, options->port);
	error_clear(error);
	db->stats->available = true;
	db->statements.limit = options->statement_cache;
	return 0;
}

void db_connection_close(struct db *db)
{
	if (!db->mysql)
		return;
	/* First the connection: what is prepared dies with it, and needs no message of its own. */
	mysql_close(db->mysql);
	db->mysql = NULL;
	db->stats->open--;
	db_statement_forget_all(db);
}

int db_connection_ready(struct db *db, struct error *error)
{
	db->code = 0;
	if (db->broken)
		return error_set(error, db->broken, "database: this transaction was undone by an earlier error");
	/* A yield returns at once with -ECANCELED, unless the fiber is shielded. */
	if (fiber_cancelled() && fiber_yield() < 0)
		return error_set(error, ERROR_CANCELLED, "database: the request was cancelled");
	assert(db->mysql || db->depth == 0);
	return db->mysql ? 0 : db_pool_connect(db, error);
}

bool db_connection_alive(const struct db *db)
{
	char byte;

	/* An idle server has nothing to say but that it goes. */
	return recv(mysql_get_socket(db->mysql), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
		(errno == EAGAIN || errno == EWOULDBLOCK);
}

int db_connection_check_transaction(struct db *db, struct error *error)
{
	unsigned status = SERVER_STATUS_IN_TRANS;

	if (db->depth == 0 || db->broken)
		return 0;
	mariadb_get_infov(db->mysql, MARIADB_CONNECTION_SERVER_STATUS, &status);
	if (status & SERVER_STATUS_IN_TRANS)
		return 0;
	db->code = ER_LOCK_DEADLOCK;
	db->broken = ERROR_CONFLICT;
	return error_set(error, ERROR_CONFLICT, "database: the server gave this transaction up without saying so");
}

/* ---- constant text ---- */

static int discard_rows(struct db *db, struct error *error)
{
	MYSQL_RES *result = NULL;

	if (mysql_field_count(db->mysql) == 0)
		return 0;
	DB_RUN(db, mysql_store_result, result, db->mysql);
	if (!result)
		return db_connection_fail(db, mysql_errno(db->mysql), mysql_error(db->mysql), error);
	mysql_free_result(result);
	if (mysql_more_results(db->mysql))
		return db_connection_fail(db, CR_COMMANDS_OUT_OF_SYNC, "a statement may have one result only", error);
	return 0;
}

int db_connection_command(struct db *db, struct str sql, struct error *error)
{
	int rc;

	db->stats->executed++;
	db_connection_start(db, db_connection_patience(db));
	DB_RUN(db, mysql_real_query, rc, db->mysql, sql.p, sql.n);
	if (rc)
		return db_connection_fail(db, mysql_errno(db->mysql), mysql_error(db->mysql), error);
	return discard_rows(db, error);
}

int db_command(struct db *db, struct str sql, struct error *error)
{
	if (db_connection_ready(db, error) < 0)
		return -1;
	return db_connection_command(db, sql, error);
}

unsigned db_error_code(const struct db *db)
{
	return db->code;
}
