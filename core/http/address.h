/* Addresses of peers, and networks of them. */
#ifndef HTTP_ADDRESS_H
#define HTTP_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/str.h"

enum http_address_kind { HTTP_ADDRESS_NONE, HTTP_ADDRESS_UNIX, HTTP_ADDRESS_IP };
enum { HTTP_ADDRESS_SIZE = 46 };

/* IPv4 is kept as ::ffff:a.b.c.d, so that one comparison serves both. */
struct http_address {
	uint8_t kind;
	uint8_t bytes[16];
};

struct http_address http_address_of(const struct sockaddr_storage *from);
struct http_address http_address_v4(const void *four_bytes);

/* "192.0.2.7", "2001:db8::1", "[2001:db8::1]:80", "192.0.2.7:80". False when it is none. */
bool http_address_parse(struct str text, struct http_address *address_r) __attribute__((warn_unused_result));

/* Returns the length; 0 for a unix socket. */
size_t http_address_format(const struct http_address *address, char out[HTTP_ADDRESS_SIZE]);

bool http_address_in(const struct http_address *address, const struct http_address *network, unsigned bits);

#endif
