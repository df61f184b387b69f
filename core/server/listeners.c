#include "server/listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "config/settings.h"
#include "http/server.h"

enum { FIRST_INHERITED = 3 };

static const struct listener *find(const struct listeners *listeners, struct str address)
{
	for (unsigned i = 0; listeners && i < listeners->count; i++) {
		if (str_equal(str_of(listeners->items[i].address), address))
			return &listeners->items[i];
	}
	return NULL;
}

static void add(struct listeners *listeners, struct str address, int fd)
{
	struct listener *listener = &listeners->items[listeners->count++];

	listener->address = strndup(address.p, address.n);
	if (!listener->address)
		abort();
	listener->fd = fd;
}

static int open_all(struct listeners *listeners, const struct config_list *wanted,
	const struct listeners *before, struct error *error)
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct listener *open = find(before, wanted->items[i]);
		int fd = open ? open->fd : http_listen(wanted->items[i], error);

		if (fd < 0)
			return -1;
		add(listeners, wanted->items[i], fd);
	}
	return 0;
}

int listeners_open(struct listeners *listeners, const struct settings *settings,
	const struct listeners *before, struct error *error)
{
	const struct config_list *wanted = &settings->server.listen;

	*listeners = (struct listeners){ 0 };
	if (before && before->inherited) {
		for (unsigned i = 0; i < before->count; i++)
			add(listeners, str_of(before->items[i].address), before->items[i].fd);
		listeners->inherited = true;
		return 0;
	}
	if (wanted->count > LISTENERS_MAX)
		return error_set(error, ERROR_CONFIG,
			"server.toml, `listen`: at most %d addresses, found %zu", LISTENERS_MAX,
			wanted->count);
	if (open_all(listeners, wanted, before, error) < 0) {
		listeners_close(listeners, before, true);
		return -1;
	}
	return 0;
}

bool listeners_inherit(struct listeners *listeners)
{
	const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
	unsigned n = count ? (unsigned)strtoul(count, NULL, 10) : 0;
	char name[32];

	*listeners = (struct listeners){ 0 };
	if (!pid || strtol(pid, NULL, 10) != getpid() || n == 0)
		return false;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	for (unsigned i = 0; i < n && i < LISTENERS_MAX; i++) {
		int fd = FIRST_INHERITED + (int)i, flags = fcntl(fd, F_GETFL);

		if (flags < 0)
			continue;
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
		snprintf(name, sizeof(name), "fd:%d", fd);
		add(listeners, str_of(name), fd);
	}
	listeners->inherited = true;
	return listeners->count > 0;
}

static const char *socket_file(const struct listener *listener)
{
	if (strncmp(listener->address, "unix:", 5) == 0)
		return listener->address + 5;
	return listener->address[0] == '/' ? listener->address : NULL;
}

void listeners_close(struct listeners *listeners, const struct listeners *keep, bool remove)
{
	for (unsigned i = 0; i < listeners->count; i++) {
		struct listener *listener = &listeners->items[i];
		const struct listener *kept = find(keep, str_of(listener->address));

		if (!kept || kept->fd != listener->fd) {
			if (remove && socket_file(listener) && !listeners->inherited)
				unlink(socket_file(listener));
			close(listener->fd);
		}
		free(listener->address);
	}
	listeners->count = 0;
}

void listener_url(const struct listener *listener, char *out, size_t size)
{
	const char *address = listener->address, *colon = strrchr(address, ':');

	if (socket_file(listener) || strncmp(address, "fd:", 3) == 0 || !colon)
		snprintf(out, size, "%s", address);
	else
		snprintf(out, size, "http://%.*s:%u", (int)(colon - address), address,
			http_listen_port(listener->fd));
}
