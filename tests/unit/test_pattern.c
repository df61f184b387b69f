#include "unit.h"

#include "pipeline/pattern.h"

/* What path-to-regexp 6 gives. `params` is "name=value,...", NULL: no match. */
static const struct {
	const char *pattern, *path, *params;
} vectors[] = {
	{ "/articles", "/articles", "" },
	{ "/articles", "/articles/", "" },
	{ "/articles", "/Articles", "" },
	{ "/articles", "/articles//", NULL },
	{ "/articles", "/article", NULL },
	{ "/articles", "/articles/x", NULL },
	{ "/articles/:id", "/articles/7", "id=7" },
	{ "/articles/:id", "/ARTICLES/aB", "id=aB" },
	{ "/articles/:id", "/articles/", NULL },
	{ "/articles/:id", "/articles//x", NULL },
	{ "/articles/:id", "/articles/a%2Fb", "id=a%2Fb" },
	{ "/a/:b/c/:d", "/a/1/c/2", "b=1,d=2" },
	{ "/x/:y?", "/x", "" },
	{ "/x/:y?", "/x/", "" },
	{ "/x/:y?", "/x/1", "y=1" },
	{ "/x/:y*", "/x", "" },
	{ "/x/:y*", "/x/a/b", "y=a/b" },
	{ "/x/:y+", "/x", NULL },
	{ "/x/:y+", "/x/a/b", "y=a/b" },
	{ "/x/:y([a-z]+)", "/x/abc", "y=abc" },
	{ "/x/:y([a-z]+)", "/x/ABC", "y=ABC" },
	{ "/x/:y([a-z]+)", "/x/7", NULL },
	{ "/x/(.*)", "/x", NULL },
	{ "/x/(.*)", "/x/", "0=" },
	{ "/x/(.*)", "/x/a/b.c", "0=a/b.c" },
	{ "/x{-:y}?", "/x", "" },
	{ "/x{-:y}?", "/x-7", "y=7" },
	{ "/files/:name.:ext", "/files/a.png", "name=a,ext=png" },
};

static void matches_what_path_to_regexp_matches(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct arena *arena = arena_new(1024);
		struct error error = ERROR_INIT;
		struct request_param params[REQUEST_PARAMS];
		struct pattern *pattern = pattern_compile(arena, str_of(vectors[i].pattern), &error);
		struct buf found = BUF_INIT;
		unsigned count;

		assert_non_null(pattern);
		if (!pattern_match(pattern, str_of(vectors[i].path), params, &count)) {
			if (vectors[i].params)
				fail_msg("%s doesn't match %s", vectors[i].pattern, vectors[i].path);
		} else {
			for (unsigned p = 0; p < count; p++)
				buf_printf(&found, "%s%.*s=%.*s", p ? "," : "", STR_ARG(params[p].name), STR_ARG(params[p].value));
			if (!vectors[i].params || !str_equal(buf_str(&found), str_of(vectors[i].params)))
				fail_msg("%s on %s gives \"%s\"", vectors[i].pattern, vectors[i].path, buf_cstr(&found));
		}
		buf_clear(&found);
		arena_free(arena);
	}
}

static void a_broken_pattern_is_an_error_with_its_place(void **state)
{
	static const char *const broken[] = { "articles", "/a/(", "/a/:", "/a/*", "/a/{b", "/a/()" };

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct arena *arena = arena_new(1024);
		struct error error = ERROR_INIT;

		assert_null(pattern_compile(arena, str_of(broken[i]), &error));
		assert_int_equal(error.kind, ERROR_CONFIG);
		assert_non_null(strstr(error_message(&error), broken[i]));
		error_clear(&error);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_what_path_to_regexp_matches),
		cmocka_unit_test(a_broken_pattern_is_an_error_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
