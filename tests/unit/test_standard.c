/* The middlewares of plugins/standard, compiled as anybody would and run in a host without a wire. */
#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include <socle/context.h>
#include <socle/response.h>
#include <socle/session.h>

#include "base/keygrip.h"
#include "base/shared.h"
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
		"-o %s/plugins/standard/standard.so -lpcre2-8 -lz -lbrotlienc",
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
		"[server]\nstate = \"%s/state\"\nplugins = [\"%s/plugins\"]\nkeys = [\"new key\", \"old key\"]\n",
		f->folder, built));
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

/* ---- compression ---- */

enum { LONG_BODY = 100 * 1000 };

/* The same text again and again, of the type and with the headers that the test at hand sets. */
static struct http_header long_header;
static int long_status;
static size_t long_size;

static int send_long(struct request *request)
{
	char *text = arena_alloc(request->scope.arena, long_size + 1);

	memset(text, 'a', long_size);
	http_set_header(request->message, STR("ETag"), STR("\"tag\""));
	if (long_header.name.p)
		http_set_header(request->message, long_header.name, long_header.value);
	return request_send_text(request, long_status, STR("application/json; charset=utf-8"),
		(struct str){ text, long_size });
}

static struct exchange *compress(struct fixture *f, struct generation *generation, const char *method, const char *accepts)
{
	const struct http_header headers[] = { { STR("Accept-Encoding"), str_of(accepts) }, NO_MORE };
	struct exchange *x = run(f, generation, strcmp(method, "HEAD") ? HTTP_GET : HTTP_HEAD, method,
		accepts ? headers : NULL, send_long);

	assert_int_equal(x->rc, 0);
	assert_str(http_answer_header(&x->message, STR("Vary")), "Accept-Encoding");
	return x;
}

static void assert_encoding(struct fixture *f, struct generation *generation, const char *accepts, const char *expected)
{
	struct exchange *x = compress(f, generation, "GET", accepts);
	struct str encoding = http_answer_header(&x->message, STR("Content-Encoding"));

	if (expected) {
		assert_str(encoding, expected);
		assert_str(http_answer_header(&x->message, STR("ETag")), "W/\"tag\"");
		assert_true(x->request.out.n < long_size);
	} else {
		assert_true(str_is_null(encoding));
		assert_str(http_answer_header(&x->message, STR("ETag")), "\"tag\"");
		assert_int_equal(x->request.out.n, long_size);
	}
	end(x);
}

static void answer_with(size_t size, int status, const char *name, const char *value)
{
	long_size = size;
	long_status = status;
	long_header = (struct http_header){ str_of(name), str_of(value) };
}

static void answers_are_compressed_as_the_client_prefers(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::compression\"");

	answer_with(LONG_BODY, 200, NULL, NULL);
	assert_encoding(f, generation, "gzip, deflate, br", "br");
	assert_encoding(f, generation, "gzip, deflate, br;q=0.5", "gzip");
	assert_encoding(f, generation, "br;q=0, gzip;q=0, deflate", "deflate");
	assert_encoding(f, generation, "*", "br");
	assert_encoding(f, generation, "*;q=0.5, identity", NULL);
	assert_encoding(f, generation, "zstd", NULL);
	assert_encoding(f, generation, "", NULL);
	assert_encoding(f, generation, NULL, NULL);
	generation_unpin(generation);
}

static void what_would_not_get_better_is_sent_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::compression\"");
	struct exchange *x;

	answer_with(1023, 200, NULL, NULL);
	assert_encoding(f, generation, "gzip", NULL);
	answer_with(1024, 200, NULL, NULL);
	assert_encoding(f, generation, "gzip", "gzip");
	answer_with(LONG_BODY, 206, NULL, NULL);
	assert_encoding(f, generation, "gzip", NULL);
	answer_with(LONG_BODY, 200, "Cache-Control", "public, no-transform");
	assert_encoding(f, generation, "gzip", NULL);
	answer_with(LONG_BODY, 200, "Content-Range", "bytes 0-1/2");
	assert_encoding(f, generation, "gzip", NULL);
	answer_with(LONG_BODY, 200, "Content-Encoding", "br");
	x = compress(f, generation, "GET", "gzip");
	assert_str(http_answer_header(&x->message, STR("Content-Encoding")), "br");
	assert_int_equal(x->request.out.n, LONG_BODY);
	end(x);
	answer_with(LONG_BODY, 200, NULL, NULL);
	x = compress(f, generation, "HEAD", "gzip");
	assert_true(str_is_null(http_answer_header(&x->message, STR("Content-Encoding"))));
	end(x);
	generation_unpin(generation);
}

