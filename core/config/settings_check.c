#include "config/settings_check.h"

#include <sched.h>
#include <sys/un.h>

/* What bind() takes, with the NUL. */
#define SOCKET_PATH sizeof(((struct sockaddr_un *)NULL)->sun_path)

static const struct node *written(const struct settings_loading *loading, unsigned file, const char *path)
{
	const struct node *node = loading->roots[file];

	for (struct str rest = str_of(path); node && !str_is_null(rest);)
		node = node_get_str(node, str_cut(&rest, '.'));
	return node;
}

/* The variable that `path` was taken from, NULL when it wasn't. */
static const char *variable_of(const struct settings_loading *loading, unsigned file, const char *path)
{
	const struct config_table *table = &settings_files[file].table;

	for (size_t i = 0; i < table->count; i++) {
		const char *variable = table->keys[i].variable;

		if (strcmp(table->keys[i].path, path) == 0 && variable &&
			environment_get(loading->settings->environment, str_of(variable)).n)
			return variable;
	}
	return NULL;
}

/* A mistake in `path`, told at the place that its value came from. */
static void complain(struct settings_loading *loading, unsigned file, const char *path, const char *message)
{
	const char *variable = variable_of(loading, file, path);
	const struct node *node = written(loading, file, path);
	struct error problem = ERROR_INIT;

	if (variable)
		error_set(&problem, ERROR_CONFIG, "the variable %s: %s", variable, message);
	else if (node)
		node_error(node, &problem, "`%s`: %s", path, message);
	else
		error_set(&problem, ERROR_CONFIG, "%s.toml: `%s`: %s", settings_files[file].name, path,
			message);
	settings_note(loading, &problem);
}

/* ---- server ---- */

static bool is_unix(struct str address)
{
	return str_starts(address, STR("unix:")) || str_starts(address, STR("/"));
}

/* A path that bind() takes, or host:port. */
static bool is_address(struct str address)
{
	size_t colon = address.n;
	int64_t port;

	if (is_unix(address)) {
		struct str path = address.p[0] == '/' ? address : str_skip(address, 5);

		return path.n > 0 && path.n < SOCKET_PATH;
	}
	while (colon && address.p[colon - 1] != ':')
		colon--;
	return colon > 1 && str_to_int64(str_skip(address, colon), &port) && port >= 0 && port <= 65535;
}

static struct str tcp_address(struct arena *arena, const struct settings_server *server)
{
	bool bare_v6 = str_find(server->host, ':') < server->host.n && server->host.p[0] != '[';

	return str_of(arena_printf(arena, bare_v6 ? "[%.*s]:%lld" : "%.*s:%lld", STR_ARG(server->host),
		(long long)server->port));
}

/* SOCLE_HOST and SOCLE_PORT stand for every TCP address of the list: they override the file. */
static void derive_listen(struct settings_loading *loading)
{
	const struct environment *environment = loading->settings->environment;
	struct settings_server *server = &loading->settings->server;
	struct config_list given = server->listen;
	bool asked = environment_get(environment, STR("SOCLE_HOST")).n ||
		environment_get(environment, STR("SOCLE_PORT")).n;
	struct str *items = arena_array(loading->arena, given.count + 1, sizeof(*items));
	size_t count = 0;

	if (!given.count || asked) {
		items[count++] = tcp_address(loading->arena, server);
		if (!server->host.n)
			complain(loading, SETTINGS_SERVER, "host", "expected an address, found none");
	}
	for (size_t i = 0; i < given.count; i++) {
		if (!is_address(given.items[i])) {
			complain(loading, SETTINGS_SERVER, "listen",
				arena_printf(loading->arena,
					"expected \"address:port\" or \"unix:/path\" (a path of at most "
					"%zu characters), found \"%.*s\"",
					SOCKET_PATH - 1, STR_ARG(given.items[i])));
		}
		if (!asked || is_unix(given.items[i]))
			items[count++] = given.items[i];
	}
	server->listen = (struct config_list){ items, count };
}

static int64_t processor_cores(void)
{
	cpu_set_t set;

	/* Fails on machines with more than 1024 cores only. */
	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

static struct str without_slash(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* Sockets lie in the state folder, and their paths are short by the system's rule. */
static void check_state(struct settings_loading *loading)
{
	struct settings_server *server = &loading->settings->server;
	size_t room = SOCKET_PATH - sizeof("/control.sock");

	server->state = without_slash(server->state);
	if (!server->state.n || server->state.n > room) {
		complain(loading, SETTINGS_SERVER, "state",
			arena_printf(loading->arena,
				"expected a folder whose path has 1 to %zu characters (it holds unix "
				"sockets), found \"%.*s\"",
				room, STR_ARG(server->state)));
	}
}

static void check_server(struct settings_loading *loading)
{
	struct settings_server *server = &loading->settings->server;

	check_state(loading);
	derive_listen(loading);
	if (!server->workers)
		server->workers = processor_cores();
	if (!server->admin_listen.n)
		server->admin_listen = str_of(arena_printf(loading->arena, "unix:%.*s/admin.sock",
			STR_ARG(server->state)));
	else if (!is_address(server->admin_listen))
		complain(loading, SETTINGS_SERVER, "admin.listen",
			"expected \"address:port\" or \"unix:/path\"");
	server->url = without_slash(server->url);
	if (server->url.n && !str_starts(server->url, STR("http://")) &&
		!str_starts(server->url, STR("https://")))
		complain(loading, SETTINGS_SERVER, "url",
			"expected an address that begins with http:// or https://");
	if (server->timeouts.handler_kill < server->timeouts.handler_warn)
		complain(loading, SETTINGS_SERVER, "timeouts.handlerKill",
			"expected no less than `timeouts.handlerWarn`");
	if (server->limits.stack_keep > server->limits.stack)
		complain(loading, SETTINGS_SERVER, "limits.stackKeep",
			"expected no more than `limits.stack`");
}

/* ---- database, api ---- */

static void check_database(struct settings_loading *loading)
{
	static const char *const parts[] = { "host", "port", "user", "password", "name", "socket" };
	bool replaced = environment_get(loading->settings->environment, STR("SOCLE_DATABASE_URL")).n > 0;
	struct settings_database *database = &loading->settings->database;

	for (size_t i = 0; database->url.n && !replaced && i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (written(loading, SETTINGS_DATABASE, parts[i]))
			complain(loading, SETTINGS_DATABASE, parts[i],
				"stands beside `url`, which says where alone");
	}
	if (database->url.n) {
		database->host = database->user = database->password = database->name = database->socket =
			STR_NULL;
		database->port = 0;
	} else if (!database->host.n && !database->socket.n) {
		database->host = STR("127.0.0.1");
	}
}

static void check_api(struct settings_loading *loading)
{
	struct settings_api *api = &loading->settings->api;

	if (api->prefix.n && (api->prefix.p[0] != '/' || api->prefix.p[api->prefix.n - 1] == '/'))
		complain(loading, SETTINGS_API, "rest.prefix",
			"expected a path such as /api, without a / at its end");
}

void settings_check_values(struct settings_loading *loading)
{
	check_server(loading);
	check_database(loading);
	check_api(loading);
}
