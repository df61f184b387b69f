/* What a statement costs: 25 rows of 20 columns through db_query(), and the same rows by the client library's
 * ordinary way (store the result, bind columns, fetch), both on fibers of one loop.
 *
 *	SOCLE_TEST_DATABASE_URL=mysql://root@localhost/test?socket=/path bench_db [rounds]
 */
#include <event2/event.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "db/db.h"
#include "loop/fiber.h"
#include "loop/loop.h"

enum { ROWS = 25, COLUMNS = 20, TEXT = 4096 };

#define STR_OF(array) ((struct str){ (array), sizeof(array) - 1 })

struct bench {
	struct loop *loop;
	struct db_options options;
	struct db_pool *pool;
	unsigned rounds, fibers;
	uint64_t sum;		/* so that nothing is optimised away */
};

static uint64_t cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000u +
		(uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static void report(const char *what, unsigned rounds, uint64_t wall, uint64_t cpu)
{
	printf("%-28s %8.1f us a statement, of them %7.1f us CPU here\n", what, (double)wall / rounds,
		(double)cpu / rounds);
}

static void fail(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

static void must(int rc, struct error *error)
{
	if (rc < 0)
		fail(error_message(error));
}

static const char table_sql[] =
	"CREATE OR REPLACE TABLE bench_db (id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, document_id VARCHAR(255),"
	" title VARCHAR(255), slug VARCHAR(255), summary VARCHAR(255), body LONGTEXT, views INT, rating DOUBLE,"
	" price DECIMAL(10,2), active TINYINT(1), born DATE, seen DATETIME(6), at TIME(3), meta JSON, big BIGINT,"
	" locale VARCHAR(255), created_at DATETIME(6), updated_at DATETIME(6), published_at DATETIME(6),"
	" created_by_id INT UNSIGNED)";
static const char fill_sql[] =
	"INSERT INTO bench_db SELECT seq, CONCAT('abcdefghijklmnopqrst', LPAD(seq, 4, '0')), CONCAT('Title number ', seq),"
	" CONCAT('title-number-', seq), REPEAT('summary ', 12), REPEAT('A body of some length. ', 20), seq * 7, seq / 3,"
	" seq * 1.25, seq % 2, '2024-01-02', '2024-01-02 03:04:05.678', '10:11:12.5', '{\"a\":[1,2,3]}', seq * 1000000007,"
	" 'en', '2024-01-02 03:04:05.678', '2024-01-02 03:04:05.678', IF(seq % 5, '2024-01-02 03:04:05.678', NULL), 1"
	" FROM seq_1_to_25";
static const char select_sql[] =
	"SELECT `t0`.`id`, `t0`.`document_id`, `t0`.`title`, `t0`.`slug`, `t0`.`summary`, `t0`.`body`, `t0`.`views`,"
	" `t0`.`rating`, `t0`.`price`, `t0`.`active`, `t0`.`born`, `t0`.`seen`, `t0`.`at`, `t0`.`meta`, `t0`.`big`,"
	" `t0`.`locale`, `t0`.`created_at`, `t0`.`updated_at`, `t0`.`published_at`, `t0`.`created_by_id`"
	" FROM `bench_db` AS `t0` WHERE `t0`.`id` > ? ORDER BY `t0`.`id` LIMIT 25";

static struct db *acquire(struct bench *bench)
{
	struct error error = ERROR_INIT;
	struct db *db = db_acquire(bench->pool, &error);

	if (!db)
		fail(error_message(&error));
	return db;
}

static void run_share(void *arg)
{
	struct bench *bench = arg;
	struct arena *arena = arena_new(64 * 1024);
	struct error error = ERROR_INIT;

	for (unsigned i = 0; i < bench->rounds / bench->fibers; i++) {
		struct db *db = acquire(bench);
		struct db_value from = db_int(0);
		struct rowset *rows;

		must(db_query(db, STR_OF(select_sql), &from, 1, arena, &rows, &error), &error);
		db_release(db);
		if (rows->count != ROWS || rows->columns != COLUMNS)
			fail("unexpected rows");
		bench->sum += (uint64_t)rows->cells[ROWS * COLUMNS - 1].integer;
		arena_reset(arena);
	}
	arena_free(arena);
}

static void through_pool(struct bench *bench, unsigned fibers, const char *what)
{
	uint64_t wall = clock_monotonic_us(), cpu = cpu_us();
	struct fiber_group group;

	bench->fibers = fibers;
	fiber_group_init(&group);
	for (unsigned i = 0; i < fibers; i++)
		if (fiber_group_spawn(&group, run_share, bench) < 0)
			fail("no fiber");
	fiber_group_wait(&group);
	report(what, bench->rounds, clock_monotonic_us() - wall, cpu_us() - cpu);
}

static void fill_table(struct bench *bench)
{
	struct db *db = acquire(bench);
	struct error error = ERROR_INIT;

	must(db_command(db, STR_OF(table_sql), &error), &error);
	must(db_command(db, STR_OF(fill_sql), &error), &error);
	db_release(db);
}

/* ---- the ordinary way ---- */

static int wait_for(MYSQL *mysql, int events)
{
	int rc = fiber_wait_fd(mysql_get_socket(mysql), events & MYSQL_WAIT_WRITE ? EV_WRITE : EV_READ, FIBER_FOREVER);

	return rc & EV_WRITE ? MYSQL_WAIT_WRITE : MYSQL_WAIT_READ;
}

struct column {
	unsigned long length;
	my_bool null;
	union {
		long long number;
		double real;
		MYSQL_TIME time;
		char text[TEXT];
	};
};

static void bind_columns(MYSQL_STMT *stmt, MYSQL_BIND *binds, struct column *columns)
{
	const MYSQL_FIELD *fields = mariadb_stmt_fetch_fields(stmt);

	memset(binds, 0, COLUMNS * sizeof(*binds));
	for (unsigned i = 0; i < COLUMNS; i++) {
		binds[i].length = &columns[i].length;
		binds[i].is_null = &columns[i].null;
		binds[i].buffer = &columns[i].number;
		binds[i].buffer_length = TEXT;
		switch (fields[i].type) {
		case MYSQL_TYPE_TINY:
		case MYSQL_TYPE_LONG:
		case MYSQL_TYPE_LONGLONG:
			binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
			break;
		case MYSQL_TYPE_DOUBLE:
			binds[i].buffer_type = MYSQL_TYPE_DOUBLE;
			break;
		case MYSQL_TYPE_DATE:
		case MYSQL_TYPE_DATETIME:
		case MYSQL_TYPE_TIME:
			binds[i].buffer_type = fields[i].type;
			break;
		default:
			binds[i].buffer_type = MYSQL_TYPE_STRING;
		}
	}
	mysql_stmt_bind_result(stmt, binds);
}

static void run_bound(MYSQL *mysql, MYSQL_STMT *stmt, struct column *columns, struct bench *bench)
{
	MYSQL_BIND binds[COLUMNS], parameter = { .buffer_type = MYSQL_TYPE_LONGLONG };
	long long from = 0;
	unsigned rows = 0;
	int rc, events;

	parameter.buffer = &from;
	mysql_stmt_bind_param(stmt, &parameter);
	for (events = mysql_stmt_execute_start(&rc, stmt); events;)
		events = mysql_stmt_execute_cont(&rc, stmt, wait_for(mysql, events));
	for (events = mysql_stmt_store_result_start(&rc, stmt); events;)
		events = mysql_stmt_store_result_cont(&rc, stmt, wait_for(mysql, events));
	bind_columns(stmt, binds, columns);
	while (mysql_stmt_fetch(stmt) == 0) {
		rows++;
		bench->sum += (uint64_t)columns[0].number;
	}
	mysql_stmt_free_result(stmt);
	if (rows != ROWS)
		fail("unexpected rows");
}

static void by_binding(struct bench *bench)
{
	const struct db_options *o = &bench->options;
	struct column *columns = malloc(COLUMNS * sizeof(*columns));
	MYSQL *mysql = mysql_init(NULL);
	MYSQL_STMT *stmt;
	uint64_t wall, cpu;

	mysql_options(mysql, MYSQL_OPT_NONBLOCK, NULL);
	if (!columns || !mysql_real_connect(mysql, o->host.p, o->user.p, o->password.p, o->database.p, o->port,
			o->socket.p, 0))
		fail(mysql_error(mysql));
	stmt = mysql_stmt_init(mysql);
	if (mysql_stmt_prepare(stmt, select_sql, sizeof(select_sql) - 1))
		fail(mysql_stmt_error(stmt));
	wall = clock_monotonic_us();
	cpu = cpu_us();
	for (unsigned i = 0; i < bench->rounds; i++)
		run_bound(mysql, stmt, columns, bench);
	report("store, bind, fetch", bench->rounds, clock_monotonic_us() - wall, cpu_us() - cpu);
	mysql_stmt_close(stmt);
	mysql_close(mysql);
	free(columns);
}

static void run(void *arg)
{
	struct bench *bench = arg;

	bench->pool = db_pool_new(bench->loop, &bench->options);
	fill_table(bench);
	for (int round = 0; round < 3; round++) {
		through_pool(bench, 1, "db_query");
		by_binding(bench);
		through_pool(bench, 8, "db_query, 8 side by side");
	}
	db_pool_free(bench->pool);
	loop_stop(bench->loop);
}

int main(int argc, char **argv)
{
	struct bench bench = { .rounds = argc > 1 ? (unsigned)atoi(argv[1]) : 20000 };
	struct arena *arena = arena_new(1024);
	struct error error = ERROR_INIT;
	const char *url = getenv("SOCLE_TEST_DATABASE_URL");

	if (!url)
		fail("SOCLE_TEST_DATABASE_URL names no database");
	must(db_parse_url(str_of(url), arena, &bench.options, &error), &error);
	bench.loop = loop_new(NULL);
	fiber_spawn(bench.loop, run, &bench);
	loop_run(bench.loop);
	while (loop_fibers(bench.loop) > 0)
		loop_turn(bench.loop, true);
	loop_free(bench.loop);
	arena_free(arena);
	return bench.sum == 0;
}
