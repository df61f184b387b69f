/* What plugins/standard makes of paths, ranges and names; compiled from its sources. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"
#include "range.h"
#include "types.h"
#include "validators.h"

static void paths_become_names_below_a_folder(void **state)
{
	static const struct {
		const char *path;
		enum path_verdict verdict;
		const char *file;
	} cases[] = {
		{ "/a.txt", PATH_FILE, "a.txt" },
		{ "/a/b/", PATH_FILE, "a/b" },
		{ "/", PATH_FILE, "" },
		{ "//a///b", PATH_FILE, "a/b" },
		{ "/./a/./b", PATH_FILE, "a/b" },
		{ "/a/../b", PATH_FILE, "b" },
		{ "/a/b/../..", PATH_FILE, "" },
		{ "/a/b/../../c/d", PATH_FILE, "c/d" },
		{ "/a%20b%2Fc", PATH_FILE, "a b/c" },
		{ "/%C3%A9t%c3%a9.png", PATH_FILE, "\xc3\xa9t\xc3\xa9.png" },
		{ "/a%252e%252e/b", PATH_FILE, "a%2e%2e/b" },
		{ "/%252e%252e/%252e%252e/etc", PATH_FILE, "%2e%2e/%2e%2e/etc" },
		{ "/a\\..\\b", PATH_FILE, "a\\..\\b" },
		{ "/a..b/c...", PATH_FILE, "a..b/c..." },
		{ "/..", PATH_ESCAPES, NULL },
		{ "/../a", PATH_ESCAPES, NULL },
		{ "/%2e%2e/a", PATH_ESCAPES, NULL },
		{ "/a/../../b", PATH_ESCAPES, NULL },
		{ "/a/..%2f..%2fb", PATH_ESCAPES, NULL },
		{ "/a/./../../../b", PATH_ESCAPES, NULL },
		{ "/.env", PATH_HIDDEN, NULL },
		{ "/a/.git/config", PATH_HIDDEN, NULL },
		{ "/%2eenv", PATH_HIDDEN, NULL },
		{ "/.../a", PATH_HIDDEN, NULL },
		{ "/a/...", PATH_HIDDEN, NULL },
		{ "/a%00.txt", PATH_UNDECODABLE, NULL },
		{ "/a%", PATH_UNDECODABLE, NULL },
		{ "/a%2", PATH_UNDECODABLE, NULL },
		{ "/a%zz", PATH_UNDECODABLE, NULL },
		{ "/%ff", PATH_UNDECODABLE, NULL },
		{ "/%c0%ae%c0%ae/a", PATH_UNDECODABLE, NULL },
		{ "/%ed%a0%80", PATH_UNDECODABLE, NULL },
		{ "/%f4%90%80%80", PATH_UNDECODABLE, NULL },
		{ "/%e2%82", PATH_UNDECODABLE, NULL },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char file[64];

		if (path_read(cases[i].path, file) != cases[i].verdict)
			fail_msg("%s: another verdict than %d", cases[i].path, cases[i].verdict);
		if (cases[i].file)
			assert_string_equal(file, cases[i].file);
	}
}

static void ranges_are_cut_to_the_file(void **state)
{
	static const struct {
		const char *header;
		uint64_t size;
		enum range_verdict verdict;
		uint64_t first, length;
	} cases[] = {
		{ "bytes=0-0", 10, RANGE_PART, 0, 1 },
		{ "bytes=2-5", 10, RANGE_PART, 2, 4 },
		{ "bytes=2-", 10, RANGE_PART, 2, 8 },
		{ "bytes=2-99", 10, RANGE_PART, 2, 8 },
		{ "bytes=0-9", 10, RANGE_PART, 0, 10 },
		{ "bytes=-3", 10, RANGE_PART, 7, 3 },
		{ "bytes=-99", 10, RANGE_PART, 0, 10 },
		{ "Bytes= 2-5 ", 10, RANGE_PART, 2, 4 },
		{ "bytes=,2-5,,", 10, RANGE_PART, 2, 4 },
		{ "bytes=9-18446744073709551615", 10, RANGE_PART, 9, 1 },
		{ "bytes=9-99999999999999999999999", 10, RANGE_PART, 9, 1 },
		{ "bytes=-99999999999999999999999", 10, RANGE_PART, 0, 10 },
		{ "bytes=10-", 10, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=99999999999999999999999-", 10, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=-0", 10, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=-1", 0, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=5-2", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes=0-1,4-5", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes=", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes=-", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes=a-b", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes=1-2x", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes=1 -2", 10, RANGE_WHOLE, 0, 0 },
		{ "bytes", 10, RANGE_WHOLE, 0, 0 },
		{ "items=0-1", 10, RANGE_WHOLE, 0, 0 },
		{ "", 10, RANGE_WHOLE, 0, 0 },
		{ NULL, 10, RANGE_WHOLE, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct range range = { 0, 0 };

		if (range_read(cases[i].header, cases[i].size, &range) != cases[i].verdict)
			fail_msg("%s: another verdict than %d", cases[i].header, cases[i].verdict);
		assert_int_equal(range.first, cases[i].first);
		assert_int_equal(range.length, cases[i].length);
	}
}

static void extensions_tell_types(void **state)
{
	assert_string_equal(type_of_file("a.png"), "image/png");
	assert_string_equal(type_of_file("A.PNG"), "image/png");
	assert_string_equal(type_of_file("b/c.d/e.tar.gz"), "application/gzip");
	assert_string_equal(type_of_file("7z.7z"), "application/x-7z-compressed");
	assert_string_equal(type_of_file("x.zip"), "application/zip");
	assert_string_equal(type_of_file("robots.txt"), "text/plain; charset=utf-8");
	assert_string_equal(type_of_file("LICENSE"), "application/octet-stream");
	assert_string_equal(type_of_file("a.png/b"), "application/octet-stream");
	assert_string_equal(type_of_file("a."), "application/octet-stream");
}

static void a_list_of_tags_has_weak_and_strong_ones(void **state)
{
	assert_true(tags_have("\"a\"", "\"a\""));
	assert_true(tags_have("W/\"a\"", "\"a\""));
	assert_true(tags_have(" \"b\" , W/\"c,d\",\"a\"", "\"a\""));
	assert_true(tags_have("*", "\"a\""));
	assert_false(tags_have("", "\"a\""));
	assert_false(tags_have("\"ab\"", "\"a\""));
	assert_false(tags_have("\"a", "\"a\""));
	assert_false(tags_have("a, \"a\"", "\"a\""));
	assert_false(tags_have("W/", "\"a\""));
}

static void dates_are_read_in_their_three_forms(void **state)
{
	static const char *const good[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
	};
	static const char *const bad[] = {
		"", "Sun", "784111777", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994 08:49:37", "Sun, 32 Nov 1994 08:49:37 GMT"
	};
	char date[DATE_SIZE];
	time_t seconds;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		seconds = 0;
		assert_true(date_read(good[i], &seconds));
		assert_int_equal(seconds, 784111777);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(date_read(bad[i], &seconds));
	assert_true(date_write(784111777, date));
	assert_string_equal(date, good[0]);
	assert_false(date_write((time_t)1 << 40, date));
}

/* ---- folders ---- */

