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
		int rc = pagination_read(param_parse(arena, str_of(vectors[i].query), NULL), &api, &pagination, &error);

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_are_what_strapi_makes_of_them),
		cmocka_unit_test(without_a_maximum_there_is_no_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
