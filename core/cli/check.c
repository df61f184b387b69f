#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "config/settings.h"
#include "extension/generation.h"
#include "model/model.h"
#include "plugin/builder.h"

static int check_plugins(const struct settings *settings, struct error *error)
{
	struct generation *generation = builder_build(settings, 1, error);

	if (!generation)
		return -1;
	printf("all is well: %u plugins, %u content types and components, %u routes\n",
		generation->instance_count, generation->models ? generation->models->count : 0,
		generation->route_count);
	generation_unpin(generation);
	return 0;
}

int check_run(const struct command *self, int argc, char **argv)
{
	const char *folder = argc == 2 && strcmp(argv[0], "--config") == 0 ? argv[1] : NULL;
	const struct settings *settings;
	struct error error = ERROR_INIT;
	struct arena *arena;
	int rc = -1;

	if (argc > 0 && !folder)
		return command_usage(self, "unexpected \"%s\"", argv[0]);
	arena = arena_new(16 * 1024);
	settings = settings_load(arena, folder, &error);
	if (settings)
		rc = check_plugins(settings, &error);
	if (rc < 0)
		fprintf(stderr, "%s\n", error_message(&error));
	error_clear(&error);
	arena_free(arena);
	return rc < 0 ? CLI_FAILED : CLI_OK;
}
