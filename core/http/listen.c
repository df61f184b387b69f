/* Listening sockets, for who owns them: the supervisor, and tests. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/server.h"

enum { BACKLOG = 4096 };

static int close_and_fail(int fd)
{
	if (fd >= 0)
		close(fd);
	return -1;
}

static int explain(struct str address, struct error *error)
{
	switch (errno) {
	case EADDRINUSE:
		return error_set(error, ERROR_CONFIG,
			"can't listen on %.*s: the address is in use. Stop the program that listens there, "
			"or choose another port", STR_ARG(address));
	case EADDRNOTAVAIL:
		return error_set(error, ERROR_CONFIG,
			"can't listen on %.*s: no network interface of this machine has this address",
			STR_ARG(address));
	case EACCES:
		return error_set(error, ERROR_CONFIG,
			"can't listen on %.*s: permission denied. Ports below 1024 need a privilege "
			"(CAP_NET_BIND_SERVICE), a socket file needs write access to its folder", STR_ARG(address));
	default:
		return error_set(error, ERROR_CONFIG, "can't listen on %.*s: %s", STR_ARG(address),
			strerror(errno));
	}
}

static int bind_and_listen(int fd, const struct sockaddr *to, socklen_t n, struct str address,
	struct error *error)
{
	if (fd < 0 || bind(fd, to, n) < 0 || listen(fd, BACKLOG) < 0) {
		explain(address, error);
		return close_and_fail(fd);
	}
	return fd;
}

/* A socket file that nobody answers on is left over from a program that was killed. */
static bool is_stale(const struct sockaddr_un *to)
{
	struct stat status;
	bool stale;
	int fd;

	if (lstat(to->sun_path, &status) < 0 || !S_ISSOCK(status.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	stale = fd >= 0 && connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0 && errno == ECONNREFUSED;
	close_and_fail(fd);
	return stale;
}

static int listen_unix(struct str path, struct error *error)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (path.n == 0 || path.n >= sizeof(to.sun_path))
		return error_set(error, ERROR_CONFIG,
			"can't listen on \"%.*s\": the path of a unix socket has 1 to %zu bytes", STR_ARG(path),
			sizeof(to.sun_path) - 1);
	memcpy(to.sun_path, path.p, path.n);
	if (is_stale(&to))
		unlink(to.sun_path);
	return bind_and_listen(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
		(const struct sockaddr *)&to, sizeof(to), path, error);
}

/* "[::1]:80" and "127.0.0.1:80" in host and port; an empty host or "*" means every interface. */
static bool split(struct str address, char host[256], char port[8])
{
	const char *colon = memrchr(address.p, ':', address.n);
	struct str name, number;
	uint64_t value;

	if (!colon)
		return false;
	name = str_range(address.p, colon);
	number = str_skip(address, name.n + 1);
	if (name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
		name = (struct str){ name.p + 1, name.n - 2 };
	else if (memchr(name.p, ':', name.n))
		return false;
	if (!str_to_uint64(number, &value) || value > 65535 || name.n >= 256)
		return false;
	snprintf(host, 256, "%.*s", str_is(name, "*") ? 0 : (int)name.n, name.p);
	snprintf(port, 8, "%u", (unsigned)value);
	return true;
}

static int listen_at(const struct addrinfo *at, struct str address, struct error *error)
{
	int fd = socket(at->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	/* A restart needn't wait for old connections to be forgotten; a live listener is still EADDRINUSE. */
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	return bind_and_listen(fd, at->ai_addr, at->ai_addrlen, address, error);
}

static int listen_tcp(struct str address, struct error *error)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found;
	char host[256], port[8];
	int rc, fd;

	if (!split(address, host, port))
		return error_set(error, ERROR_CONFIG,
			"\"%.*s\" is no address to listen on: expected 127.0.0.1:1337, [::1]:1337 or "
			"unix:/path/to.sock", STR_ARG(address));
	rc = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
	if (rc != 0)
		return error_set(error, ERROR_CONFIG, "can't listen on %.*s: %s", STR_ARG(address),
			gai_strerror(rc));
	fd = listen_at(found, address, error);
	freeaddrinfo(found);
	return fd;
}

int http_listen(struct str address, struct error *error)
{
	if (str_starts(address, STR("unix:")))
		return listen_unix(str_skip(address, 5), error);
	if (str_starts(address, STR("/")))
		return listen_unix(address, error);
	return listen_tcp(address, error);
}

unsigned http_listen_port(int fd)
{
	struct sockaddr_storage at = { 0 };
	socklen_t n = sizeof(at);

	if (getsockname(fd, (struct sockaddr *)&at, &n) < 0)
		return 0;
	switch (at.ss_family) {
	case AF_INET:
		return ntohs(((const struct sockaddr_in *)&at)->sin_port);
	case AF_INET6:
		return ntohs(((const struct sockaddr_in6 *)&at)->sin6_port);
	default:
		return 0;
	}
}
