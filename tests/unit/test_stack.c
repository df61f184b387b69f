/* How deep the host's own code goes on a fiber's stack when input is at its limits: below half of it, so that plugins keep
 * the other half. Not under valgrind or a sanitizer: those make frames larger. */
#include "unit.h"

#include "base/json.h"
#include "base/json_error.h"
#include "base/sanitize.h"
#include "http/query.h"
#include "loop/fiber.h"
#include "loop/loop.h"

enum { STACK = 256 * 1024, HALF = STACK / 2, DEPTH = 64 };

static size_t deepest(fiber_fn *fn)
{
	struct loop *loop = loop_new(&(struct loop_options){ .stack_size = STACK, .paint_stacks = true });
	size_t used;

	fiber_spawn(loop, fn, NULL);
	used = fiber_deepest_stack(loop);
	loop_free(loop);
	print_message("%zu of %d bytes\n", used, STACK);
	return used;
}

static void nest(struct buf *text, unsigned depth, const char *open, const char *inside, const char *close)
{
	for (unsigned i = 0; i < depth; i++)
		buf_add(text, str_of(open));
	buf_add(text, str_of(inside));
	for (unsigned i = 0; i < depth; i++)
		buf_add(text, str_of(close));
}

static void parse_and_write_deep_json(void *arg)
{
	struct json_limits limits = { .depth = DEPTH };
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct arena *arena = arena_new(1024);
	json_t *tree;

	nest(&text, DEPTH, "{\"a\":", "1.5", "}");
	tree = json_parse(buf_str(&text), &limits, &error);
	assert_non_null(tree);
	json_write(&out, tree);
	assert_str(buf_str(&out), buf_cstr(&text));
	param_write(&out, param_of_json(arena, tree));
	json_decref(tree);
	arena_free(arena);
	buf_clear(&text);
	buf_clear(&out);
}

static void explain_deep_broken_json(void *arg)
{
	struct json_limits limits = { .depth = DEPTH };
	struct error error = ERROR_INIT;
	struct buf text = BUF_INIT;

	nest(&text, DEPTH, "{\"a\":", "nul", "}");
	assert_null(json_parse(buf_str(&text), &limits, &error));
	assert_int_equal(error.kind, ERROR_SYNTAX);
	error_clear(&error);
	buf_clear(&text);
}

/* One name with as many groups as count, a thousand times over. */
static void parse_deep_query(void *arg)
{
	struct buf text = BUF_INIT;
	struct arena *arena = arena_new(1024);

	for (int i = 0; i < 1000; i++) {
		buf_add_literal(&text, "&a");
		nest(&text, 25, "[b]", "", "");
		buf_printf(&text, "[%d]=%%41", i);
	}
	assert_int_equal(param_parse(arena, buf_str(&text), NULL)->count, 1);
	arena_free(arena);
	buf_clear(&text);
}

static void deep_json_stays_below_half_of_the_stack(void **state)
{
	if (HAVE_ASAN)
		skip();
	assert_true(deepest(parse_and_write_deep_json) < HALF);
	assert_true(deepest(explain_deep_broken_json) < HALF);
}

static void deep_queries_stay_below_half_of_the_stack(void **state)
{
	if (HAVE_ASAN)
		skip();
	assert_true(deepest(parse_deep_query) < HALF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep_json_stays_below_half_of_the_stack),
		cmocka_unit_test(deep_queries_stay_below_half_of_the_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
