#include "populate_fixture.h"

#include "base/json.h"
#include "document/version.h"
#include "rest/check.h"
#include "rest/params.h"
#include "rest/populate.h"

/* ---- what is refused ---- */

static const struct refusal {
	const char *query, *message, *path;	/* path NULL: the details' path is null; "-": there is none */
} refusals[] = {
	{ "populate=nope", "Invalid key nope", "nope" },
	{ "populate=title", "Invalid key title", "title" },
	{ "populate=id", "Invalid key id", "id" },
	{ "populate=author,nope", "Invalid key nope", "nope" },
	{ "populate=hidden", "Invalid key hidden", "hidden" },
	{ "populate=author.nope", "Invalid key nope at author.nope", "author.nope" },
	{ "populate=author.name", "Invalid key name at author.name", "author.name" },
	{ "populate=blocks.nope", "Invalid key nope at blocks.nope", "blocks.nope" },
	{ "populate=author.articles.author.articles.author",
		"The populate parameter is nested deeper than 4 levels (rest.populateDepth)",
		"-" },
	{ "populate=true", "Invalid key true", "true" },
	{ "populate[0]=*", "Invalid key *", "*" },
	{ "populate[nope]=true", "Invalid key nope", NULL },
	{ "populate[*]=true", "Invalid key *", NULL },
	{ "populate[title]=1", "Invalid key title", "title" },
	{ "populate[author]=", "Invalid key  at author", "author" },
	{ "populate[author]=x", "Invalid key x at author", "author" },
	{ "populate[author]=articles", "Invalid key articles at author.articles", "author.articles" },
	{ "populate[author]=*", "Invalid key articles at author.articles", "author.articles" },
	{ "populate[author]", "Invalid nested populate. Expected '*' or an object", "-" },
	{ "populate[author][nope]=1", "Invalid key nope at author", "author" },
	{ "populate[author][status]=draft", "Invalid key status at author", "author" },
	{ "populate[parent][views]=1", "Invalid key views at parent.views", "parent.views" },
	{ "populate[author][count]=yes", "Invalid key count at author", "author" },
	{ "populate[author][fields]=nope", "Invalid key nope", NULL },
	{ "populate[author][fields]=secret", "Invalid key secret", "secret" },
	{ "populate[author][sort]=nope", "Invalid key nope", NULL },
	{ "populate[author][filters][secret]=x", "Invalid key secret", "secret" },
	{ "populate[author][filters][nope]=x", "Invalid key nope", NULL },
	{ "populate[author][populate][nope]=true", "Invalid key nope at author", "author" },
	{ "populate[author][populate][name]=true", "Invalid key name at author.populate.name",
		"author.populate.name" },
	{ "populate[author][populate]=articles,best", "Invalid key articles,best at author", "author" },
	{ "populate[parent][populate]=hidden", "Invalid key hidden at parent.hidden", "parent.hidden" },
	{ "populate[parent][on][api::tag.tag]=true",
		"Using fragments is not permitted to populate \"parent\" in \"api::article.article\"",
		"-" },
	{ "populate[blocks][populate]=target", "Invalid key populate at blocks", "blocks" },
	{ "populate[blocks][fields]=url",
		"Invalid nested populate for article.blocks (api::article.article). Expected a fragment "
		"(\"on\") or \"count\" but found {\"fields\":\"url\"}",
		"-" },
	{ "populate[blocks]=*",
		"Invalid nested populate for article.blocks (api::article.article). Expected a fragment "
		"(\"on\") or \"count\" but found \"*\"",
		"-" },
	{ "populate[blocks][on]=shared.seo", "Invalid key on at blocks.on", "blocks.on" },
	{ "populate[blocks][on][no.pe]=true", "Invalid key no.pe at blocks.on.no.pe", "blocks.on.no.pe" },
	{ "populate[blocks][on][shared.seo]=*", "Invalid key target at blocks.target", "blocks.target" },
	{ "populate[blocks][on][shared.seo][nope]=1", "Invalid key nope at blocks", "blocks" },
	{ "populate[author][populate][articles][populate][author][populate][articles][populate][author]=true",
		"The populate parameter is nested deeper than 4 levels (rest.populateDepth)", "-" },
	{ "populate[children][populate]=*&populate[parent][populate]=*",
		"The populate parameter asks for more than 12 attributes on one level (rest.populateBreadth)",
		"-" },
};

static int read_query(struct fixture *f, struct site *site, const char *uid, const char *query, bool trusted,
	struct rest_params *params)
{
	const struct model *model = models_find(f->models, str_of(uid));
	const struct param *tree = param_parse(f->arena, str_of(query), NULL),
			   *populate = param_get(tree, STR("populate"));
	struct check check = { .access = site->generation.access,
		.arena = f->arena,
		.trusted = trusted,
		.models = f->models,
		.populate_depth = 4,
		.error = &site->scope.error };

	error_clear(&site->scope.error);
	if (!trusted && populate && check_populate(&check, model, populate) < 0)
		return -1;
	return rest_params_read(&site->scope, model, tree, REST_ONE, params);
}

