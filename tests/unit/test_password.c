#include "unit.h"

#include "document/password.h"

struct fixture {
	struct arena *arena;
	struct error error;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .arena = arena_new(4096) };
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	error_clear(&f->error);
	arena_free(f->arena);
	return 0;
}

static bool matches(struct fixture *f, struct str password, struct str hash)
{
	bool result;

	assert_int_equal(password_verify(f->arena, password, hash, &result, &f->error), 0);
	return result;
}

static void a_hash_is_bcrypt_with_the_rounds_that_were_asked_for(void **state)
{
	struct fixture *f = *state;
	struct str hash;

	assert_int_equal(password_hash(f->arena, STR("secret"), 4, &hash, &f->error), 0);
	assert_int_equal(hash.n, 60);
	assert_true(str_starts(hash, STR("$2a$04$")));
	assert_true(matches(f, STR("secret"), hash));
	assert_false(matches(f, STR("Secret"), hash));
	assert_int_equal(password_hash(f->arena, STR("secret"), 0, &hash, &f->error), 0);
	assert_true(str_starts(hash, STR("$2a$10$")));
}

static void one_password_never_has_the_same_hash_twice(void **state)
{
	struct fixture *f = *state;
	struct str first, second;

	assert_int_equal(password_hash(f->arena, STR("secret"), 4, &first, &f->error), 0);
	assert_int_equal(password_hash(f->arena, STR("secret"), 4, &second, &f->error), 0);
	assert_false(str_equal(first, second));
}

/* Made with bcryptjs 2.4.3, which is what Strapi has. */
static void hashes_that_strapi_wrote_match(void **state)
{
	static const struct {
		const char *password, *hash;
	} list[] = {
		{ "secret", "$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW" },
		{ "", "$2a$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq" },
		{ "ßÿÿ", "$2a$04$abcdefghijklmnopqrstuu1Zq9tEHQxt23rEazFyYv09jN8YbZ12u" },
		{ "£ÿÿ€", "$2a$04$abcdefghijklmnopqrstuu6M7KWbzBxYZydrcTddWIKORstyCKGSK" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		assert_true(matches(*state, str_of(list[i].password), str_of(list[i].hash)));
}

static void only_the_first_72_bytes_count(void **state)
{
	struct str hash = STR("$2a$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i");
	char password[80];

	memset(password, 'x', sizeof(password));
	assert_false(matches(*state, (struct str){ password, 71 }, hash));
	assert_true(matches(*state, (struct str){ password, 72 }, hash));
	assert_true(matches(*state, (struct str){ password, 73 }, hash));
	assert_true(matches(*state, (struct str){ password, 80 }, hash));
}

static void refuses_a_password_with_a_nul_in_it(void **state)
{
	struct fixture *f = *state;
	struct str hash;

	assert_int_equal(password_hash(f->arena, STR("ab\0cd"), 4, &hash, &f->error), -1);
	assert_int_equal(f->error.kind, ERROR_VALIDATION);
	assert_int_equal(password_hash(f->arena, STR("ab"), 4, &hash, &f->error), 0);
	assert_false(matches(f, STR("ab\0cd"), hash));
}

static void refuses_rounds_that_bcrypt_does_not_have(void **state)
{
	struct fixture *f = *state;
	struct str hash;

	assert_int_equal(password_hash(f->arena, STR("secret"), 3, &hash, &f->error), -1);
	assert_int_equal(password_hash(f->arena, STR("secret"), 32, &hash, &f->error), -1);
	assert_string_equal(error_message(&f->error), "bcrypt takes 4 to 31 rounds, found 32");
}

static void what_is_no_bcrypt_hash_matches_nothing(void **state)
{
	static const char *const list[] = {
		"", "secret", "$2a$04$short", "$1$abcdefgh$abcdefghijklmnopqrstuv",
		"$2a$03$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
		"$2a$04$abcdefghijkl:nopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW",
		"************************************************************",
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		assert_false(matches(*state, STR("secret"), str_of(list[i])));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_hash_is_bcrypt_with_the_rounds_that_were_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_password_never_has_the_same_hash_twice, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hashes_that_strapi_wrote_match, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_the_first_72_bytes_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_a_password_with_a_nul_in_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_rounds_that_bcrypt_does_not_have, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_bcrypt_hash_matches_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
