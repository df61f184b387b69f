#include <stdio.h>
#include <unistd.h>

#include "cli/plugin.h"
#include "cli/toolchain.h"

static int build(const struct plugin_work *work, struct error *error)
{
	const struct manifest *manifest = work->manifest;

	if (str_is_null(manifest->library)) {
		printf("%.*s has no code: nothing to build.\n", STR_ARG(manifest->name));
	} else {
		if (toolchain_build(work->arena, manifest, error) < 0)
			return -1;
		printf("Built %.*s/%.*s.\n", STR_ARG(manifest->folder), STR_ARG(manifest->library));
	}
	plugin_say_next(work, access("tests", F_OK) == 0 ? "test" : "install");
	return 0;
}

int plugin_build(const struct command *self, int argc, char **argv)
{
	return plugin_work(self, argc, argv, build);
}
