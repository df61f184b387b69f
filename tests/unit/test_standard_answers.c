/* socle::powered-by, socle::response-time, and where socle::public sends browsers. */
#include "standard_fixture.h"

static int forbid(struct request *request)
{
	return scope_throw(&request->scope, ERROR_FORBIDDEN, "Forbidden");
}

static void answers_to_thrown_errors_are_not_signed_but_refusals_are(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(
		f, "\"socle::errors\", { name = \"socle::powered-by\", config = { poweredBy = \"Me\" } }");

	assert_answer(f, generation, "GET", NULL, refuse, 400, "");
	assert_answer(f, generation, "GET", NULL, forbid, 403, "X-Powered-By: Me\n");
	generation_unpin(generation);
}

static void who_asks_for_nothing_in_particular_is_sent_on(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "{ name = \"socle::public\", config = { index = \"/start\" } }");

	assert_answer(f, generation, "GET", NULL, NULL, 302, "Location: /start\n");
	assert_answer(f, generation, "POST", NULL, hello, 200, "");
	generation_unpin(generation);
}

static void the_time_that_an_answer_took_is_told(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::response-time\"");
	struct exchange *x = run(f, generation, HTTP_GET, "GET", NULL, hello);
	struct str time = http_answer_header(&x->message, STR("X-Response-Time"));
	int64_t ms;

	assert_true(str_ends(time, STR("ms")));
	assert_true(str_to_int64(str_take(time, time.n - 2), &ms));
	assert_in_range(ms, 1, 1000);
	end(x);
	x = run(f, generation, HTTP_GET, "GET", NULL, refuse);
	assert_true(str_is_null(http_answer_header(&x->message, STR("X-Response-Time"))));
	end(x);
	generation_unpin(generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(answers_to_thrown_errors_are_not_signed_but_refusals_are),
		with_folder(who_asks_for_nothing_in_particular_is_sent_on),
		with_folder(the_time_that_an_answer_took_is_told),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