static char root[64];

static int make_folder(void **state)
{
	char command[1024];

	snprintf(root, sizeof(root), "/tmp/socle-beneath-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(command, sizeof(command),
		"cd %s && mkdir -p in/deep out && echo secret >out/secret && echo plain >in/deep/plain && "
		"ln -s deep/plain in/inner && ln -s deep in/inner-folder && ln -s ../out/secret in/link && "
		"ln -s ../out in/folder && ln -s %s/in/deep/plain in/absolute && ln -s loop in/loop && mkfifo in/pipe",
		root, root);
	return system(command);
}

static int remove_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", root);
	return system(command);
}

static int open_folder(void)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/in", root);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static bool opens(int (*how)(int, const char *), const char *path)
{
	int folder = open_folder(), fd = how(folder, path);

	assert_true(folder >= 0);
	close(folder);
	if (fd < 0)
		return false;
	close(fd);
	return true;
}

/* valgrind lacks it, as old kernels do. */
static bool has_openat2(void)
{
	return syscall(SYS_openat2, -1, NULL, NULL, 0) < 0 && errno != ENOSYS && errno != EPERM;
}

static void links_are_followed_inside_the_folder_only(void **state)
{
	if (!has_openat2())
		skip();
	assert_true(opens(beneath_open, "deep/plain"));
	assert_true(opens(beneath_open, ""));
	assert_true(opens(beneath_open, "inner"));
	assert_true(opens(beneath_open, "inner-folder/plain"));
	/* Nobody writes to it: who waited for that would wait for ever. */
	assert_true(opens(beneath_open, "pipe"));
	assert_false(opens(beneath_open, "none"));
	assert_false(opens(beneath_open, "loop"));
	assert_false(opens(beneath_open, "link"));
	assert_int_equal(errno, EXDEV);
	assert_false(opens(beneath_open, "folder/secret"));
	assert_int_equal(errno, EXDEV);
	assert_false(opens(beneath_open, "absolute"));
	assert_false(opens(beneath_open, "../out/secret"));
	assert_false(opens(beneath_open, "/etc/passwd"));
}

static void walking_follows_no_link_at_all(void **state)
{
	char name[400];

	assert_true(opens(beneath_walk, "deep/plain"));
	assert_true(opens(beneath_walk, ""));
	assert_true(opens(beneath_walk, "pipe"));
	assert_false(opens(beneath_walk, "deep/plain/more"));
	assert_false(opens(beneath_walk, "none/plain"));
	assert_false(opens(beneath_walk, "inner"));
	assert_false(opens(beneath_walk, "inner-folder/plain"));
	assert_false(opens(beneath_walk, "link"));
	assert_int_equal(errno, ELOOP);
	assert_false(opens(beneath_walk, "folder/secret"));
	memset(name, 'x', sizeof(name));
	name[399] = '\0';
	assert_false(opens(beneath_walk, name));
	assert_int_equal(errno, ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_become_names_below_a_folder),
		cmocka_unit_test(ranges_are_cut_to_the_file),
		cmocka_unit_test(extensions_tell_types),
		cmocka_unit_test(a_list_of_tags_has_weak_and_strong_ones),
		cmocka_unit_test(dates_are_read_in_their_three_forms),
		cmocka_unit_test(links_are_followed_inside_the_folder_only),
		cmocka_unit_test(walking_follows_no_link_at_all),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
