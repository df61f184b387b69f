#include "server/options.h"

#include "http/proxy.h"

struct loop_options options_loop(const struct settings *settings)
{
	const struct settings_limits *limits = &settings->server.limits;

	return (struct loop_options){
		.stack_size = (size_t)limits->stack,
		.stack_keep = (size_t)limits->stack_keep,
	};
}

int options_http(const struct settings *settings, struct arena *arena, struct http_options *options_r,
	struct error *error)
{
	const struct settings_limits *limits = &settings->server.limits;
	const struct settings_timeouts *timeouts = &settings->server.timeouts;
	const struct config_list *trust = &settings->server.trust;

	*options_r = (struct http_options){
		.head_limit = (size_t)limits->head,
		.header_limit = (unsigned)limits->headers,
		.head_timeout_ms = (int)timeouts->head,
		.body_timeout_ms = (int)timeouts->body,
		.idle_timeout_ms = (int)timeouts->idle,
		/* Zero is "the default" there, and "at once" here. */
		.drain_timeout_ms = timeouts->drain ? (int)timeouts->drain : 1,
		.long_drain_timeout_ms = timeouts->long_drain ? (int)timeouts->long_drain : 1,
		.connections = (unsigned)limits->connections,
		.in_flight = (unsigned)limits->in_flight,
	};
	if (!trust->count)
		return 0;
	options_r->trust = http_proxies_new(arena, trust->items, trust->count, error);
	return options_r->trust ? 0 : error_prefix(error, "server.toml, `proxy.trust`: ");
}

int options_db(const struct settings *settings, struct arena *arena, struct db_options *options_r,
	struct error *error)
{
	const struct settings_database *database = &settings->database;

	*options_r = (struct db_options){ .host = database->host, .port = (unsigned)database->port,
		.user = database->user, .password = database->password, .database = database->name,
		.socket = database->socket };
	if (database->url.n && db_parse_url(database->url, arena, options_r, error) < 0)
		return -1;
	options_r->pool_size = (unsigned)database->pool;
	options_r->statement_cache = (unsigned)database->statement_cache;
	options_r->acquire_timeout_ms = (int)database->acquire_timeout;
	options_r->connect_timeout_ms = (int)database->connect_timeout;
	options_r->statement_timeout_ms = database->statement_timeout ? (int)database->statement_timeout : -1;
	options_r->idle_seconds = (unsigned)(database->idle_timeout / 1000);
	return 0;
}
