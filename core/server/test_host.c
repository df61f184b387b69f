/* The host inside of a test program: socle/test.h. One thread, one loop, no supervisor; what a canary and a worker do
 * one after the other happens here in one process. */
#include <socle/test.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/json.h"
#include "base/log.h"
#include "base/place.h"
#include "config/settings.h"
#include "extension/generation.h"
#include "loop/fiber.h"
#include "pipeline/request.h"
#include "plugin/builder.h"
#include "plugin/manifest.h"
#include "server/inject.h"
#include "server/options.h"
#include "server/schema.h"

enum {
	HEADERS = 32,
	REQUIRED_MAX = 64,
	SETTLE_MS = 5000,		/* for what goes on behind an answer */
};

struct socle_test_host {
	struct arena *arena;
	const char *folder;		/* of the plugin */
	const char *scratch;		/* removed in the end */
	const struct settings *settings;
	struct loop *loop;
	struct pipeline pipeline;
	unsigned resident;		/* fibers that are there while nothing is asked */
	struct http_header headers[HEADERS];
	size_t header_count;
	struct error error;
};

/* ---- where it runs ---- */

static int put_file(struct socle_test_host *host, const char *name, struct str text)
{
	return files_write(arena_printf(host->arena, "%s/config/%s", host->scratch, name), text, &host->error);
}

/* The configuration of the plugin's own tests, or one that lets everybody do everything. */
static const char *config_folder(struct socle_test_host *host)
{
	const char *own = arena_printf(host->arena, "%s/tests/config", host->folder);

	if (access(own, F_OK) == 0)
		return own;
	own = arena_printf(host->arena, "%s/config", host->scratch);
	if (mkdir(own, 0700) < 0 || put_file(host, "api.toml", STR("[rest]\npublic = [\"*\"]\n")) < 0 ||
		put_file(host, "middlewares.toml",
			STR("use = [\"socle::errors\", \"socle::query\", \"socle::body\"]\n")) < 0)
		return NULL;
	return own;
}

struct wanted {
	struct socle_test_host *host;
	struct str names[REQUIRED_MAX];
	unsigned count;
	struct buf paths;
};

/* First-party plugins that the one in `folder` requires, and what those require. */
static void add_required(struct wanted *wanted, const char *shipped, const char *folder)
{
	struct arena *arena = wanted->host->arena;
	struct problems problems = PROBLEMS_INIT;
	const struct manifest *manifest = manifest_read(arena, str_of(folder), &problems);

	/* What is wrong with it is said when the generation is built. */
	buf_clear(&problems.lines);
	for (unsigned i = 0; manifest && i < manifest->requirement_count; i++) {
		struct str name = manifest->requirements[i].name;
		const char *path = arena_printf(arena, "%s/%.*s", shipped, STR_ARG(name));
		bool known = false;

		for (unsigned j = 0; j < wanted->count; j++)
			known = known || str_equal(wanted->names[j], name);
		if (known || wanted->count == REQUIRED_MAX ||
			access(arena_printf(arena, "%s/plugin.toml", path), F_OK) < 0)
			continue;
		wanted->names[wanted->count++] = name;
		buf_printf(&wanted->paths, ":%s", path);
		add_required(wanted, shipped, path);
	}
}

/* The environment counts more than any file. */
static void set_environment(struct socle_test_host *host, const char *database)
{
	const char *shipped = place_plugins(host->arena);
	struct wanted wanted = { .host = host, .paths = BUF_INIT };

	buf_add(&wanted.paths, str_of(host->folder));
	if (shipped)
		add_required(&wanted, shipped, host->folder);
	setenv("SOCLE_PLUGINS", buf_cstr(&wanted.paths), 1);
	setenv("SOCLE_STATE", arena_printf(host->arena, "%s/state", host->scratch), 1);
	setenv("SOCLE_DATABASE_URL", database, 1);
	buf_clear(&wanted.paths);
}

static int prepare(struct socle_test_host *host, const char *folder)
{
	const char *database = getenv("SOCLE_TEST_DATABASE_URL"), *given = folder ? folder : getenv("SOCLE_TEST_PLUGIN");
	const char *temporary = getenv("TMPDIR"), *config;
	char *scratch = arena_printf(host->arena, "%s/socle-test.XXXXXX", temporary && *temporary ? temporary : "/tmp");
	char *whole = given ? realpath(given, NULL) : NULL;

	if (!whole)
		return error_set(&host->error, ERROR_CONFIG, "the folder of the plugin isn't there: %s; "
			"run the tests with `socle plugin test`", given ? given : "SOCLE_TEST_PLUGIN is not set");
	host->folder = arena_strdup(host->arena, str_of(whole));
	free(whole);
	if (!database || !*database)
		return error_set(&host->error, ERROR_CONFIG, "SOCLE_TEST_DATABASE_URL is not set: it names an empty "
			"database; `socle plugin test` makes one");
	if (!mkdtemp(scratch))
		return error_set(&host->error, ERROR_CONFIG, "no folder can be made in %s", temporary);
	host->scratch = scratch;
	set_environment(host, database);
	config = config_folder(host);
	if (!config)
		return error_set(&host->error, ERROR_CONFIG, "%s can't be written to", scratch);
	host->settings = settings_load(host->arena, config, &host->error);
	return host->settings ? 0 : -1;
}

