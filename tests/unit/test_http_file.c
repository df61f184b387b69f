/* Parts of files as answers: every byte arrives, and every descriptor is closed. */
#include "http_fixture.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

enum { SIZE = 3 * 1024 * 1024 + 17 };

static char path[64];
static char *content;
static struct http_file part;		/* what the handler sends: fd is opened then */

static void sends_it(struct http_message *m)
{
	struct http_file file = part;

	file.fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(file.fd >= 0);
	http_set_header(m, STR("Content-Type"), STR("image/png"));
	http_send_file(m, 200, &file);
}

static void handler(struct http_message *m, void *arg)
{
	if (str_equal(m->path, STR("/hello"))) {
		answer(m, 200, STR("hello"));
	} else if (str_equal(m->path, STR("/twice"))) {
		answer(m, 200, STR("first"));
		sends_it(m);
	} else if (str_equal(m->path, STR("/not-modified"))) {
		struct http_file file = { open(path, O_RDONLY | O_CLOEXEC), 0, SIZE };

		http_send_file(m, 304, &file);
	} else {
		sends_it(m);
	}
}

/* Descriptors of this process. */
static int open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static void write_content(size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, content, n), (ssize_t)n);
	close(fd);
}

static int set_up(void **state)
{
	signal(SIGPIPE, SIG_IGN);
	snprintf(path, sizeof(path), "/tmp/socle-file-XXXXXX");
	close(mkstemp(path));
	content = malloc(SIZE);
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (char)(i * 2654435761u >> 13);
	write_content(SIZE);
	part = (struct http_file){ -1, 0, SIZE };
	begin(NULL, handler);
	return 0;
}

static int tear_down(void **state)
{
	end();
	unlink(path);
	free(content);
	return 0;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

/* Where the first answer's body begins; NULL when it isn't all there. */
static const char *body_of(struct client *c, size_t n)
{
	const char *bytes, *head;

	pump(c);
	bytes = buf_cstr(&c->received);
	head = strstr(bytes, "\r\n\r\n");
	return head && c->received.n >= (size_t)(head + 4 - bytes) + n ? head + 4 : NULL;
}

static bool ends_with(struct client *c, const char *text)
{
	size_t n = strlen(text);

	return c->received.n >= n && memcmp(c->received.p + c->received.n - n, text, n) == 0;
}

static void every_byte_arrives(void **state)
{
	int before = open_files();
	struct client *c = ask(GET("/file"));

	until(body_of(c, SIZE));
	assert_true(has(c, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 3145745\r\n"));
	assert_memory_equal(body_of(c, SIZE), content, SIZE);
	/* The client's and the connection's. */
	assert_int_equal(open_files(), before + 2);
}

static void a_part_is_sent_from_its_offset(void **state)
{
	struct client *c;

	part.offset = 1234567;
	part.length = 500000;
	c = ask(GET("/file"));
	until(body_of(c, 500000));
	turn_for(20);
	assert_ptr_equal(body_of(c, 500000) + 500000, buf_cstr(&c->received) + c->received.n);
	assert_memory_equal(body_of(c, 500000), content + 1234567, 500000);
}

static void what_was_asked_behind_it_is_answered_behind_it(void **state)
{
	struct client *c = ask(GET("/file") GET("/hello") GET("/file") GET("/hello"));
	const char *second;

	until(body_of(c, 2 * SIZE) && ends_with(c, "hello"));
	assert_memory_equal(body_of(c, SIZE), content, SIZE);
	second = body_of(c, SIZE) + SIZE;
	assert_true(strncmp(second, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n", 62) == 0);
	second = strstr(second, "\r\n\r\nhello") + 9;
	assert_true(strncmp(second, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n", 42) == 0);
	assert_memory_equal(strstr(second, "\r\n\r\n") + 4, content, SIZE);
}

static void a_slow_reader_holds_no_fiber_and_little_memory(void **state)
{
	struct client *c = ask(GET("/file"));

	/* The sockets' buffers are full: nothing moves. */
	turn_for(50);
	assert_int_equal(http_server_stats(fixture.server).in_flight, 0);
	assert_int_equal(loop_fibers(fixture.loop), 0);
	until(body_of(c, SIZE));
	assert_memory_equal(body_of(c, SIZE), content, SIZE);
}

static void a_reader_that_leaves_costs_no_descriptor(void **state)
{
	int before = open_files();
	struct client *c = ask(GET("/file"));

	until(http_server_stats(fixture.server).messages == 1);
	turn_for(20);
	hang_up(c);
	until(http_server_stats(fixture.server).connections == 0);
	assert_int_equal(open_files(), before);
}

static void what_sends_no_body_closes_the_file(void **state)
{
	int before = open_files();
	struct client *c = ask("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n" GET("/not-modified") GET("/hello") GET("/twice"));

	until(has(c, "first"));
	assert_int_equal(count_of(c, "Content-Length: 3145745\r\n"), 1);
	assert_true(has(c, "HTTP/1.1 304 Not Modified\r\n"));
	assert_true(c->received.n < 2000);
	assert_int_equal(open_files(), before + 2);
}

static void an_empty_file_is_an_empty_body(void **state)
{
	int before = open_files();
	struct client *c;

	part.length = 0;
	c = ask(GET("/file") GET("/hello"));
	until(has(c, "hello"));
	assert_true(has(c, "Content-Length: 0\r\n"));
	assert_int_equal(open_files(), before + 2);
}

static void a_file_that_gets_shorter_ends_the_connection(void **state)
{
	int before = open_files();
	struct client *c = ask(GET("/file") GET("/hello"));

	until(http_server_stats(fixture.server).messages == 1);
	assert_int_equal(truncate(path, 1000), 0);
	until(is_closed(c));
	assert_true(c->received.n < SIZE);
	assert_int_equal(count_of(c, "hello"), 0);
	until(http_server_stats(fixture.server).connections == 0);
	assert_int_equal(open_files(), before + 1);
}

static void a_file_that_is_replaced_is_sent_as_it_was(void **state)
{
	struct client *c = ask(GET("/file"));
	char other[80];

	until(http_server_stats(fixture.server).messages == 1);
	snprintf(other, sizeof(other), "%s.new", path);
	close(open(other, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(rename(other, path), 0);
	until(body_of(c, SIZE));
	assert_memory_equal(body_of(c, SIZE), content, SIZE);
}

static void a_drain_waits_for_the_last_byte(void **state)
{
	struct client *c = ask(GET("/file"));

	until(http_server_stats(fixture.server).messages == 1);
	http_server_drain(fixture.server, NULL, NULL);
	until(is_closed(c));
	assert_memory_equal(body_of(c, SIZE), content, SIZE);
}

#define with_file(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_file(every_byte_arrives),
		with_file(a_part_is_sent_from_its_offset),
		with_file(what_was_asked_behind_it_is_answered_behind_it),
		with_file(a_slow_reader_holds_no_fiber_and_little_memory),
		with_file(a_reader_that_leaves_costs_no_descriptor),
		with_file(what_sends_no_body_closes_the_file),
		with_file(an_empty_file_is_an_empty_body),
		with_file(a_file_that_gets_shorter_ends_the_connection),
		with_file(a_file_that_is_replaced_is_sent_as_it_was),
		with_file(a_drain_waits_for_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