static void codecs_can_be_switched_off_and_set(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "{ name = \"socle::compression\", config = { threshold = \"2kb\", br = false, "
		"gzip = { level = 1 }, defaultEncoding = \"gzip\" } }");

	answer_with(2047, 200, NULL, NULL);
	assert_encoding(f, generation, "gzip", NULL);
	answer_with(2048, 200, NULL, NULL);
	assert_encoding(f, generation, "br, gzip;q=0.1", "gzip");
	assert_encoding(f, generation, NULL, "gzip");
	generation_unpin(generation);
}

/* ---- addresses ---- */

static struct exchange *run_from_address(struct fixture *f, struct generation *generation, const char *address)
{
	struct exchange *x = arena_new_of(f->arena, struct exchange);

	x->message = (struct http_message){ .arena = f->arena, .method_text = STR("GET"), .target = STR("/"), .path = STR("/A/"),
		.wire = &x->wire, .origin.address = str_of(address) };
	scope_init(&x->request.scope, f->arena, generation, NULL);
	x->request.scope.request = &x->request;
	x->request.message = &x->message;
	x->rc = chain_run(&x->request, &generation->middlewares, hello);
	return x;
}

static void assert_status_from(struct fixture *f, struct generation *generation, const char *address, int status)
{
	struct exchange *x = run_from_address(f, generation, address);

	assert_int_equal(x->rc, 0);
	assert_int_equal(x->request.status, status);
	end(x);
}

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

/* ---- rate limit ---- */

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

/* ---- sessions ---- */

static int count_visits(struct request *request)
{
	json_t *session = socle_session((socle_context *)&request->scope);

	assert_non_null(session);
	json_object_set_new(session, "n", json_integer(json_integer_value(json_object_get(session, "n")) + 1));
	return hello(request);
}

static int leave_alone(struct request *request)
{
	assert_non_null(socle_session((socle_context *)&request->scope));
	return hello(request);
}

static int log_out(struct request *request)
{
	json_object_clear(socle_session((socle_context *)&request->scope));
	return hello(request);
}

static int change_and_fail(struct request *request)
{
	count_visits(request);
	return scope_throw(&request->scope, ERROR_VALIDATION, "no");
}

/* What a browser sends back after this answer; NULL: it got no cookies. */
static const char *cookies_of(struct fixture *f, const struct exchange *x)
{
	const char *cookies = NULL;

	for (size_t i = 0; i < x->message.answer_count; i++) {
		const struct http_header *header = &x->message.answer[i];

		if (str_equal_nocase(header->name, STR("Set-Cookie")))
			cookies = arena_printf(f->arena, "%s%s%.*s", cookies ? cookies : "", cookies ? "; " : "",
				(int)str_find(header->value, ';'), header->value.p);
	}
	return cookies;
}

static struct exchange *visit(struct fixture *f, struct generation *generation, const char *cookies,
	int (*terminal)(struct request *))
{
	const struct http_header headers[] = { { STR("Cookie"), str_of(cookies) }, NO_MORE };

	return run(f, generation, HTTP_GET, "GET", cookies ? headers : NULL, terminal);
}

static json_int_t visits(struct exchange *x)
{
	return json_integer_value(json_object_get(x->request.session, "n"));
}

static void finish(struct exchange *x)
{
	json_decref(x->request.session);
	end(x);
}

