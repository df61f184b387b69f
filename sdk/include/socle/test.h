/* Tests of a plugin: the host inside of the test program, on a scratch database, without a socket.
 *
 * tests/test_shop.c in the plugin's folder, which `socle plugin test` compiles and runs:
 *
 *	#include <socle/test.h>
 *
 *	SOCLE_TEST(the_greeting_names_the_visitor)
 *	{
 *		const socle_test_answer *answer = socle_inject(host, "GET", "/api/shop/hello?name=Ada", NULL);
 *
 *		SOCLE_CHECK_STATUS(answer, 200);
 *		SOCLE_CHECK_TEXT(socle_test_text(answer), "Hello, Ada");
 *	}
 *
 *	SOCLE_TEST_MAIN()
 *
 * The tests of a program run one after the other, in the order in which they stand, against one host and one database: each makes what
 * it needs. A check that fails ends its test. The host has the plugin, and of the first-party plugins those that it `requires`. Anybody may
 * do anything, unless the plugin's folder has tests/config/: then those files are the host's configuration.
 *
 * What tests get (answers, texts, trees) lives until the host stops; nothing is freed by them.
 */
#ifndef SOCLE_TEST_H
#define SOCLE_TEST_H

#include <jansson.h>
#include <stdbool.h>
#include <string.h>

#include <socle/context.h>
#include <socle/version.h>

SOCLE_C_BEGIN

typedef struct socle_test_host socle_test_host;
typedef struct socle_test_answer socle_test_answer;

/* ---- tests ---- */

struct socle_test_case {
	const char *name;
	void (*run)(socle_test_host *host);
	int line;
};

extern const struct socle_test_case *const __start_socle_tests[] __attribute__((weak, visibility("hidden")));
extern const struct socle_test_case *const __stop_socle_tests[] __attribute__((weak, visibility("hidden")));

/* Defines a test; its name says what is so when it passes. `host` is there in its body.
 *
 *	SOCLE_TEST(there_is_no_such_path)
 *	{
 *		SOCLE_CHECK_STATUS(socle_inject(host, "GET", "/api/nowhere", NULL), 404);
 *	}
 */
#define SOCLE_TEST(name)                                                                                       \
	static void name(socle_test_host *host);                                                               \
	static const struct socle_test_case socle_test_case_##name = { #name, name, __LINE__ };                \
	__attribute__((section("socle_tests"), used))                                                          \
	static const struct socle_test_case *const socle_test_entry_##name = &socle_test_case_##name;          \
	static void name(socle_test_host *host SOCLE_UNUSED)

/* Once per program, behind its tests: main(). It prints a line per test, as TAP has them, and fails when one has failed.
 *
 *	SOCLE_TEST_MAIN()
 */
#define SOCLE_TEST_MAIN()                                                                                      \
	int main(void)                                                                                         \
	{                                                                                                      \
		return socle_test_main(__start_socle_tests, __stop_socle_tests);                               \
	}

/* What SOCLE_TEST_MAIN() calls.
 *
 *	return socle_test_main(__start_socle_tests, __stop_socle_tests);
 */
SOCLE_API int socle_test_main(const struct socle_test_case *const *from, const struct socle_test_case *const *to);

/* Notes that the running test has failed, and why; the checks call it.
 *
 *	if (answer_is_odd)
 *		socle_test_fail(__FILE__, __LINE__, "odd: %s", socle_test_text(answer));
 */
SOCLE_API void socle_test_fail(const char *file, int line, const char *format, ...) SOCLE_PRINTF(3, 4);

/* Ends the test when the condition doesn't hold.
 *
 *	SOCLE_CHECK(json_is_array(json_object_get(socle_test_json(answer), "data")));
 */
