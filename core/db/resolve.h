/* A host's addresses, looked up on a thread: the client library would block the loop for it. */
#ifndef DB_RESOLVE_H
#define DB_RESOLVE_H

#include <netinet/in.h>

#include "base/error.h"

enum { DB_ADDRESSES = 4 };

struct db_addresses {
	unsigned count;
	char text[DB_ADDRESSES][INET6_ADDRSTRLEN];
};

/* At least one, or an error. A numeric host needs no thread. */
int db_resolve(const char *host, struct db_addresses *addresses_r, struct error *error)
	__attribute__((warn_unused_result));

#endif
