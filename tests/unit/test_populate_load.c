/* Populate against a real MariaDB: what is read, and in how many statements. */
#include "database.h"

#include "base/buf.h"
#include "document/find.h"
#include "document/populate.h"
#include "model/migrate.h"
#include "populate_fixture.h"
#include "rest/output.h"
#include "rest/params.h"

#define NAME "socle_test_populate"

struct world {
	struct fixture *models;
	struct site *site;
	struct db_pool *pool;
};

/* As SQL: 60 articles, published, each with links of every kind. Odd ones have the author 1, even ones 2;
 * the parent of n is n / 2; tags are linked in descending order. */
static const char *const content[] = {
	"INSERT INTO tags (id, document_id, name, published_at) SELECT seq, CONCAT('tag', "
		"seq), CONCAT('Tag ', seq), NOW() FROM seq_1_to_4",
	"INSERT INTO articles (id, document_id, title, views, secret, published_at) SELECT seq, "
		"CONCAT('article', seq), CONCAT('Title ', seq), seq % 3, 's', "
		"IF(seq = 60, NULL, NOW()) FROM seq_1_to_60",
	"INSERT INTO authors (id, document_id, name, published_at, best_id) SELECT seq, "
		"CONCAT('author', seq), CONCAT('Author ', seq), NOW(), seq FROM seq_1_to_2",
	"INSERT INTO articles_author_lnk (article_id, author_id, article_ord) SELECT seq, "
		"2 - seq % 2, seq FROM seq_1_to_60",
	"INSERT INTO articles_parent_lnk (article_id, inv_article_id, article_ord) SELECT seq, "
		"seq DIV 2, 100 - seq FROM seq_2_to_60",
	"INSERT INTO articles_tags_lnk (article_id, tag_id, tag_ord) SELECT a.seq, t.seq, "
		"5 - t.seq FROM seq_1_to_60 a, seq_1_to_3 t",
	"INSERT INTO components_seos (id, meta_title) SELECT seq, CONCAT('Seo ', seq) FROM seq_1_to_120",
	"INSERT INTO components_links (id, url) SELECT seq, CONCAT('/', seq) FROM seq_1_to_120",
	"INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field, `order`) SELECT seq, "
		"seq, 'shared.seo', 'seo', 1 FROM seq_1_to_60",
	"INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field, `order`) SELECT seq, "
		"seq + 60, 'shared.seo', 'blocks', 2 FROM seq_1_to_60",
	"INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field, `order`) SELECT seq, "
		"seq + 60, 'shared.link', 'blocks', 1 FROM seq_1_to_60",
	"INSERT INTO articles_cmps (entity_id, cmp_id, component_type, field, `order`) SELECT seq, "
		"seq, 'shared.link', 'links', 1 FROM seq_1_to_60",
	"INSERT INTO notes (id, document_id, text, published_at, target_id, "
		"target_type) SELECT seq, CONCAT('note', seq), CONCAT('Note ', "
		"seq), NOW(), seq, IF(seq = 1, 'api::article.article', 'api::tag.tag') FROM seq_1_to_3",
	"INSERT INTO notes_mentions_mph (note_id, mentions_id, mentions_type, field, "
		"`order`) VALUES (1, 2, 'api::tag.tag', 'mentions', 2), (1, 60, 'api::article.article', "
		"'mentions', 1), (1, 1, 'api::vault.vault', 'mentions', 3), (2, 3, 'api::article.article', "
		"'notes', 1)",
};

static struct world *begin(struct database *d, unsigned pool_size)
{
	struct world *w = arena_new_of(d->arena, struct world);
	struct db_options options = d->options;
	struct migrate_options how = { .policy = SCHEMA_MANAGE, .holder = STR("test:1"), .wait_seconds = 1 };
	struct db *db = acquire(d);
	struct plan *plan;
	void *fixture;

