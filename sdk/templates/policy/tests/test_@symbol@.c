#include <socle/test.h>

SOCLE_TEST(without_the_header_it_denies)
{
	socle_inject_header(host, "X-Pass", NULL);
	SOCLE_CHECK_STATUS(socle_inject(host, "GET", "/api/@name@/guarded", NULL), 403);
}

SOCLE_TEST(with_the_header_it_allows)
{
	socle_inject_header(host, "X-Pass", "anything");
	SOCLE_CHECK_STATUS(socle_inject(host, "GET", "/api/@name@/guarded", NULL), 200);
}

SOCLE_TEST_MAIN()