static void names_the_key_that_cannot_be_populated(void **state)
{
	struct fixture *f = *state;
	struct site *site = site_new(f);

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *want = &refusals[i];
		struct rest_params params;
		const json_t *path;

		if (read_query(f, site, "api::article.article", want->query, false, &params) == 0)
			fail_msg("%s was accepted", want->query);
		if (strcmp(error_message(&site->scope.error), want->message) != 0)
			fail_msg("%s: %s", want->query, error_message(&site->scope.error));
		path = json_object_get(site->scope.error.details, "path");
		if (want->path && strcmp(want->path, "-") == 0 ? path != NULL :
				!want->path                    ? !json_is_null(path) :
								 !json_is_string(path) ||
					strcmp(json_string_value(path), want->path) != 0)
			fail_msg("%s: the path is %s", want->query,
				json_string_value(path) ? json_string_value(path) : "null");
	}
}

static void says_that_the_parameter_was_populate(void **state)
{
	struct fixture *f = *state;
	struct site *site = site_new(f);
	struct rest_params params;

	assert_int_equal(read_query(f, site, "api::article.article", "populate[author][sort]=nope", false,
				 &params),
		-1);
	assert_string_equal(json_string_value(json_object_get(site->scope.error.details, "param")),
		"populate");
	assert_string_equal(json_string_value(json_object_get(site->scope.error.details, "source")), "query");
}

static void a_path_of_thousands_of_names_costs_no_stack(void **state)
{
	struct fixture *f = *state;
	struct site *site = site_new(f);
	static const char *const forms[] = {
		"populate=", "populate[author]=", "populate[author][populate]=", "populate[populate]="
	};
	static const char *const names[] = { "parent", "populate", "true", "on" };

	for (int form = 0; form < 4; form++) {
		for (int name = 0; name < 4; name++) {
			struct buf text = BUF_INIT;
			struct rest_params params;

			buf_add(&text, str_of(forms[form]));
			for (int i = 0; i < 5000; i++)
				buf_printf(&text, "%s%s", i ? "." : "", names[name]);
			(void)!read_query(f, site, "api::article.article", buf_cstr(&text), false, &params);
			buf_clear(&text);
		}
	}
}

/* ---- what is read ---- */

static void describe(struct buf *out, const struct access *access, const struct populate *first);

static void describe_type(struct buf *out, const struct access *access, const struct populate *populate,
	const struct populate_type *type)
{
	const struct query *plain = access_plain(access, type->query->model);

	if (populate->type_count > 1 || populate->attribute->relation > RELATION_MANY_TO_MANY ||
		populate->attribute->type == ATTRIBUTE_DYNAMICZONE)
		buf_printf(out, " %.*s", STR_ARG(type->query->model->uid));
	for (unsigned i = 0;
		type->query->column_count != plain->column_count && i < type->query->column_count; i++)
		buf_printf(out, "%c%.*s", i ? ',' : ':', STR_ARG(type->query->columns[i]->name));
	for (unsigned i = 0; i < type->query->extra_count; i++)
		buf_printf(out, "+%.*s", STR_ARG(type->query->extras[i]));
	if (type->query->where.first)
		buf_printf(out, "?%s", type->query->where.first->next ? "?" : "");
	if (type->first) {
		buf_add_char(out, '(');
		describe(out, access, type->first);
		buf_add_char(out, ')');
	}
}

/* "author:id,name?(articles)": the columns when not all, "?" for each condition, what is nested. */
static void describe(struct buf *out, const struct access *access, const struct populate *first)
{
	for (const struct populate *populate = first; populate; populate = populate->next) {
		buf_printf(out, "%s%.*s%s", populate == first ? "" : " ", STR_ARG(populate->attribute->name),
			populate->count ? "#" : "");
		for (unsigned i = 0; i < populate->type_count; i++)
			describe_type(out, access, populate, &populate->types[i]);
	}
}

