/* The commands behind `socle plugin`, a file each. They get what stands behind their name. */
#ifndef CLI_PLUGIN_H
#define CLI_PLUGIN_H

#include "cli/command.h"

int plugin_new(const struct command *self, int argc, char **argv);
int plugin_build(const struct command *self, int argc, char **argv);
int plugin_test(const struct command *self, int argc, char **argv);
int plugin_install(const struct command *self, int argc, char **argv);
int plugin_enable(const struct command *self, int argc, char **argv);
int plugin_disable(const struct command *self, int argc, char **argv);

#endif
