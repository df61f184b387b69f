/* The PROXY protocol, versions 1 (a line of text) and 2 (binary): what a trusted balancer says of its client
 * before the first byte of HTTP. */
#ifndef HTTP_PROXY_PROTOCOL_H
#define HTTP_PROXY_PROTOCOL_H

#include "http/address.h"

enum http_proxy_protocol_result {
	HTTP_PROXY_PROTOCOL_BAD = -1,
	HTTP_PROXY_PROTOCOL_MORE,	/* could become one */
	HTTP_PROXY_PROTOCOL_NONE,	/* the bytes begin with something else */
	HTTP_PROXY_PROTOCOL_FOUND,
};

struct http_proxy_protocol {
	size_t n;			/* bytes that it took */
	bool has_client;		/* false: the balancer speaks for itself (a health check) */
	bool secure;			/* the client came over TLS */
	struct http_address client;
};

enum http_proxy_protocol_result http_proxy_protocol_parse(const char *bytes, size_t n,
	struct http_proxy_protocol *found_r) __attribute__((warn_unused_result));

#endif
