#include "unit.h"

#include <dlfcn.h>
#include <fcntl.h>

#include "base/str.h"
#include "plugin/audit.h"
#include "plugin/copy.h"
#include "plugin/loader.h"
#include "plugin_fixture.h"

#define GOOD                                                                                       \
	"#include <socle/plugin.h>\n"                                                              \
	"SOCLE_PLUGIN()\n"                                                                         \
	"SOCLE_POLICY(is_owner) { return 1; }\n"

/* Whoever runs this has been let in: it leaves a file. */
#define WITH_CONSTRUCTOR GOOD                                                                      \
	"#include <stdlib.h>\n#include <fcntl.h>\n"                                                \
	"__attribute__((constructor)) static void ran(void)\n"                                     \
	"{ open(getenv(\"SOCLE_TEST_RAN\"), O_CREAT | O_WRONLY, 0600); }\n"

static void assert_refused(struct fixture *f, const char *path, const char *message)
{
	struct audit audit;

	assert_int_equal(audit_file(f->arena, path, &audit, &f->error), -1);
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	if (!strstr(error_message(&f->error), message) || !strstr(error_message(&f->error), path))
		fail_msg("said: %s\nexpected: %s", error_message(&f->error), message);
	error_clear(&f->error);
}

static struct audit audited(struct fixture *f, const char *path)
{
	struct audit audit;

	if (audit_file(f->arena, path, &audit, &f->error) < 0)
		fail_msg("%s", error_message(&f->error));
	return audit;
}

static void reads_what_a_plugin_is_without_running_it(void **state)
{
	struct fixture *f = *state;
	const char *ran = fixture_path(f, "ran");
	struct audit audit;

	setenv("SOCLE_TEST_RAN", ran, 1);
	audit = audited(
		f, fixture_library(f, "a.so", WITH_CONSTRUCTOR, "-DSOCLE_PLUGIN_VERSION='\"1.2.3\"'"));
	assert_int_equal(audit.sdk_major, SOCLE_SDK_MAJOR);
	assert_int_equal(audit.sdk_minor, SOCLE_SDK_MINOR);
	assert_str(audit.version, "1.2.3");
	assert_int_equal(audit.hash.n, AUDIT_HASH_SIZE);
	assert_true(audit.constructors);
	assert_true(audit_swappable(&audit));
	assert_true(audit_exports(&audit, STR("socle_policy_is_owner")));
	assert_false(audit_exports(&audit, STR("socle_policy_is_admin")));
	assert_int_equal(access(ran, F_OK), -1);
}

static void a_damaged_file_is_refused_and_its_constructors_never_run(void **state)
{
	struct fixture *f = *state;
	const char *ran = fixture_path(f, "ran"), *path;
	struct stat status;

	setenv("SOCLE_TEST_RAN", ran, 1);
	path = fixture_library(f, "half.so", WITH_CONSTRUCTOR, "");
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(truncate(path, status.st_size / 2), 0);
	assert_refused(f, path, "damaged or only half there");
	path = fixture_library(f, "half.so", WITH_CONSTRUCTOR, "");
	/* Every way in which a copy can be under way, down to nothing. */
	for (off_t size = status.st_size - 1; size > 0; size -= 97) {
		assert_int_equal(truncate(path, size), 0);
		assert_refused(f, path, "");
	}
	assert_int_equal(truncate(path, 0), 0);
	assert_refused(f, path, "it is empty");
	assert_int_equal(access(ran, F_OK), -1);
}

static void refuses_what_is_no_library(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, fixture_put(f, "text.so", "#!/bin/sh\necho hello\n"), "no ELF file");
	assert_refused(f, f->folder, "is no file");
	assert_refused(f, fixture_path(f, "none.so"), "No such file");
	assert_refused(f, fixture_library(f, "object.so", GOOD, "-c"), "link it with -shared");
}

static void refuses_a_library_that_is_no_plugin(void **state)
{
	struct fixture *f = *state;

	assert_refused(
		f, fixture_library(f, "plain.so", "int f(void) { return 0; }\n", ""), "SOCLE_PLUGIN()");
}

