/* From a client's query string to the statement that is run, or to the words it is refused with; on the recorded types. */
#include "unit.h"

#include "http/query.h"
#include "query/select.h"
#include "query/statement.h"
#include "recorded_site.h"

struct world {
	struct recorded_site site;
	struct arena *arena;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct error error = ERROR_INIT;

	if (recorded_site_init(&world->site, &error) < 0)
		fail_msg("%s", error_message(&error));
	world->arena = arena_new(64 * 1024);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	arena_free(world->arena);
	recorded_site_clear(&world->site);
	free(world);
	return 0;
}

static int read(struct world *world, const char *uid, enum rest_kind kind, const char *query, struct rest_params *params,
	struct error **error_r)
{
	const struct model *model = models_find(world->site.generation.models, str_of(uid));
	struct request *request;

	assert_non_null(model);
	request = recorded_request(&world->site, world->arena, model, str_of(query));
	*error_r = &request->scope.error;
	return rest_params_of_request(&request->scope, kind, params);
}

/* ---- refusals ---- */

#define RESTAURANT "api::restaurant.restaurant"
#define ARTICLE "api::article.article"
#define TAG "api::tag.tag"

struct refusal {
	const char *uid;
	enum rest_kind kind;
	const char *query, *message, *details;	/* details NULL: {} */
};

static void assert_refused(struct world *world, const struct refusal *refusal)
{
	struct rest_params params;
	struct error *error;
	json_t *expected = refusal->details ? json_loads(refusal->details, 0, NULL) : json_object();
	int rc = read(world, refusal->uid, refusal->kind, refusal->query, &params, &error);

	if (rc == 0)
		fail_msg("%s was served", refusal->query);
	if (strcmp(error_message(error), refusal->message) != 0)
		print_error("%s\n", refusal->query);
	assert_string_equal(error_message(error), refusal->message);
	assert_true(error->details ? json_equal(error->details, expected) : !refusal->details);
	json_decref(expected);
	arena_reset(world->arena);
}

