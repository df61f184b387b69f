/* socle::cors, alone and in the list that most sites have. */
#include "standard_fixture.h"

#include "plugin/builder.h"
#include "security_headers.h"

#define ALL "\"socle::errors\", \"socle::security\", \"socle::cors\", \"socle::powered-by\""

static const struct http_header from_x[] = { HEADER("origin", "http://x.io"), NO_MORE };
static const struct http_header preflight[] = {HEADER("Origin", "http://x.io"),
	HEADER("Access-Control-Request-Method", "PUT"), HEADER("Access-Control-Request-Headers", "x-mine"),
	NO_MORE};

static void without_an_origin_the_allowed_one_is_empty(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, ALL);

	assert_answer(f, generation, "GET", NULL, hello, 200,
		SECURITY "Vary: Origin\nAccess-Control-Allow-Origin: \n"
			 "Access-Control-Allow-Credentials: true\nX-Powered-By: Strapi <strapi.io>\n");
	generation_unpin(generation);
}

static void the_origin_that_asks_is_allowed(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, ALL);

	assert_answer(f, generation, "GET", from_x, hello, 200, SECURITY "Vary: Origin\n"
		"Access-Control-Allow-Origin: http://x.io\nAccess-Control-Allow-Credentials: true\n"
		"X-Powered-By: Strapi <strapi.io>\n");
	generation_unpin(generation);
}

static void a_preflight_is_answered_at_once(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, ALL);

	assert_answer(f, generation, "OPTIONS", preflight, NULL, 204,
		SECURITY "Vary: Origin\n"
			 "Access-Control-Allow-Origin: http://x.io\nAccess-Control-Allow-Credentials: true\n"
			 "Access-Control-Max-Age: 31536000\nAccess-Control-Allow-Methods: "
			 "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS\n"
			 "Access-Control-Allow-Headers: Content-Type,Authorization,Origin,Accept\n");
	generation_unpin(generation);
}

static void options_without_a_wish_pass_on(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, ALL);

	assert_answer(f, generation, "OPTIONS", from_x, hello, 200, SECURITY "Vary: Origin\n"
		"X-Powered-By: Strapi <strapi.io>\n");
	generation_unpin(generation);
}

static void a_list_of_origins_lets_only_those_read(void **state)
{
	struct fixture *f = *state;
	struct generation *generation =
		host(f, "{ name = \"socle::cors\", config = { origin = [\"http://x.io\", \"http://y.io\"], "
			"credentials = false, expose = [\"X-A\", \"X-B\"] } }");
	static const struct http_header from_z[] = { HEADER("origin", "http://z.io"), NO_MORE };

	assert_answer(f, generation, "GET", from_x, hello, 200,
		"Vary: Origin\nAccess-Control-Allow-Origin: http://x.io\nAccess-Control-Expose-Headers: "
		"X-A,X-B\n");
	assert_answer(f, generation, "GET", from_z, hello, 200, "Vary: Origin\n");
	assert_answer(f, generation, "GET", NULL, hello, 200,
		"Vary: Origin\nAccess-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: X-A,X-B\n");
	generation_unpin(generation);
}

static void a_text_of_origins_is_a_list(void **state)
{
	struct fixture *f = *state;
	struct generation *generation =
		host(f, "{ name = \"socle::cors\", config = { origin = \"http://a.io, http://x.io\", "
			"headers = \"\", maxAge = 0 } }");

	assert_answer(f, generation, "OPTIONS", preflight, NULL, 204,
		"Vary: Origin\n"
		"Access-Control-Allow-Origin: http://x.io\nAccess-Control-Allow-Credentials: true\n"
		"Access-Control-Allow-Methods: "
		"GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS\nAccess-Control-Allow-Headers: x-mine\n");
	generation_unpin(generation);
}

static void options_of_a_wrong_type_are_refused_at_the_start(void **state)
{
	struct fixture *f = *state;
	const struct settings *settings = settings_of_host(f,
		"{ name = \"socle::cors\", config = { origin = 5, orign = \"*\" } }");

	assert_null(builder_build(settings, 1, &f->error));
	assert_non_null(strstr(error_message(&f->error), "`origin` must be a string or an array of strings"));
	assert_non_null(strstr(error_message(&f->error), "unknown key `orign`; did you mean `origin`?"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(without_an_origin_the_allowed_one_is_empty),
		with_folder(the_origin_that_asks_is_allowed),
		with_folder(a_preflight_is_answered_at_once),
		with_folder(options_without_a_wish_pass_on),
		with_folder(a_list_of_origins_lets_only_those_read),
		with_folder(a_text_of_origins_is_a_list),
		with_folder(options_of_a_wrong_type_are_refused_at_the_start),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
