#include "unit.h"

#include <string.h>

#include "http/proxy.h"
#include "http/proxy_protocol.h"

static struct arena *arena;

static int setup(void **state)
{
	arena = arena_new(4096);
	return 0;
}

static int teardown(void **state)
{
	arena_free(arena);
	return 0;
}

static const struct http_proxies *trusted(void)
{
	static const struct str entries[] = {
		{ "127.0.0.1", 9 }, { "10.0.0.0/8", 10 }, { "2001:db8::/33", 13 }, { "unix", 4 },
	};
	struct error error = ERROR_INIT;
	const struct http_proxies *proxies = http_proxies_new(arena, entries, 4, &error);

	assert_non_null(proxies);
	return proxies;
}

static bool trusts(const char *text)
{
	struct http_address address;

	assert_true(http_address_parse(str_of(text), &address));
	return http_proxies_trust(trusted(), &address);
}

static void trusts_listed_addresses_and_networks_only(void **state)
{
	assert_true(trusts("127.0.0.1"));
	assert_true(trusts("::ffff:127.0.0.1"));
	assert_false(trusts("127.0.0.2"));
	assert_true(trusts("10.255.0.1"));
	assert_false(trusts("11.0.0.1"));
	assert_true(trusts("2001:db8:7fff::1"));
	assert_false(trusts("2001:db8:8000::1"));
	assert_false(trusts("::1"));
	assert_true(http_proxies_trust(trusted(), &(struct http_address){ .kind = HTTP_ADDRESS_UNIX }));
	assert_false(http_proxies_trust(trusted(), &(struct http_address){ .kind = HTTP_ADDRESS_NONE }));
}

static void trusts_nobody_without_a_list(void **state)
{
	struct http_address address;

	assert_true(http_address_parse(STR("127.0.0.1"), &address));
	assert_false(http_proxies_trust(NULL, &address));
}

static void a_network_of_all_bits_off_trusts_every_ipv4_peer_and_no_other(void **state)
{
	struct str entry = STR("0.0.0.0/0");
	struct error error = ERROR_INIT;
	const struct http_proxies *proxies = http_proxies_new(arena, &entry, 1, &error);
	struct http_address address;

	assert_non_null(proxies);
	assert_true(http_address_parse(STR("203.0.113.9"), &address));
	assert_true(http_proxies_trust(proxies, &address));
	assert_true(http_address_parse(STR("2001:db8::1"), &address));
	assert_false(http_proxies_trust(proxies, &address));
}

static void names_the_entry_that_is_no_address(void **state)
{
	static const char *const wrong[] = { "", "localhost", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0/8", "1.2.3.4/x" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct str entry = str_of(wrong[i]);
		struct error error = ERROR_INIT;

		assert_null(http_proxies_new(arena, &entry, 1, &error));
		assert_int_equal(error.kind, ERROR_CONFIG);
		assert_non_null(strstr(error_message(&error), wrong[i]));
		error_clear(&error);
	}
}

