#include "unit.h"

#include "base/buf.h"
#include "model/compare.h"
#include "model/ddl.h"
#include "model/live.h"
#include "model/plan.h"
#include "model/statements.h"
#include "model/tables.h"
#include "models_fixture.h"

static const char *create_text(struct fixture *f, const char *name)
{
	const struct catalogue_table *table = catalogue_table(tables_of(f->models, f->arena), str_of(name));
	struct buf sql = BUF_INIT;
	const char *copy;

	assert_non_null(table);
	ddl_create_table(&sql, table, "");
	copy = arena_printf(f->arena, "%s", buf_cstr(&sql));
	buf_clear(&sql);
	return copy;
}

static struct catalogue_table *edit(struct catalogue *catalogue, const char *name)
{
	struct catalogue_table *table = (struct catalogue_table *)catalogue_table(catalogue, str_of(name));

	assert_non_null(table);
	return table;
}

static struct catalogue_column *edit_column(struct catalogue *catalogue, const char *table, const char *name)
{
	struct catalogue_column *column =
		(struct catalogue_column *)catalogue_column(edit(catalogue, table), str_of(name));

	assert_non_null(column);
	return column;
}

static void drop_column(struct catalogue *catalogue, const char *table, const char *name)
{
	struct catalogue_column *column = edit_column(catalogue, table, name);
	struct catalogue_table *from = edit(catalogue, table);

	from->column_count--;
	memmove(column, column + 1, (size_t)(from->columns + from->column_count - column) * sizeof(*column));
}

static void drop_table(struct catalogue *catalogue, const char *name)
{
	struct catalogue_table *table = edit(catalogue, name);

	catalogue->count--;
	memmove(table, table + 1, (size_t)(catalogue->tables + catalogue->count - table) * sizeof(*table));
}

static void lays_tables_out_as_strapi_does(void **state)
{
	struct fixture *f = *state;

	add_all_plugins(f);
	assert_string_equal(create_text(f, "vaults"), "CREATE TABLE `vaults` (`id` int(10) unsigned NOT "
		"NULL AUTO_INCREMENT, "
		"`document_id` varchar(255) NULL DEFAULT NULL, `name` varchar(255) NULL DEFAULT NULL, "
		"`pin` varchar(255) NULL DEFAULT NULL, `created_at` datetime(6) NULL DEFAULT NULL, "
		"`updated_at` datetime(6) NULL DEFAULT NULL, `published_at` datetime(6) NULL DEFAULT NULL, "
		"`created_by_id` int(10) unsigned NULL DEFAULT NULL, `updated_by_id` int(10) unsigned NULL "
		"DEFAULT NULL, "
		"`locale` varchar(255) NULL DEFAULT NULL, PRIMARY KEY (`id`), "
		"KEY `vaults_documents_idx` (`document_id`,`locale`,`published_at`), "
		"KEY `vaults_created_by_id_fk` (`created_by_id`), KEY `vaults_updated_by_id_fk` "
		"(`updated_by_id`)) ENGINE=InnoDB");
	assert_string_equal(create_text(f, "files_related_mph"), "CREATE TABLE `files_related_mph` ("
		"`id` int(10) unsigned NOT NULL AUTO_INCREMENT, `file_id` int(10) unsigned NULL DEFAULT "
		"NULL, "
		"`related_id` int(10) unsigned NULL DEFAULT NULL, `related_type` varchar(255) NULL DEFAULT "
		"NULL, "
		"`field` varchar(255) NULL DEFAULT NULL, `order` double unsigned NULL DEFAULT NULL, PRIMARY "
		"KEY (`id`), "
		"KEY `files_related_mph_fk` (`file_id`), KEY `files_related_mph_oidx` (`order`), "
		"KEY `files_related_mph_idix` (`related_id`)) ENGINE=InnoDB");
}

static void obeys_the_column_option(void **state)
{
	struct fixture *f = *state;
	const struct catalogue_table *table;

	ok(f, add_type(f, "a.toml", "[info]\nsingularName = \"a\"\npluralName = \"as\"\ndisplayName = \"A\"\n"
		"[attributes]\n"
		"code = { type = \"string\", column = { name = \"kode\", type = \"string\", args = [40], "
		"unique = true, notNullable = true } }\n"
		"n = { type = \"integer\", column = { unsigned = true, defaultTo = 7 } }\n"
		"s = { type = \"string\", column = { defaultTo = \"it's\" } }\n"
		"d = { type = \"decimal\", column = { args = [12, 4] } }\n"));
	ok(f, models_finish(f->models, &f->error));
	table = catalogue_table(tables_of(f->models, f->arena), STR("as"));
	assert_str(catalogue_column(table, STR("kode"))->type, "varchar(40)");
	assert_false(catalogue_column(table, STR("kode"))->nullable);
	assert_true(catalogue_index(table, STR("as_kode_uq"))->unique);
	assert_str(catalogue_column(table, STR("n"))->type, "int(10) unsigned");
	assert_str(catalogue_column(table, STR("n"))->default_text, "7");
	assert_str(catalogue_column(table, STR("s"))->default_text, "'it''s'");
	assert_str(catalogue_column(table, STR("d"))->type, "decimal(12,4)");
}

