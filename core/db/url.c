#include "db/db.h"

enum { PORT_LAST = 65535 };

static int refuse(struct error *error, const char *what)
{
	return error_set(error, ERROR_CONFIG, "database URL: %s; expected mysql://user:password@host:port/name "
		"or mysql://user@localhost/name?socket=/path", what);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Connector/C takes C strings, so a NUL inside would cut the value short. */
static int decode(struct str part, const char *name, struct arena *arena, struct str *out_r, struct error *error)
{
	char *out = arena_alloc(arena, part.n + 1), *at = out;

	for (size_t i = 0; i < part.n; i++) {
		char c = part.p[i];

		if (c == '%') {
			int high = i + 2 < part.n ? hex_digit(part.p[i + 1]) : -1;
			int low = i + 2 < part.n ? hex_digit(part.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return error_set(error, ERROR_CONFIG, "database URL: the %s holds a %% without two "
					"hexadecimal digits; write %%25 for the sign itself", name);
			c = (char)(high << 4 | low);
			i += 2;
		}
		if (c == '\0')
			return error_set(error, ERROR_CONFIG, "database URL: the %s holds a NUL", name);
		*at++ = c;
	}
	*at = '\0';
	*out_r = str_range(out, at);
	return 0;
}

/* The last one: a password may hold an unencoded '@'. */
static size_t find_last(struct str s, char c)
{
	for (size_t i = s.n; i-- > 0;)
		if (s.p[i] == c)
			return i;
	return s.n;
}

static int parse_user(struct str userinfo, struct arena *arena, struct db_options *options, struct error *error)
{
	struct str rest = userinfo, user = str_cut(&rest, ':');

	if (user.n == 0)
		return refuse(error, "no user");
	if (decode(user, "user", arena, &options->user, error) < 0)
		return -1;
	return decode(rest, "password", arena, &options->password, error);
}

static int parse_port(struct str port, struct db_options *options, struct error *error)
{
	uint64_t number;

	if (!str_to_uint64(port, &number) || number == 0 || number > PORT_LAST)
		return refuse(error, "the port must be a number from 1 to 65535");
	options->port = (unsigned)number;
	return 0;
}

static int parse_host(struct str host, struct arena *arena, struct db_options *options, struct error *error)
{
	struct str port = STR_NULL;

	if (host.n && host.p[0] == '[') {
		size_t end = str_find(host, ']');

		if (end == host.n)
			return refuse(error, "the IPv6 address lacks its ']'");
		port = str_skip(host, end + 1);
		host = str_take(str_skip(host, 1), end - 1);
		if (port.n && port.p[0] != ':')
			return refuse(error, "only a port may follow the IPv6 address");
		port = port.n ? str_skip(port, 1) : STR_NULL;
	} else if (str_find(host, ':') < host.n) {
		port = host;
		host = str_cut(&port, ':');
	}
	if (!str_is_null(port) && parse_port(port, options, error) < 0)
		return -1;
	return decode(host, "host", arena, &options->host, error);
}

static int parse_query(struct str query, struct arena *arena, struct db_options *options, struct error *error)
{
	while (!str_is_null(query)) {
		struct str value = str_cut(&query, '&'), key = str_cut(&value, '=');

		if (key.n == 0 && value.n == 0)
			continue;
		if (!str_is(key, "socket"))
			return refuse(error, "the only parameter behind '?' is socket");
		if (decode(value, "socket", arena, &options->socket, error) < 0)
			return -1;
		if (options->socket.n == 0 || options->socket.p[0] != '/')
			return refuse(error, "the socket must be an absolute path");
	}
	return 0;
}

int db_parse_url(struct str url, struct arena *arena, struct db_options *options_r, struct error *error)
{
	struct db_options options = { 0 };
	struct str rest, authority, path, query = STR_NULL;
	size_t at;

	if (str_starts(url, STR("mysql://")))
		rest = str_skip(url, sizeof("mysql://") - 1);
	else if (str_starts(url, STR("mariadb://")))
		rest = str_skip(url, sizeof("mariadb://") - 1);
	else
		return refuse(error, "it must begin with mysql:// or mariadb://");

	/* The user's part may hold a '/' or '?' that nobody encoded: what counts is what follows it. */
	at = find_last(str_take(rest, str_find(rest, '?')), '@');
	if (at >= rest.n || rest.p[at] != '@')
		return refuse(error, "no user@ before the host");
	authority = str_take(rest, at);
	path = str_skip(rest, at + 1);
	if (parse_user(authority, arena, &options, error) < 0)
		return -1;
	if (str_find(path, '?') < path.n) {
		query = path;
		path = str_cut(&query, '?');
	}
	if (parse_host(str_cut(&path, '/'), arena, &options, error) < 0 ||
	    parse_query(query, arena, &options, error) < 0)
		return -1;
	if (path.n == 0)
		return refuse(error, "no database name");
	if (str_find(path, '/') < path.n)
		return refuse(error, "a '/' in the database name must be written %2F");
	if (options.host.n == 0 && options.socket.n == 0)
		return refuse(error, "neither a host nor a socket");
	if (decode(path, "database name", arena, &options.database, error) < 0)
		return -1;
	*options_r = options;
	return 0;
}
