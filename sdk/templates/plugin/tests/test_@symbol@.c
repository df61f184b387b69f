#include <socle/test.h>

SOCLE_TEST(everybody_is_greeted)
{
	const socle_test_answer *answer = socle_inject(host, "GET", "/api/@name@/hello", NULL);

	SOCLE_CHECK_STATUS(answer, 200);
	SOCLE_CHECK_TEXT(socle_test_text(answer), "Hello, world");
}

SOCLE_TEST(a_name_is_greeted_by_name)
{
	const socle_test_answer *answer = socle_inject(host, "GET", "/api/@name@/hello?name=Ada", NULL);

	SOCLE_CHECK_STATUS(answer, 200);
	SOCLE_CHECK_TEXT(socle_test_text(answer), "Hello, Ada");
}

SOCLE_TEST_MAIN()
