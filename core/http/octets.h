/* What each byte may be part of, in the grammar of RFC 9110 and RFC 3986. */
#ifndef HTTP_OCTETS_H
#define HTTP_OCTETS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	OCTET_TOKEN = 1,	/* methods, field names */
	OCTET_TARGET = 2,	/* request targets and their fragments: visible; bytes above 127, as browsers send them */
	OCTET_VALUE = 4,	/* field values: visible, space, tab, bytes above 127 */
	OCTET_HOST = 8,		/* host names and IPv4 addresses */
};

extern const uint8_t http_octets[256];

static inline bool http_octet_is(char c, unsigned kinds)
{
	return http_octets[(unsigned char)c] & kinds;
}

#endif