static void refuses_another_sdk_by_its_number(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, fixture_library(f, "new.so", "#include <socle/version.h>\n#undef SOCLE_SDK_MAJOR\n"
		"#define SOCLE_SDK_MAJOR 9\n" GOOD, ""), "built with SDK 9.");
	assert_refused(f,
		fixture_library(f, "minor.so",
			"#include <socle/version.h>\n#undef SOCLE_SDK_MINOR\n"
			"#define SOCLE_SDK_MINOR 77\n" GOOD,
			""),
		"built with SDK 1.77, this host has 1.");
}

static void refuses_a_symbol_that_the_host_lacks_by_its_name(void **state)
{
	struct fixture *f = *state;

	assert_refused(f, fixture_library(f, "future.so", GOOD "int socle_teleport(void *);\n"
		"SOCLE_ACTION(a_b) { return socle_teleport(ctx); }\n", ""), "needs `socle_teleport`");
}

static void refuses_a_hidden_descriptor(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, "map", "{ local: *; };\n");
	assert_refused(f,
		fixture_library(f, "hidden.so", GOOD,
			arena_printf(f->arena, "-Wl,--version-script=%s", fixture_path(f, "map"))),
		"socle_plugin_descriptor");
}

static void sees_what_would_outlive_the_library(void **state)
{
	struct fixture *f = *state;
	struct audit audit;

	audit = audited(f, fixture_library(f, "thread.so", GOOD "#include <pthread.h>\n"
		"void *run(void *arg) { return arg; }\n"
		"SOCLE_ACTION(a_b) { pthread_t t; return pthread_create(&t, 0, run, 0); }\n", ""));
	assert_string_equal(audit.leaves_behind, "pthread_create");
	assert_false(audit_swappable(&audit));

	audit = audited(f, fixture_library(f, "nodelete.so", GOOD, "-Wl,-z,nodelete"));
	assert_string_equal(audit.nodelete, "DF_1_NODELETE");

	audit = audited(f, fixture_library(f, "unique.so",
				   GOOD "__asm__(\".type shared_one, @gnu_unique_object\\n\""
					"\".globl shared_one\\n.data\\nshared_one: .long 1\\n.size "
					"shared_one, 4\\n.text\\n\");\n",
				   ""));
	assert_string_equal(audit.unique, "shared_one");
}

/* ---- copies ---- */

static void copies_have_a_folder_of_their_own_that_only_we_may_enter(void **state)
{
	struct fixture *f = *state;
	struct audit audit = audited(f, fixture_library(f, "a.so", GOOD, ""));
	struct str home = str_of(fixture_path(f, "deep/state"));
	const char *path = copy_make(f->arena, home, STR("blog"), audit.hash, audit.image, &f->error);
	struct stat status;

	assert_non_null(path);
	assert_non_null(
		strstr(path, arena_printf(f->arena, "/deep/state/plugins/blog-%.12s.so", audit.hash.p)));
	assert_int_equal(stat(fixture_path(f, "deep/state/plugins"), &status), 0);
	assert_int_equal(status.st_mode & 0777, 0700);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, audit.image.n);
}

static void a_half_written_copy_is_written_again(void **state)
{
	struct fixture *f = *state;
	struct audit audit = audited(f, fixture_library(f, "a.so", GOOD, ""));
	const char *path =
		copy_make(f->arena, str_of(f->folder), STR("blog"), audit.hash, audit.image, &f->error);
	struct stat status;

	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(truncate(path, 1000), 0);
	assert_string_equal(
		copy_make(f->arena, str_of(f->folder), STR("blog"), audit.hash, audit.image, &f->error),
		path);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_size, audit.image.n);
}

static void old_copies_are_swept_and_those_in_use_are_kept(void **state)
{
	struct fixture *f = *state;
	const char *kept[] = { "a-1.so", NULL };

	fixture_put(f, "plugins/a-1.so", "x");
	fixture_put(f, "plugins/a-2.so", "x");
	fixture_put(f, "plugins/notes.txt", "x");
	copy_sweep(str_of(f->folder), kept, 1000);
	assert_int_equal(access(fixture_path(f, "plugins/a-2.so"), F_OK), 0);
	copy_sweep(str_of(f->folder), kept, 0);
	assert_int_equal(access(fixture_path(f, "plugins/a-2.so"), F_OK), -1);
	assert_int_equal(access(fixture_path(f, "plugins/a-1.so"), F_OK), 0);
	assert_int_equal(access(fixture_path(f, "plugins/notes.txt"), F_OK), 0);
}

/* ---- loading ---- */