static void a_session_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::session\"");
	struct exchange *x = visit(f, generation, NULL, leave_alone);
	const char *cookies;

	assert_int_equal(x->rc, 0);
	assert_null(cookies_of(f, x));
	finish(x);
	x = visit(f, generation, NULL, count_visits);
	cookies = cookies_of(f, x);
	assert_non_null(strstr(cookies, "koa.sess=eyJuIjoxLCJfZXhwaXJlIjo"));
	assert_non_null(strstr(cookies, "; koa.sess.sig="));
	assert_non_null(strstr(text_of(f, x), "; path=/; expires="));
	assert_non_null(strstr(text_of(f, x), " GMT; httponly\n"));
	finish(x);
	x = visit(f, generation, arena_printf(f->arena, "other=1; %s", cookies), count_visits);
	assert_int_equal(visits(x), 2);
	cookies = cookies_of(f, x);
	finish(x);
	/* What wasn't changed isn't sent again. */
	x = visit(f, generation, cookies, leave_alone);
	assert_int_equal(visits(x), 2);
	assert_null(cookies_of(f, x));
	finish(x);
	x = visit(f, generation, cookies, change_and_fail);
	assert_int_equal(x->rc, -1);
	assert_string_equal(error_message(&x->request.scope.error), "no");
	assert_non_null(cookies_of(f, x));
	finish(x);
	x = visit(f, generation, cookies, log_out);
	assert_non_null(strstr(text_of(f, x), "Set-Cookie: koa.sess=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly"));
	finish(x);
	generation_unpin(generation);
}

/* {"n":7} and the like, as another host with the same keys would have signed it. */
static const char *forged(struct fixture *f, const char *key, const char *value)
{
	char signature[KEYGRIP_SIZE];

	keygrip_sign(str_of(key), str_of(arena_printf(f->arena, "koa.sess=%s", value)), signature);
	return arena_printf(f->arena, "koa.sess=%s; koa.sess.sig=%s", value, signature);
}

static void only_what_was_signed_with_a_key_is_believed(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "\"socle::session\"");
	/* {"n":7}, {"n":7,"_expire":1}, [7], no JSON, no base64 */
	const char *const values[] = { "eyJuIjo3fQ==", "eyJuIjo3LCJfZXhwaXJlIjoxfQ==", "Wzdd", "eyJuIg==", "*" };
	const char *const keys[] = { "new key", "old key", "another key" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		for (size_t j = 0; j < sizeof(values) / sizeof(*values); j++) {
			struct exchange *x = visit(f, generation, forged(f, keys[i], values[j]), leave_alone);
			bool believed = i < 2 && j == 0;
			const char *cookies = cookies_of(f, x);

			assert_int_equal(x->rc, 0);
			assert_int_equal(visits(x), believed ? 7 : 0);
			/* What isn't believed is taken back; what an old key signed, signed anew. */
			assert_true(!cookies == (i == 0 && believed));
			assert_true(!cookies || !!strstr(cookies, "koa.sess=;") == !believed);
			finish(x);
		}
	}
	generation_unpin(generation);
}

static void how_long_a_session_lives_is_an_option(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "{ name = \"socle::session\", config = { key = \"s\", maxAge = \"session\", "
		"httpOnly = false, rolling = true, signed = false, secure = true, sameSite = \"lax\", domain = \"x.io\" } }");
	struct exchange *x = visit(f, generation, "s=eyJuIjo3fQ==", leave_alone);

	/* {"n":7,"_session":true} */
	assert_string_equal(text_of(f, x),
		"Set-Cookie: s=eyJuIjo3LCJfc2Vzc2lvbiI6dHJ1ZX0=; path=/; domain=x.io; samesite=lax; secure\n");
	finish(x);
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
		with_folder(answers_are_compressed_as_the_client_prefers),
		with_folder(what_would_not_get_better_is_sent_as_it_is),
		with_folder(codecs_can_be_switched_off_and_set),
		with_folder(addresses_are_let_in_and_refused_by_expressions),
		with_folder(without_lists_every_address_is_let_in),
		with_folder(what_is_no_expression_is_an_error),
		with_folder(further_requests_of_a_client_are_refused),
		with_folder(a_limit_that_can_not_count_refuses),
		with_folder(a_session_is_remembered),
		with_folder(only_what_was_signed_with_a_key_is_believed),
		with_folder(how_long_a_session_lives_is_an_option),
		with_folder(the_time_that_an_answer_took_is_told),
	};

	return cmocka_run_group_tests(tests, build_library, remove_library);
}
