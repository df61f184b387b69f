#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/table.h"

enum { PATIENCE_MS = 10 * 1000, HASH_SHOWN = 12 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "-";
}

static long long number(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

static void print_database(const json_t *database)
{
	printf("database: %s; %lld connections open, %lld idle, %lld requests waiting for one\n",
		json_is_true(json_object_get(database, "available")) ? "available" : "NOT AVAILABLE",
		number(database, "open"), number(database, "idle"), number(database, "waiting"));
}

static void print_reload(const json_t *reload)
{
	if (json_is_true(json_object_get(reload, "underWay")))
		puts("a reload is under way");
	if (json_is_string(json_object_get(reload, "at")))
		printf("last reload: %s at %s: %s\n",
			json_is_true(json_object_get(reload, "ok")) ? "done" : "REFUSED", text(reload, "at"),
			text(reload, "message"));
}

/* The first characters of a hash tell versions apart as well. */
static void shorten_hashes(const json_t *plugins)
{
	json_t *plugin;
	size_t i;

	json_array_foreach(plugins, i, plugin) {
		const char *hash = json_string_value(json_object_get(plugin, "hash"));

		if (hash && strlen(hash) > HASH_SHOWN)
			json_object_set_new(plugin, "hash", json_stringn(hash, HASH_SHOWN));
	}
}

static void print_text(const json_t *status)
{
	static const char *const workers[] = {
		"number", "pid", "generation", "state", "inFlight", "connections", "messages", "rssKiB",
	};
	static const char *const background[] = {
		"pid", "generation", "state", "tasks", "running", "runs", "failed", "skipped", "rssKiB",
	};
	static const char *const plugins[] = { "name", "version", "kind", "hash", "calls" };
	static const char *const unserved[] = { "uid", "reason" };
	const json_t *url;
	size_t i;

	printf("socle %s, process %lld", text(status, "version"), number(status, "pid"));
	if (number(status, "generation"))
		printf(", generation %lld since %s", number(status, "generation"), text(status, "since"));
	else
		printf(", starting");
	putchar('\n');
	json_array_foreach(json_object_get(status, "listen"), i, url)
		printf("listening on %s\n", json_string_value(url));
	print_database(json_object_get(status, "database"));
	print_reload(json_object_get(status, "lastReload"));
	puts("\nworkers");
	table_print(workers, COUNT(workers), json_object_get(status, "workers"), "  ");
	if (json_array_size(json_object_get(status, "background"))) {
		puts("\nbackground");
		table_print(background, COUNT(background), json_object_get(status, "background"), "  ");
	}
	puts("\nplugins");
	shorten_hashes(json_object_get(status, "plugins"));
	table_print(plugins, COUNT(plugins), json_object_get(status, "plugins"), "  ");
	if (json_array_size(json_object_get(status, "unserved"))) {
		puts("\ntypes that can't be served");
		table_print(unserved, COUNT(unserved), json_object_get(status, "unserved"), "  ");
	}
}

static void print_json(json_t *status)
{
	struct buf out = BUF_INIT;

	json_object_del(status, "ok");
	json_write(&out, status);
	puts(buf_cstr(&out));
	buf_clear(&out);
}

int status_run(const struct command *self, int argc, char **argv)
{
	bool json = command_take_flag(&argc, argv, "--json");
	struct error error = ERROR_INIT;
	json_t *status;

	if (argc > 0)
		return command_usage(self, "unexpected \"%s\"", argv[0]);
	status = ask_host("status", NULL, PATIENCE_MS, &error);
	if (status && ask_judge(status, &error) == 0) {
		if (json)
			print_json(status);
		else
			print_text(status);
	}
	json_decref(status);
	return error_is_set(&error) ? command_fail(&error) : CLI_OK;
}
