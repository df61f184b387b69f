#include <socle/test.h>

static const socle_test_answer *create(socle_test_host *host, const char *title)
{
	return socle_inject(host, "POST", "/api/@name@s", json_pack("{s:{s:s}}", "data", "title", title));
}

SOCLE_TEST(what_is_created_is_among_the_latest)
{
	const socle_test_answer *latest;

	SOCLE_CHECK_STATUS(create(host, "First"), 201);
	latest = socle_inject(host, "GET", "/api/@name@s/latest", NULL);
	SOCLE_CHECK_STATUS(latest, 200);
	SOCLE_CHECK_INT(json_array_size(json_object_get(socle_test_json(latest), "data")), 1);
}

SOCLE_TEST(a_title_must_be_given)
{
	SOCLE_CHECK_STATUS(socle_inject(host, "POST", "/api/@name@s", json_pack("{s:{}}", "data")), 400);
}

SOCLE_TEST_MAIN()
