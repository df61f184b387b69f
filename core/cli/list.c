#include <stdio.h>

#include "base/buf.h"
#include "base/json.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/table.h"
#include "server/report.h"

enum { PATIENCE_MS = 10 * 1000, COLUMNS_MAX = 16 };

static void print_json(const json_t *rows)
{
	struct buf out = BUF_INIT;

	json_write(&out, rows);
	puts(buf_cstr(&out));
	buf_clear(&out);
}

static void print_table(const json_t *answer, const json_t *rows)
{
	const char *columns[COLUMNS_MAX];
	size_t count = 0, i;
	const json_t *column;

	json_array_foreach(json_object_get(answer, "columns"), i, column) {
		if (count < COLUMNS_MAX && json_is_string(column))
			columns[count++] = json_string_value(column);
	}
	table_print(columns, count, rows, "");
}

static int refuse(const struct command *self, const char *list)
{
	struct buf names = BUF_INIT;
	int rc;

	for (size_t i = 0; report_list_name(i); i++)
		buf_printf(&names, "%s%s", i ? ", " : "", report_list_name(i));
	rc = command_usage(self, "there is no list of \"%s\"; there are %s", list, buf_cstr(&names));
	buf_clear(&names);
	return rc;
}

int list_run(const struct command *self, int argc, char **argv)
{
	bool json = command_take_flag(&argc, argv, "--json");
	struct error error = ERROR_INIT;
	json_t *answer;

	if (argc != 1)
		return command_usage(self, "expected what to list");
	if (!report_knows(argv[0]))
		return refuse(self, argv[0]);
	answer = ask_host("list", argv[0], PATIENCE_MS, &error);
	if (answer && ask_judge(answer, &error) == 0) {
		const json_t *rows = json_object_get(answer, "rows");

		if (json)
			print_json(rows);
		else
			print_table(answer, rows);
	}
	json_decref(answer);
	return error_is_set(&error) ? command_fail(&error) : CLI_OK;
}
