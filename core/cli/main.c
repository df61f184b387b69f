#include <socle/host.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/place.h"
#include "cli/command.h"
#include "config/node.h"
#include "config/settings.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int help_run(const struct command *self, int argc, char **argv);

static const struct command commands[] = {
	{ "start", "[--config DIR]", "Runs the host in the foreground.",
		"SIGTERM and SIGINT drain and stop it (a second one stops at once), SIGHUP reloads.",
		start_run },
	{ "check", "[--config DIR]", "Judges configuration and plugins without serving.",
		"Says all that is wrong, with file and line, and exits with 1 then.", check_run },
	{ "status", "[--json]", "Tells how the running host is.", NULL, status_run },
	{ "reload", "", "Builds a generation from what is on disk and changes over to it.",
		"Prints the outcome; exits with 1 when it was refused, and the one before serves on.",
		reload_run },
	{ "list", "routes|policies|middlewares|controllers|content-types|services|tasks|hooks|plugins [--json]",
		"Lists what the running generation holds.", NULL, list_run },
	{ "db", "plan|migrate", "Says what a change of the schema would do; does it.", NULL, db_run },
	{ "new", "DIR", "Writes the folder of a project: configuration, and places for plugins and public files.", NULL,
		new_run },
	{ "plugin", "new|build|test|install|enable|disable", "Makes, builds, tests and installs plugins.",
		"`socle plugin` alone shows what each takes.", plugin_run },
	{ "dev", "[FOLDER]", "Builds and installs a plugin whenever one of its files is saved.", NULL, dev_run },
	{ "help", "[COMMAND|config]", "Explains a command, or every setting.", NULL, help_run },
};

/* ---- words ---- */

static void print_version(void)
{
	puts("socle " SOCLE_VERSION);
}

static void print_help(void)
{
	puts("Usage: socle COMMAND\n");
	for (size_t i = 0; i < COUNT(commands); i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].help);
	puts("\n`socle help COMMAND` says more; `socle help config` lists every setting.\n"
		"The folder of a running host is .socle, or SOCLE_STATE.");
}

int command_usage(const struct command *self, const char *format, ...)
{
	va_list args;

	if (format) {
		fputs("socle: ", stderr);
		va_start(args, format);
		vfprintf(stderr, format, args);
		va_end(args);
		fputc('\n', stderr);
	}
	fprintf(stderr, "Usage: socle %s %s\n", self->name, self->arguments);
	return CLI_USAGE;
}

int command_fail(struct error *error)
{
	fprintf(stderr, "socle: %s\n", error_message(error));
	error_clear(error);
	return CLI_FAILED;
}

bool command_take_flag(int *argc, char **argv, const char *flag)
{
	for (int i = 0; i < *argc; i++) {
		if (strcmp(argv[i], flag) != 0)
			continue;
		memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i - 1) * sizeof(*argv));
		--*argc;
		return true;
	}
	return false;
}

/* ---- help ---- */

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COUNT(commands); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}
	return NULL;
}

static int refuse_unknown(const char *name)
{
	const char *names[COUNT(commands) + 1] = { NULL }, *nearest;

	for (size_t i = 0; i < COUNT(commands); i++)
		names[i] = commands[i].name;
	nearest = node_nearest(str_of(name), names);
	if (nearest)
		fprintf(stderr, "socle: there is no command \"%s\"; did you mean `socle %s`?\n", name,
			nearest);
	else
		fprintf(stderr, "socle: there is no command \"%s\"; `socle --help` lists them\n", name);
	return CLI_USAGE;
}

static int print_settings(void)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < SETTINGS_FILES; i++) {
		const struct settings_file *file = &settings_files[i];

		if (!file->table.count)
			continue;
		buf_printf(&out, "%s## %s.toml\n\n", out.n ? "\n" : "", file->name);
		config_describe(&file->table, &out);
	}
	fwrite(out.p, 1, out.n, stdout);
	buf_clear(&out);
	return CLI_OK;
}

int command_help(const struct command *command)
{
	printf("Usage: socle %s %s\n\n%s\n", command->name, command->arguments, command->help);
	if (command->more)
		puts(command->more);
	return CLI_OK;
}

static int help_run(const struct command *self, int argc, char **argv)
{
	const struct command *command;

	if (argc == 0) {
		print_help();
		return CLI_OK;
	}
	if (strcmp(argv[0], "config") == 0)
		return print_settings();
	command = find(argv[0]);
	if (!command)
		return refuse_unknown(argv[0]);
	return command_help(command);
}

/* ---- the program ---- */

static bool is_one_of(const char *word, const char *one, const char *other)
{
	return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

bool command_asks_help(const char *word)
{
	return is_one_of(word, "--help", "-h");
}

/* For configuration: ${SOCLE_SHIPPED} is the folder of first-party plugins. */
static void tell_place(void)
{
	struct arena *arena = arena_new(1024);
	const char *shipped = place_plugins(arena);

	if (shipped)
		setenv("SOCLE_SHIPPED", shipped, 0);
	arena_free(arena);
}

int socle_main(int argc, char **argv)
{
	const struct command *command;

	tell_place();
	if (argc < 2) {
		print_help();
		return CLI_USAGE;
	}
	if (is_one_of(argv[1], "--version", "-V")) {
		print_version();
		return CLI_OK;
	}
	if (command_asks_help(argv[1])) {
		print_help();
		return CLI_OK;
	}
	command = find(argv[1]);
	if (!command)
		return refuse_unknown(argv[1]);
	if (argc > 2 && command_asks_help(argv[2]))
		return help_run(NULL, 1, argv + 1);
	return command->run(command, argc - 2, argv + 2);
}
