#include "http/proxy_protocol.h"

enum {
	V1_LONGEST = 107,
	V2_HEAD = 16, V2_LONGEST = 4096,
	V2_LOCAL = 0x20, V2_PROXY = 0x21,
	V2_INET = 1, V2_INET6 = 2,
	V2_TLV_SSL = 0x20, V2_CLIENT_SSL = 1,
};

static const struct str v1_mark = { "PROXY ", 6 };
static const struct str v2_mark = { "\r\n\r\n\0\r\nQUIT\n", 12 };

static enum http_proxy_protocol_result parse_v1(struct str bytes, struct http_proxy_protocol *found_r)
{
	struct str line = str_take(bytes, V1_LONGEST), family, source;
	size_t end = str_find(line, '\n');

	if (end == line.n)
		return bytes.n >= V1_LONGEST ? HTTP_PROXY_PROTOCOL_BAD : HTTP_PROXY_PROTOCOL_MORE;
	if (line.p[end - 1] != '\r')
		return HTTP_PROXY_PROTOCOL_BAD;
	found_r->n = end + 1;
	line = str_skip(str_take(line, end - 1), v1_mark.n);
	family = str_cut(&line, ' ');
	if (str_is(family, "UNKNOWN"))
		return HTTP_PROXY_PROTOCOL_FOUND;
	source = str_cut(&line, ' ');
	if (!str_is(family, "TCP4") && !str_is(family, "TCP6"))
		return HTTP_PROXY_PROTOCOL_BAD;
	if (!http_address_parse(source, &found_r->client))
		return HTTP_PROXY_PROTOCOL_BAD;
	found_r->has_client = true;
	return HTTP_PROXY_PROTOCOL_FOUND;
}

/* Behind the addresses: type, length in two bytes, value. */
static bool says_tls(const uint8_t *at, size_t n)
{
	while (n >= 3) {
		size_t length = (size_t)at[1] << 8 | at[2];

		if (length > n - 3)
			return false;
		if (at[0] == V2_TLV_SSL && length >= 5)
			return at[3] & V2_CLIENT_SSL;
		at += 3 + length;
		n -= 3 + length;
	}
	return false;
}

static enum http_proxy_protocol_result parse_v2(struct str bytes, struct http_proxy_protocol *found_r)
{
	const uint8_t *head = (const uint8_t *)bytes.p, *body = head + V2_HEAD;
	size_t length, addresses;

	if (bytes.n < V2_HEAD)
		return HTTP_PROXY_PROTOCOL_MORE;
	length = (size_t)head[14] << 8 | head[15];
	if ((head[12] != V2_LOCAL && head[12] != V2_PROXY) || length > V2_LONGEST)
		return HTTP_PROXY_PROTOCOL_BAD;
	if (bytes.n < V2_HEAD + length)
		return HTTP_PROXY_PROTOCOL_MORE;
	found_r->n = V2_HEAD + length;
	if (head[12] == V2_LOCAL)
		return HTTP_PROXY_PROTOCOL_FOUND;
	switch (head[13] >> 4) {
	case V2_INET:
		addresses = 12;
		break;
	case V2_INET6:
		addresses = 36;
		break;
	default:
		return HTTP_PROXY_PROTOCOL_FOUND;
	}
	if (length < addresses)
		return HTTP_PROXY_PROTOCOL_BAD;
	found_r->has_client = true;
	if (addresses == 12) {
		found_r->client = http_address_v4(body);
	} else {
		found_r->client.kind = HTTP_ADDRESS_IP;
		memcpy(found_r->client.bytes, body, sizeof(found_r->client.bytes));
	}
	found_r->secure = says_tls(body + addresses, length - addresses);
	return HTTP_PROXY_PROTOCOL_FOUND;
}

static bool may_begin(struct str bytes, struct str mark)
{
	return str_equal(str_take(bytes, mark.n), str_take(mark, bytes.n));
}

enum http_proxy_protocol_result http_proxy_protocol_parse(const char *p, size_t n,
	struct http_proxy_protocol *found_r)
{
	struct str bytes = { p, n };

	memset(found_r, 0, sizeof(*found_r));
	if (str_starts(bytes, v1_mark))
		return parse_v1(bytes, found_r);
	if (str_starts(bytes, v2_mark))
		return parse_v2(bytes, found_r);
	return may_begin(bytes, v1_mark) || may_begin(bytes, v2_mark) ? HTTP_PROXY_PROTOCOL_MORE
		: HTTP_PROXY_PROTOCOL_NONE;
}
