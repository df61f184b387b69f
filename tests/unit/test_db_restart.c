/* A server of this test's own, which comes and goes. Needs mariadbd and mariadb-install-db, but no
 * SOCLE_TEST_DATABASE_URL. */
#include "database.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static char folder[] = "/dev/shm/socle-test-XXXXXX";
static pid_t server;

static pid_t spawn(const char *const *argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		char log[128];
		int fd;

		snprintf(log, sizeof(log), "%s/log", folder);
		fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	return pid;
}

static int install(void)
{
	char data[128];
	const char *argv[] = { "mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal",
		"--skip-test-db", "--user=root", data, NULL };
	int status;

	snprintf(data, sizeof(data), "--datadir=%s/data", folder);
	return waitpid(spawn(argv), &status, 0) > 0 && status == 0 ? 0 : -1;
}

static void start_server(void)
{
	char data[128], socket[128];
	const char *argv[] = { "mariadbd", "--no-defaults", "--user=root", "--skip-networking",
		"--innodb-buffer-pool-size=16M", "--innodb-flush-log-at-trx-commit=0", data, socket, NULL };

	snprintf(data, sizeof(data), "--datadir=%s/data", folder);
	snprintf(socket, sizeof(socket), "--socket=%s/s", folder);
	server = spawn(argv);
}

static void stop_server(int by)
{
	int status;

	kill(server, by);
	waitpid(server, &status, 0);
	server = 0;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int set_up_group(void **state)
{
	static char url[128];

	if (!mkdtemp(folder))
		return -1;
	snprintf(url, sizeof(url), "mysql://root@localhost/mysql?socket=%s/s", folder);
	setenv("SOCLE_TEST_DATABASE_URL", url, 1);
	if (install() < 0) {
		print_error("mariadb-install-db failed: see %s/log\n", folder);
		return -1;
	}
	return 0;
}

static int tear_down_group(void **state)
{
	if (server)
		stop_server(SIGKILL);
	return nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void wait_for_server(struct database *d)
{
	if (!d->pool)
		d->pool = db_pool_new(d->loop, &d->options);
	if (db_pool_wait(d->pool, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
}

TEST(the_pool_waits_for_a_server_that_is_just_starting)
{
	start_server();
	wait_for_server(d);
	assert_true(db_pool_stats(d->pool).available);
	assert_int_equal(db_pool_stats(d->pool).open, 1);
}

TEST(statements_are_prepared_anew_after_a_restart)
{
	struct db *db;

	wait_for_server(d);
	db = acquire(d);
	assert_int_equal(query_int(d, db, "SELECT 1"), 1);
	db_release(db);
	stop_server(SIGTERM);
	start_server();
	/* Within the time for a connection nobody notices. */
	db = acquire(d);
	assert_int_equal(query_int(d, db, "SELECT 1"), 1);
	assert_int_equal(db_pool_stats(d->pool).reconnected, 1);
	db_release(db);
}

TEST(a_server_that_crashes_is_unavailable_until_it_is_back)
{
	struct db *db;

	d->options.acquire_timeout_ms = 300;
	wait_for_server(d);
	db = acquire(d);
	stop_server(SIGKILL);
	assert_int_equal(query_values(d, db, "SELECT 1", NULL, 0), -1);
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_false(db_pool_stats(d->pool).available);
	db_release(db);
	assert_null(db_acquire(d->pool, &d->error));
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	error_clear(&d->error);
	start_server();
	wait_for_server(d);
	db = acquire(d);
	assert_int_equal(query_int(d, db, "SELECT 2"), 2);
	assert_true(db_pool_stats(d->pool).available);
	db_release(db);
}

static void stop_meanwhile(void *arg)
{
	kill(server, SIGSTOP);
	fiber_sleep(800);
	kill(server, SIGCONT);
}

TEST(a_server_that_hangs_while_connecting_costs_no_more_than_the_time)
{
	struct fiber_group group;
	uint64_t start;

	d->options.acquire_timeout_ms = 400;
	d->options.connect_timeout_ms = 200;
	wait_for_server(d);
	db_pool_free(d->pool);
	d->pool = db_pool_new(d->loop, &d->options);
	fiber_group_init(&group);
	assert_int_equal(fiber_group_spawn(&group, stop_meanwhile, NULL), 0);
	start = clock_monotonic_ms();
	assert_null(db_acquire(d->pool, &d->error));
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	assert_in_range(clock_monotonic_ms() - start, 150, 700);
	error_clear(&d->error);
	fiber_group_wait(&group);
	wait_for_server(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(the_pool_waits_for_a_server_that_is_just_starting),
		DATABASE_TEST(statements_are_prepared_anew_after_a_restart),
		DATABASE_TEST(a_server_that_crashes_is_unavailable_until_it_is_back),
		DATABASE_TEST(a_server_that_hangs_while_connecting_costs_no_more_than_the_time),
	};

	return cmocka_run_group_tests_name("database restarts", tests, set_up_group, tear_down_group);
}