static void reads_addresses_with_and_without_ports(void **state)
{
	static const char *const cases[][2] = {
		{ "192.0.2.7", "192.0.2.7" }, { "192.0.2.7:8080", "192.0.2.7" }, { "::ffff:192.0.2.7", "192.0.2.7" },
		{ "2001:DB8:0::1", "2001:db8::1" }, { "[2001:db8::1]", "2001:db8::1" }, { "[2001:db8::1]:80", "2001:db8::1" },
	};
	static const char *const wrong[] = { "unknown", "_hidden", "", "1.2.3", "1.2.3.4.5", "[::1", "[::1]x", "[]", "[", ":" };
	struct http_address address;
	char out[HTTP_ADDRESS_SIZE];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(http_address_parse(str_of(cases[i][0]), &address));
		assert_str(((struct str){ out, http_address_format(&address, out) }), cases[i][1]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(http_address_parse(str_of(wrong[i]), &address));
}

static struct http_origin origin_of(const struct http_header *headers, size_t count)
{
	struct http_message message = {
		.arena = arena, .headers = headers, .header_count = count,
		.origin = { STR("127.0.0.1"), STR("http"), STR("inner:1337") },
	};

	http_proxies_apply(trusted(), &message);
	return message.origin;
}

static struct str address_for(const char *forwarded)
{
	struct http_header header = { STR("X-Forwarded-For"), str_of(forwarded) };

	return origin_of(&header, 1).address;
}

static void takes_the_rightmost_untrusted_address(void **state)
{
	assert_str(address_for("198.51.100.1"), "198.51.100.1");
	assert_str(address_for("6.6.6.6, 198.51.100.1"), "198.51.100.1");
	assert_str(address_for("6.6.6.6, 198.51.100.1, 10.1.1.1 ,\t10.2.2.2"), "198.51.100.1");
	assert_str(address_for("10.3.3.3, 10.1.1.1"), "10.3.3.3");
	assert_str(address_for("2001:db9::1"), "2001:db9::1");
	assert_str(address_for("[2001:db9::1]:443"), "2001:db9::1");
}

static void stops_at_what_is_no_address(void **state)
{
	assert_str(address_for(""), "127.0.0.1");
	assert_str(address_for("unknown"), "127.0.0.1");
	assert_str(address_for("6.6.6.6, unknown, 10.1.1.1"), "10.1.1.1");
	assert_str(address_for("6.6.6.6,,10.1.1.1"), "10.1.1.1");
}

static void joins_several_headers_in_their_order(void **state)
{
	struct http_header headers[] = {
		{ STR("X-Forwarded-For"), STR("6.6.6.6, 198.51.100.1") },
		{ STR("Host"), STR("x") },
		{ STR("x-forwarded-for"), STR("10.1.1.1") },
	};

	assert_str(origin_of(headers, 3).address, "198.51.100.1");
}

static void takes_scheme_and_host_from_the_nearest_hop(void **state)
{
	struct http_header headers[] = {
		{ STR("X-Forwarded-Proto"), STR("http, HTTPS") },
		{ STR("X-Forwarded-Host"), STR("evil.example, example.org:443") },
	};
	struct http_origin origin = origin_of(headers, 2);

	assert_str(origin.scheme, "https");
	assert_str(origin.host, "example.org:443");
	assert_str(origin.address, "127.0.0.1");
}

static void ignores_a_scheme_and_a_host_that_are_none(void **state)
{
	struct http_header headers[] = {
		{ STR("X-Forwarded-Proto"), STR("javascript") },
		{ STR("X-Forwarded-Host"), STR("a/b?c") },
	};
	struct http_origin origin = origin_of(headers, 2);

	assert_str(origin.scheme, "http");
	assert_str(origin.host, "inner:1337");
}

/* ---- PROXY protocol ---- */

enum { BAD = HTTP_PROXY_PROTOCOL_BAD, MORE, NONE, FOUND };

static const struct {
	struct str bytes;
	int result;
	const char *client;
	bool secure;
} announcements[] = {
#define CASE(text, result, client, secure) { { text, sizeof(text) - 1 }, result, client, secure }
	CASE("PROXY TCP4 198.51.100.1 203.0.113.1 56324 443\r\n", FOUND, "198.51.100.1", false),
	CASE("PROXY TCP6 2001:db9::1 2001:db9::2 56324 443\r\n", FOUND, "2001:db9::1", false),
	CASE("PROXY UNKNOWN\r\n", FOUND, NULL, false),
	CASE("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", FOUND, NULL, false),
	CASE("PROXY TCP4 here there 1 2\r\n", BAD, NULL, false),
	CASE("PROXY SCTP 198.51.100.1 203.0.113.1 1 2\r\n", BAD, NULL, false),
	CASE("PROXY TCP4 198.51.100.1 203.0.113.1 1 2\n", BAD, NULL, false),
	CASE("PROXY \n", BAD, NULL, false),
	CASE("GET / HTTP/1.1\r\n", NONE, NULL, false),
	CASE("POST / HTTP/1.1\r\n", NONE, NULL, false),
	CASE("\r\nGET / HTTP/1.1\r\n", NONE, NULL, false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x01\xcb\0\x71\x01\xdc\x04\x01\xbb", FOUND, "198.51.100.1", false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x14\xc6\x33\x64\x01\xcb\0\x71\x01\xdc\x04\x01\xbb\x20\0\x05\x01\0\0\0\0", FOUND,
		"198.51.100.1", true),
	CASE("\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\x01"
		"\x20\x01\x0d\xb9\0\0\0\0\0\0\0\0\0\0\0\x02\0\x01\0\x02", FOUND, "2001:db9::1", false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", FOUND, NULL, false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x21\0\0\x01" "a", FOUND, NULL, false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04" "abcd", BAD, NULL, false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0", BAD, NULL, false),
	CASE("\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff", BAD, NULL, false),
};

static void reads_both_versions_of_the_proxy_protocol(void **state)
{
	for (size_t i = 0; i < sizeof(announcements) / sizeof(announcements[0]); i++) {
		struct str bytes = announcements[i].bytes;
		struct http_proxy_protocol found;
		int result = http_proxy_protocol_parse(bytes.p, bytes.n, &found);
		char out[HTTP_ADDRESS_SIZE];

		if (result != announcements[i].result)
			fail_msg("announcement %zu: expected %d, got %d", i, announcements[i].result, result);
		if (result != FOUND)
			continue;
		assert_int_equal(found.n, bytes.n);
		assert_int_equal(found.secure, announcements[i].secure);
		assert_int_equal(found.has_client, announcements[i].client != NULL);
		if (found.has_client)
			assert_str(((struct str){ out, http_address_format(&found.client, out) }), announcements[i].client);
	}
}

static void waits_for_the_whole_announcement(void **state)
{
	for (size_t i = 0; i < sizeof(announcements) / sizeof(announcements[0]); i++) {
		struct str bytes = announcements[i].bytes;
		struct http_proxy_protocol found;

		for (size_t n = 0; announcements[i].result == FOUND && n < bytes.n; n++)
			assert_int_equal(http_proxy_protocol_parse(bytes.p, n, &found), MORE);
	}
}

static void refuses_an_announcement_without_an_end(void **state)
{
	struct http_proxy_protocol found;
	char text[107];

	memset(text, 'a', sizeof(text));
	memcpy(text, "PROXY ", 6);
	assert_int_equal(http_proxy_protocol_parse(text, 106, &found), MORE);
	assert_int_equal(http_proxy_protocol_parse(text, 107, &found), BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trusts_listed_addresses_and_networks_only),
		cmocka_unit_test(trusts_nobody_without_a_list),
		cmocka_unit_test(a_network_of_all_bits_off_trusts_every_ipv4_peer_and_no_other),
		cmocka_unit_test(names_the_entry_that_is_no_address),
		cmocka_unit_test(reads_addresses_with_and_without_ports),
		cmocka_unit_test(takes_the_rightmost_untrusted_address),
		cmocka_unit_test(stops_at_what_is_no_address),
		cmocka_unit_test(joins_several_headers_in_their_order),
		cmocka_unit_test(takes_scheme_and_host_from_the_nearest_hop),
		cmocka_unit_test(ignores_a_scheme_and_a_host_that_are_none),
		cmocka_unit_test(reads_both_versions_of_the_proxy_protocol),
		cmocka_unit_test(waits_for_the_whole_announcement),
		cmocka_unit_test(refuses_an_announcement_without_an_end),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
