#include "db/resolve.h"

#include <netdb.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "loop/offload.h"

struct lookup {
	const char *host;
	int flags;
	int rc;
	struct db_addresses *addresses;
};

static void look_up(void *arg)
{
	struct lookup *lookup = arg;
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = lookup->flags }, *list = NULL;

	lookup->rc = getaddrinfo(lookup->host, NULL, &hints, &list);
	for (const struct addrinfo *at = list; at && lookup->addresses->count < DB_ADDRESSES; at = at->ai_next) {
		char *text = lookup->addresses->text[lookup->addresses->count];

		if (getnameinfo(at->ai_addr, at->ai_addrlen, text, INET6_ADDRSTRLEN, NULL, 0, NI_NUMERICHOST) == 0)
			lookup->addresses->count++;
	}
	if (list)
		freeaddrinfo(list);
}

int db_resolve(const char *host, struct db_addresses *addresses_r, struct error *error)
{
	struct lookup lookup = { host, AI_NUMERICHOST, 0, addresses_r };

	addresses_r->count = 0;
	look_up(&lookup);
	if (addresses_r->count)
		return 0;
	lookup.flags = 0;
	if (offload_run(look_up, &lookup) < 0)
		return error_set(error, ERROR_UNAVAILABLE, "no thread to look up its address");
	if (addresses_r->count)
		return 0;
	return error_set(error, ERROR_UNAVAILABLE, "no address for this host: %s",
		lookup.rc ? gai_strerror(lookup.rc) : "nothing found");
}
