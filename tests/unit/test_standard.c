/* The middlewares of plugins/standard, compiled as anybody would and run in a host without a wire. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include <socle/context.h>
#include <socle/response.h>

#include "config/settings.h"
#include "http/wire.h"
#include "pipeline/chain.h"
#include "plugin/builder.h"
#include "plugin_fixture.h"

#define ALL "\"socle::errors\", \"socle::security\", \"socle::cors\", \"socle::powered-by\""

#define CSP                                                                                        \
	"connect-src 'self' https:;img-src 'self' data: blob: https://market-assets.strapi.io;"     \
	"media-src 'self' data: blob:;default-src 'self';base-uri 'self';"                          \
	"font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';"                  \
	"object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' https: 'unsafe-inline'"

#define SECURITY                                                                                   \
	"Content-Security-Policy: " CSP "\n"                                                       \
	"Referrer-Policy: no-referrer\n"                                                           \
	"Strict-Transport-Security: max-age=31536000; includeSubDomains\n"                         \
	"X-Content-Type-Options: nosniff\n"                                                        \
	"X-DNS-Prefetch-Control: off\n"                                                            \
	"X-Download-Options: noopen\n"                                                             \
	"X-Frame-Options: SAMEORIGIN\n"                                                            \
	"X-Permitted-Cross-Domain-Policies: none\n"

/* The library, for all tests. */
static char built[64];

static int build_library(void **state)
{
	char command[512];

	(void)state;
	snprintf(built, sizeof(built), "/tmp/socle-standard-XXXXXX");
	if (!mkdtemp(built))
		return -1;
	snprintf(command, sizeof(command),
		"mkdir -p %s/plugins/standard && cp '%s'/plugins/standard/plugin.toml "
		"%s/plugins/standard && cc -shared -fPIC -Wall -Wextra -I'%s/sdk/include' "
		"'%s'/plugins/standard/*.c "
		"-o %s/plugins/standard/standard.so",
		built, source_root(), built, source_root(), source_root(), built);
	return system(command);
}

static int remove_library(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", built);
	return system(command);
}

static struct generation *host(struct fixture *f, const char *middlewares)
{
	const struct settings *settings;
	struct generation *generation;

	fixture_put(f, "config/server.toml", arena_printf(f->arena,
		"[server]\nstate = \"%s/state\"\nplugins = [\"%s/plugins\"]\n", f->folder, built));
	fixture_put(f, "config/middlewares.toml", arena_printf(f->arena, "use = [%s]\n", middlewares));
	settings = settings_load(f->arena, fixture_path(f, "config"), &f->error);
	assert_non_null(settings);
	generation = builder_build(settings, 1, &f->error);
	if (!generation)
		fail_msg("%s", error_message(&f->error));
	return generation;
}

/* One exchange: the headers of the answer as lines, and its status. */
struct exchange {
	struct http_wire wire;
	struct http_message message;
	struct request request;
	int rc;
};

static int hello(struct request *request)
{
	return request_send_text(request, 200, STR("text/plain"), STR("hello"));
}

static int refuse(struct request *request)
{
	return scope_throw(&request->scope, ERROR_VALIDATION, "no");
}

static int forbid(struct request *request)
{
	return scope_throw(&request->scope, ERROR_FORBIDDEN, "Forbidden");
}

static int go_on(struct request *request)
{
	return socle_next((socle_context *)&request->scope);
}

static int own_frame_options(struct request *request)
{
	assert_str(http_answer_header(request->message, STR("x-frame-options")), "SAMEORIGIN");
	http_set_header(request->message, STR("X-Frame-Options"), STR("DENY"));
	http_remove_header(request->message, STR("referrer-policy"));
	return hello(request);
}

static struct exchange *run(struct fixture *f, struct generation *generation, enum http_method method,
	const char *method_text, const struct http_header *headers, int (*terminal)(struct request *))
{
	struct exchange *x = arena_new_of(f->arena, struct exchange);

	x->message = (struct http_message){.arena = f->arena,
		.method = method,
		.method_text = str_of(method_text),
		.target = STR("/"),
		.path = STR("/"),
		.headers = headers,
		.wire = &x->wire};
	while (headers && headers[x->message.header_count].name.p)
		x->message.header_count++;
	scope_init(&x->request.scope, f->arena, generation, NULL);
	x->request.scope.request = &x->request;
	x->request.message = &x->message;
	x->rc = chain_run(&x->request, &generation->middlewares, terminal);
	return x;
}

static char *text_of(struct fixture *f, const struct exchange *x)
{
	char *text = arena_strdup(f->arena, STR(""));

	for (unsigned i = 0; i < x->wire.constant_count; i++) {
		for (struct str rest = x->wire.constants[i]; rest.n;) {
			struct str line = str_cut(&rest, '\n');

			text = arena_printf(f->arena, "%s%.*s\n", text, (int)line.n - 1, line.p);
		}
	}
	for (size_t i = 0; i < x->message.answer_count; i++) {
		if (!str_equal_nocase(x->message.answer[i].name, STR("Content-Type"))) {
			text = arena_printf(f->arena, "%s%.*s: %.*s\n", text,
				STR_ARG(x->message.answer[i].name), STR_ARG(x->message.answer[i].value));
		}
	}
	return text;
}

