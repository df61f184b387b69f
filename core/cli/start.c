#include <string.h>

#include "cli/command.h"
#include "server/supervisor.h"

int start_run(const struct command *self, int argc, char **argv)
{
	const char *folder = NULL;

	if (argc >= 2 && strcmp(argv[0], "--config") == 0) {
		folder = argv[1];
		argc -= 2;
		argv += 2;
	}
	if (argc > 0)
		return command_usage(self, "unexpected \"%s\"", argv[0]);
	return supervisor_run(folder);
}
