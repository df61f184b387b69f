/* The listening sockets of a host: the supervisor owns them, its workers inherit them. */
#ifndef SERVER_LISTENERS_H
#define SERVER_LISTENERS_H

#include <stdbool.h>

#include "base/error.h"

struct settings;

enum { LISTENERS_MAX = 32 };

struct listener {
	char *address;			/* as written: "127.0.0.1:1337", "unix:/run/socle.sock" */
	int fd;
};

struct listeners {
	struct listener items[LISTENERS_MAX];
	unsigned count;
	bool inherited;			/* from systemd: they stay whatever the settings say */
};

/* What the settings ask for. Sockets of `before` (NULL: none) that are asked for again are used again,
 * without being closed and opened. */
int listeners_open(struct listeners *listeners, const struct settings *settings,
	const struct listeners *before, struct error *error) __attribute__((warn_unused_result));

/* The sockets that systemd opened for this process (LISTEN_FDS). False when there are none. */
bool listeners_inherit(struct listeners *listeners);

/* Closes those that are not also in `keep` (NULL: all). `remove`: socket files go too, which only the
 * supervisor may say. */
void listeners_close(struct listeners *listeners, const struct listeners *keep, bool remove);

/* "http://127.0.0.1:1337" with the port it really has got; for messages. */
void listener_url(const struct listener *listener, char *out, size_t size);

#endif
