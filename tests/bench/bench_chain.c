/* What the chain costs: a request through 3 global middlewares, 2 policies, 2 route middlewares and an action that calls a
 * service, less the same request to an action alone. No socket, no database: pipeline_serve() over a message that goes nowhere.
 *
 *	bench_chain FOLDER [requests]	FOLDER has the staged plugins of tests/plugins; tools/bench --chain makes it
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/settings.h"
#include "http/wire.h"
#include "pipeline/request.h"
#include "plugin/builder.h"

enum { ROUNDS = 9, PATHS = 2 };

static void send(struct http_message *message, int status, struct buf *body)
{
	if (status != 200) {
		fprintf(stderr, "answered %d\n", status);
		exit(1);
	}
	buf_clear(body);
}

static const struct http_wire_ops ops = { .send = send };

static double cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double measure(struct pipeline *pipeline, const char *path, unsigned requests)
{
	struct arena *arena = arena_new(16 * 1024);
	double began = cpu_ns();

	for (unsigned i = 0; i < requests; i++) {
		struct http_wire wire = { .ops = &ops };
		struct http_message message = { .arena = arena, .method = HTTP_GET, .method_text = STR("GET"),
			.target = str_of(path), .path = str_of(path), .wire = &wire };

		pipeline_serve(&message, pipeline);
		arena_reset(arena);
	}
	began = cpu_ns() - began;
	arena_free(arena);
	return began / requests;
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static struct generation *build(struct arena *arena, const char *folder, const char *use, unsigned number)
{
	struct error error = ERROR_INIT;
	const struct settings *settings;
	struct generation *generation;

	write_file(folder, "server.toml", arena_printf(arena, "[server]\nstate = \"%s\"\nplugins = [\"%s\"]\n", folder, folder));
	write_file(folder, "middlewares.toml", use);
	settings = settings_load(arena, folder, &error);
	generation = settings ? builder_build(settings, number, &error) : NULL;
	if (!generation) {
		fprintf(stderr, "%s\n", error_message(&error));
		exit(1);
	}
	return generation;
}

static int by_size(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return left < right ? -1 : left > right;
}

int main(int argc, char **argv)
{
	unsigned requests = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200000;
	static const char *const paths[PATHS] = { "/api/chain/bare", "/api/chain/full" };
	struct arena *arena = arena_new(64 * 1024);
	struct pipeline bare = { 0 }, full = { 0 };
	double alone[ROUNDS], chained[ROUNDS], cost[ROUNDS];

	if (argc < 2) {
		fprintf(stderr, "bench_chain FOLDER [requests]\n");
		return 2;
	}
	bare.generation = build(arena, argv[1], "use = []\n", 1);
	full.generation = build(arena, argv[1], "use = [\"chain::outer\", \"chain::middle\", \"chain::inner\"]\n", 2);
	/* One after the other, so that the machine's moods fall on both. */
	for (unsigned i = 0; i < ROUNDS; i++) {
		alone[i] = measure(&bare, paths[0], requests);
		chained[i] = measure(&full, paths[1], requests);
		cost[i] = chained[i] - alone[i];
	}
	qsort(alone, ROUNDS, sizeof(double), by_size);
	qsort(chained, ROUNDS, sizeof(double), by_size);
	qsort(cost, ROUNDS, sizeof(double), by_size);
	printf("%u rounds of %u requests, ns of CPU a request, median (least - most)\n", ROUNDS, requests);
	printf("action alone        %6.0f (%.0f - %.0f)\n", alone[ROUNDS / 2], alone[0], alone[ROUNDS - 1]);
	printf("through everything  %6.0f (%.0f - %.0f)\n", chained[ROUNDS / 2], chained[0], chained[ROUNDS - 1]);
	printf("the chain           %6.0f (%.0f - %.0f)\n", cost[ROUNDS / 2], cost[0], cost[ROUNDS - 1]);
	generation_unpin(full.generation);
	generation_unpin(bare.generation);
	arena_free(arena);
	return 0;
}