#define COUNTER GOOD "SOCLE_ACTION(a_count) { static int n; return ++n; }\n"

static void finds_functions_by_the_names_of_the_manifest(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(
		loader_symbol_name(f->arena, FUNCTION_POLICY, STR("is-owner")), "socle_policy_is_owner");
	assert_string_equal(loader_symbol_name(f->arena, FUNCTION_ACTION, STR("article.findOne")),
		"socle_action_article_find_one");
	assert_string_equal(loader_symbol_name(f->arena, FUNCTION_ACTION, STR("site-setting.Find")),
		"socle_action_site_setting_find");
	assert_string_equal(loader_symbol_name(f->arena, FUNCTION_MIDDLEWARE, STR("powered-by")),
		"socle_middleware_powered_by");
}

static void two_instances_of_one_file_share_nothing(void **state)
{
	struct fixture *f = *state;
	struct audit audit = audited(f, fixture_library(f, "a.so", COUNTER, ""));
	struct library one, two;
	extension_fn *count_one, *count_two;

	assert_int_equal(loader_open(f->arena, str_of(f->folder), STR("a"), &audit, &one, &f->error), 0);
	assert_int_equal(loader_open(f->arena, str_of(f->folder), STR("a"), &audit, &two, &f->error), 0);
	assert_string_not_equal(one.path, two.path);
	assert_int_equal(one.plugin->size, sizeof(struct socle_plugin));
	count_one = loader_function(f->arena, one.handle, FUNCTION_ACTION, STR("a.count"));
	count_two = loader_function(f->arena, two.handle, FUNCTION_ACTION, STR("a.count"));
	assert_int_equal(count_one(NULL), 1);
	assert_int_equal(count_one(NULL), 2);
	assert_int_equal(count_two(NULL), 1);
	assert_null(loader_function(f->arena, one.handle, FUNCTION_ACTION, STR("a.other")));
	loader_close(&one);
	loader_close(&two);
}

static void the_live_file_may_be_overwritten_while_its_code_runs(void **state)
{
	struct fixture *f = *state;
	const char *path = fixture_library(f, "a.so", COUNTER, "");
	struct audit audit = audited(f, path);
	struct library library;
	int fd;

	assert_int_equal(loader_open(f->arena, str_of(f->folder), STR("a"), &audit, &library, &f->error), 0);
	fd = open(path, O_WRONLY | O_TRUNC);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(loader_function(f->arena, library.handle, FUNCTION_ACTION, STR("a.count"))(NULL), 1);
	loader_close(&library);
}

static void a_library_that_is_needed_and_not_found_is_named(void **state)
{
	struct fixture *f = *state;
	struct audit audit;
	struct library library;

	fixture_library(f, "libabsent.so", "int absent(void) { return 1; }\n", "");
	audit = audited(f,
		fixture_library(f, "a.so", GOOD "int absent(void);\nSOCLE_ACTION(a_b) { return absent(); }\n",
			arena_printf(f->arena, "-L%s -Wl,--no-as-needed -labsent", f->folder)));
	assert_true(audit.needed_count >= 1);
	unlink(fixture_path(f, "libabsent.so"));
	assert_int_equal(loader_open(f->arena, str_of(f->folder), STR("a"), &audit, &library, &f->error), -1);
	assert_non_null(strstr(error_message(&f->error), "libabsent.so"));
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(reads_what_a_plugin_is_without_running_it),
		with_folder(a_damaged_file_is_refused_and_its_constructors_never_run),
		with_folder(refuses_what_is_no_library),
		with_folder(refuses_a_library_that_is_no_plugin),
		with_folder(refuses_another_sdk_by_its_number),
		with_folder(refuses_a_symbol_that_the_host_lacks_by_its_name),
		with_folder(refuses_a_hidden_descriptor),
		with_folder(sees_what_would_outlive_the_library),
		with_folder(copies_have_a_folder_of_their_own_that_only_we_may_enter),
		with_folder(a_half_written_copy_is_written_again),
		with_folder(old_copies_are_swept_and_those_in_use_are_kept),
		with_folder(finds_functions_by_the_names_of_the_manifest),
		with_folder(two_instances_of_one_file_share_nothing),
		with_folder(the_live_file_may_be_overwritten_while_its_code_runs),
		with_folder(a_library_that_is_needed_and_not_found_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