static void says_what_strapi_says(void **state)
{
	static const struct refusal refusals[] = {
		{ TAG, REST_LIST, "filters=x", "The filters parameter must be an object or an array", NULL },
		{ TAG, REST_LIST, "filters[nope]=1", "Invalid key nope",
			"{\"key\":\"nope\",\"path\":null,\"source\":\"query\",\"param\":\"filters\"}" },
		{ RESTAURANT, REST_LIST, "filters[categories][nope]=1", "Invalid key nope at categories",
			"{\"key\":\"nope\",\"path\":\"categories\",\"source\":\"query\",\"param\":\"filters\"}" },
		{ TAG, REST_LIST, "fields[0]=name,color", "Invalid fields parameter. Expected a string or an array of strings",
			NULL },
		{ TAG, REST_LIST, "fields[0]=nope,color", "Invalid key nope",
			"{\"key\":\"nope\",\"path\":null,\"source\":\"query\",\"param\":\"fields\"}" },
		{ TAG, REST_LIST, "fields[a]=name", "Invalid fields parameter. Expected a string or an array of strings", NULL },
		{ TAG, REST_LIST, "sort[0][name]=asc&sort[1]=id", "Invalid key 0",
			"{\"key\":\"0\",\"path\":null,\"source\":\"query\",\"param\":\"sort\"}" },
		{ RESTAURANT, REST_LIST, "sort[chef]=", "Invalid key chef",
			"{\"key\":\"chef\",\"path\":\"chef\",\"source\":\"query\",\"param\":\"sort\"}" },
		{ RESTAURANT, REST_LIST, "sort=chef.", "Invalid key chef",
			"{\"key\":\"chef\",\"path\":\"chef\",\"source\":\"query\",\"param\":\"sort\"}" },
		{ TAG, REST_LIST, "sort=name%20:asc", "Invalid key name ",
			"{\"key\":\"name \",\"path\":null,\"source\":\"query\",\"param\":\"sort\"}" },
		{ TAG, REST_LIST, "sort[name][0]=asc&sort[color]=asc", "Invalid sort type expected object or string got object",
			NULL },
		{ ARTICLE, REST_ONE, "locale[0]=en&locale[1]=fr",
			"Invalid locale param en,fr provided. Document locales must be strings.", NULL },
		{ ARTICLE, REST_LIST, "locale[a]=en", "Undefined attribute level operator a", NULL },
		{ ARTICLE, REST_LIST, "publicationFilter[0]=modified",
			"Invalid value for 'publicationFilter'. Expected one of: never-published, has-published-version, modified, "
			"unmodified, never-published-document, has-published-version-document, published-without-draft, "
			"published-with-draft.", "{\"source\":\"query\",\"param\":\"publicationFilter\"}" },
		{ TAG, REST_LIST, "hasPublishedVersion=yes",
			"Invalid value for 'hasPublishedVersion'. Expected boolean or 'true'/'false' string.", NULL },
		{ TAG, REST_LIST, "lookup=1", "Invalid params: 'lookup'", NULL },
		{ TAG, REST_ONE, "start=x", "convertStartQueryParams expected a positive integer got NaN", NULL },
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		assert_refused(*state, &refusals[i]);
}

static void refuses_in_clear_words_what_strapi_stumbles_over(void **state)
{
	static const struct refusal refusals[] = {
		{ TAG, REST_LIST, "filters[0][name]=x", "Filters are an object: put a list of them below $and or $or", NULL },
		{ TAG, REST_LIST, "filters[$eq]=1",
			"Only $and, $or and $not can only be used as root level operators. Found $eq.", NULL },
		{ TAG, REST_LIST, "filters[weight][$between][0]=1",
			"The operator $between on \"weight\" takes two values, found 1", NULL },
		{ TAG, REST_LIST, "filters[weight]=x", "Expected a valid Number, got x", NULL },
		{ TAG, REST_LIST, "_q[0]=x", "Invalid _q parameter. Expected a string", NULL },
		{ TAG, REST_LIST, "sort[name][x]=asc", "The sort parameter goes through an attribute that leads nowhere", NULL },
	};

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		assert_refused(*state, &refusals[i]);
}

static void names_the_limit_that_was_met(void **state)
{
	static const struct refusal refusals[] = {
		{ TAG, REST_LIST, "filters[$and][0][$and][0][$and][0][name]=x",
			"The filters are nested deeper than 3 levels (rest.filterDepth)", NULL },
		{ TAG, REST_LIST, "filters[name][$not][$not][$not][$not]=x",
			"The filters are nested deeper than 3 levels (rest.filterDepth)", NULL },
		{ TAG, REST_LIST, "filters[name][$eq][0]=1&filters[name][$eq][1]=2&filters[name][$eq][2]=3",
			"The filters have more than 2 conditions (rest.filterConditions)", NULL },
		{ TAG, REST_LIST, "filters[$and][0][restaurants][id]=1&filters[$and][1][restaurants][id]=2",
			"The filters and the sort keys go through more than 1 relations to many (rest.filterRelations)", NULL },
		{ TAG, REST_LIST, "sort=restaurants.id&filters[restaurants][id]=2",
			"The filters and the sort keys go through more than 1 relations to many (rest.filterRelations)", NULL },
		{ TAG, REST_LIST, "sort=name,color", "The sort parameter has more than 2 keys (rest.sortKeys)", NULL },
		{ TAG, REST_LIST, "sort=name,color,weight", "The sort parameter has more than 2 keys (rest.sortKeys)", NULL },
	};
	struct world *world = *state;
	struct settings_api *api = &world->site.settings.api;

	api->filter_depth = 3;
	api->filter_conditions = 2;
	api->sort_keys = 2;
	api->filter_relations = 1;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		assert_refused(world, &refusals[i]);
}

static void no_more_tables_are_joined_than_mariadb_can(void **state)
{
	struct world *world = *state;
	struct rest_params params;
	struct error *error;
	struct buf query = BUF_INIT;

	world->site.settings.api.filter_relations = 60;
	for (int i = 0; i < 30; i++)
		buf_printf(&query, "&filters[$and][%d][restaurants][id]=%d", i, i);
	assert_int_equal(read(world, TAG, REST_LIST, buf_cstr(&query), &params, &error), 0);
	assert_int_equal(params.query.aliases, 61);
	buf_add_literal(&query, "&filters[$and][30][restaurants][id]=1");
	assert_int_equal(read(world, TAG, REST_LIST, buf_cstr(&query), &params, &error), -1);
	assert_string_equal(error_message(error),
		"The filters and the sort keys go through too many relations: 61 tables can be joined");
	buf_clear(&query);
}

static void strict_parameters_are_stricter(void **state)
{
	static const struct refusal refusals[] = {
		{ TAG, REST_LIST, "foo=1", "Invalid key foo",
			"{\"key\":\"foo\",\"path\":null,\"source\":\"query\",\"param\":\"foo\"}" },
		{ TAG, REST_LIST, "status=x", "Invalid parameter at 'status'. Expected 'published' or 'draft', received: x", NULL },
		{ TAG, REST_LIST, "status[0]=draft",
			"Invalid parameter at 'status'. Expected 'published' or 'draft', received: draft", NULL },
		{ TAG, REST_LIST, "locale=english",
			"Invalid parameter at 'locale'. Locale must be a valid BCP 47 format (e.g. en, en-US, zh-Hans).", NULL },
		{ TAG, REST_LIST, "locale[0]=&locale[1]=en&locale[2]=e",
			"Invalid parameter at 'locale[1]'. Locale must be a valid BCP 47 format (e.g. en, en-US, zh-Hans).", NULL },
		{ TAG, REST_LIST, "locale=en-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaaaa",
			"Invalid parameter at 'locale'. Locale exceeds maximum length of 35 characters.", NULL },
		{ TAG, REST_LIST, "locale[a]=en", "Invalid parameter at 'locale'. Expected a string, array of strings, empty "
			"string, null, or undefined; received: object", "{\"received\":{\"a\":\"en\"}}" },
		{ TAG, REST_ONE, "page=0", "Invalid parameter at 'page'. Expected integer >= 1, received: 0", NULL },
		{ TAG, REST_ONE, "limit=-2", "Invalid parameter at 'limit'. Expected integer >= 1 or -1, received: -2", NULL },
		{ TAG, REST_LIST, "page=1", "Invalid pagination parameters. Cannot use both page-based (page, pageSize) and "
			"offset-based (start, limit) pagination in the same query.", NULL },
	};
	struct world *world = *state;

	world->site.settings.api.strict_params = world->site.settings.api.documents_strict_params = true;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		assert_refused(world, &refusals[i]);
}

/* ---- statements ---- */

struct meaning {
	const char *uid;
	enum rest_kind kind;
	const char *query;
	const char *part;		/* of the statement */
	const char *values;		/* its values, separated by "|" */
};

static void add_values(struct buf *out, const struct statement *statement)
{
	for (unsigned i = 0; i < statement->count; i++) {
		const struct db_value *value = &statement->values[i];

		if (i)
			buf_add_char(out, '|');
		if (value->type == DB_TEXT)
			buf_add(out, value->text);
		else if (value->type == DB_INT || value->type == DB_UINT)
			buf_add_int(out, value->integer);
		else
			buf_add_literal(out, "?");
	}
}

static void assert_means(struct world *world, const struct meaning *meaning)
{
	struct statement *statement = arena_new_of(world->arena, struct statement);
	struct rest_params params;
	struct error *error;
	struct buf values = BUF_INIT;

	if (read(world, meaning->uid, meaning->kind, meaning->query, &params, &error) < 0)
		fail_msg("%s: %s", meaning->query, error_message(error));
	document_version_where(&params.query, &params.version);
	statement_init(statement, world->arena);
	select_write(statement, &params.query);
	add_values(&values, statement);
	if (!strstr(buf_cstr(&statement->sql), meaning->part))
		fail_msg("%s:\n%s\nlacks\n%s", meaning->query, buf_cstr(&statement->sql), meaning->part);
	assert_string_equal(buf_cstr(&values), meaning->values);
	buf_clear(&values);
	arena_reset(world->arena);
}

static void finds_the_versions_that_are_asked_for(void **state)
{
#define PEER "EXISTS (SELECT 1 FROM `articles` p WHERE t0.`document_id` = p.`document_id`"
	static const struct meaning meanings[] = {
		{ TAG, REST_LIST, "", "FROM `tags` t0 ORDER BY t0.`id` LIMIT ?", "25" },
		{ ARTICLE, REST_LIST, "", "WHERE (t0.`published_at` IS NOT NULL AND t0.`locale` = ?)", "en|25" },
		{ ARTICLE, REST_LIST, "status=foo&locale=fr", "(t0.`published_at` IS NULL AND t0.`locale` = ?)", "fr|25" },
		{ ARTICLE, REST_LIST, "locale=*", "WHERE (t0.`published_at` IS NOT NULL) ORDER", "25" },
		{ ARTICLE, REST_ONE, "locale=*", "AND t0.`locale` = ?)", "*" },
		{ ARTICLE, REST_LIST, "locale[0]=en&locale[1]=fr", "(t0.`locale` IN (?,?))", "en|fr|25" },
		{ ARTICLE, REST_LIST, "locale[$ne]=en", "t0.`locale` <> ?", "en|25" },
		{ ARTICLE, REST_LIST, "filters[locale]=fr", "(t0.`locale` = ?) AND t0.`published_at` IS NOT NULL)", "fr|25" },
		{ ARTICLE, REST_LIST, "locale=de&filters[$and][0][locale]=fr", "AND t0.`locale` = ?)", "fr|de|25" },
		{ ARTICLE, REST_ONE, "filters[documentId]=x&filters[id]=7", "((t0.`id` = ?) AND", "7|en" },
		{ ARTICLE, REST_LIST, "publicationFilter=never-published", "(t0.`published_at` IS NOT NULL AND 1 = 0", "en|25" },
		{ ARTICLE, REST_LIST, "publicationFilter=never-published&status=draft",
			"NOT " PEER " AND t0.`locale` <=> p.`locale` AND p.`published_at` IS NOT NULL)", "en|25" },
		{ ARTICLE, REST_LIST, "publicationFilter=modified&status=draft",
			"AND p.`published_at` IS NOT NULL AND t0.`updated_at` > p.`updated_at`)", "en|25" },
		{ ARTICLE, REST_LIST, "publicationFilter=modified",
			"AND p.`published_at` IS NULL AND t0.`updated_at` < p.`updated_at`)", "en|25" },
		{ ARTICLE, REST_LIST, "hasPublishedVersion=true", PEER " AND p.`published_at` IS NULL)", "en|25" },
		{ TAG, REST_LIST, "publicationFilter=modified", "FROM `tags` t0 ORDER", "25" },
	};
#undef PEER

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		assert_means(*state, &meanings[i]);
}

static void operands_that_mean_nothing_filter_nothing(void **state)
{
	static const struct meaning meanings[] = {
		{ TAG, REST_LIST, "filters[name][$eq][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[name][$in][nope]=x&filters[color]=red", "WHERE ((t0.`color` = ?)) ORDER", "red|25" },
		{ TAG, REST_LIST, "filters[$eq][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[$and][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[$or][0][name][$gt][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[$not][name][$gt][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[restaurants][$eq][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[restaurants][chef][name][$eq][nope]=x", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "filters[name][$null][nope]=x", "t0.`name` IS NULL", "25" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		assert_means(*state, &meanings[i]);
}

static void searches_what_strapi_searches(void **state)
{
	static const struct meaning meanings[] = {
		{ TAG, REST_LIST, "_q=a%25_b", "(t0.`id` LIKE ? OR t0.`document_id` LIKE ? OR t0.`name` LIKE ? OR "
			"t0.`color` LIKE ? OR t0.`locale` LIKE ?)", "%a\\%_b%|%a\\%_b%|%a\\%_b%|%a\\%_b%|%a\\%_b%|25" },
		{ TAG, REST_LIST, "_q=5", "OR t0.`weight` LIKE ?", "%5%|%5%|%5%|%5%|%5%|%5%|25" },
		{ TAG, REST_LIST, "_q=", "FROM `tags` t0 ORDER", "25" },
		{ TAG, REST_LIST, "_q", "FROM `tags` t0 ORDER", "25" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		assert_means(*state, &meanings[i]);
}

static void sorts_by_what_is_asked_for(void **state)
{
	static const struct meaning meanings[] = {
		{ TAG, REST_LIST, "sort=name:DESC,:asc,,id", "ORDER BY t0.`name` DESC, t0.`id` LIMIT", "25" },
		{ TAG, REST_LIST, "sort[name]=&sort[color]=desc", "ORDER BY t0.`color` DESC, t0.`id` LIMIT", "25" },
		{ TAG, REST_LIST, "sort[0][name]=desc&sort[1][color]=asc", "ORDER BY t0.`name` DESC, t0.`color`, t0.`id`", "25" },
		{ TAG, REST_LIST, "sort[]", "ORDER BY t0.`id` LIMIT", "25" },
		{ ARTICLE, REST_LIST, "sort=status:asc", "ORDER BY t0.`id` LIMIT", "en|25" },
		/* Told apart after joins, rows show first what they are sorted by. */
		{ TAG, REST_LIST, "filters[restaurants][id]=1&sort=name&fields=color",
			"SELECT DISTINCT t0.`name`, t0.`id`, t0.`document_id`, t0.`color` FROM", "1|25" },
		{ TAG, REST_LIST, "sort=name&fields=color", "SELECT t0.`id`, t0.`document_id`, t0.`color` FROM", "25" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		assert_means(*state, &meanings[i]);
}

#define with_world(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(says_what_strapi_says),
		with_world(refuses_in_clear_words_what_strapi_stumbles_over),
		with_world(names_the_limit_that_was_met),
		with_world(no_more_tables_are_joined_than_mariadb_can),
		with_world(strict_parameters_are_stricter),
		with_world(finds_the_versions_that_are_asked_for),
		with_world(operands_that_mean_nothing_filter_nothing),
		with_world(searches_what_strapi_searches),
		with_world(sorts_by_what_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
