/* socle::rate-limit. */
#include "standard_fixture.h"

#include "base/shared.h"

static void further_requests_of_a_client_are_refused(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::errors\", { name = \"socle::rate-limit\", config = { max = 2 } }");
	struct exchange *x;

	generation->shared = shared_new(SHARED_LEAST, &f->error);
	assert_status_from(f, generation, "192.0.2.1", 200);
	x = run_from_address(f, generation, "192.0.2.1");
	assert_str(http_answer_header(&x->message, STR("RateLimit-Limit")), "2");
	assert_str(http_answer_header(&x->message, STR("X-RateLimit-Remaining")), "0");
	assert_true(str_is_null(http_answer_header(&x->message, STR("Retry-After"))));
	end(x);
	x = run_from_address(f, generation, "192.0.2.1");
	assert_int_equal(x->request.status, 429);
	assert_str(http_answer_header(&x->message, STR("RateLimit-Remaining")), "0");
	assert_str(http_answer_header(&x->message, STR("Retry-After")), "60");
	assert_non_null(strstr(buf_cstr(&x->request.out), "\"name\":\"RateLimitError\",\"message\":\"Too many requests, please"));
	end(x);
	assert_status_from(f, generation, "192.0.2.2", 200);
	/* Of one customer's network. */
	assert_status_from(f, generation, "2001:db8:1:2::1", 200);
	assert_status_from(f, generation, "2001:db8:1:2:3::", 200);
	assert_status_from(f, generation, "2001:db8:1:2::2", 429);
	assert_status_from(f, generation, "2001:db8:1:3::2", 200);
	assert_status_from(f, generation, "2001:db8::2", 200);
	shared_free(generation->shared);
	generation_unpin(generation);
}

static void a_limit_that_can_not_count_refuses(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::rate-limit\"");
	struct exchange *x = run_from_address(f, generation, "192.0.2.1");

	assert_int_equal(x->rc, -1);
	end(x);
	generation_unpin(generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(further_requests_of_a_client_are_refused),
		with_folder(a_limit_that_can_not_count_refuses),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
