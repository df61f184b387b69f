#include <socle/test.h>

/* tests/config/ says that every request passes the middleware. */
SOCLE_TEST(every_answer_tells_how_long_it_took)
{
	SOCLE_CHECK(socle_test_header(socle_inject(host, "GET", "/api/nowhere", NULL), "X-Time"));
}

SOCLE_TEST_MAIN()