static void end(struct exchange *x)
{
	buf_clear(&x->request.out);
	error_clear(&x->request.scope.error);
}

static void assert_answer(struct fixture *f, struct generation *generation, const char *method,
	const struct http_header *headers, int (*terminal)(struct request *), int status,
	const char *expected)
{
	enum http_method number = strcmp(method, "OPTIONS") == 0 ? HTTP_OPTIONS : HTTP_GET;

	/* Twice: what a use prepared the first time serves the second. */
	for (int i = 0; i < 2; i++) {
		struct exchange *x = run(f, generation, number, method, headers, terminal);

		assert_int_equal(x->rc, 0);
		assert_string_equal(text_of(f, x), expected);
		assert_int_equal(x->request.status, status);
		end(x);
	}
}

#define HEADER(name, value) { STR(name), STR(value) }
#define NO_MORE { STR_NULL, STR_NULL }

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

static int sent_fd;

static int open_this_file(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/tests/unit/test_standard.c", source_root());
	return sent_fd = open(path, O_RDONLY | O_CLOEXEC);
}

static int send_a_file(struct request *request)
{
	return socle_send_file((socle_context *)&request->scope, open_this_file(), 10, 20);
}

static int send_a_text_instead(struct request *request)
{
	return send_a_file(request) < 0 ? -1 : socle_send_text((socle_context *)&request->scope, "text");
}

static int send_more_than_there_is(struct request *request)
{
	return socle_send_file((socle_context *)&request->scope, open_this_file(), 10, 1 << 30);
}

static int send_a_folder(struct request *request)
{
	sent_fd = open("/", O_RDONLY | O_CLOEXEC);
	return socle_send_file((socle_context *)&request->scope, sent_fd, 0, 0);
}

static bool is_open(void)
{
	return fcntl(sent_fd, F_GETFD) >= 0;
}

/* Until then it is the request's. */
static void a_file_that_is_not_sent_is_closed(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::powered-by\"");
	struct exchange *x = run(f, generation, HTTP_GET, "GET", NULL, send_a_file);

	assert_int_equal(x->request.status, 200);
	assert_str(http_answer_header(&x->message, STR("Content-Type")), "application/octet-stream");
	assert_int_equal(x->request.file->fd, sent_fd);
	assert_int_equal(x->request.file->offset, 10);
	assert_int_equal(x->request.file->length, 20);
	assert_true(is_open());
	request_reset_answer(&x->request);
	assert_false(is_open());
	end(x);
	x = run(f, generation, HTTP_GET, "GET", NULL, send_a_text_instead);
	assert_int_equal(x->rc, 0);
	assert_null(x->request.file);
	assert_false(is_open());
	end(x);
	generation_unpin(generation);
}

static void what_is_no_part_of_a_file_is_refused(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::powered-by\"");
	int (*const wrong[])(struct request *) = { send_more_than_there_is, send_a_folder };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct exchange *x = run(f, generation, HTTP_GET, "GET", NULL, wrong[i]);

		assert_int_equal(x->rc, -1);
		assert_non_null(strstr(error_message(&x->request.scope.error), "must be an open regular file"));
		assert_false(is_open());
		end(x);
	}
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

static void only_middlewares_go_on(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::powered-by\"");
	struct exchange *x = run(f, generation, HTTP_GET, "GET", NULL, go_on);

	assert_int_equal(x->rc, -1);
	assert_string_equal(error_message(&x->request.scope.error),
		"socle_next() was called in what is no middleware");
	end(x);
	generation_unpin(generation);
}

static void options_of_a_wrong_type_are_refused_at_the_start(void **state)
{
	struct fixture *f = *state;
	const struct settings *settings;

	fixture_put(f, "config/server.toml", arena_printf(f->arena,
		"[server]\nstate = \"%s/state\"\nplugins = [\"%s/plugins\"]\n", f->folder, built));
	fixture_put(f, "config/middlewares.toml",
		"use = [{ name = \"socle::cors\", config = { origin = 5, orign = \"*\" } }]\n");
	settings = settings_load(f->arena, fixture_path(f, "config"), &f->error);
	assert_non_null(settings);
	assert_null(builder_build(settings, 1, &f->error));
	assert_non_null(strstr(error_message(&f->error), "`origin` must be a string or an array of strings"));
	assert_non_null(strstr(error_message(&f->error), "unknown key `orign`; did you mean `origin`?"));
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(without_an_origin_the_allowed_one_is_empty),
		with_folder(the_origin_that_asks_is_allowed),
		with_folder(a_preflight_is_answered_at_once),
		with_folder(options_without_a_wish_pass_on),
		with_folder(answers_to_thrown_errors_are_not_signed_but_refusals_are),
		with_folder(who_asks_for_nothing_in_particular_is_sent_on),
		with_folder(a_file_that_is_not_sent_is_closed),
		with_folder(what_is_no_part_of_a_file_is_refused),
		with_folder(a_list_of_origins_lets_only_those_read),
		with_folder(a_text_of_origins_is_a_list),
		with_folder(security_headers_can_be_changed_one_by_one),
		with_folder(a_header_of_the_set_can_be_changed_further_in),
		with_folder(only_middlewares_go_on),
		with_folder(options_of_a_wrong_type_are_refused_at_the_start),
	};

	return cmocka_run_group_tests(tests, build_library, remove_library);
}