static const struct tree {
	const char *uid, *query, *tree;
} trees[] = {
	{ "article", "", "" },
	{ "article", "populate", "" },
	{ "article", "populate=", "" },
	{ "article", "populate=author", "author" },
	{ "article", "populate=author,%20tags", "author tags" },
	{ "article", "populate[author]=false&populate[tags]=t", "tags" },
	{ "article", "populate=parent", "parent?" },
	{ "article", "populate=vault", "" },
	{ "article", "populate[vault][fields]=code&populate[tags]=true", "tags" },
	{ "article", "populate=*",
		"author tags parent? children? seo links blocks shared.seo shared.link notes "
		"api::note.note:id,documentId,text,createdAt,updatedAt,publishedAt,locale" },
	{ "article", "populate=author.best", "author+best_id(best?)" },
	{ "article", "populate=author.best,author.articles", "author+best_id(articles? best?)" },
	{ "article", "populate[0]=author&populate[1]=author.articles", "author(articles?)" },
	{ "article", "populate[0]=author.articles&populate[1]=author", "author" },
	{ "article", "populate=author.articles,author", "author(articles?)" },
	{ "article", "populate[author][fields]=name", "author:id,documentId,name" },
	{ "article", "populate[author][fields]=name&populate[author][sort]=createdAt",
		"author:createdAt,id,documentId,name" },
	{ "article", "populate[children][filters][views]=1", "children??" },
	{ "article", "populate[author][count]=true", "author#" },
	{ "article", "populate[author][count]=false", "author" },
	{ "article", "populate[seo][count]=true&populate[blocks][count]=true&populate[notes][count]=true",
		"seo# blocks shared.seo shared.link notes api::note.note:id,documentId,text,createdAt,update"
		"dAt,publishedAt,locale" },
	{ "article", "populate[seo][fields]=metaTitle", "seo" },
	{ "article", "populate=blocks.target", "blocks shared.seo(target) shared.link" },
	/* The zone doesn't list shared.link. */
	{ "article", "populate[blocks][populate]=*", "blocks shared.seo(target) shared.link(owner)" },
	{ "article", "populate[blocks][on][shared.link][populate]=owner", "blocks shared.link(owner)" },
	{ "article", "populate[blocks][on][shared.link]=false", "blocks shared.link" },
	{ "article", "populate[blocks][on][shared.link][fields]=url&populate[blocks][populate]=*",
		"blocks shared.link" },
	{ "note", "populate=subject",
		"subject api::article.article api::author.author api::tag.tag api::note.note" },
	{ "note", "populate[subject]=1", "" },
	{ "note", "populate[subject][fields]=name", "" },
	{ "note", "populate[subject][count]=true",
		"subject# api::article.article api::author.author api::tag.tag api::note.note" },
	{ "note", "populate[subject][on][api::article.article]=true", "subject api::article.article" },
	{ "note", "populate[subject][on][api::article.article][fields]=title",
		"subject api::article.article:id,documentId,title?" },
	{ "note", "populate[subject][on][api::vault.vault]=true", "" },
	{ "note", "fields=text&populate=subject", "subject" },
	{ "note", "populate=mentions,subject",
		"mentions api::article.article? api::author.author api::tag.tag api::note.note subject "
		"api::article.article? api::author.author api::tag.tag api::note.note" },
	{ "tag", "populate[pinned][fields]=text", "pinned" },
};

static void reads_the_tree_that_a_query_means(void **state)
{
	struct fixture *f = *state;
	struct site *site = site_new(f);

	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		const char *uid = arena_printf(f->arena, "api::%s.%s", trees[i].uid, trees[i].uid);
		struct buf text = BUF_INIT;
		struct rest_params params;

		if (read_query(f, site, uid, trees[i].query, false, &params) < 0)
			fail_msg("%s: %s", trees[i].query, error_message(&site->scope.error));
		describe(&text, site->generation.access, params.populate);
		if (!str_equal(buf_str(&text), str_of(trees[i].tree)))
			fail_msg("%s: %s", trees[i].query, buf_cstr(&text));
		buf_clear(&text);
	}
}

static void reads_hidden_columns_that_links_go_by(void **state)
{
	struct fixture *f = *state;
	struct site *site = site_new(f);
	struct rest_params params;

	assert_int_equal(read_query(f, site, "api::author.author", "fields=name&populate=best", false,
				 &params),
		0);
	assert_int_equal(params.query.column_count, 3);
	assert_int_equal(params.query.extra_count, 1);
	assert_str(params.query.extras[0], "best_id");
	assert_int_equal(query_place(&params.query, STR("best_id")), 3);
	assert_int_equal(read_query(f, site, "api::note.note", "populate=subject", false, &params), 0);
	assert_int_equal(params.query.extra_count, 2);
}

static void plugins_may_name_what_they_do_not_get(void **state)
{
	struct fixture *f = *state;
	struct site *site = site_new(f);
	struct rest_params params;

	assert_int_equal(read_query(f, site, "api::article.article",
		"populate[hidden]=true&populate[author][fields]=secret,name", true, &params), 0);
	assert_string_equal(params.populate->attribute->name.p, "author");
	assert_int_equal(params.populate->types->query->column_count, 3);
	assert_null(params.populate->next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_the_key_that_cannot_be_populated, fixture_set_up,
			fixture_tear_down),
		cmocka_unit_test_setup_teardown(says_that_the_parameter_was_populate, fixture_set_up,
			fixture_tear_down),
		cmocka_unit_test_setup_teardown(a_path_of_thousands_of_names_costs_no_stack, fixture_set_up,
			fixture_tear_down),
		cmocka_unit_test_setup_teardown(reads_the_tree_that_a_query_means, fixture_set_up,
			fixture_tear_down),
		cmocka_unit_test_setup_teardown(reads_hidden_columns_that_links_go_by, fixture_set_up,
			fixture_tear_down),
		cmocka_unit_test_setup_teardown(plugins_may_name_what_they_do_not_get, fixture_set_up,
			fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