#define SOCLE_CHECK(condition)                                                                                 \
	do {                                                                                                   \
		if (!(condition)) {                                                                            \
			socle_test_fail(__FILE__, __LINE__, "%s", "this is not so: " #condition);              \
			return;                                                                                \
		}                                                                                              \
	} while (0)

/* The status must be that; otherwise the whole answer is shown.
 *
 *	SOCLE_CHECK_STATUS(socle_inject(host, "GET", "/_health", NULL), 204);
 */
#define SOCLE_CHECK_STATUS(answer, expected)                                                                   \
	do {                                                                                                   \
		const socle_test_answer *socle_checked = (answer);                                             \
		if (socle_test_status(socle_checked) != (expected)) {                                          \
			socle_test_fail(__FILE__, __LINE__, "status %d, expected %d: %s",                      \
				socle_test_status(socle_checked), (int)(expected),                             \
				socle_test_text(socle_checked));                                               \
			return;                                                                                \
		}                                                                                              \
	} while (0)

/* Two texts must be the same; NULL equals nothing.
 *
 *	SOCLE_CHECK_TEXT(socle_test_header(answer, "Cache-Control"), "no-store");
 */
#define SOCLE_CHECK_TEXT(text, expected)                                                                       \
	do {                                                                                                   \
		const char *socle_checked = (text), *socle_wanted = (expected);                                \
		if (!socle_checked || !socle_wanted || strcmp(socle_checked, socle_wanted) != 0) {             \
			socle_test_fail(__FILE__, __LINE__, "\"%s\", expected \"%s\"",                         \
				socle_checked ? socle_checked : "(NULL)", socle_wanted ? socle_wanted : "(NULL)"); \
			return;                                                                                \
		}                                                                                              \
	} while (0)

/* Two whole numbers must be the same.
 *
 *	SOCLE_CHECK_INT(json_array_size(json_object_get(socle_test_json(answer), "data")), 2);
 */
#define SOCLE_CHECK_INT(number, expected)                                                                      \
	do {                                                                                                   \
		long long socle_checked = (long long)(number), socle_wanted = (long long)(expected);           \
		if (socle_checked != socle_wanted) {                                                           \
			socle_test_fail(__FILE__, __LINE__, "%lld, expected %lld", socle_checked, socle_wanted); \
			return;                                                                                \
		}                                                                                              \
	} while (0)

/* ---- the host ---- */

/* Starts a host with the plugin in `folder` (NULL: the one that `socle plugin test` names in SOCLE_TEST_PLUGIN), on the database in
 * SOCLE_TEST_DATABASE_URL, whose tables are made: never let it name one that matters. One host at a time in a program. NULL after
 * saying on standard error what is wrong. SOCLE_TEST_MAIN() does it for its tests.
 *
 *	socle_test_host *own = socle_test_start(NULL);
 */
SOCLE_API socle_test_host *socle_test_start(const char *folder);

/* Stops it, as a host stops: `stop` and `exit` of the plugins are called. NULL is allowed.
 *
 *	socle_test_stop(host);
 */
SOCLE_API void socle_test_stop(socle_test_host *host);

/* Sends a request on its way through the host, as if it had come over a connection, and waits for the answer and for what is done
 * behind it (subscribers). `target` is path and query string; `body` goes as JSON and is taken over, NULL: no body. Never NULL.
 *
 *	json_t *body = json_pack("{s:{s:s}}", "data", "title", "Tea");
 *	const socle_test_answer *answer = socle_inject(host, "POST", "/api/shops", body);
 */
SOCLE_API const socle_test_answer *socle_inject(socle_test_host *host, const char *method, const char *target, json_t *body);

/* A header that all further requests have; value NULL: no longer. Both are copied.
 *
 *	socle_inject_header(host, "Authorization", "Bearer secret");
 */
SOCLE_API void socle_inject_header(socle_test_host *host, const char *name, const char *value);

/* Calls a function with a context that has no request, as a hook of the plugin would be called. What it returns; an error that it leaves
 * on the context is printed.
 *
 *	static int two_shops(socle_context *ctx, void *arg)
 *	{
 *		(void)arg;
 *		return socle_has_request(ctx) ? -1 : 0;
 *	}
 *
 *	SOCLE_CHECK_INT(socle_test_call(host, two_shops, NULL), 0);
 */
SOCLE_API int socle_test_call(socle_test_host *host, int (*fn)(socle_context *ctx, void *arg), void *arg);

/* ---- answers ---- */

/* The status.
 *
 *	bool found = socle_test_status(answer) == 200;
 */
SOCLE_API int socle_test_status(const socle_test_answer *answer);

/* A header; upper and lower case are the same. NULL when it isn't there.
 *
 *	SOCLE_CHECK_TEXT(socle_test_header(answer, "Content-Type"), "application/json; charset=utf-8");
 */
SOCLE_API const char *socle_test_header(const socle_test_answer *answer, const char *name);

/* The body, with a NUL behind it; "" without one.
 *
 *	SOCLE_CHECK(strstr(socle_test_text(answer), "Tea"));
 */
SOCLE_API const char *socle_test_text(const socle_test_answer *answer);

/* The body as a tree. Borrowed; NULL when it is no JSON.
 *
 *	const json_t *data = json_object_get(socle_test_json(answer), "data");
 */
SOCLE_API const json_t *socle_test_json(const socle_test_answer *answer);

SOCLE_C_END

#endif
