/* socle/response.h: files as answers, and who may go on. */
#include "standard_fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include <socle/context.h>
#include <socle/response.h>

static int sent_fd;

static int go_on(struct request *request)
{
	return socle_next((socle_context *)&request->scope);
}

static int open_this_file(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/tests/unit/test_response.c", source_root());
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(a_file_that_is_not_sent_is_closed),
		with_folder(what_is_no_part_of_a_file_is_refused),
		with_folder(only_middlewares_go_on),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
