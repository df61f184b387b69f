#include "db/statement.h"

#include <ctype.h>
#include <errmsg.h>
#include <mysqld_error.h>
#include <stdlib.h>

#include "db/connection.h"
#include "db/pool.h"

/* Statements are a few hundred bytes long and looked up for each run: eight bytes at a step. Their shapes are the
 * host's, so nobody chooses the keys. */
static unsigned hash_text(const char *p, size_t n)
{
	const uint64_t odd = 0x9E3779B97F4A7C15u;
	uint64_t hash = n * odd, word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		hash = (hash ^ word) * odd;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, p, n);
	hash = (hash ^ word) * odd;
	return (unsigned)(hash >> 32);
}

#define HASH_FUNCTION(key, length, hash) ((hash) = hash_text((const char *)(key), (length)))
#include <uthash.h>

struct db_statement {
	MYSQL_STMT *handle;
	UT_hash_handle hh;
	TAILQ_ENTRY(db_statement) recent;
	size_t length;
	char sql[];
};

/* ---- the cache ---- */

static void take_out(struct db *db, struct db_statement *statement)
{
	HASH_DEL(db->statements.by_text, statement);
	TAILQ_REMOVE(&db->statements.recent, statement, recent);
	db->statements.count--;
}

static void evict(struct db *db, struct db_statement *statement)
{
	my_bool failed;

	take_out(db, statement);
	/* Whether the server heard it shows at the next statement. */
	DB_RUN(db, mysql_stmt_close, failed, statement->handle);
	(void)failed;
	free(statement);
}

static void shrink(struct db *db, unsigned count)
{
	while (db->statements.count > count)
		evict(db, TAILQ_LAST(&db->statements.recent, db_statement_list));
}

void db_statement_forget_all(struct db *db)
{
	while (!TAILQ_EMPTY(&db->statements.recent)) {
		struct db_statement *statement = TAILQ_FIRST(&db->statements.recent);

		take_out(db, statement);
		mysql_stmt_close(statement->handle);
		free(statement);
	}
}

static struct db_statement *find(struct db *db, struct str sql)
{
	struct db_statement *statement;

	HASH_FIND(hh, db->statements.by_text, sql.p, sql.n, statement);
	return statement;
}

static struct db_statement *keep(struct db *db, struct str sql, MYSQL_STMT *handle)
{
	struct db_statement *statement = malloc(sizeof(*statement) + sql.n);

	if (!statement)
		abort();
	statement->handle = handle;
	statement->length = sql.n;
	memcpy(statement->sql, sql.p, sql.n);
	HASH_ADD_KEYPTR(hh, db->statements.by_text, statement->sql, statement->length, statement);
	TAILQ_INSERT_HEAD(&db->statements.recent, statement, recent);
	db->statements.count++;
	return statement;
}

/* The server's max_prepared_stmt_count is reached: it counts all its clients together. Half of ours go, for
 * good; with none left, those of the pool's idle connections. False when there is nothing more to give. */
static bool make_room_on_server(struct db *db)
{
	unsigned count = db->statements.count;

	if (count == 0)
		return db_pool_close_idle(db->pool) > 0;
	shrink(db, count / 2);
	db->statements.limit = count / 2 ? count / 2 : 1;
	return true;
}

/* Asks for an answer that tells what became of the transaction, which that of a PREPARE doesn't. */
static int check_after_prepare(struct db *db, struct error *error)
{
	if (db->depth == 0 || !db_pool_is_cluster(db->pool))
		return 0;
	return db_connection_command(db, STR("DO 0"), error) < 0 ? -1 : db_connection_check_transaction(db, error);
}

static struct db_statement *prepare(struct db *db, struct str sql, struct error *error)
{
	struct db_statement *statement;
	MYSQL_STMT *handle;
	int rc;

	shrink(db, db->statements.limit - 1);
	for (;;) {
		unsigned code;

		handle = mysql_stmt_init(db->mysql);
		if (!handle)
			abort();
		DB_RUN(db, mysql_stmt_prepare, rc, handle, sql.p, sql.n);
		if (rc == 0)
			break;
		code = mysql_stmt_errno(handle);
		if (code != ER_MAX_PREPARED_STMT_COUNT_REACHED || !make_room_on_server(db)) {
			db_connection_fail(db, code, mysql_stmt_error(handle), error);
			mysql_stmt_close(handle);
			return NULL;
		}
		mysql_stmt_close(handle);
	}
	db->stats->prepared++;
	statement = keep(db, sql, handle);
	return check_after_prepare(db, error) < 0 ? NULL : statement;
}

static struct db_statement *obtain(struct db *db, struct str sql, struct error *error)
{
	struct db_statement *statement = find(db, sql);

	if (!statement)
		return prepare(db, sql, error);
	TAILQ_REMOVE(&db->statements.recent, statement, recent);
	TAILQ_INSERT_HEAD(&db->statements.recent, statement, recent);
	return statement;
}

/* ---- values ---- */

static void bind_value(MYSQL_BIND *bind, const struct db_value *value)
{
	switch (value->type) {
	case DB_INT:
	case DB_UINT:
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->is_unsigned = value->type == DB_UINT;
		bind->buffer = (void *)&value->integer;
		break;
	case DB_DOUBLE:
		bind->buffer_type = MYSQL_TYPE_DOUBLE;
		bind->buffer = (void *)&value->real;
		break;
	case DB_TEXT:
		bind->buffer_type = MYSQL_TYPE_STRING;
		/* No buffer would mean NULL. */
		bind->buffer = (void *)(value->text.p ? value->text.p : "");
		bind->buffer_length = value->text.n;
		break;
	case DB_NULL:
		bind->buffer_type = MYSQL_TYPE_NULL;
		break;
	}
}