/* ---- fibers ---- */

struct errand {
	struct socle_test_host *host;
	void (*run)(struct socle_test_host *host, void *arg);
	void *arg;
	bool done;
};

static void run_errand(void *arg)
{
	struct errand *errand = arg;

	errand->run(errand->host, errand->arg);
	errand->done = true;
}

/* Runs it on a fiber, and turns the loop until it has ended and nothing else is under way. */
static void on_fiber(struct socle_test_host *host, void (*run)(struct socle_test_host *host, void *arg), void *arg)
{
	struct errand errand = { host, run, arg, false };
	uint64_t until;

	if (!fiber_spawn(host->loop, run_errand, &errand)) {
		fputs("no memory for a fiber\n", stderr);
		abort();
	}
	while (!errand.done)
		loop_turn(host->loop, true);
	until = clock_monotonic_ms() + SETTLE_MS;
	while (loop_fibers(host->loop) > host->resident && clock_monotonic_ms() < until)
		loop_turn(host->loop, true);
}

/* ---- starting and stopping ---- */

static int bootstrap(void *arg, struct error *error)
{
	struct socle_test_host *host = arg;

	return builder_bootstrap(host->pipeline.generation, host->pipeline.pool, error);
}

static void get_ready(struct socle_test_host *host, void *arg)
{
	struct generation *generation = host->pipeline.generation;
	struct db_pool *pool = host->pipeline.pool;
	int *rc = arg;

	*rc = -1;
	if (db_pool_wait(pool, &host->error) < 0 || schema_migrate(generation, pool, &host->error) < 0)
		return;
	if (builder_bootstraps(generation) &&
		schema_exclusive(pool, STR("bootstrap"), bootstrap, host, &host->error) < 0)
		return;
	if (schema_judge(generation, pool, &generation->unserved, &host->error) < 0)
		return;
	*rc = builder_start(generation, pool, &host->error);
}

static int begin(struct socle_test_host *host)
{
	struct loop_options options = options_loop(host->settings);
	struct db_options database;
	int rc;

	if (options_db(host->settings, host->arena, &database, &host->error) < 0)
		return -1;
	host->loop = loop_new(&options);
	host->pipeline.generation = builder_build(host->settings, 1, &host->error);
	if (!host->pipeline.generation)
		return -1;
	host->pipeline.pool = db_pool_new(host->loop, &database);
	/* While it gets ready, anything may come to stay. */
	host->resident = UINT32_MAX;
	on_fiber(host, get_ready, &rc);
	host->resident = loop_fibers(host->loop);
	return rc;
}

socle_test_host *socle_test_start(const char *folder)
{
	struct arena *arena = arena_new(64 * 1024);
	socle_test_host *host = arena_new_of(arena, socle_test_host);

	host->arena = arena;
	log_set_level(LOG_WARN);
	if (prepare(host, folder) == 0 && begin(host) == 0)
		return host;
	fprintf(stderr, "%s\n", error_message(&host->error));
	socle_test_stop(host);
	return NULL;
}

static void let_go(struct socle_test_host *host, void *arg)
{
	generation_unpin(host->pipeline.generation);
}

void socle_test_stop(socle_test_host *host)
{
	if (!host)
		return;
	if (host->pipeline.generation) {
		host->resident = 0;
		on_fiber(host, let_go, NULL);
	}
	db_pool_free(host->pipeline.pool);
	if (host->loop && loop_fibers(host->loop) == 0)
		loop_free(host->loop);
	if (host->scratch)
		files_remove(host->scratch);
	error_clear(&host->error);
	arena_free(host->arena);
}

/* ---- asking ---- */

struct asking {
	struct injection ask;
	struct socle_test_answer *answer;
};

static void ask(struct socle_test_host *host, void *arg)
{
	struct asking *asking = arg;

	asking->answer = inject(host->arena, &asking->ask, &host->pipeline);
}

static void drop(void *json)
{
	json_decref(json);
}

