/* socle::compression of whole bodies and files. Long answers: tests/integration/test_transforms.py. */
#include "standard_fixture.h"

#include <unistd.h>

#include <socle/response.h>

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

/* A file of so many bytes, from the second on. */
static int send_long_file(struct request *request)
{
	FILE *file = tmpfile();

	for (size_t i = 0; i <= long_size; i++)
		fputc('a', file);
	fflush(file);
	http_set_header(request->message, STR("ETag"), STR("\"tag\""));
	http_set_header(request->message, STR("Accept-Ranges"), STR("bytes"));
	http_set_header(request->message, STR("Content-Type"), str_of(long_header.value.p));
	assert_int_equal(socle_send_file((socle_context *)&request->scope, dup(fileno(file)), 1, long_size), 0);
	fclose(file);
	request->status = long_status;
	return 0;
}

static void assert_file_is_compressed(struct fixture *f, struct generation *generation, bool expected)
{
	static const struct http_header headers[] = { HEADER("Accept-Encoding", "gzip"), NO_MORE };
	struct exchange *x = run(f, generation, HTTP_GET, "GET", headers, send_long_file);

	assert_int_equal(x->rc, 0);
	assert_int_equal(x->request.status, long_status);
	assert_str(http_answer_header(&x->message, STR("Vary")), "Accept-Encoding");
	assert_str(http_answer_header(&x->message, STR("ETag")), expected ? "W/\"tag\"" : "\"tag\"");
	assert_int_equal(str_is_null(http_answer_header(&x->message, STR("Content-Encoding"))), !expected);
	assert_int_equal(str_is_null(http_answer_header(&x->message, STR("Accept-Ranges"))), expected);
	assert_int_equal(!x->request.file, expected);
	assert_true(!expected || x->request.out.n < long_size);
	end(x);
}

static void files_of_fitting_types_and_sizes_are_compressed(void **state)
{
	struct fixture *f = *state;
	struct generation *generation = host(f, "{ name = \"socle::compression\", config = { files = \"10kb\" } }");
	const char *type = "text/css; charset=utf-8";

	answer_with(10240, 200, "Content-Type", type);
	assert_file_is_compressed(f, generation, true);
	answer_with(10241, 200, "Content-Type", type);
	assert_file_is_compressed(f, generation, false);
	answer_with(1023, 200, "Content-Type", type);
	assert_file_is_compressed(f, generation, false);
	answer_with(10240, 206, "Content-Type", type);
	assert_file_is_compressed(f, generation, false);
	answer_with(10240, 200, "Content-Type", "image/png");
	assert_file_is_compressed(f, generation, false);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(answers_are_compressed_as_the_client_prefers),
		with_folder(what_would_not_get_better_is_sent_as_it_is),
		with_folder(files_of_fitting_types_and_sizes_are_compressed),
		with_folder(codecs_can_be_switched_off_and_set),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