static void kinds_of_change_are_told_apart(void **state)
{
	static const struct {
		const char *live, *wanted;
		bool same, readable;
		enum change change;
	} cases[] = {
		{ "varchar(255)", "varchar(255)", true, true, CHANGE_WIDENING },
		{ "varchar(100)", "varchar(255)", false, true, CHANGE_WIDENING },
		{ "varchar(300)", "varchar(255)", false, true, CHANGE_DESTRUCTIVE },
		{ "varchar(255)", "longtext", false, true, CHANGE_COPY },
		{ "longtext", "varchar(255)", false, true, CHANGE_DESTRUCTIVE },
		{ "longtext", "json", false, true, CHANGE_COPY },
		{ "int(11)", "int(10)", true, true, CHANGE_DESTRUCTIVE },
		{ "int(11)", "int(10) unsigned", false, true, CHANGE_DESTRUCTIVE },
		{ "int(11)", "bigint(20)", false, true, CHANGE_COPY },
		{ "bigint(20)", "int(11)", false, true, CHANGE_DESTRUCTIVE },
		{ "double", "double unsigned", true, true, CHANGE_DESTRUCTIVE },
		{ "decimal(10,2)", "decimal(12,2)", false, true, CHANGE_COPY },
		{ "decimal(10,2)", "decimal(10,4)", false, true, CHANGE_DESTRUCTIVE },
		{ "datetime", "datetime(6)", false, true, CHANGE_COPY },
		{ "datetime(6)", "datetime(3)", false, true, CHANGE_DESTRUCTIVE },
		{ "int(11)", "varchar(255)", false, false, CHANGE_DESTRUCTIVE },
		{ "geometry", "varchar(255)", false, false, CHANGE_DESTRUCTIVE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct str live = str_of(cases[i].live), wanted = str_of(cases[i].wanted);
		bool same, readable;
		enum change change = types_compare(live, wanted, &same, &readable);

		if (same != cases[i].same || readable != cases[i].readable ||
			(!same && change != cases[i].change))
			fail_msg("%s, %s: %d %d %d", cases[i].live, cases[i].wanted, same, readable, change);
	}
}

static void a_plan_creates_tables_before_their_foreign_keys(void **state)
{
	struct fixture *f = *state;
	struct catalogue nothing = { NULL, 0, STR("latin1") };
	struct str extra[] = { STR("CREATE TABLE IF NOT EXISTS `x` (\n`id` int)") };
	struct plan_options options = { SCHEMA_MANAGE, false, extra, 1 };
	const struct plan *plan;
	unsigned i = 0, tables = 0;

	add_all_plugins(f);
	plan = plan_make(f->models, &nothing, &options, f->arena);
	for (; str_starts(plan->steps[i].sql, STR("CREATE TABLE")); i++, tables++)
		assert_true(str_ends(plan->steps[i].sql, STR(" ENGINE=InnoDB DEFAULT CHARSET=utf8mb4")));
	assert_int_equal(tables, tables_of(f->models, f->arena)->count);
	for (; str_starts(plan->steps[i].sql, STR("ALTER TABLE")); i++)
		assert_non_null(strstr(plan->steps[i].sql.p, "ADD CONSTRAINT"));
	assert_string_equal(plan->steps[i].text, "run: CREATE TABLE IF NOT EXISTS `x`");
	assert_int_equal(i + 1, plan->count);
	assert_int_equal(plan->pending, plan->count);
}

/* Wanted tables changed here and there stand for a database. */
static struct catalogue *changed_tables(struct fixture *f)
{
	struct catalogue *live = tables_of(f->models, f->arena);

	drop_table(live, "vaults_author_lnk");
	drop_column(live, "tags", "weight");
	edit_column(live, "tags", "name")->type = STR("varchar(100)");
	edit_column(live, "tags", "color")->type = STR("varchar(300)");
	edit_column(live, "events", "text")->type = STR("varchar(255)");
	edit_column(live, "faqs", "position")->name = STR("old_position");
	edit(live, "banners")->index_count--;
	edit(live, "banners")->foreign_key_count--;
	edit(live, "abouts")->foreign_keys[0].on_delete = STR("CASCADE");
	edit(live, "abouts")->indexes[1].columns[0] = STR("title");
	return live;
}

static const char *plan_text(struct fixture *f, enum schema_policy policy, bool allow_copy)
{
	struct plan_options options = { .policy = policy, .allow_copy = allow_copy };
	struct buf text = BUF_INIT;
	const char *copy;

	plan_write(plan_make(f->models, changed_tables(f), &options, f->arena), &text);
	copy = arena_printf(f->arena, "%s", buf_cstr(&text));
	buf_clear(&text);
	return copy;
}

static void a_plan_adds_and_widens_and_leaves_the_rest(void **state)
{
	struct fixture *f = *state;

	add_all_plugins(f);
	assert_string_equal(plan_text(f, SCHEMA_MANAGE, false),
		"+ vaults_author_lnk: create table\n"
		"+ faqs: add column position int(11)\n"
		"+ tags: add column weight double\n"
		"~ events.text: is varchar(255), should be longtext (needs a table copy: socle db migrate)\n"
		"+ tags.name: is varchar(100), should be varchar(255)\n"
		"+ banners: add index banners_updated_by_id_fk\n"
		"+ banners: add foreign key banners_updated_by_id_fk\n"
		"+ vaults_author_lnk: add foreign keys\n"
		"! abouts: index abouts_documents_idx is of other columns (left as it is)\n"
		"! abouts: foreign key abouts_created_by_id_fk acts otherwise than it should (left as it "
		"is)\n"
		"! faqs.old_position: int(11) that no schema has (left as it is)\n"
		"! tags.color: is varchar(300), should be varchar(255) (left as it is)\n");
	assert_non_null(strstr(plan_text(f, SCHEMA_MANAGE, true), "+ events.text: is varchar(255), should "
		"be longtext\n"));
}

static void following_is_judging_only(void **state)
{
	struct fixture *f = *state;
	const char *text;

	add_all_plugins(f);
	text = plan_text(f, SCHEMA_FOLLOW, true);
	for (const char *line = text; line && *line; line = strchr(line, '\n') + 1)
		assert_int_equal(*line, '!');
	assert_non_null(strstr(text, "! tags.weight: column (double) is missing (Strapi owns the schema)\n"));
}

static void an_index_counts_whatever_its_name(void **state)
{
	struct fixture *f = *state;
	struct catalogue *live;

	add_all_plugins(f);
	live = tables_of(f->models, f->arena);
	edit(live, "tags")->indexes[1].name = STR("by_hand");
	edit(live, "tags")->foreign_keys[0].name = STR("by_hand");
	/* A longer unique index finds entities as well. */
	edit(live, "faqs_cmps")->indexes[3].columns[0] = STR("id");
	assert_int_equal(compare_tables(tables_of(f->models, f->arena), live, f->arena)->count, 0);
}

static const char *reason(struct fixture *f, const char **reasons, const char *uid)
{
	return reasons[models_find(f->models, str_of(uid))->index];
}

static void a_type_falls_with_its_tables_and_components(void **state)
{
	struct fixture *f = *state;
	struct catalogue *live;
	const char **reasons;

	add_all_plugins(f);
	live = tables_of(f->models, f->arena);
	assert_int_equal(model_check_live(f->models, live, f->arena, &reasons), 0);
	drop_column(live, "components_location_geos", "lat");
	edit_column(live, "reviews", "score")->type = STR("varchar(255)");
	drop_table(live, "articles_tags_lnk");
	assert_int_equal(model_check_live(f->models, live, f->arena, &reasons), 7);
	assert_string_equal(reason(f, reasons, "location.geo"), "components_location_geos.lat: column "
		"(double) is missing");
	assert_string_equal(reason(f, reasons, "api::restaurant.restaurant"),
		"component location.address: component "
		"location.geo: components_location_geos.lat: column (double) is missing");
	assert_non_null(reason(f, reasons, "api::author.author"));
	assert_string_equal(reason(f, reasons, "api::article.article"), "articles_tags_lnk: table is "
		"missing");
	assert_string_equal(reason(f, reasons, "api::tag.tag"), "articles_tags_lnk: table is missing");
	assert_string_equal(reason(f, reasons, "api::review.review"), "reviews.score: is varchar(255), "
		"should be int(11)");
	assert_null(reason(f, reasons, "api::category.category"));
}

static void statements_end_with_a_semicolon_at_the_end_of_a_line(void **state)
{
	struct fixture *f = *state;
	struct str *list;

	assert_int_equal(statements_split(f->arena, STR("-- a comment;\nSELECT 1;\n\nINSERT\n  ';x'; \r\n"
		"SELECT 2\n"), &list), 3);
	assert_str(list[0], "SELECT 1");
	assert_str(list[1], "INSERT\n';x'");
	assert_str(list[2], "SELECT 2");
	assert_int_equal(statements_split(f->arena, STR_NULL, &list), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(lays_tables_out_as_strapi_does),
		CASE(obeys_the_column_option),
		CASE(kinds_of_change_are_told_apart),
		CASE(a_plan_creates_tables_before_their_foreign_keys),
		CASE(a_plan_adds_and_widens_and_leaves_the_rest),
		CASE(following_is_judging_only),
		CASE(an_index_counts_whatever_its_name),
		CASE(a_type_falls_with_its_tables_and_components),
		CASE(statements_end_with_a_semicolon_at_the_end_of_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
