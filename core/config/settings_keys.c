#include "config/settings.h"

#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In the order of enum log_level, enum log_format and enum settings_schema. */
static const char *const log_levels[] = { "error", "warn", "info", "http", "debug", NULL };
static const char *const log_formats[] = { "auto", "text", "json", NULL };
static const char *const schemas[] = { "", "manage", "follow", NULL };

#define AT(member) offsetof(struct settings, server.member)
static const struct config_key server_keys[] = {
	{ "host", CONFIG_STRING, AT(host), "127.0.0.1", .variable = "SOCLE_HOST",
		.help = "Address to listen on; 0.0.0.0 or :: for all." },
	{ "port", CONFIG_INT, AT(port), "1337", 0, 65535, .variable = "SOCLE_PORT",
		.help = "Port to listen on; 0 for any that is free." },
	{ "listen", CONFIG_STRING_LIST, AT(listen),
		.help = "Instead of host and port: \"127.0.0.1:1337\", \"[::1]:1337\", \"unix:/path\"." },
	{ "url", CONFIG_STRING, AT(url), "", .help = "The address that clients use, when it is another." },
	{ "workers", CONFIG_INT, AT(workers), "0", 0, 256, .variable = "SOCLE_WORKERS",
		.help = "Worker processes; 0 for one per processor core." },
	{ "state", CONFIG_STRING, AT(state), ".socle", .variable = "SOCLE_STATE",
		.help = "Folder for sockets, private copies of plugins and reports." },
	{ "plugins", CONFIG_PATH_LIST, AT(plugins), .variable = "SOCLE_PLUGINS",
		.help = "Plugin folders, or folders of them; without any, `plugins` if it is there." },
	{ "log.level", CONFIG_CHOICE, AT(log_level), "info", .choices = log_levels,
		.variable = "SOCLE_LOG_LEVEL", .help = "The least important level that is written." },
	{ "log.format", CONFIG_CHOICE, AT(log_format), "auto", .choices = log_formats,
		.help = "auto is text on a terminal and JSON lines elsewhere." },
	{ "proxy.trust", CONFIG_STRING_LIST, AT(trust),
		.help = "Addresses, networks or \"unix\" whose X-Forwarded-* and PROXY lines count." },
	{ "keys", CONFIG_STRING_LIST, AT(keys),
		.help = "Secrets: the first signs cookies, all of them verify. Better from the environment." },
	{ "admin.listen", CONFIG_STRING, AT(admin_listen), "",
		.help = "Where /_metrics and /_health?verbose answer; \"\": a socket in the state folder." },
	{ "admin.token", CONFIG_STRING, AT(admin_token),
		.help = "Bearer token for which they answer on the other listeners, too." },
	{ "fetch.certificates", CONFIG_STRING, AT(fetch_certificates),
		.help = "A PEM file of the authorities that requests of plugins trust, instead of the system's." },
	{ "reload.probation", CONFIG_DURATION, AT(probation), "10s", 0, HOUR,
		.help = "How long the generation before a reload is kept, to go back to." },
	{ "quarantine.faults", CONFIG_INT, AT(quarantine_faults), "3", 1, 1000,
		.help = "So many faults of a plugin within the window take it out of service." },
	{ "quarantine.window", CONFIG_DURATION, AT(quarantine_window), "60s", SECOND, DAY,
		.help = "The time in which its faults are counted." },
	{ "limits.head", CONFIG_SIZE, AT(limits.head), "16KiB", KIB, MIB,
		.help = "Request line and headers; past it 431." },
	{ "limits.headers", CONFIG_INT, AT(limits.headers), "100", 1, 1000,
		.help = "Headers of a request; past it 431." },
	{ "limits.body", CONFIG_SIZE, AT(limits.body), "1MiB", 1, GIB, .help = "A JSON body; past it 413." },
	{ "limits.form", CONFIG_SIZE, AT(limits.form), "1MiB", 1, GIB,
		.help = "A form or plain text body; past it 413." },
	{ "limits.upload", CONFIG_SIZE, AT(limits.upload), "200MiB", 1, 1024 * GIB,
		.help = "One uploaded file; past it 413." },
	{ "limits.depth", CONFIG_INT, AT(limits.depth), "64", 4, 256,
		.help = "Arrays and objects inside one another in a body; past it 400." },
	{ "limits.stack", CONFIG_SIZE, AT(limits.stack), "256KiB", 128 * KIB, 16 * MIB,
		.help = "The stack of a fiber, without its guard page." },
	{ "limits.stackKeep", CONFIG_SIZE, AT(limits.stack_keep), "64KiB", 16 * KIB, 16 * MIB,
		.help = "What a pooled stack may keep in memory." },
	{ "limits.connections", CONFIG_INT, AT(limits.connections), "20000", 1, 1000000,
		.help = "Connections per worker; past it none is accepted until one ends." },
	{ "limits.inFlight", CONFIG_INT, AT(limits.in_flight), "1024", 1, 100000,
		.help = "Requests at work per worker; past it 503 with Retry-After." },
	{ "limits.shared", CONFIG_SIZE, AT(limits.shared), "8MiB", 0, 64 * GIB,
		.help = "What workers share: counters, values of plugins. As the host started with it; 0 for none." },
	{ "limits.parts", CONFIG_INT, AT(limits.parts), "1000", 1, 100000,
		.help = "Fields and files of a multipart body together; past it 413." },
	{ "limits.fetch", CONFIG_SIZE, AT(limits.fetch), "8MiB", KIB, 64 * MIB,
		.help = "The answer to a request that a plugin sends, unless it asks for less." },
	{ "limits.fetches", CONFIG_INT, AT(limits.fetches), "64", 1, 10000,
		.help = "Requests that plugins send at once, per worker; further ones wait." },
	{ "timeouts.head", CONFIG_DURATION, AT(timeouts.head), "10s", 100, HOUR,
		.help = "To send the headers; past it 408." },
	{ "timeouts.body", CONFIG_DURATION, AT(timeouts.body), "30s", 100, HOUR,
		.help = "To send the body's next bytes; past it 408." },
	{ "timeouts.idle", CONFIG_DURATION, AT(timeouts.idle), "75s", 100, DAY,
		.help = "Between two requests of a connection; past it closed." },
	{ "timeouts.handlerWarn", CONFIG_DURATION, AT(timeouts.handler_warn), "1s", 10, HOUR,
		.help = "One handler without yielding; past it a line in the log." },
	{ "timeouts.handlerKill", CONFIG_DURATION, AT(timeouts.handler_kill), "10s", 100, HOUR,
		.help = "The same; past it the worker is replaced." },
	{ "timeouts.drain", CONFIG_DURATION, AT(timeouts.drain), "30s", 0, DAY,
		.help = "For requests to end on a stop or reload; past it closed." },
	{ "timeouts.longDrain", CONFIG_DURATION, AT(timeouts.long_drain), "5m", 0, DAY,
		.help = "The same for answers that are sent while they are made." },
	{ "timeouts.fetch", CONFIG_DURATION, AT(timeouts.fetch), "30s", 100, HOUR,
		.help = "A request that a plugin sends, unless it says another time." },
};
#undef AT

