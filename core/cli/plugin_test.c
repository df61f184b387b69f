/* `socle plugin test`: every file in tests/ becomes a program, and runs on a database that was empty before. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/files.h"
#include "base/place.h"
#include "cli/plugin.h"
#include "cli/toolchain.h"

/* Its functions are in share/socle/mariadb.sh. Debian has the server in a folder that not everybody's PATH names. */
#define START_SERVER                                                                            \
	"PATH=$PATH:/usr/sbin; . \"$1\" && mariadb_start --fast \"$2\""
#define MAKE_DATABASE                                                                           \
	". \"$1\" && mariadb_client \"$2\" -e \"DROP DATABASE IF EXISTS test; CREATE DATABASE test " \
	"CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci\""
#define STOP_SERVER ". \"$1\" && mariadb_stop \"$2\""

struct bench {
	struct arena *arena;
	const char *folder;		/* for programs and the server; removed in the end */
	const char *functions;		/* mariadb.sh; NULL: the database was given */
};

static int shell(const struct bench *bench, const char *script, struct error *error)
{
	struct words words = { .arena = bench->arena };

	words_add(&words, "bash");
	words_add(&words, "-c");
	words_add(&words, script);
	words_add(&words, "socle");
	words_add(&words, bench->functions);
	words_add(&words, arena_printf(bench->arena, "%s/db", bench->folder));
	return run_program(&words, arena_printf(bench->arena, "%s/db.log", bench->folder), error);
}

static void show_log(const struct bench *bench)
{
	FILE *log = fopen(arena_printf(bench->arena, "%s/db.log", bench->folder), "re");
	char line[512];

	while (log && fgets(line, sizeof(line), log))
		fputs(line, stderr);
	if (log)
		fclose(log);
}

static int set_url(const struct bench *bench, struct error *error)
{
	FILE *file = fopen(arena_printf(bench->arena, "%s/db/socket.path", bench->folder), "re");
	char path[256];

	if (!file || !fgets(path, sizeof(path), file)) {
		if (file)
			fclose(file);
		return error_set(error, ERROR_APPLICATION, "the scratch database has no socket");
	}
	fclose(file);
	setenv("SOCLE_TEST_DATABASE_URL", arena_printf(bench->arena, "mysql://root@localhost/test?socket=%.*s",
		STR_ARG(str_trim(str_of(path)))), 1);
	return 0;
}

static int start_database(struct bench *bench, struct error *error)
{
	const char *given = getenv("SOCLE_TEST_DATABASE_URL");

	if (given && *given)
		return 0;
	bench->functions = place_shared(bench->arena, "mariadb.sh");
	if (!bench->functions)
		return error_set(error, ERROR_APPLICATION, "SOCLE_TEST_DATABASE_URL is not set, and this socle was installed "
			"without share/socle/mariadb.sh, which starts a scratch database");
	if (shell(bench, START_SERVER, error) == 0)
		return set_url(bench, error);
	show_log(bench);
	return error_set(error, ERROR_APPLICATION, "a scratch database can't be started: install MariaDB's server and client "
		"(Debian: mariadb-server-core, mariadb-client-core), or let SOCLE_TEST_DATABASE_URL name an empty database");
}

static int run_test(struct bench *bench, const char *source, struct error *error)
{
	const char *program = arena_printf(bench->arena, "%s/test", bench->folder);
	struct words words = { .arena = bench->arena };

	if (toolchain_program(bench->arena, source, program, error) < 0)
		return -1;
	if (bench->functions && shell(bench, MAKE_DATABASE, error) < 0) {
		show_log(bench);
		return -1;
	}
	words_add(&words, program);
	printf("# %s\n", source);
	fflush(stdout);
	if (run_program(&words, NULL, error) == 0)
		return 0;
	fprintf(stderr, "%s: %s\n", source, error_message(error));
	error_clear(error);
	return 1;
}

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

/* Whoever ends us finds no server left behind: what runs comes to its end, then everything is put away. */
static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* How many programs failed; negative when they can't be run. */
static int run_tests(struct bench *bench, const struct words *sources, struct error *error)
{
	int failed = 0;

	if (start_database(bench, error) < 0)
		return -1;
	for (unsigned i = 0; i < sources->count; i++) {
		int rc = interrupted ? error_set(error, ERROR_CANCELLED, "interrupted")
			: run_test(bench, sources->items[i], error);

		if (rc < 0)
			return -1;
		failed += rc;
	}
	return failed;
}

static int test(const struct plugin_work *work, struct error *error)
{
	const struct manifest *manifest = work->manifest;
	struct arena *arena = work->arena;
	const char *temporary = getenv("TMPDIR");
	char *scratch = arena_printf(arena, "%s/socle-tests.XXXXXX", temporary && *temporary ? temporary : "/tmp");
	struct bench bench = { .arena = arena, .folder = scratch };
	struct words sources = { .arena = arena };
	struct error ignored = ERROR_INIT;
	int failed;

	if (!str_is_null(manifest->library) && toolchain_build(arena, manifest, error) < 0)
		return -1;
	toolchain_sources(&sources, "tests");
	if (!sources.count)
		return error_set(error, ERROR_APPLICATION, "%.*s/tests has no C or C++ file: write one that includes "
			"<socle/test.h>", STR_ARG(manifest->folder));
	if (!mkdtemp(scratch))
		return error_set(error, ERROR_APPLICATION, "%s: no folder can be made", scratch);
	catch_signals();
	setenv("SOCLE_TEST_PLUGIN", arena_strdup(arena, manifest->folder), 1);
	failed = run_tests(&bench, &sources, error);
	if (bench.functions)
		(void)shell(&bench, STOP_SERVER, &ignored);
	error_clear(&ignored);
	files_remove(scratch);
	if (failed > 0)
		return error_set(error, ERROR_APPLICATION, "%d of %u test programs failed", failed, sources.count);
	if (failed == 0) {
		puts("All tests passed.");
		plugin_say_next(work, "install");
	}
	return failed;
}

int plugin_test(const struct command *self, int argc, char **argv)
{
	return plugin_work(self, argc, argv, test);
}
