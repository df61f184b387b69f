#include <stdio.h>

#include "cli/ask.h"
#include "cli/command.h"
#include "server/reload.h"

/* The host gives a candidate up by itself; one may be under way before ours. */
enum { PATIENCE_MS = 2 * RELOAD_LIMIT_MS + 20 * 1000 };

int reload_run(const struct command *self, int argc, char **argv)
{
	struct error error = ERROR_INIT;
	json_t *answer;

	if (argc > 0)
		return command_usage(self, "unexpected \"%s\"", argv[0]);
	answer = ask_host("reload", NULL, PATIENCE_MS, &error);
	if (answer && ask_judge(answer, &error) == 0)
		puts(json_string_value(json_object_get(answer, "message")));
	json_decref(answer);
	return error_is_set(&error) ? command_fail(&error) : CLI_OK;
}
