/* socle::ip. */
#include "standard_fixture.h"

static void addresses_are_let_in_and_refused_by_expressions(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "{ name = \"socle::ip\", config = { whitelist = [\"10.0.0.1\", \"^::1$\"], "
		"blacklist = [\"^10.*9$\"] } }");

	assert_status_from(f, generation, "10.0.0.1", 200);
	assert_status_from(f, generation, "::1", 200);
	/* As with Strapi they match anywhere. */
	assert_status_from(f, generation, "210.0.0.12", 200);
	assert_status_from(f, generation, "10.0.0.19", 403);
	assert_status_from(f, generation, "192.0.2.1", 403);
	generation_unpin(generation);
}

static void without_lists_every_address_is_let_in(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::ip\"");

	assert_status_from(f, generation, "192.0.2.1", 200);
	generation_unpin(generation);
}

static void what_is_no_expression_is_an_error(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "{ name = \"socle::ip\", config = { blacklist = \"*\" } }");

	for (int i = 0; i < 2; i++) {
		struct exchange *x = run_from_address(f, generation, "192.0.2.1");

		assert_int_equal(x->rc, -1);
		assert_non_null(strstr(error_message(&x->request.scope.error), "is no regular expression"));
		end(x);
	}
	generation_unpin(generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(addresses_are_let_in_and_refused_by_expressions),
		with_folder(without_lists_every_address_is_let_in),
		with_folder(what_is_no_expression_is_an_error),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
