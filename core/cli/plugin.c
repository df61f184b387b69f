#include "cli/plugin.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/project.h"
#include "config/node.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* As their own usage shows them: "plugin build". */
static const struct command parts[] = {
	{ "plugin new", "NAME [--kind plugin|api|policy|middleware]", "Writes a folder NAME that builds, with a test.", NULL,
		plugin_new },
	{ "plugin build", "[FOLDER]", "Compiles the library of a plugin.", NULL, plugin_build },
	{ "plugin test", "[FOLDER]", "Compiles and runs the tests of a plugin, on a scratch database.", NULL, plugin_test },
	{ "plugin install", "[FOLDER|FILE.so] [--to DIR]", "Checks a plugin and gives it to the project's host.", NULL,
		plugin_install },
	{ "plugin enable", "NAME", "Lets the host use a plugin (config/plugins.toml).", NULL, plugin_enable },
	{ "plugin disable", "NAME", "Lets the host leave a plugin out.", NULL, plugin_disable },
};

static int enter(struct plugin_work *work, int (*run)(const struct plugin_work *work, struct error *error), struct error *error)
{
	work->manifest = project_read_plugin(work->arena, work->given, error);
	if (!work->manifest)
		return -1;
	if (work->manifest->embedded || chdir(arena_strdup(work->arena, work->manifest->folder)) < 0)
		return error_set(error, ERROR_APPLICATION, "%.*s is no folder of a plugin that could be built",
			STR_ARG(work->manifest->folder));
	return run(work, error);
}

int plugin_work(const struct command *self, int argc, char **argv,
	int (*run)(const struct plugin_work *work, struct error *error))
{
	struct plugin_work work = { .given = argc ? argv[0] : NULL };
	struct error error = ERROR_INIT;
	int rc;

	if (argc > 1 || (argc == 1 && argv[0][0] == '-'))
		return command_usage(self, "unexpected \"%s\"", argv[argc - 1]);
	work.arena = arena_new(16 * 1024);
	rc = enter(&work, run, &error);
	arena_free(work.arena);
	return rc < 0 ? command_fail(&error) : CLI_OK;
}

void plugin_say_next(const struct plugin_work *work, const char *command)
{
	printf("Next: socle plugin %s%s%s\n", command, work->given ? " " : "", work->given ? work->given : "");
}

int plugin_run(const struct command *self, int argc, char **argv)
{
	const char *names[COUNT(parts) + 1] = { NULL }, *nearest;

	if (argc == 0) {
		printf("Usage: socle plugin COMMAND\n\n");
		for (size_t i = 0; i < COUNT(parts); i++)
			printf("  socle %s %s\n      %s\n", parts[i].name, parts[i].arguments, parts[i].help);
		return CLI_USAGE;
	}
	for (size_t i = 0; i < COUNT(parts); i++) {
		names[i] = strchr(parts[i].name, ' ') + 1;
		if (strcmp(argv[0], names[i]) == 0)
			return argc > 1 && command_asks_help(argv[1]) ? command_help(&parts[i])
				: parts[i].run(&parts[i], argc - 1, argv + 1);
	}
	nearest = node_nearest(str_of(argv[0]), names);
	return command_usage(self, "there is no `socle plugin %s`%s%s%s", argv[0],
		nearest ? "; did you mean `socle plugin " : "", nearest ? nearest : "", nearest ? "`?" : "");
}