	command(d, db, "DROP DATABASE IF EXISTS " NAME);
	command(d, db, "CREATE DATABASE " NAME " CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
	db_release(db);
	assert_int_equal(fixture_set_up(&fixture), 0);
	w->models = fixture;
	w->site = site_new(w->models);
	options.database = STR(NAME);
	options.pool_size = pool_size;
	w->pool = db_pool_new(d->loop, &options);
	db = db_acquire(w->pool, &d->error);
	assert_non_null(db);
	if (migrate_run(db, w->models->models, &how, d->arena, &plan, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
	for (size_t i = 0; i < sizeof(content) / sizeof(content[0]); i++)
		command(d, db, content[i]);
	db_release(db);
	w->site->scope.pool = w->pool;
	return w;
}

static void end(struct world *w)
{
	void *fixture = w->models;

	db_pool_free(w->pool);
	fixture_tear_down(&fixture);
}

static struct loaded *find(struct world *w, const char *uid, const char *query)
{
	struct rest_params *params = arena_new_of(w->models->arena, struct rest_params);
	struct scope *scope = &w->site->scope;
	const struct param *tree = param_parse(w->models->arena, str_of(query), NULL);
	struct loaded *loaded;
	struct rowset *rows;

	if (rest_params_read(scope, models_find(w->models->models, str_of(uid)), tree, REST_ONE, params) <
			0 ||
		document_find(scope, &params->query, &params->version, &rows) < 0 ||
		document_populate(scope, &params->query, params->populate, rows, &loaded) < 0)
		fail_msg("%s: %s", query, error_message(&scope->error));
	return loaded;
}

static const char *json_of(struct world *w, const struct loaded *loaded)
{
	const struct documents documents = { .query = loaded->query, .rows = loaded->rows, .loaded = loaded };
	struct buf text = BUF_INIT;
	const char *copy;

	for (unsigned i = 0; i < loaded->rows->count; i++)
		output_document(&text, OUTPUT_FLAT, &documents, i);
	copy = arena_strdup(w->models->arena, buf_str(&text));
	buf_clear(&text);
	return copy;
}

static const struct answer {
	const char *uid, *query, *json;
} answers[] = {
	{ "article", "filters[id]=3&fields=title&populate[author][fields]=name&populate[tags][fields]=name",
		"{'id':3,'documentId':'article3','title':'Title 3','author':{'id':1,"
		"'documentId':'author1','name':'Author 1'},'tags':[{'id':3,'documentId':'tag3',"
		"'name':'Tag 3'},{'id':2,'documentId':'tag2','name':'Tag 2'},"
		"{'id':1,'documentId':'tag1','name':'Tag 1'}]}" },
	{ "article",
		"filters[id]=1&fields=title&populate[parent][fields]=title&populate[children][fields]=title",
		"{'id':1,'documentId':'article1','title':'Title 1','parent':null,'children':[{'id':3,"
		"'documentId':'article3','title':'Title 3'},{'id':2,'documentId':'article2',"
		"'title':'Title 2'}]}" },
	{ "article", "filters[id]=30&fields=title&populate[children][fields]=title",
		"{'id':30,'documentId':'article30','title':'Title 30','children':[]}" },
	{ "article", "filters[id]=29&fields=title&populate[children][count]=true&populate[seo][count]=true",
		"{'id':29,'documentId':'article29','title':'Title 29','children':{'count':2},"
		"'seo':{'count':1}}" },
	{ "article",
		"filters[id]=1&fields=title&populate[children][sort]=title&"
		"populate[children][fields]=views&populate[children][filters][views][$gt]=0",
		"{'id':1,'documentId':'article1','title':'Title 1','children':[{'title':'Title 2','id':2,"
		"'documentId':'article2','views':2}]}" },
	{ "article", "filters[id]=4&fields=title&populate=seo,links,blocks",
		"{'id':4,'documentId':'article4','title':'Title 4','seo':{'id':4,'metaTitle':'Seo 4'},"
		"'links':[{'id':4,'url':'/4'}],'blocks':[{'id':64,'url':'/64',"
		"'__component':'shared.link'},{'id':64,'metaTitle':'Seo 64','__component':'shared.seo'}]}" },
	{ "article", "filters[id]=4&fields=title&populate[blocks][on][shared.seo][fields]=metaTitle",
		"{'id':4,'documentId':'article4','title':'Title 4','blocks':[{'id':64,"
		"'metaTitle':'Seo 64','__component':'shared.seo'}]}" },
	{ "article", "filters[id]=3&fields=title&populate[notes][fields]=text",
		"{'id':3,'documentId':'article3','title':'Title 3','notes':[{'id':2,'documentId':'note2',"
		"'text':'Note 2'}]}" },
	{ "author", "filters[id]=2&fields=name&populate[best][fields]=title",
		"{'id':2,'documentId':'author2','name':'Author 2','best':{'id':2,'documentId':'article2',"
		"'title':'Title 2'}}" },
	{ "note",
		"filters[id]=1&populate[subject][on][api::article.article][fields]=title&"
		"populate[mentions][on][api::tag.tag][fields]=name&populate[mentions][on][api::article.artic"
		"le][fields]=title&populate[mentions][on][api::vault.vault]=true",
		"{'id':1,'documentId':'note1','text':'Note 1','createdAt':null,'updatedAt':null,"
		"'publishedAt':*,'subject':{'id':1,'documentId':'article1','title':'Title 1',"
		"'__type':'api::article.article'},'mentions':[{'id':2,'documentId':'tag2','name':'Tag 2',"
		"'__type':'api::tag.tag'}]}" },
	{ "tag", "filters[id]=2&fields=name&populate=pinned",
		"{'id':2,'documentId':'tag2','name':'Tag 2','pinned':{'id':2,'documentId':'note2',"
		"'text':'Note 2','createdAt':null,'updatedAt':null,'publishedAt':*,'locale':null}}" },
};

/* Single quotes stand for double ones, an asterisk for a time. */
static bool matches(const char *json, const char *want)
{
	for (; *want; want++) {
		if (*want == '*') {
			json += strlen("'2026-01-01T00:00:00.000Z'");
			continue;
		}
		if (*json++ != (*want == '\'' ? '"' : *want))
			return false;
	}
	return *json == '\0';
}

TEST(entries_come_with_what_their_links_lead_to)
{
	struct world *w = begin(d, 10);

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		const char *uid = arena_printf(d->arena, "api::%s.%s", answers[i].uid, answers[i].uid);
		const char *json = json_of(w, find(w, uid, answers[i].query));

		if (!matches(json, answers[i].json))
			fail_msg("%s:\n%s", answers[i].query, json);
	}
	end(w);
}

TEST(a_page_takes_a_statement_for_each_relation_and_level)
{
	static const char *const pages[] = { "filters[id][$lt]=26&sort=id&",
		"filters[id][$lt]=51&filters[id][$gt]=25&sort=id&" };
	static const struct {
		const char *populate;
		unsigned statements;
	} wanted[] = {
		{ "populate=author,tags,parent,children,seo,links", 7 },
		{ "populate=author.articles.tags,children.children", 6 },
		{ "populate[children][count]=true&populate[seo]=true", 3 },
		{ "populate=blocks", 4 },	/* the links, then each type */
		{ "populate[blocks][populate]=*", 6 },
	};
	struct world *w = begin(d, 1);

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		struct db_pool_stats before, after;

		for (int page = 0; page < 2; page++) {
			const char *query = arena_printf(d->arena, "%s%s", pages[page], wanted[i].populate);

			before = db_pool_stats(w->pool);
			assert_int_equal(find(w, "api::article.article", query)->rows->count, 25);
			after = db_pool_stats(w->pool);
			if (after.executed - before.executed != wanted[i].statements)
				fail_msg("%s: %u statements", query,
					(unsigned)(after.executed - before.executed));
		}
		/* The second page brought no new text. */
		if (i == 0)
			assert_int_equal(after.prepared, before.prepared + 1);
	}
	end(w);
}

TEST(several_connections_read_the_same_as_one)
{
	static const char query[] =
		"sort=id&populate[author][populate]=articles&populate[children][populate][tags]=true&"
		"populate[parent][populate]=*&populate[blocks][populate]=*&populate[links]=true&"
		"populate[seo]=true";
	struct world *w = begin(d, 20);
	struct loaded *together = find(w, "api::article.article", query), *alone;

	assert_true(db_pool_stats(w->pool).open > 1);
	w->site->scope.db = db_acquire(w->pool, &d->error);
	alone = find(w, "api::article.article", query);
	db_release(w->site->scope.db);
	assert_string_equal(json_of(w, together), json_of(w, alone));
	end(w);
}

TEST(many_parents_are_asked_for_in_parts)
{
	struct world *w = begin(d, 1);
	struct db *db = db_acquire(w->pool, &d->error);
	struct loaded *loaded;
	unsigned tagged = 0;

	w->site->settings.api.populated_rows = 10000;
	command(d, db,
		"INSERT INTO articles (id, document_id, title, published_at) SELECT seq, seq, seq, "
		"NOW() FROM seq_1000_to_10999");
	command(d, db,
		"INSERT INTO articles_tags_lnk (article_id, tag_id, tag_ord) SELECT seq, 4, "
		"1 FROM seq_1000_to_10999");
	db_release(db);
	loaded = find(w, "api::article.article", "filters[id][$gte]=1000&fields=title&populate=tags");
	assert_int_equal(loaded->rows->count, 10000);
	for (unsigned r = 0; r < loaded->rows->count; r++)
		tagged += loaded_group(&loaded->relations[0], r).count;
	assert_int_equal(tagged, 10000);
	end(w);
}

/* What populating all articles with the parameter comes to. */
static int populate_all(struct world *w, const char *query)
{
	struct rest_params params;
	struct scope *scope = &w->site->scope;
	struct loaded *loaded;
	struct rowset *rows;

	assert_int_equal(rest_params_read(scope, models_find(w->models->models, STR("api::article.article")),
		param_parse(w->models->arena, str_of(query), NULL), REST_ONE, &params), 0);
	assert_int_equal(document_find(scope, &params.query, &params.version, &rows), 0);
	return document_populate(scope, &params.query, params.populate, rows, &loaded);
}

TEST(populate_reads_no_more_rows_than_the_limit_says)
{
	static const struct {
		const char *query;
		int64_t rows;
	} wants[] = {
		/* 59 articles are published: three tags, an author each. */
		{ "populate=tags", 177 }, { "populate=tags,author", 236 },
		/* Below the two authors each article comes once. */
		{ "populate[author][populate]=articles", 118 },
		/* The links of a zone are rows, too. */
		{ "populate=blocks", 236 },
	};
	struct world *w = begin(d, 20);
	int64_t *most = &w->site->settings.api.populated_rows;

	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		*most = wants[i].rows;
		if (populate_all(w, wants[i].query) < 0)
			fail_msg("%s: %s", wants[i].query, error_message(&w->site->scope.error));
		*most = wants[i].rows - 1;
		assert_int_equal(populate_all(w, wants[i].query), -1);
		assert_int_equal(w->site->scope.error.kind, ERROR_VALIDATION);
		assert_string_equal(error_message(&w->site->scope.error), "The populate parameter leads to more "
			"rows than one query may read (rest.populatedRows)");
		error_clear(&w->site->scope.error);
		assert_int_equal(db_pool_stats(w->pool).idle, db_pool_stats(w->pool).open);
	}
	end(w);
}

