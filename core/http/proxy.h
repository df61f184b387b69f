/* Which peers may speak for somebody else (X-Forwarded-*, PROXY protocol).
 *
 * Without a trusted list nothing that a client sends changes what address it has.
 */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "http/address.h"
#include "http/message.h"

struct http_proxies;

/* Each entry is an address or a network: "127.0.0.1", "10.0.0.0/8", "2001:db8::/32", "unix" (any peer on a unix
 * socket). The error names the entry that is none. Lives in the arena. */
struct http_proxies *http_proxies_new(struct arena *arena, const struct str *entries, size_t count,
	struct error *error);

/* NULL trusts nobody. */
bool http_proxies_trust(const struct http_proxies *proxies, const struct http_address *peer);

/* For a message from a trusted peer: puts what X-Forwarded-For, -Proto and -Host say into its origin. Of several
 * hops the address is the last one that isn't itself trusted; scheme and host are what the peer said. */
void http_proxies_apply(const struct http_proxies *proxies, struct http_message *message);

#endif
