#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/settings.h"
#include "server/control.h"
#include "server/listeners.h"
#include "server/state.h"

/* ---- lines ---- */

static void assert_line(const char *line, enum control_command command, const char *what)
{
	struct error error = ERROR_INIT;
	struct control_request request;

	assert_int_equal(control_parse(str_of(line), &request, &error), 0);
	assert_int_equal(request.command, command);
	assert_string_equal(request.what, what);
}

static void commands_are_read(void **state)
{
	assert_line("{\"command\":\"status\"}", CONTROL_STATUS, "");
	assert_line(" {\"command\": \"reload\", \"other\": [1]} \r", CONTROL_RELOAD, "");
	assert_line("{\"command\":\"stop\"}", CONTROL_STOP, "");
	assert_line("{\"command\":\"list\",\"what\":\"routes\"}", CONTROL_LIST, "routes");
	assert_line("{\"command\":\"list\",\"what\":7}", CONTROL_LIST, "");
}

static void assert_refused(const char *line)
{
	struct error error = ERROR_INIT;
	struct control_request request;

	assert_true(control_parse(str_of(line), &request, &error) < 0);
	assert_true(error_is_set(&error));
	error_clear(&error);
}

static void what_is_no_command_is_refused(void **state)
{
	assert_refused("");
	assert_refused("status");
	assert_refused("\"status\"");
	assert_refused("[]");
	assert_refused("{}");
	assert_refused("{\"command\":null}");
	assert_refused("{\"command\":\"explode\"}");
	assert_refused("{\"command\":\"stat\"}");
	assert_refused("[[[[[[[[[[]]]]]]]]]]");
}

static void a_long_word_is_cut_not_overrun(void **state)
{
	struct error error = ERROR_INIT;
	struct control_request request;
	struct buf line = BUF_INIT;

	buf_printf(&line, "{\"command\":\"list\",\"what\":\"%0500d\"}", 0);
	assert_int_equal(control_parse(buf_str(&line), &request, &error), 0);
	assert_int_equal(strlen(request.what), sizeof(request.what) - 1);
	buf_clear(&line);
}

/* ---- the state folder ---- */

struct folder {
	struct arena *arena;
	char base[64];
};

static int set_up(void **state)
{
	struct folder *folder = calloc(1, sizeof(*folder));

	assert_non_null(folder);
	folder->arena = arena_new(4096);
	snprintf(folder->base, sizeof(folder->base), "/tmp/socle-unit.XXXXXX");
	assert_non_null(mkdtemp(folder->base));
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;
	char *command = arena_printf(folder->arena, "rm -rf %s", folder->base);

	assert_int_equal(system(command), 0);
	arena_free(folder->arena);
	free(folder);
	return 0;
}

static struct str inside(struct folder *folder, const char *name)
{
	return str_of(arena_printf(folder->arena, "%s/%s", folder->base, name));
}

