#include "document/link.h"

enum { LINK_HOST = 1024 };

struct scheme {
	struct str name;
	bool host;
};

static const struct scheme schemes[] = {
	{ STR("http"), true }, { STR("https"), true }, { STR("ftp"), true },
	{ STR("mailto"), false }, { STR("tel"), false },
};

/* Browsers drop blanks and control characters around, and line ends and tabs anywhere. */
static struct str clean(struct str text, char out[LINK_HOST])
{
	size_t n = 0;

	while (text.n && (unsigned char)*text.p <= ' ')
		text = str_skip(text, 1);
	while (text.n && (unsigned char)text.p[text.n - 1] <= ' ')
		text.n--;
	for (size_t i = 0; i < text.n && n < LINK_HOST; i++) {
		if (text.p[i] != '\t' && text.p[i] != '\n' && text.p[i] != '\r')
			out[n++] = text.p[i];
	}
	return (struct str){ out, n };
}

static bool is_number(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	}
	return text.n > 0;
}

/* A host whose last part is a number has to be an address: at most four numbers, the last filling what is
 * left. */
static bool is_ipv4(struct str host)
{
	unsigned parts = 0;
	uint64_t number = 0, limit;

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	for (struct str rest = host; !str_is_null(rest); parts++) {
		struct str part = str_cut(&rest, '.');

		if (number > 255 || !is_number(part) || !str_to_uint64(part, &number))
			return false;
	}
	limit = parts >= 1 && parts <= 4 ? (uint64_t)1 << (8 * (5 - parts)) : 0;
	return number < limit;
}

static bool ends_in_number(struct str host)
{
	size_t start;

	if (host.n && host.p[host.n - 1] == '.')
		host.n--;
	for (start = host.n; start && host.p[start - 1] != '.'; start--)
		;
	return is_number(str_skip(host, start));
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_host(struct str host)
{
	if (!host.n)
		return false;
	if (*host.p == '[')
		return host.n > 3 && host.p[host.n - 1] == ']' && str_find(host, ':') < host.n;
	for (size_t i = 0; i < host.n; i++) {
		int c = (unsigned char)host.p[i];

		if (c == '%' && i + 2 < host.n && hex_digit(host.p[i + 1]) >= 0 &&
			hex_digit(host.p[i + 2]) >= 0) {
			c = hex_digit(host.p[i + 1]) * 16 + hex_digit(host.p[i + 2]);
			i += 2;
		}
		if (c <= ' ' || c == 0x7F || (c < 0x80 && strchr("#%/:<>?@[\\]^|", c)))
			return false;
	}
	return !ends_in_number(host) || is_ipv4(host);
}

/* user:password@host:port */
static bool is_authority(struct str text)
{
	const char *at = memrchr(text.p, '@', text.n);
	size_t colon, port_at;
	uint64_t port;

	if (at)
		text = str_skip(text, (size_t)(at - text.p) + 1);
	colon = text.n && *text.p == '[' ? str_find(text, ']') : 0;
	port_at = colon + str_find(str_skip(text, colon), ':');
	if (port_at + 1 < text.n && (!is_number(str_skip(text, port_at + 1)) ||
			!str_to_uint64(str_skip(text, port_at + 1), &port) || port > 65535))
		return false;
	return is_host(str_take(text, port_at));
}

bool link_is_valid(struct str text)
{
	char copy[LINK_HOST];
	struct str rest, scheme;
	size_t end;

	if (text.n && *text.p == '/')
		return true;
	rest = clean(text, copy);
	end = str_find(rest, ':');
	if (end == rest.n)
		return false;
	scheme = str_take(rest, end);
	rest = str_skip(rest, end + 1);
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (!str_equal_nocase(scheme, schemes[i].name))
			continue;
		if (!schemes[i].host)
			return true;
		while (rest.n && (*rest.p == '/' || *rest.p == '\\'))
			rest = str_skip(rest, 1);
		for (end = 0; end < rest.n && !strchr("/\\?#", rest.p[end]); end++)
			;
		return is_authority(str_take(rest, end));
	}
	return false;
}