const socle_test_answer *socle_inject(socle_test_host *host, const char *method, const char *target, json_t *body)
{
	struct asking asking = { .ask = {
		.method = str_of(arena_strdup(host->arena, str_of(method))),
		.target = str_of(arena_strdup(host->arena, str_of(target))),
	} };
	struct http_header *headers = arena_array(host->arena, HEADERS + 3, sizeof(*headers));
	size_t count = host->header_count;
	struct buf text = BUF_INIT;

	memcpy(headers, host->headers, count * sizeof(*headers));
	headers[count++] = (struct http_header){ STR("Host"), STR("localhost") };
	if (body) {
		json_write(&text, body);
		json_decref(body);
		asking.ask.body = arena_str(host->arena, buf_str(&text));
		buf_clear(&text);
		headers[count++] = (struct http_header){ STR("Content-Type"), STR("application/json") };
		headers[count++] = (struct http_header){ STR("Content-Length"),
			str_of(arena_printf(host->arena, "%zu", asking.ask.body.n)) };
	}
	asking.ask.headers = headers;
	asking.ask.header_count = count;
	on_fiber(host, ask, &asking);
	return asking.answer;
}

void socle_inject_header(socle_test_host *host, const char *name, const char *value)
{
	size_t kept = 0;

	for (size_t i = 0; i < host->header_count; i++) {
		if (!str_equal_nocase(host->headers[i].name, str_of(name)))
			host->headers[kept++] = host->headers[i];
	}
	if (value && kept < HEADERS) {
		host->headers[kept++] = (struct http_header){ arena_str(host->arena, str_of(name)),
			arena_str(host->arena, str_of(value)) };
	}
	host->header_count = kept;
}

struct call {
	int (*fn)(socle_context *ctx, void *arg);
	void *arg;
	int rc;
};

static void run_call(struct socle_test_host *host, void *arg)
{
	struct generation *generation = host->pipeline.generation;
	struct arena *arena = arena_new(4096);
	struct scope *scope = arena_new_of(arena, struct scope);
	struct call *call = arg;

	scope_init(scope, arena, generation, host->pipeline.pool);
	for (unsigned i = 0; i < generation->instance_count; i++) {
		if (str_equal(generation->instances[i]->folder, str_of(host->folder)))
			scope->instance = generation->instances[i];
	}
	call->rc = call->fn((socle_context *)scope, call->arg);
	if (error_is_set(&scope->error))
		fprintf(stderr, "# %s\n", error_message(&scope->error));
	arena_free(arena);
}

int socle_test_call(socle_test_host *host, int (*fn)(socle_context *ctx, void *arg), void *arg)
{
	struct call call = { fn, arg, 0 };

	on_fiber(host, run_call, &call);
	return call.rc;
}

/* ---- answers ---- */

int socle_test_status(const socle_test_answer *answer)
{
	return answer->status;
}

const char *socle_test_header(const socle_test_answer *answer, const char *name)
{
	for (size_t i = 0; i < answer->header_count; i++) {
		if (str_equal_nocase(answer->headers[i].name, str_of(name)))
			return answer->headers[i].value.p;
	}
	return NULL;
}

const char *socle_test_text(const socle_test_answer *answer)
{
	return answer->body.n ? answer->body.p : "";
}

const json_t *socle_test_json(const socle_test_answer *answer)
{
	/* Handed out as constant; it is ours. */
	struct socle_test_answer *own = (struct socle_test_answer *)(uintptr_t)answer;

	if (!own->judged) {
		own->judged = true;
		own->json = json_loadb(own->body.p ? own->body.p : "", own->body.n, JSON_DECODE_ANY, NULL);
		if (own->json)
			arena_defer(own->arena, drop, own->json);
	}
	return own->json;
}

/* ---- the tests of a program ---- */

static bool failed;

void socle_test_fail(const char *file, int line, const char *format, ...)
{
	va_list args;

	failed = true;
	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

/* The linker collects them in an order of its own. */
static int by_line(const void *a, const void *b)
{
	return (*(const struct socle_test_case *const *)a)->line - (*(const struct socle_test_case *const *)b)->line;
}

static const struct socle_test_case **in_order(struct arena *arena, const struct socle_test_case *const *from, size_t count)
{
	const struct socle_test_case **tests = arena_array(arena, count + 1, sizeof(*tests));

	if (count) {
		memcpy(tests, from, count * sizeof(*tests));
		qsort(tests, count, sizeof(*tests), by_line);
	}
	return tests;
}

int socle_test_main(const struct socle_test_case *const *from, const struct socle_test_case *const *to)
{
	socle_test_host *host = socle_test_start(NULL);
	size_t count = from ? (size_t)(to - from) : 0;
	const struct socle_test_case **tests;
	int bad = 0;

	if (!host)
		return 1;
	tests = in_order(host->arena, from, count);
	for (size_t i = 0; i < count; i++) {
		failed = false;
		tests[i]->run(host);
		bad += failed;
		printf("%s %zu - %s\n", failed ? "not ok" : "ok", i + 1, tests[i]->name);
		fflush(stdout);
	}
	printf("1..%zu\n", count);
	socle_test_stop(host);
	return bad ? 1 : 0;
}
