/* The settings of a whole host: TOML files, `.env` and the environment, read and checked.
 *
 * In the folder `config`, server.toml, database.toml, api.toml, middlewares.toml,
 * plugins.toml and cron.toml are optional, and so is each of their keys. A file holds
 * its keys at the top or in a table of its own name (but plugins.toml, where names are
 * plugins): `[proxy]` and `[server.proxy]` are the same in server.toml.
 *
 *	const struct settings *settings = settings_load(arena, NULL, &error);
 *	if (!settings)
 *		log_error("config", "%s", error_message(&error));	// all mistakes, a line each
 *
 * Everything lives in that arena and is never changed: a reload reads anew. Times are
 * milliseconds, sizes are bytes; the tables in settings_keys.c say each range.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include "base/log.h"
#include "config/table.h"

struct settings_limits {
	int64_t head, headers;			/* bytes of request line and headers; how many headers */
	int64_t body, form, upload;		/* bytes of a JSON body, of a form, of one uploaded file */
	int64_t depth;				/* arrays and objects inside one another in a body */
	int64_t stack, stack_keep;		/* bytes of a fiber's stack; what a pooled one may keep */
	int64_t connections, in_flight;		/* per worker */
	int64_t shared;				/* bytes that the workers share; 0: none */
	int64_t parts;				/* of a multipart body */
	int64_t fetch, fetches;			/* bytes of an answer to a request of the host's; how many at once */
};

struct settings_timeouts {
	int64_t head, body, idle;
	int64_t handler_warn, handler_kill;	/* one handler without yielding */
	int64_t drain, long_drain;
	int64_t fetch;				/* a request of a plugin's that doesn't say */
};

struct settings_server {
	struct str host, url;			/* url: "" or the absolute address that clients use */
	int64_t port;
	struct config_list listen;		/* always at least one: "127.0.0.1:1337", "unix:/path" */
	int64_t workers;			/* at least 1 */
	struct str state;			/* the state folder, without a '/' at its end */
	int log_level, log_format;		/* enum log_level, enum log_format */
	struct config_list trust;		/* addresses, networks, "unix" */
	struct config_list keys;		/* that sign, the first, and verify */
	struct str admin_listen, admin_token;	/* token: STR_NULL or what unlocks _metrics elsewhere */
	struct str fetch_certificates;		/* a file; STR_NULL or "": the system's */
	int64_t probation;			/* how long the generation before rests after a reload */
	int64_t quarantine_faults, quarantine_window;
	struct config_list plugins;		/* folders, as written: see settings_find_plugins() */
	struct settings_limits limits;
	struct settings_timeouts timeouts;
};

enum settings_schema { SETTINGS_SCHEMA_BY_STATE, SETTINGS_SCHEMA_MANAGE, SETTINGS_SCHEMA_FOLLOW };

struct settings_database {
	struct str url;				/* when set, it alone says where: the next six are empty */
	struct str host, user, password, name, socket;
	int64_t port;
	int64_t pool, statement_cache;		/* connections per worker; statements per connection */
	int64_t acquire_timeout, connect_timeout, idle_timeout;
	int64_t statement_timeout;		/* 0: none */
	int schema;				/* enum settings_schema */
};

struct settings_api {
	struct str prefix;			/* "/api"; "" or begins with '/', never ends with one */
	int64_t default_limit, max_limit;	/* max_limit 0: no cap */
	int64_t filter_depth, filter_conditions, filter_relations, sort_keys; /* of one query */
	int64_t populate_depth, populate_breadth;	/* levels; attributes on one level */
	int64_t populated_rows;				/* for one query, on all levels together */
	bool with_count, strict_params, documents_strict_params;
	struct config_list public_actions;	/* patterns of action uids that need no token */
	struct config_list private_attributes;
	const struct node *routes;		/* of content types, by uid: plugin/core_routes.h; NULL */
};

struct settings_middleware {
	struct str name;
	const struct node *config;		/* NULL: none */
	const struct node *node;		/* for messages; NULL in the host's own list */
};

struct settings_plugin {
	struct str name;
	bool enabled;
	const struct node *config;		/* its table, with `enabled`; NULL for `name = true` */
};

struct settings {
	struct str folder;			/* where the files are, or would be */
	const struct environment *environment;
	struct settings_server server;
	struct settings_database database;
	struct settings_api api;
	const struct node *middleware_list;	/* `use` as written; NULL: the list below is the host's own */
	const struct settings_middleware *middlewares;
	size_t middleware_count;
	const struct settings_plugin *plugins;	/* those that plugins.toml names, nothing more */
	size_t plugin_count;
	bool cron_enabled;
	const struct node *cron_tasks;		/* an array of tables: name, and rule, tz or enabled; NULL: none */
};

/* `folder` NULL: SOCLE_CONFIG, else "config"; only the last of the three may be missing. `.env` (or the file
 * that ENV_PATH names) is read first. Files in the folder that nobody reads are warned about in the log. */
const struct settings *settings_load(struct arena *arena, const char *folder, struct error *error)
	__attribute__((warn_unused_result));

/* The entry of plugins.toml, NULL when it has none: enabled, without configuration. */
const struct settings_plugin *settings_plugin(const struct settings *settings, struct str name);

/* Every plugin folder: an entry of server.plugins that has a plugin.toml, or those folders in it that have
 * one, by name; and libraries (*.so) alone, which are plugins in one file. A folder that is missing is an error, but for the default one. */
int settings_find_plugins(const struct settings *settings, struct arena *arena, struct config_list *folders_r,
	struct error *error) __attribute__((warn_unused_result));

/* The tables behind the files, for reading and for documentation. */
struct settings_file {
	const char *name;			/* "server": server.toml */
	struct config_table table;		/* of struct settings; empty for plugins */
};

enum settings_file_index {
	SETTINGS_SERVER, SETTINGS_DATABASE, SETTINGS_API, SETTINGS_MIDDLEWARES, SETTINGS_PLUGINS,
	SETTINGS_CRON, SETTINGS_FILES
};
extern const struct settings_file settings_files[SETTINGS_FILES];

#endif
