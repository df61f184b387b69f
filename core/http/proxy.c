#include "http/proxy.h"

#include "http/parser.h"

struct network {
	struct http_address address;
	unsigned bits;
};

struct http_proxies {
	size_t count;
	struct network networks[];
};

static int parse_network(struct str entry, struct network *network, struct error *error)
{
	struct str rest = entry, address = str_cut(&rest, '/');
	unsigned width;
	uint64_t bits;

	if (str_is(entry, "unix")) {
		network->address.kind = HTTP_ADDRESS_UNIX;
		return 0;
	}
	if (!http_address_parse(address, &network->address))
		return error_set(error, ERROR_CONFIG,
			"\"%.*s\" is no trusted proxy: expected an address (127.0.0.1), a network (10.0.0.0/8) "
			"or \"unix\"", STR_ARG(entry));
	width = memchr(address.p, ':', address.n) ? 128 : 32;
	bits = width;
	if (!str_is_null(rest) && (!str_to_uint64(rest, &bits) || bits > width))
		return error_set(error, ERROR_CONFIG,
			"\"%.*s\" is no network: expected a number from 0 to %u behind the slash", STR_ARG(entry),
			width);
	network->bits = (unsigned)bits + (128 - width);
	return 0;
}

struct http_proxies *http_proxies_new(struct arena *arena, const struct str *entries, size_t count,
	struct error *error)
{
	struct http_proxies *proxies = arena_zalloc(arena, sizeof(*proxies) + count * sizeof(struct network));

	proxies->count = count;
	for (size_t i = 0; i < count; i++) {
		if (parse_network(entries[i], &proxies->networks[i], error) < 0)
			return NULL;
	}
	return proxies;
}

bool http_proxies_trust(const struct http_proxies *proxies, const struct http_address *peer)
{
	for (size_t i = 0; proxies && i < proxies->count; i++) {
		if (http_address_in(peer, &proxies->networks[i].address, proxies->networks[i].bits))
			return true;
	}
	return false;
}

/* The last element of a comma-separated list, which is cut off it. */
static struct str cut_last(struct str *list)
{
	const char *comma = memrchr(list->p, ',', list->n);
	struct str last = *list;

	if (comma) {
		last = str_range(comma + 1, list->p + list->n);
		*list = str_range(list->p, comma);
	} else {
		*list = STR_NULL;
	}
	return str_trim(last);
}

/* Takes one hop. False when the walk is over. */
static bool take_hop(const struct http_proxies *proxies, struct http_message *message, struct str text)
{
	struct http_address hop;
	char out[HTTP_ADDRESS_SIZE];
	size_t n;

	/* What can't be read was written by somebody whom no trusted hop vouches for. */
	if (!http_address_parse(text, &hop))
		return false;
	n = http_address_format(&hop, out);
	message->origin.address = arena_str(message->arena, (struct str){ out, n });
	return http_proxies_trust(proxies, &hop);
}

static void apply_for(const struct http_proxies *proxies, struct http_message *message)
{
	for (size_t i = message->header_count; i-- > 0;) {
		struct str list = message->headers[i].value;

		if (!str_equal_nocase(message->headers[i].name, STR("x-forwarded-for")))
			continue;
		while (!str_is_null(list)) {
			if (!take_hop(proxies, message, cut_last(&list)))
				return;
		}
	}
}

/* What the peer itself wrote: the end of the last header of that name. */
static struct str last_value(const struct http_message *message, struct str name)
{
	for (size_t i = message->header_count; i-- > 0;) {
		if (str_equal_nocase(message->headers[i].name, name)) {
			struct str list = message->headers[i].value;

			return cut_last(&list);
		}
	}
	return STR_NULL;
}

void http_proxies_apply(const struct http_proxies *proxies, struct http_message *message)
{
	struct str scheme = last_value(message, STR("x-forwarded-proto"));
	struct str host = last_value(message, STR("x-forwarded-host"));

	apply_for(proxies, message);
	if (str_equal_nocase(scheme, STR("https")))
		message->origin.scheme = STR("https");
	else if (str_equal_nocase(scheme, STR("http")))
		message->origin.scheme = STR("http");
	if (host.n && http_parser_is_host(host))
		message->origin.host = host;
}
