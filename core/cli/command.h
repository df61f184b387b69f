/* The commands of `socle`: a file each, and this table's rows in main.c.
 *
 * A command gets what stands behind its name, prints its result to standard output and
 * what went wrong to standard error, and returns the exit status: 0, 1 when it failed, 2
 * when it was called wrongly.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>

#include "base/error.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct command {
	const char *name;
	const char *arguments;		/* as its usage shows them */
	const char *help;		/* a sentence */
	const char *more;		/* what `socle help NAME` says besides; NULL */
	int (*run)(const struct command *self, int argc, char **argv);
};

/* Says how the command is called, behind what is wrong (NULL: nothing). Returns CLI_USAGE. */
int command_usage(const struct command *self, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says what it does and how it is called. Returns CLI_OK. */
int command_help(const struct command *command);

/* "--help", "-h" */
bool command_asks_help(const char *word);

/* "socle: ...", and clears the error. Returns CLI_FAILED. */
int command_fail(struct error *error);

/* Takes "--json" out of the arguments. */
bool command_take_flag(int *argc, char **argv, const char *flag);

int start_run(const struct command *self, int argc, char **argv);
int check_run(const struct command *self, int argc, char **argv);
int list_run(const struct command *self, int argc, char **argv);
int status_run(const struct command *self, int argc, char **argv);
int reload_run(const struct command *self, int argc, char **argv);
int db_run(const struct command *self, int argc, char **argv);
int new_run(const struct command *self, int argc, char **argv);
int plugin_run(const struct command *self, int argc, char **argv);
int dev_run(const struct command *self, int argc, char **argv);

#endif