#define AT(member) offsetof(struct settings, database.member)
static const struct config_key database_keys[] = {
	{ "url", CONFIG_STRING, AT(url), .variable = "SOCLE_DATABASE_URL",
		.help = "mysql://user:password@host:port/name; alone, or the six keys below." },
	{ "host", CONFIG_STRING, AT(host), .help = "127.0.0.1 without it." },
	{ "port", CONFIG_INT, AT(port), "3306", 1, 65535, .help = "MariaDB's port." },
	{ "user", CONFIG_STRING, AT(user), .help = "User name." },
	{ "password", CONFIG_STRING, AT(password),
		.help = "Better from the environment: \"${DATABASE_PASSWORD}\"." },
	{ "name", CONFIG_STRING, AT(name), .help = "The database." },
	{ "socket", CONFIG_STRING, AT(socket), .help = "Unix socket, instead of host and port." },
	{ "pool", CONFIG_INT, AT(pool), "10", 1, 1000, .help = "Connections per worker." },
	{ "acquireTimeout", CONFIG_DURATION, AT(acquire_timeout), "5s", 1, HOUR,
		.help = "To wait for a connection; past it 503 with Retry-After." },
	{ "connectTimeout", CONFIG_DURATION, AT(connect_timeout), "5s", 1, HOUR,
		.help = "To open a connection." },
	{ "statementTimeout", CONFIG_DURATION, AT(statement_timeout), "30s", 0, DAY,
		.help = "For one statement; 0 for no end." },
	{ "statementCache", CONFIG_INT, AT(statement_cache), "256", 1, 16384,
		.help = "Prepared statements kept per connection." },
	{ "idleTimeout", CONFIG_DURATION, AT(idle_timeout), "5m", SECOND, DAY,
		.help = "An idle connection past the first is closed then." },
	{ "schema", CONFIG_CHOICE, AT(schema), "", .choices = schemas,
		.help = "manage adds what is missing, follow (as \"\" where Strapi was) changes nothing." },
};
#undef AT

