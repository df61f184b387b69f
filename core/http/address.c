#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

struct http_address http_address_v4(const void *four_bytes)
{
	struct http_address address = { .kind = HTTP_ADDRESS_IP };

	memcpy(address.bytes, mapped, sizeof(mapped));
	memcpy(address.bytes + sizeof(mapped), four_bytes, 4);
	return address;
}

struct http_address http_address_of(const struct sockaddr_storage *from)
{
	struct http_address address = { 0 };

	switch (from->ss_family) {
	case AF_INET:
		return http_address_v4(&((const struct sockaddr_in *)from)->sin_addr);
	case AF_INET6:
		address.kind = HTTP_ADDRESS_IP;
		memcpy(address.bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, sizeof(address.bytes));
		return address;
	case AF_UNIX:
		address.kind = HTTP_ADDRESS_UNIX;
		return address;
	default:
		return address;
	}
}

/* Takes brackets and a port off. */
static struct str bare(struct str text)
{
	size_t colon;

	if (text.n && text.p[0] == '[') {
		size_t end = str_find(text, ']');
		bool closed = end + 1 == text.n || (end < text.n && text.p[end + 1] == ':');

		return closed ? str_skip(str_take(text, end), 1) : STR_NULL;
	}
	colon = str_find(text, ':');
	/* Two colons: an IPv6 address. */
	if (colon < text.n && str_find(str_skip(text, colon + 1), ':') == text.n - colon - 1)
		return str_take(text, colon);
	return text;
}

bool http_address_parse(struct str text, struct http_address *address_r)
{
	char copy[HTTP_ADDRESS_SIZE];
	uint8_t four[4];

	text = bare(text);
	if (text.n == 0 || text.n >= sizeof(copy) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (inet_pton(AF_INET, copy, four) == 1) {
		*address_r = http_address_v4(four);
		return true;
	}
	address_r->kind = HTTP_ADDRESS_IP;
	return inet_pton(AF_INET6, copy, address_r->bytes) == 1;
}

size_t http_address_format(const struct http_address *address, char out[HTTP_ADDRESS_SIZE])
{
	bool v4 = memcmp(address->bytes, mapped, sizeof(mapped)) == 0;
	const uint8_t *bytes = v4 ? address->bytes + sizeof(mapped) : address->bytes;

	out[0] = '\0';
	if (address->kind == HTTP_ADDRESS_IP)
		inet_ntop(v4 ? AF_INET : AF_INET6, bytes, out, HTTP_ADDRESS_SIZE);
	return strlen(out);
}

bool http_address_in(const struct http_address *address, const struct http_address *network, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (address->kind != network->kind)
		return false;
	if (address->kind != HTTP_ADDRESS_IP)
		return true;
	if (memcmp(address->bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 || ((address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest)) == 0;
}
