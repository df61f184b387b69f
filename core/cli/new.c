#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/template.h"

int new_run(const struct command *self, int argc, char **argv)
{
	struct error error = ERROR_INIT;
	struct arena *arena;
	int rc;

	if (argc != 1 || argv[0][0] == '-')
		return command_usage(self, "expected a folder");
	/* Shells complete a folder's name with a slash. */
	for (size_t n = strlen(argv[0]); n > 1 && argv[0][n - 1] == '/'; n--)
		argv[0][n - 1] = '\0';
	arena = arena_new(16 * 1024);
	rc = template_write(arena, "project", argv[0], NULL, 0, &error);
	arena_free(arena);
	if (rc < 0)
		return command_fail(&error);
	printf("Wrote %s/: config/ says how the host runs, plugins/ is where its plugins go, public/ is served as it is.\n"
		"Next: say in %s/config/database.toml which MariaDB it uses, then: cd %s && socle start\n"
		"In another terminal, for a first plugin: cd %s && socle plugin new shop\n", argv[0], argv[0], argv[0], argv[0]);
	return CLI_OK;
}