#define AT(member) offsetof(struct settings, api.member)
static const struct config_key api_keys[] = {
	{ "rest.prefix", CONFIG_STRING, AT(prefix), "/api", .help = "What the paths of content begin with." },
	{ "rest.defaultLimit", CONFIG_INT, AT(default_limit), "25", 1, 1000000,
		.help = "Entries of a page that doesn't say." },
	{ "rest.maxLimit", CONFIG_INT, AT(max_limit), "100", 0, 1000000,
		.help = "Entries of a page at the most; 0 for no cap." },
	{ "rest.filterDepth", CONFIG_INT, AT(filter_depth), "32", 1, 64,
		.help = "Objects inside one another in filters; past it 400." },
	{ "rest.filterConditions", CONFIG_INT, AT(filter_conditions), "500", 1, 10000,
		.help = "Conditions in the filters of a query; past it 400." },
	{ "rest.filterRelations", CONFIG_INT, AT(filter_relations), "10", 0, 60,
		.help = "Relations to many that a query's filters and sort keys go through; past it 400." },
	{ "rest.sortKeys", CONFIG_INT, AT(sort_keys), "20", 1, 32,
		.help = "Keys that a query sorts by, with the id that breaks ties; past it 400." },
	{ "rest.populateDepth", CONFIG_INT, AT(populate_depth), "20", 1, 64,
		.help = "Levels of populate inside one another; past it 400." },
	{ "rest.populateBreadth", CONFIG_INT, AT(populate_breadth), "500", 1, 100000,
		.help = "Attributes populated on one level, those of all types together; past it 400." },
	{ "rest.populatedRows", CONFIG_INT, AT(populated_rows), "50000", 1, 100000000,
		.help = "Rows that populate reads for one query, all levels together; past it 400." },
	{ "rest.withCount", CONFIG_BOOL, AT(with_count), "true", .help = "Whether pages tell the total." },
	{ "rest.strictParams", CONFIG_BOOL, AT(strict_params), "false",
		.help = "Whether unknown query parameters are refused." },
	{ "rest.public", CONFIG_STRING_LIST, AT(public_actions),
		.help = "Actions that need no token: \"api::tag.tag.find\", \"api::tag.tag.*\"." },
	{ "documents.strictParams", CONFIG_BOOL, AT(documents_strict_params), "false",
		.help = "Whether the Document Service refuses unknown parameters." },
	{ "routes", CONFIG_NODE, AT(routes),
		.help = "Of content types, by uid: { only, except, prefix, path, find = { enabled, auth, policies, middlewares } }." },
	{ "responses.privateAttributes", CONFIG_STRING_LIST, AT(private_attributes),
		.help = "Attributes of every type that are never shown." },
};
#undef AT

static const struct config_key middlewares_keys[] = {
	{ "use", CONFIG_NODE, offsetof(struct settings, middleware_list),
		.help = "The global middlewares in order: a name, or { name = \"...\", config = { ... } }." },
};

static const struct config_key cron_keys[] = {
	{ "enabled", CONFIG_BOOL, offsetof(struct settings, cron_enabled), "true",
		.help = "Whether this host runs scheduled tasks." },
	{ "tasks", CONFIG_NODE, offsetof(struct settings, cron_tasks),
		.help = "What differs from the plugins' own: tables with a task's name, and `rule`, `tz` or `enabled`." },
};

const struct settings_file settings_files[SETTINGS_FILES] = {
	[SETTINGS_SERVER] = { "server", { server_keys, COUNT(server_keys) } },
	[SETTINGS_DATABASE] = { "database", { database_keys, COUNT(database_keys) } },
	[SETTINGS_API] = { "api", { api_keys, COUNT(api_keys) } },
	[SETTINGS_MIDDLEWARES] = { "middlewares", { middlewares_keys, COUNT(middlewares_keys) } },
	[SETTINGS_PLUGINS] = { "plugins", { NULL, 0 } },
	[SETTINGS_CRON] = { "cron", { cron_keys, COUNT(cron_keys) } },
};
