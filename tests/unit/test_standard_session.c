/* socle::session. */
#include "standard_fixture.h"

#include <socle/session.h>

#include "base/keygrip.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(a_session_is_remembered),
		with_folder(only_what_was_signed_with_a_key_is_believed),
		with_folder(how_long_a_session_lives_is_an_option),
	};

	return cmocka_run_group_tests(tests, standard_set_up, standard_tear_down);
}
