#include "unit.h"

#include "config/settings.h"
#include "rest/pagination.h"

/* What Strapi answered for 108 entries, with a default of 25 and a maximum of 100. */
static const struct {
	const char *query, *meta;
	const char *error;
} vectors[] = {
	{ "", "{\"page\":1,\"pageSize\":25,\"pageCount\":5,\"total\":108}", NULL },
	{ "pagination[page]=6", "{\"page\":6,\"pageSize\":25,\"pageCount\":5,\"total\":108}", NULL },
	{ "pagination[pageSize]=1000", "{\"page\":1,\"pageSize\":100,\"pageCount\":2,\"total\":108}", NULL },
	{ "pagination[pageSize]=0", "{\"page\":1,\"pageSize\":1,\"pageCount\":108,\"total\":108}", NULL },
	{ "pagination[pageSize]=x", "{\"page\":1,\"pageSize\":100,\"pageCount\":2,\"total\":108}", NULL },
	{ "pagination[page]=-1", "{\"page\":1,\"pageSize\":25,\"pageCount\":5,\"total\":108}", NULL },
	{ "pagination[page]=99999999999999999999",
		"{\"page\":100000000000000000000,\"pageSize\":25,\"pageCount\":5,\"total\":108}", NULL },
	{ "pagination[start]=100", "{\"start\":100,\"limit\":25,\"total\":108}", NULL },
	{ "pagination[limit]=-1", "{\"start\":0,\"limit\":1,\"total\":108}", NULL },
	{ "pagination[start]=-4&pagination[limit]=5&pagination[withCount]=f", "{\"start\":0,\"limit\":5}", NULL },
	{ "pagination=5&start=5&limit=5", "{\"page\":1,\"pageSize\":25,\"pageCount\":5,\"total\":108}", NULL },
	{ "page=2", NULL, "Invalid pagination attributes. The page parameters are incorrect and must be in the pagination object" },
	{ "pagination[page]=1&pagination[limit]=5", NULL, "Cannot use both page & offset pagination in the same query" },
	{ "pagination[start]=abc", NULL, "convertStartQueryParams expected a positive integer got NaN" },
	{ "pagination[limit]=1.5", NULL, "convertLimitQueryParams expected a positive integer got 1.5" },
	{ "pagination[withCount]=yes", NULL,
		"Invalid withCount parameter. Expected \"t\",\"1\",\"true\",\"false\",\"0\",\"f\"" },
};

static void pages_are_what_strapi_makes_of_them(void **state)
{
	const struct settings_api api = { .default_limit = 25, .max_limit = 100, .with_count = true };

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct arena *arena = arena_new(1024);
		struct error error = ERROR_INIT;
		struct pagination pagination;
		struct buf out = BUF_INIT;
		const struct param *params = param_parse(arena, str_of(vectors[i].query), NULL);
		int rc = pagination_read(params, &api, &pagination, &error);

		if (rc == 0)
			rc = pagination_check_root(params, true, &error);
		if (vectors[i].error) {
			assert_int_equal(rc, -1);
			assert_string_equal(error_message(&error), vectors[i].error);
		} else {
			assert_int_equal(rc, 0);
			pagination_write(&out, &pagination, 108);
			assert_str(buf_str(&out), vectors[i].meta);
		}
		buf_clear(&out);
		error_clear(&error);
		arena_free(arena);
	}
}

static void without_a_maximum_there_is_no_cap(void **state)
{
	const struct settings_api api = { .default_limit = 25, .with_count = true };
	struct arena *arena = arena_new(1024);
	struct error error = ERROR_INIT;
	struct pagination pagination;

	assert_int_equal(pagination_read(param_parse(arena, STR("pagination[limit]=5000"), NULL), &api, &pagination,
		&error), 0);
	assert_int_equal(pagination_limit(&pagination), 5000);
	assert_int_equal(pagination_read(param_parse(arena, STR("pagination[limit]=x"), NULL), &api, &pagination,
		&error), -1);
	error_clear(&error);
	arena_free(arena);
}

static void what_pages_nothing_must_be_well_formed_all_the_same(void **state)
{
	static const struct {
		const char *query, *error;
	} roots[] = {
		{ "start=5&limit=-1", NULL },
		{ "page=2&pageSize=1", NULL },
		{ "page&limit=3", NULL },
		{ "page=0", "Invalid 'page' parameter. Expected an integer > 0, received: 0" },
		{ "pageSize=x", "Invalid 'pageSize' parameter. Expected an integer > 0, received: x" },
		{ "start=-1", "convertStartQueryParams expected a positive integer got -1" },
		{ "limit=2.5", "convertLimitQueryParams expected a positive integer got 2.5" },
		{ "page=1&start=1", "Invalid pagination attributes. The page parameters are incorrect and must be in the "
			"pagination object" },
	};

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct arena *arena = arena_new(1024);
		struct error error = ERROR_INIT;
		int rc = pagination_check_root(param_parse(arena, str_of(roots[i].query), NULL), false, &error);

		assert_int_equal(rc, roots[i].error ? -1 : 0);
		if (roots[i].error)
			assert_string_equal(error_message(&error), roots[i].error);
		error_clear(&error);
		arena_free(arena);
	}
}

static void strict_parameters_have_words_of_their_own(void **state)
{
	const struct settings_api api = { .default_limit = 25, .with_count = true, .documents_strict_params = true };
	struct arena *arena = arena_new(1024);
	struct error error = ERROR_INIT;
	struct pagination pagination;

	assert_int_equal(pagination_read(param_parse(arena, STR("pagination[page]=x"), NULL), &api, &pagination, &error), -1);
	assert_string_equal(error_message(&error), "Invalid parameter at 'start'. Expected integer >= 0, received: NaN");
	error_clear(&error);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_what_strapi_makes_of_them),
		cmocka_unit_test(without_a_maximum_there_is_no_cap),
		cmocka_unit_test(what_pages_nothing_must_be_well_formed_all_the_same),
		cmocka_unit_test(strict_parameters_have_words_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
