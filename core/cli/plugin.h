/* The commands behind `socle plugin`, a file each. They get what stands behind their name. */
#ifndef CLI_PLUGIN_H
#define CLI_PLUGIN_H

#include "cli/command.h"
#include "plugin/manifest.h"

/* What an author works on: we are in its folder. */
struct plugin_work {
	struct arena *arena;
	const struct manifest *manifest;
	const char *given;		/* its folder as the command was told it; NULL: where we were */
};

/* For a command whose one argument is the folder of a plugin, or nothing: enters that folder and calls `run` there. The command's
 * exit status. */
int plugin_work(const struct command *self, int argc, char **argv,
	int (*run)(const struct plugin_work *work, struct error *error));

/* "Next: socle plugin test shop": as it is typed where this command was. */
void plugin_say_next(const struct plugin_work *work, const char *command);

int plugin_new(const struct command *self, int argc, char **argv);
int plugin_build(const struct command *self, int argc, char **argv);
int plugin_test(const struct command *self, int argc, char **argv);
int plugin_install(const struct command *self, int argc, char **argv);
int plugin_enable(const struct command *self, int argc, char **argv);
int plugin_disable(const struct command *self, int argc, char **argv);

#endif