static int bind_values(struct db *db, MYSQL_STMT *stmt, struct str sql, const struct db_value *values,
	size_t count, struct error *error)
{
	if (mysql_stmt_param_count(stmt) != count)
		return error_set(error, ERROR_INTERNAL, "database: %zu values for a statement that takes %lu: %.*s",
			count, mysql_stmt_param_count(stmt), STR_ARG(sql));
	if (count == 0)
		return 0;
	if (count > db->bind_capacity) {
		free(db->binds);
		db->binds = malloc(count * sizeof(*db->binds));
		if (!db->binds)
			abort();
		db->bind_capacity = count;
	}
	memset(db->binds, 0, count * sizeof(*db->binds));
	for (size_t i = 0; i < count; i++)
		bind_value(&db->binds[i], &values[i]);
	if (mysql_stmt_bind_param(stmt, db->binds))
		return db_connection_fail(db, mysql_stmt_errno(stmt), mysql_stmt_error(stmt), error);
	return 0;
}

/* ---- running ---- */

/* What a run is asked to do, and where its outcome goes. */
struct run {
	struct str sql;
	const struct db_value *values;
	size_t count;
	struct arena *arena;		/* NULL: rows are thrown away */
	struct rowset **rows_r;
	struct db_result *result_r;
};

static int read_outcome(struct db *db, MYSQL_STMT *stmt, const struct run *run, struct error *error)
{
	unsigned code = 0;

	if (run->arena) {
		code = db_result_read(db, stmt, run->arena, run->rows_r);
	} else if (mysql_stmt_field_count(stmt)) {
		my_bool failed;

		DB_RUN(db, mysql_stmt_free_result, failed, stmt);
		code = failed || db->interrupted ? CR_SERVER_LOST : 0;
	}
	if (code)
		return db_connection_fail(db, code, mysql_error(db->mysql), error);
	if (mysql_more_results(db->mysql))
		return db_connection_fail(db, CR_COMMANDS_OUT_OF_SYNC, "a statement may have one result only",
			error);
	if (run->result_r) {
		run->result_r->affected = mysql_stmt_affected_rows(stmt);
		run->result_r->insert_id = mysql_stmt_insert_id(stmt);
	}
	return 0;
}

static int run_once(struct db *db, const struct run *run, struct error *error)
{
	struct db_statement *statement;
	MYSQL_STMT *stmt;
	int rc;

	if (db_connection_ready(db, error) < 0)
		return -1;
	db_connection_start(db, db_connection_patience(db));
	statement = obtain(db, run->sql, error);
	if (!statement)
		return -1;
	stmt = statement->handle;
	if (bind_values(db, stmt, run->sql, run->values, run->count, error) < 0)
		return -1;
	db->stats->executed++;
	DB_RUN(db, mysql_stmt_execute, rc, stmt);
	if (rc)
		return db_connection_fail(db, mysql_stmt_errno(stmt), mysql_stmt_error(stmt), error);
	return read_outcome(db, stmt, run, error) < 0 ? -1 : db_connection_check_transaction(db, error);
}

static bool is_read(struct str sql)
{
	static const struct str words[] = { { "SELECT", 6 }, { "SHOW", 4 }, { "WITH", 4 } };

	while (sql.n && (isspace((unsigned char)*sql.p) || *sql.p == '('))
		sql = str_skip(sql, 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_equal_nocase(str_take(sql, words[i].n), words[i]))
			return true;
	return false;
}

/* Whether a failed run may be run once more, after what it needs has been done. */
static bool worth_another(struct db *db, struct str sql, bool was_open)
{
	struct db_statement *statement;

	switch (db->code) {
	case ER_NEED_REPREPARE:
	case ER_UNKNOWN_STMT_HANDLER:
	case CR_NEW_STMT_METADATA:
		statement = find(db, sql);
		if (statement)
			evict(db, statement);
		/* The last of them is found out when the statement has run. */
		return db->code != CR_NEW_STMT_METADATA || is_read(sql);
	default:
		return was_open && !db->mysql && !db->interrupted && db->depth == 0 && is_read(sql);
	}
}

static int run(struct db *db, const struct run *run, struct error *error)
{
	bool was_open = db->mysql != NULL;

	if (run_once(db, run, error) == 0)
		return 0;
	if (!worth_another(db, run->sql, was_open))
		return -1;
	error_clear(error);
	return run_once(db, run, error);
}

int db_query(struct db *db, struct str sql, const struct db_value *values, size_t count, struct arena *arena,
	struct rowset **rows_r, struct error *error)
{
	return run(db, &(struct run){ sql, values, count, arena, rows_r, NULL }, error);
}

int db_execute(struct db *db, struct str sql, const struct db_value *values, size_t count,
	struct db_result *result_r, struct error *error)
{
	return run(db, &(struct run){ sql, values, count, NULL, NULL, result_r }, error);
}

unsigned db_list_size(unsigned n)
{
	enum { LARGEST = 128 };
	unsigned size = 1;

	while (size < n && size < LARGEST)
		size *= 2;
	return size;
}