static void the_state_folder_is_made_for_its_owner_alone(void **state)
{
	struct folder *folder = *state;
	struct error error = ERROR_INIT;
	struct stat status;
	struct state held;

	assert_int_equal(state_open(&held, inside(folder, "a/b"), folder->arena, &error), 0);
	assert_int_equal(stat(held.folder, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	state_close(&held, true);
	assert_true(access(inside(folder, "a/b/socle.pid").p, F_OK) < 0);
}

static void a_second_host_in_the_same_folder_is_refused_by_name(void **state)
{
	struct folder *folder = *state;
	struct error error = ERROR_INIT;
	struct state first, second;
	char pid[32];

	snprintf(pid, sizeof(pid), "process %d", (int)getpid());
	assert_int_equal(state_open(&first, inside(folder, "s"), folder->arena, &error), 0);
	assert_true(state_open(&second, inside(folder, "s"), folder->arena, &error) < 0);
	assert_non_null(strstr(error_message(&error), pid));
	assert_non_null(strstr(error_message(&error), "SOCLE_STATE"));
	state_close(&first, true);
	error_clear(&error);
	assert_int_equal(state_open(&second, inside(folder, "s"), folder->arena, &error), 0);
	state_close(&second, true);
}

static void a_host_that_was_killed_leaves_no_lock(void **state)
{
	struct folder *folder = *state;
	struct error error = ERROR_INIT;
	struct state held;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(state_open(&held, inside(folder, "s"), folder->arena, &error) == 0 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(access(inside(folder, "s/socle.pid").p, F_OK), 0);
	assert_int_equal(state_open(&held, inside(folder, "s"), folder->arena, &error), 0);
	state_close(&held, true);
}

static void a_file_in_the_folders_place_is_named(void **state)
{
	struct folder *folder = *state;
	struct error error = ERROR_INIT;
	struct state held;
	FILE *file = fopen(inside(folder, "file").p, "w");

	assert_non_null(file);
	fclose(file);
	assert_true(state_open(&held, inside(folder, "file"), folder->arena, &error) < 0);
	assert_non_null(strstr(error_message(&error), "/file"));
	error_clear(&error);
	assert_true(state_open(&held, inside(folder, "file/below"), folder->arena, &error) < 0);
	assert_non_null(strstr(error_message(&error), "/file/below"));
	error_clear(&error);
}

static void sockets_work_in_folders_with_long_names(void **state)
{
	struct folder *folder = *state;
	const char *name = arena_printf(folder->arena, "%0120d/%0120d", 0, 0);
	struct error error = ERROR_INIT;
	struct stat status;
	struct state held;
	int server, client;

	assert_int_equal(state_open(&held, inside(folder, name), folder->arena, &error), 0);
	server = state_bind(held.folder, CONTROL_FILE);
	assert_true(server >= 0);
	assert_int_equal(listen(server, 1), 0);
	assert_int_equal(
		stat(inside(folder, arena_printf(folder->arena, "%s/" CONTROL_FILE, name)).p, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	client = state_connect(held.folder, CONTROL_FILE);
	assert_true(client >= 0);
	close(client);
	close(server);
	state_close(&held, true);
}

/* ---- listening sockets ---- */

static void sockets_that_stay_are_not_opened_anew(void **state)
{
	struct folder *folder = *state;
	struct str both[] = { inside(folder, "one"), inside(folder, "two") };
	struct settings settings = { .server.listen = { both, 2 } };
	struct listeners first, second;
	struct error error = ERROR_INIT;

	assert_int_equal(listeners_open(&first, &settings, NULL, &error), 0);
	assert_int_equal(first.count, 2);
	both[1] = inside(folder, "three");
	assert_int_equal(listeners_open(&second, &settings, &first, &error), 0);
	assert_int_equal(second.items[0].fd, first.items[0].fd);
	listeners_close(&first, &second, true);
	assert_int_equal(access(inside(folder, "one").p, F_OK), 0);
	assert_true(access(inside(folder, "two").p, F_OK) < 0);
	listeners_close(&second, NULL, true);
	assert_true(access(inside(folder, "one").p, F_OK) < 0);
	assert_true(access(inside(folder, "three").p, F_OK) < 0);
}

static void what_can_not_be_opened_takes_nothing_along(void **state)
{
	struct folder *folder = *state;
	struct str both[] = { inside(folder, "one"), inside(folder, "missing/two") };
	struct settings settings = { .server.listen = { both, 1 } };
	struct listeners first, second;
	struct error error = ERROR_INIT;

	assert_int_equal(listeners_open(&first, &settings, NULL, &error), 0);
	settings.server.listen.count = 2;
	assert_true(listeners_open(&second, &settings, &first, &error) < 0);
	assert_non_null(strstr(error_message(&error), "missing/two"));
	error_clear(&error);
	assert_int_equal(access(inside(folder, "one").p, F_OK), 0);
	listeners_close(&first, NULL, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_are_read),
		cmocka_unit_test(what_is_no_command_is_refused),
		cmocka_unit_test(a_long_word_is_cut_not_overrun),
		cmocka_unit_test_setup_teardown(
			the_state_folder_is_made_for_its_owner_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_second_host_in_the_same_folder_is_refused_by_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_host_that_was_killed_leaves_no_lock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_in_the_folders_place_is_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sockets_work_in_folders_with_long_names, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sockets_that_stay_are_not_opened_anew, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_can_not_be_opened_takes_nothing_along, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