TEST(a_statement_that_fails_fails_the_whole)
{
	struct world *w = begin(d, 20);
	struct rest_params params;
	struct scope *scope = &w->site->scope;
	struct db *db = db_acquire(w->pool, &d->error);
	struct loaded *loaded;
	struct rowset *rows;

	command(d, db, "ALTER TABLE tags DROP COLUMN name");
	db_release(db);
	assert_int_equal(rest_params_read(scope, models_find(w->models->models, STR("api::article.article")),
				 param_parse(d->arena, STR("populate=author,tags,seo,links,blocks"), NULL),
				 REST_ONE, &params),
		0);
	assert_int_equal(document_find(scope, &params.query, &params.version, &rows), 0);
	assert_int_equal(document_populate(scope, &params.query, params.populate, rows, &loaded), -1);
	assert_true(error_is_set(&scope->error));
	assert_int_equal(db_pool_stats(w->pool).idle, db_pool_stats(w->pool).open);
	error_clear(&scope->error);
	end(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(entries_come_with_what_their_links_lead_to),
		DATABASE_TEST(a_page_takes_a_statement_for_each_relation_and_level),
		DATABASE_TEST(several_connections_read_the_same_as_one),
		DATABASE_TEST(many_parents_are_asked_for_in_parts),
		DATABASE_TEST(populate_reads_no_more_rows_than_the_limit_says),
		DATABASE_TEST(a_statement_that_fails_fails_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
