#include <stdio.h>

#include "cli/plugin.h"
#include "cli/project.h"
#include "cli/toolchain.h"

static int build(struct arena *arena, const char *folder, struct error *error)
{
	const struct manifest *manifest = project_enter_plugin(arena, folder, error);

	if (!manifest)
		return -1;
	if (str_is_null(manifest->library)) {
		printf("%.*s has no code: nothing to build.\nNext: socle plugin install\n", STR_ARG(manifest->name));
		return 0;
	}
	if (toolchain_build(arena, manifest, error) < 0)
		return -1;
	printf("Built %.*s/%.*s.\nNext: socle plugin test\n", STR_ARG(manifest->folder), STR_ARG(manifest->library));
	return 0;
}

int plugin_build(const struct command *self, int argc, char **argv)
{
	struct arena *arena;
	struct error error = ERROR_INIT;
	int rc;

	if (argc > 1 || (argc == 1 && argv[0][0] == '-'))
		return command_usage(self, "unexpected \"%s\"", argv[argc - 1]);
	arena = arena_new(16 * 1024);
	rc = build(arena, argc ? argv[0] : NULL, &error);
	arena_free(arena);
	return rc < 0 ? command_fail(&error) : CLI_OK;
}
