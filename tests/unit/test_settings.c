#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/settings.h"

struct fixture {
	struct arena *arena;
	struct error error;
	char folder[64], before[256];
};

static const char *const variables[] = {
	"SOCLE_HOST", "SOCLE_PORT", "SOCLE_WORKERS", "SOCLE_STATE", "SOCLE_PLUGINS", "SOCLE_CONFIG",
	"SOCLE_DATABASE_URL", "SOCLE_LOG_LEVEL", "ENV_PATH",
};

/* Each test runs in an empty folder of its own. */
static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	f->arena = arena_new(4096);
	snprintf(f->folder, sizeof(f->folder), "/tmp/socle-settings-XXXXXX");
	*state = f;
	return getcwd(f->before, sizeof(f->before)) && mkdtemp(f->folder) && chdir(f->folder) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
	assert_int_equal(chdir(f->before), 0);
	snprintf(command, sizeof(command), "rm -rf %s", f->folder);
	assert_int_equal(system(command), 0);
	error_clear(&f->error);
	arena_free(f->arena);
	free(f);
	return 0;
}

/* Makes the folders on the way, too. */
static void put(const char *path, const char *text)
{
	char folder[256];
	FILE *file;

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		mkdir(folder, 0700);
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const struct settings *loads(struct fixture *f)
{
	const struct settings *settings = settings_load(f->arena, NULL, &f->error);

	if (!settings)
		fail_msg("%s", error_message(&f->error));
	return settings;
}

static void refuses(struct fixture *f, const char *message)
{
	assert_null(settings_load(f->arena, NULL, &f->error));
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	assert_string_equal(error_message(&f->error), message);
}

static void without_files_there_are_defaults(void **state)
{
	const struct settings *s = loads(*state);

	assert_int_equal(s->server.listen.count, 1);
	assert_str(s->server.listen.items[0], "127.0.0.1:1337");
	assert_true(s->server.workers >= 1);
	assert_str(s->server.state, ".socle");
	assert_str(s->server.admin_listen, "unix:.socle/admin.sock");
	assert_true(str_is_null(s->server.admin_token));
	assert_int_equal(s->server.log_level, LOG_INFO);
	assert_int_equal(s->server.log_format, LOG_FORMAT_AUTO);
	assert_int_equal(s->server.trust.count, 0);
	assert_str(s->database.host, "127.0.0.1");
	assert_int_equal(s->database.port, 3306);
	assert_int_equal(s->database.pool, 10);
	assert_int_equal(s->database.schema, SETTINGS_SCHEMA_BY_STATE);
	assert_str(s->api.prefix, "/api");
	assert_int_equal(s->api.default_limit, 25);
	assert_int_equal(s->api.max_limit, 100);
	assert_true(s->api.with_count);
	assert_false(s->api.strict_params);
	assert_int_equal(s->api.public_actions.count, 0);
	assert_int_equal(s->middleware_count, 9);
	assert_str(s->middlewares[0].name, "socle::logger");
	assert_str(s->middlewares[8].name, "socle::public");
	assert_int_equal(s->plugin_count, 0);
	assert_true(s->cron_enabled);
	assert_null(s->cron_tasks);
}

static void limits_are_those_that_are_documented(void **state)
{
	const struct settings *s = loads(*state);

	assert_int_equal(s->server.limits.head, 16 * 1024);
	assert_int_equal(s->server.limits.headers, 100);
	assert_int_equal(s->server.limits.body, 1 << 20);
	assert_int_equal(s->server.limits.form, 1 << 20);
	assert_int_equal(s->server.limits.upload, 200 << 20);
	assert_int_equal(s->server.limits.depth, 64);
	assert_int_equal(s->server.limits.stack, 256 * 1024);
	assert_int_equal(s->server.limits.stack_keep, 64 * 1024);
	assert_int_equal(s->server.limits.connections, 20000);
	assert_int_equal(s->server.limits.in_flight, 1024);
	assert_int_equal(s->api.filter_relations, 10);
	assert_int_equal(s->api.populated_rows, 50000);
	assert_int_equal(s->server.timeouts.head, 10000);
	assert_int_equal(s->server.timeouts.body, 30000);
	assert_int_equal(s->server.timeouts.idle, 75000);
	assert_int_equal(s->server.timeouts.handler_warn, 1000);
	assert_int_equal(s->server.timeouts.handler_kill, 10000);
	assert_int_equal(s->server.timeouts.drain, 30000);
	assert_int_equal(s->server.timeouts.long_drain, 300000);
	assert_int_equal(s->server.probation, 10000);
	assert_int_equal(s->server.quarantine_faults, 3);
	assert_int_equal(s->server.quarantine_window, 60000);
	assert_int_equal(s->database.acquire_timeout, 5000);
	assert_int_equal(s->database.statement_cache, 256);
}

static void keys_may_stand_in_a_table_of_the_files_name(void **state)
{
	put("config/server.toml",
		"[server]\nport = 8080\n[server.proxy]\ntrust = ['10.0.0.0/8']\n[server.admin]\n"
		"listen = '127.0.0.1:9000'\n");
	put("config/database.toml", "[database]\nschema = 'manage'\nname = 'blog'\n");
	put("config/api.toml", "[rest]\nprefix = '/v1'\n");
	const struct settings *s = loads(*state);

	assert_str(s->server.listen.items[0], "127.0.0.1:8080");
	assert_str(s->server.trust.items[0], "10.0.0.0/8");
	assert_str(s->server.admin_listen, "127.0.0.1:9000");
	assert_int_equal(s->database.schema, SETTINGS_SCHEMA_MANAGE);
	assert_str(s->database.name, "blog");
	assert_str(s->api.prefix, "/v1");
}

static void both_forms_at_once_are_refused(void **state)
{
	put("config/server.toml", "host = 'x'\n[server]\nport = 8080\n");
	refuses(*state,
		"config/server.toml:1:8: `host` stands beside [server]; put it into that table, or leave the "
		"table away");
}

static void variables_override_the_files(void **state)
{
	put("config/server.toml",
		"host = '10.0.0.1'\nport = 80\nworkers = 3\nstate = '/a'\nplugins = ['x']\n");
	setenv("SOCLE_HOST", "::1", 1);
	setenv("SOCLE_PORT", "0", 1);
	setenv("SOCLE_WORKERS", "2", 1);
	setenv("SOCLE_STATE", "/tmp/state/", 1);
	setenv("SOCLE_PLUGINS", "/p/a:/p/b", 1);
	setenv("SOCLE_LOG_LEVEL", "debug", 1);
	const struct settings *s = loads(*state);

	assert_str(s->server.listen.items[0], "[::1]:0");
	assert_int_equal(s->server.workers, 2);
	assert_str(s->server.state, "/tmp/state");
	assert_str(s->server.admin_listen, "unix:/tmp/state/admin.sock");
	assert_int_equal(s->server.plugins.count, 2);
	assert_str(s->server.plugins.items[1], "/p/b");
	assert_int_equal(s->server.log_level, LOG_DEBUG);
}

static void a_port_variable_replaces_tcp_addresses_only(void **state)
{
	put("config/server.toml", "listen = ['0.0.0.0:80', 'unix:/run/x.sock']\n");
	const struct settings *s = loads(*state);

	assert_int_equal(s->server.listen.count, 2);
	setenv("SOCLE_PORT", "8080", 1);
	s = loads(*state);
	assert_int_equal(s->server.listen.count, 2);
	assert_str(s->server.listen.items[0], "127.0.0.1:8080");
	assert_str(s->server.listen.items[1], "unix:/run/x.sock");
}

static void an_address_that_is_none_is_refused(void **state)
{
	put("config/server.toml", "listen = ['80']\nadmin.listen = 'x'\nurl = 'example.org'\n");
	refuses(*state,
		"config/server.toml:1:10: `listen`: expected \"address:port\" or \"unix:/path\" (a path of "
		"at "
		"most 107 characters), found \"80\"\n"
		"config/server.toml:2:16: `admin.listen`: expected \"address:port\" or \"unix:/path\"\n"
		"config/server.toml:3:7: `url`: expected an address that begins with http:// or https://");
}

static void an_empty_host_is_refused(void **state)
{
	put("config/server.toml", "host = ''\n");
	refuses(*state, "config/server.toml:1:8: `host`: expected an address, found none");
}

static void values_that_do_not_fit_together_are_refused(void **state)
{
	put("config/server.toml", "timeouts.handlerKill = '500ms'\nlimits.stackKeep = '1MiB'\n");
	put("config/api.toml", "rest.prefix = 'api/'\n");
	refuses(*state, "config/server.toml:1:24: `timeouts.handlerKill`: expected no less than "
		"`timeouts.handlerWarn`\n"
		"config/server.toml:2:20: `limits.stackKeep`: expected no more than `limits.stack`\n"
		"config/api.toml:1:15: `rest.prefix`: expected a path such as /api, without a / at its end");
}

static void a_state_path_too_long_for_sockets_is_refused_where_it_was_said(void **state)
{
	struct fixture *f = *state;
	char path[120];

	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	put("config/server.toml", "state = 'short'\n");
	setenv("SOCLE_STATE", path, 1);
	assert_null(settings_load(f->arena, NULL, &f->error));
	assert_non_null(strstr(error_message(&f->error),
		"the variable SOCLE_STATE: expected a folder whose path has 1 to "));
}

static void the_database_variable_replaces_the_files_connection(void **state)
{
	put("config/database.toml", "host = 'a'\nname = 'b'\npassword = 'c'\npool = 3\n");
	setenv("SOCLE_DATABASE_URL", "mysql://u:p@h:1/n", 1);
	const struct settings *s = loads(*state);

	assert_str(s->database.url, "mysql://u:p@h:1/n");
	assert_true(str_is_null(s->database.host));
	assert_true(str_is_null(s->database.name));
	assert_true(str_is_null(s->database.password));
	assert_int_equal(s->database.port, 0);
	assert_int_equal(s->database.pool, 3);
}

static void a_url_beside_a_host_is_refused(void **state)
{
	put("config/database.toml", "url = 'mysql://h/n'\nhost = 'a'\n");
	refuses(*state, "config/database.toml:2:8: `host`: stands beside `url`, which says where alone");
}

static void a_socket_needs_no_host(void **state)
{
	put("config/database.toml", "socket = '/run/m.sock'\n");
	const struct settings *s = loads(*state);

	assert_str(s->database.socket, "/run/m.sock");
	assert_true(str_is_null(s->database.host));
}

static void middlewares_keep_their_order_and_configuration(void **state)
{
	put("config/middlewares.toml",
		"use = [\n 'socle::errors',\n { name = 'socle::cors', config = { origin = ['x'] } },\n"
		" 'blog::view-counter',\n]\n");
	const struct settings *s = loads(*state);

	assert_int_equal(s->middleware_count, 3);
	assert_str(s->middlewares[0].name, "socle::errors");
	assert_null(s->middlewares[0].config);
	assert_str(s->middlewares[1].name, "socle::cors");
	assert_non_null(node_get(s->middlewares[1].config, "origin"));
	assert_str(s->middlewares[2].name, "blog::view-counter");
	assert_int_equal(s->middlewares[2].node->line, 4);
}

static void an_empty_list_of_middlewares_is_one(void **state)
{
	put("config/middlewares.toml", "use = []\n");
	assert_int_equal(loads(*state)->middleware_count, 0);
}

static void wrong_middlewares_are_all_told(void **state)
{
	put("config/middlewares.toml",
		"use = [ 1, { nam = 'x' }, { config = {} }, { name = 'x', config = 1 }, '' ]\n");
	refuses(*state, "config/middlewares.toml:1:9: expected the name of a middleware, or { name = "
			"\"...\", config = { ... } }, "
			"found an integer\n"
			"config/middlewares.toml:1:20: unknown key `nam`; did you mean `name`?\n"
			"config/middlewares.toml:1:27: expected the name of a middleware, or { name = "
			"\"...\", config = { ... } }, "
			"found a table without a name\n"
			"config/middlewares.toml:1:67: `config` must be a table, but it is an integer\n"
			"config/middlewares.toml:1:72: expected the name of a middleware, or { name = "
			"\"...\", config = { ... } }, "
			"found an empty string");
	put("config/middlewares.toml", "use = 1\n");
	refuses(*state, "config/middlewares.toml:1:7: `use` must be an array, but it is an integer");
}

static void plugins_can_be_switched_off_and_configured(void **state)
{
	put("config/plugins.toml",
		"upload = false\n[blog]\npopular-limit = 5\n[i18n]\nenabled = false\n[plugins]\nx = 1\n");
	const struct settings *s = loads(*state);

	assert_int_equal(s->plugin_count, 4);
	assert_false(settings_plugin(s, STR("upload"))->enabled);
	assert_true(settings_plugin(s, STR("blog"))->enabled);
	assert_int_equal(node_get(settings_plugin(s, STR("blog"))->config, "popular-limit")->integer, 5);
	assert_false(settings_plugin(s, STR("i18n"))->enabled);
	assert_null(settings_plugin(s, STR("absent")));
	put("config/plugins.toml", "upload = 'no'\n[blog]\nenabled = 1\n");
	refuses(*state, "config/plugins.toml:1:10: expected true, false or a table of the plugin's settings, "
			"found a string\n"
			"config/plugins.toml:3:11: `enabled` must be a boolean, but it is an integer");
}

static void tasks_need_a_name_and_what_is_to_be_different(void **state)
{
	put("config/cron.toml", "enabled = false\n[[tasks]]\nname = 'nightly'\nrule = '0 1 * * *'\n");
	const struct settings *s = loads(*state);

	assert_false(s->cron_enabled);
	assert_int_equal(s->cron_tasks->items.count, 1);
	put("config/cron.toml", "[[tasks]]\nname = 'nightly'\n");
	refuses(*state, "config/cron.toml:1:1: a task needs its `name`, and what is to be different: `rule`, `tz` or `enabled`");
	put("config/cron.toml", "[[tasks]]\nrule = '@daily'\nenabled = true\n");
	refuses(*state, "config/cron.toml:1:1: a task needs its `name`, and what is to be different: `rule`, `tz` or `enabled`");
	put("config/cron.toml", "[[tasks]]\nname = 'nightly'\nrules = '@daily'\n");
	refuses(*state, "config/cron.toml:3:9: unknown key `rules`; did you mean `rule`?");
	put("config/cron.toml", "[[tasks]]\nname = 'nightly'\nenabled = 'no way'\n");
	refuses(*state, "config/cron.toml:3:11: `enabled` must be a boolean, but it is a string");
	put("config/cron.toml", "[[tasks]]\nname = 'nightly'\nrule = '60 * * * *'\n");
	refuses(*state, "config/cron.toml:3:8: the cron rule \"60 * * * *\" can't be read: minute: \"60\" is not within 0 to 59; "
			"expected something like \"0,15,30-40\"");
	put("config/cron.toml", "[tasks]\nname = 'nightly'\n");
	refuses(*state,
		"config/cron.toml:1:1: `tasks` must be an array of tables ([[tasks]]), but it is a table");
}

static void mistakes_of_all_files_are_told_at_once(void **state)
{
	put("config/server.toml", "prot = 1\n");
	put("config/database.toml", "pool = 0\n");
	put("config/api.toml", "= 1\n");
	refuses(*state, "config/server.toml:1:8: unknown key `prot`; did you mean `port`?\n"
			"config/database.toml:1:8: `pool`: expected an integer from 1 to 1000, found 0\n"
			"config/api.toml:1:1: Error while parsing root table: expected keys, tables, "
			"whitespace or comments, saw '='");
}

static void a_folder_that_was_asked_for_must_be_there(void **state)
{
	struct fixture *f = *state;

	setenv("SOCLE_CONFIG", "absent", 1);
	refuses(f, "absent: the configuration folder cannot be read: No such file or directory");
	put("other/server.toml", "port = 81\n");
	setenv("SOCLE_CONFIG", "other", 1);
	assert_int_equal(loads(f)->server.port, 81);
	assert_str(loads(f)->folder, "other");
	assert_null(settings_load(f->arena, "third", &f->error));
	assert_non_null(settings_load(f->arena, "other", &f->error));
}

static void the_env_file_is_read_first(void **state)
{
	put(".env", "SOCLE_PORT=82\nNAME=blog\n");
	put("other.env", "SOCLE_PORT=83\nNAME=other\n");
	put("config/database.toml", "name = '${NAME}'\n");
	const struct settings *s = loads(*state);

	assert_int_equal(s->server.port, 82);
	assert_str(s->database.name, "blog");
	setenv("ENV_PATH", "other.env", 1);
	assert_int_equal(loads(*state)->server.port, 83);
	put("other.env", "nothing\n");
	refuses(*state, "other.env:1: expected NAME=value");
}

static void files_that_nobody_reads_are_no_error(void **state)
{
	put("config/servers.toml", "port = 1\n");
	put("config/README.md", "text");
	assert_int_equal(loads(*state)->server.port, 1337);
}

static void plugin_folders_are_found_by_name(void **state)
{
	struct fixture *f = *state;
	struct config_list folders;

	assert_int_equal(settings_find_plugins(loads(f), f->arena, &folders, &f->error), 0);
	assert_int_equal(folders.count, 0);
	put("plugins/b/plugin.toml", "");
	put("plugins/a/plugin.toml", "");
	put("plugins/.c/plugin.toml", "");
	put("plugins/none/file", "");
	assert_int_equal(settings_find_plugins(loads(f), f->arena, &folders, &f->error), 0);
	assert_int_equal(folders.count, 2);
	assert_str(folders.items[0], "plugins/a");
	assert_str(folders.items[1], "plugins/b");
}

static void a_plugin_folder_or_a_folder_of_them_may_be_named(void **state)
{
	struct fixture *f = *state;
	struct config_list folders;

	put("one/plugin.toml", "");
	put("one/inner/plugin.toml", "");
	put("many/z/plugin.toml", "");
	put("many/y/plugin.toml", "");
	setenv("SOCLE_PLUGINS", "one/:many:many/z", 1);
	assert_int_equal(settings_find_plugins(loads(f), f->arena, &folders, &f->error), 0);
	assert_int_equal(folders.count, 3);
	assert_str(folders.items[0], "one");
	assert_str(folders.items[1], "many/y");
	assert_str(folders.items[2], "many/z");
	setenv("SOCLE_PLUGINS", "absent", 1);
	assert_int_equal(settings_find_plugins(loads(f), f->arena, &folders, &f->error), -1);
	assert_string_equal(error_message(&f->error),
		"absent: the plugin folder cannot be read: No such file or directory");
}

static void every_key_is_documented(void **state)
{
	for (size_t i = 0; i < SETTINGS_FILES; i++) {
		const struct config_table *table = &settings_files[i].table;

		assert_non_null(settings_files[i].name);
		for (size_t k = 0; k < table->count; k++)
			assert_non_null(table->keys[k].help);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(without_files_there_are_defaults),
		TEST(limits_are_those_that_are_documented),
		TEST(keys_may_stand_in_a_table_of_the_files_name),
		TEST(both_forms_at_once_are_refused),
		TEST(variables_override_the_files),
		TEST(a_port_variable_replaces_tcp_addresses_only),
		TEST(an_address_that_is_none_is_refused),
		TEST(an_empty_host_is_refused),
		TEST(values_that_do_not_fit_together_are_refused),
		TEST(a_state_path_too_long_for_sockets_is_refused_where_it_was_said),
		TEST(the_database_variable_replaces_the_files_connection),
		TEST(a_url_beside_a_host_is_refused),
		TEST(a_socket_needs_no_host),
		TEST(middlewares_keep_their_order_and_configuration),
		TEST(an_empty_list_of_middlewares_is_one),
		TEST(wrong_middlewares_are_all_told),
		TEST(plugins_can_be_switched_off_and_configured),
		TEST(tasks_need_a_name_and_what_is_to_be_different),
		TEST(mistakes_of_all_files_are_told_at_once),
		TEST(a_folder_that_was_asked_for_must_be_there),
		TEST(the_env_file_is_read_first),
		TEST(files_that_nobody_reads_are_no_error),
		TEST(plugin_folders_are_found_by_name),
		TEST(a_plugin_folder_or_a_folder_of_them_may_be_named),
		TEST(every_key_is_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
