/* socle::security. */
#include "standard_fixture.h"

#include "security_headers.h"

static int own_frame_options(struct request *request)
{
	assert_str(http_answer_header(request->message, STR("x-frame-options")), "SAMEORIGIN");
	http_set_header(request->message, STR("X-Frame-Options"), STR("DENY"));
	http_remove_header(request->message, STR("referrer-policy"));
	return hello(request);
}

static void security_headers_can_be_changed_one_by_one(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f,
		"{ name = \"socle::security\", config = { hsts = false, noSniff = false, "
		"frameguard = { action = \"deny\" }, xssFilter = true, crossOriginOpenerPolicy = true, "
		"referrerPolicy = { policy = [\"origin\", \"unsafe-url\"] }, contentSecurityPolicy = { "
		"useDefaults = false, "
		"directives = { imgSrc = [\"'self'\", \"data:\"], media-src = false, upgradeInsecureRequests "
		"= [] } } } }");

	assert_answer(f, generation, "GET", NULL, hello, 200,
		"Content-Security-Policy: img-src 'self' data:;upgrade-insecure-requests;connect-src 'self' "
		"https:\n"
		"Cross-Origin-Opener-Policy: same-origin\nReferrer-Policy: "
		"origin,unsafe-url\nX-DNS-Prefetch-Control: off\n"
		"X-Download-Options: noopen\nX-Frame-Options: DENY\nX-Permitted-Cross-Domain-Policies: none\n"
		"X-XSS-Protection: 0\n");
	generation_unpin(generation);
}

static void a_header_of_the_set_can_be_changed_further_in(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::security\"");
	struct exchange *x = run(f, generation, HTTP_GET, "GET", NULL, own_frame_options);
	const char *text = text_of(f, x);

	assert_null(strstr(text, "SAMEORIGIN"));
	assert_non_null(strstr(text, "X-Frame-Options: DENY\n"));
	assert_null(strstr(text, "Referrer-Policy"));
	assert_non_null(strstr(text, "X-Download-Options: noopen\n"));
	end(x);
	/* The next answer has all of them. */
	assert_answer(f, generation, "GET", NULL, hello, 200, SECURITY);
	generation_unpin(generation);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(security_headers_can_be_changed_one_by_one),
		with_folder(a_header_of_the_set_can_be_changed_further_in),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
