#include "unit.h"

#include "db/db.h"

static struct arena *arena;
static struct error error;
static struct db_options options;

static int set_up(void **state)
{
	arena = arena_new(1024);
	return 0;
}

static int tear_down(void **state)
{
	error_clear(&error);
	arena_free(arena);
	return 0;
}

static int parse(const char *url)
{
	return db_parse_url(str_of(url), arena, &options, &error);
}

static void reads_all_parts(void **state)
{
	assert_int_equal(parse("mysql://strapi:secret@db.example.org:3307/content"), 0);
	assert_str(options.user, "strapi");
	assert_str(options.password, "secret");
	assert_str(options.host, "db.example.org");
	assert_int_equal(options.port, 3307);
	assert_str(options.database, "content");
	assert_true(str_is_null(options.socket));
}

static void leaves_out_what_is_not_said(void **state)
{
	assert_int_equal(parse("mariadb://root@localhost/content"), 0);
	assert_int_equal(options.port, 0);
	assert_int_equal(options.password.n, 0);
}

static void takes_a_socket_with_or_without_a_host(void **state)
{
	assert_int_equal(parse("mysql://root@localhost/content?socket=/run/my%20sql/s"), 0);
	assert_str(options.socket, "/run/my sql/s");
	assert_int_equal(parse("mysql://root@/content?socket=/run/s"), 0);
	assert_str(options.socket, "/run/s");
}

static void decodes_percent_signs_in_every_part(void **state)
{
	assert_int_equal(parse("mysql://us%3Aer:p%40ss%2Fw%25rd@h%6fst/na%2Fme"), 0);
	assert_str(options.user, "us:er");
	assert_str(options.password, "p@ss/w%rd");
	assert_str(options.host, "host");
	assert_str(options.database, "na/me");
}

static void the_last_at_sign_ends_the_password(void **state)
{
	assert_int_equal(parse("mysql://root:a@b/c:d@host/content"), 0);
	assert_str(options.password, "a@b/c:d");
	assert_str(options.host, "host");
}

static void takes_ipv6_addresses_in_brackets(void **state)
{
	assert_int_equal(parse("mysql://root@[::1]:3308/content"), 0);
	assert_str(options.host, "::1");
	assert_int_equal(options.port, 3308);
	assert_int_equal(parse("mysql://root@[fe80::1]/content"), 0);
	assert_str(options.host, "fe80::1");
	assert_int_equal(options.port, 0);
}

static void values_end_in_nul_for_the_client_library(void **state)
{
	assert_int_equal(parse("mysql://root:pw@host:1/content?socket=/s"), 0);
	assert_int_equal(options.host.p[options.host.n], '\0');
	assert_int_equal(options.password.p[options.password.n], '\0');
	assert_int_equal(options.socket.p[options.socket.n], '\0');
}

static void refuses_what_it_cannot_mean(void **state)
{
	static const char *const urls[] = {
		"", "content", "postgres://u@h/n", "mysql://", "mysql://host/name", "mysql://@host/name",
		"mysql://u@host", "mysql://u@host/", "mysql://u@/name", "mysql://u@host:/name", "mysql://u@host:0/name",
		"mysql://u@host:65536/name", "mysql://u@host:12a/name", "mysql://u@host/a/b", "mysql://u@[::1/name",
		"mysql://u@[::1]x/name", "mysql://u@host/name?ssl=1", "mysql://u@host/name?socket=", "mysql://u@h%zz/name",
		"mysql://u@host/name%0", "mysql://u@host/na%00me", "mysql://u@host/name?socket=s",
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		if (parse(urls[i]) == 0)
			fail_msg("accepted \"%s\"", urls[i]);
		assert_int_equal(error.kind, ERROR_CONFIG);
	}
}

static void never_tells_the_password(void **state)
{
	static const char *const urls[] = {
		"mysql://root:hunter2@host:x/name", "mysql://root:hunter2%zz@host/name", "mysql://root:hunter2@host",
		"mysql://root:hunter2", "pg://root:hunter2@host/name", "mysql://:hunter2@host/name",
		"mysql://root:hunter2@host/name?socket=hunter2",
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		assert_int_equal(parse(urls[i]), -1);
		assert_null(strstr(error_message(&error), "hunter2"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_all_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(leaves_out_what_is_not_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_a_socket_with_or_without_a_host, set_up, tear_down),
		cmocka_unit_test_setup_teardown(decodes_percent_signs_in_every_part, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_last_at_sign_ends_the_password, set_up, tear_down),
		cmocka_unit_test_setup_teardown(takes_ipv6_addresses_in_brackets, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_end_in_nul_for_the_client_library, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_what_it_cannot_mean, set_up, tear_down),
		cmocka_unit_test_setup_teardown(never_tells_the_password, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("database URL", tests, NULL, NULL);
}
