/* The schema against a real MariaDB: what Strapi made, what the host makes, and how one becomes the other. */
#include "database.h"

#include "base/buf.h"
#include "base/clock.h"
#include "db/lease.h"
#include "model/live.h"
#include "model/migrate.h"
#include "model/statements.h"
#include "models_fixture.h"

#define RECORDED "socle_test_recorded"
#define MADE "socle_test_made"

struct schema {
	struct fixture *models;		/* of all plugins */
	struct db_pool *pools[2];
	unsigned pool_count;
	struct str *extra;
	unsigned extra_count;
};

static struct db *connect_to(struct database *d, struct schema *s, const char *name)
{
	struct db_options options = d->options;
	struct db *db;

	options.database = str_of(name);
	options.statement_timeout_ms = -1;
	assert_in_range(s->pool_count, 0, 1);
	s->pools[s->pool_count] = db_pool_new(d->loop, &options);
	db = db_acquire(s->pools[s->pool_count++], &d->error);
	if (!db)
		fail_msg("%s", error_message(&d->error));
	return db;
}

static struct db *make_database(struct database *d, struct schema *s, const char *name)
{
	struct db *db = acquire(d);

	command(d, db, arena_printf(d->arena, "DROP DATABASE IF EXISTS %s", name));
	command(d, db, arena_printf(d->arena, "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE "
		"utf8mb4_general_ci", name));
	db_release(db);
	return connect_to(d, s, name);
}

static struct str read_recording(struct database *d)
{
	const char *root = source_root();
	FILE *file = popen(arena_printf(d->arena, "gzip -dc %s/tests/conformance/data/strapi.sql.gz", root),
		"r");
	struct buf text = BUF_INIT;
	struct str copy;
	size_t n;

	assert_non_null(file);
	while ((n = fread(buf_reserve(&text, 65536), 1, 65536, file)) > 0)
		buf_wrote(&text, n);
	assert_int_equal(pclose(file), 0);
	copy = arena_str(d->arena, buf_str(&text));
	buf_clear(&text);
	return copy;
}

static struct db *load_recording(struct database *d, struct schema *s)
{
	struct db *db = make_database(d, s, RECORDED);
	struct str *statements;
	unsigned count = statements_split(d->arena, read_recording(d), &statements);

	for (unsigned i = 0; i < count; i++)
		command(d, db, statements[i].p);
	return db;
}

static void add_statements_of(struct database *d, struct schema *s, const char *plugin)
{
	struct str *more, *all;
	unsigned count;

	ok(d, statements_read(d->arena, arena_printf(d->arena, "%s/plugins/%s/internal-tables.sql", source_root(),
		plugin), &more, &count, &d->error));
	all = arena_array(d->arena, s->extra_count + count, sizeof(*all));
	if (s->extra_count)
		memcpy(all, s->extra, s->extra_count * sizeof(*all));
	memcpy(all + s->extra_count, more, count * sizeof(*all));
	s->extra = all;
	s->extra_count += count;
}

static struct schema *begin(struct database *d)
{
	struct schema *s = arena_new_of(d->arena, struct schema);
	void *fixture;

	assert_int_equal(fixture_set_up(&fixture), 0);
	s->models = fixture;
	/* What is read below is given by its place in the sources. */
	assert_int_equal(chdir(s->models->before), 0);
	add_all_plugins(s->models);
	add_statements_of(d, s, "admin");
	add_statements_of(d, s, "i18n");
	return s;
}

static void end(struct schema *s)
{
	void *fixture = s->models;

	for (unsigned i = 0; i < s->pool_count; i++)
		db_pool_free(s->pools[i]);
	fixture_tear_down(&fixture);
}

static struct migrate_options options_of(const struct schema *s, enum schema_policy policy)
{
	return (struct migrate_options){ .policy = policy, .extra = s->extra, .extra_count = s->extra_count,
		.holder = STR("test:1"), .wait_seconds = 1 };
}

static const char *text_of(struct database *d, const struct plan *plan)
{
	struct buf text = BUF_INIT;
	const char *copy;

	plan_write(plan, &text);
	copy = arena_printf(d->arena, "%s", buf_cstr(&text));
	buf_clear(&text);
	return copy;
}

static struct plan *migrate(struct database *d, struct schema *s, struct db *db,
	const struct migrate_options *options)
{
	struct plan *plan;

	if (migrate_run(db, s->models->models, options, d->arena, &plan, &d->error) < 0)
		fail_msg("%s", error_message(&d->error));
	return plan;
}

static struct plan *manage(struct database *d, struct schema *s, struct db *db)
{
	struct migrate_options options = options_of(s, SCHEMA_MANAGE);

	return migrate(d, s, db, &options);
}

TEST(what_strapi_made_is_what_the_models_want)
{
	struct schema *s = begin(d);
	struct db *db = load_recording(d, s);
	struct migrate_options options = options_of(s, SCHEMA_AUTO);
	struct catalogue *live;
	const char **reasons;
	const struct plan *plan = migrate(d, s, db, &options);

	assert_int_equal(plan->policy, SCHEMA_FOLLOW);
	assert_string_equal(text_of(d, plan), "");
	plan = manage(d, s, db);
	assert_string_equal(text_of(d, plan), "");
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM information_schema.TABLES WHERE "
		"TABLE_SCHEMA = DATABASE() "
		"AND TABLE_NAME LIKE 'socle%'"), 0);
	ok(d, catalogue_read(db, d->arena, &live, &d->error));
	assert_int_equal(model_check_live(s->models->models, live, d->arena, &reasons), 0);
	db_release(db);
	end(s);
}

/* Rows that one database has in a view of its schema and the other has not. */
static void assert_same(struct database *d, struct db *db, const char *view, const char *schema,
	const char *columns)
{
	const char *form = "SELECT %s FROM information_schema.%s WHERE %s = '%s' AND TABLE_NAME <> "
		"'socle_leases'";
	const char *recorded = arena_printf(d->arena, form, columns, view, schema, RECORDED);
	const char *made = arena_printf(d->arena, form, columns, view, schema, MADE);
	const char *sides[][2] = { { recorded, made }, { made, recorded } };

	assert_true(query_int(d, db, arena_printf(d->arena, "SELECT COUNT(*) FROM (%s) a", recorded)) > 10);
	for (int i = 0; i < 2; i++) {
		query(d, db, arena_printf(d->arena, "%s EXCEPT ALL %s", sides[i][0], sides[i][1]));
		if (d->rows->count) {
			fail_msg("%s: %u differ, first %.*s.%.*s", view, d->rows->count,
				STR_ARG(cell_text(&d->rows->cells[0])),
				STR_ARG(cell_text(&d->rows->cells[1])));
		}
	}
}

/* Without the counter, which rows have moved. */
static const char *show_create(struct database *d, struct db *db, const char *schema, struct str table)
{
	const struct cell *cell = query(d, db, arena_printf(d->arena, "SHOW CREATE TABLE %s.`%.*s`", schema,
		STR_ARG(table)));
	struct str text = cell_text(&cell[1]);
	const char *counter;
	char *copy = arena_strdup(d->arena, text);

	counter = strstr(copy, " AUTO_INCREMENT=");
	if (counter) {
		const char *rest = strchr(counter + 1, ' ');

		memmove(copy + (counter - copy), rest, strlen(rest) + 1);
	}
	return copy;
}

TEST(a_new_database_is_as_strapi_would_have_made_it)
{
	struct schema *s = begin(d);
	struct db *recorded = load_recording(d, s), *made = make_database(d, s, MADE);
	struct migrate_options options = options_of(s, SCHEMA_AUTO);
	struct plan *plan = migrate(d, s, made, &options);
	struct rowset *tables;

	assert_int_equal(plan->policy, SCHEMA_MANAGE);
	assert_int_equal(plan->pending, 0);
	assert_same(d, made, "TABLES", "TABLE_SCHEMA", "TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION");
	assert_same(d, made, "COLUMNS", "TABLE_SCHEMA", "TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, "
		"COLUMN_DEFAULT, IS_NULLABLE, "
		"COLUMN_TYPE, CHARACTER_SET_NAME, COLLATION_NAME, COLUMN_KEY, EXTRA");
	assert_same(d, made, "STATISTICS", "TABLE_SCHEMA", "TABLE_NAME, INDEX_NAME, NON_UNIQUE, "
		"SEQ_IN_INDEX, COLUMN_NAME, "
		"SUB_PART, NULLABLE, INDEX_TYPE");
	assert_same(d, made, "KEY_COLUMN_USAGE", "TABLE_SCHEMA", "TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, "
		"ORDINAL_POSITION, "
		"REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME");
	assert_same(d, made, "REFERENTIAL_CONSTRAINTS", "CONSTRAINT_SCHEMA", "TABLE_NAME, CONSTRAINT_NAME, "
		"UNIQUE_CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE, REFERENCED_TABLE_NAME");
	assert_same(d, made, "CHECK_CONSTRAINTS", "CONSTRAINT_SCHEMA", "TABLE_NAME, CONSTRAINT_NAME, "
		"CHECK_CLAUSE");
	query(d, made, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = "
		"'" RECORDED "'");
	tables = d->rows;
	assert_int_equal(tables->count, 115);
	for (unsigned i = 0; i < tables->count; i++) {
		struct str table = cell_text(rowset_row(tables, i));

		assert_string_equal(show_create(d, made, RECORDED, table), show_create(d, made, MADE, table));
	}
	assert_int_equal(query_int(d, made, "SELECT COUNT(*) FROM strapi_migrations_internal"), 8);
	plan = migrate(d, s, made, &options);
	assert_int_equal(plan->count, 0);
	db_release(recorded);
	db_release(made);
	end(s);
}

/* Strapi makes the setting only together with the locale. */
TEST(a_new_database_has_the_default_locale_once)
{
	struct schema *s = begin(d);
	struct db *made = make_database(d, s, MADE);
	const char *locales = "SELECT COUNT(*) FROM i18n_locale WHERE code = 'en' AND name = 'English (en)' AND "
		"document_id REGEXP '^[a-z][a-z0-9]{23}$' AND published_at IS NOT NULL";
	const char *settings = "SELECT COUNT(*) FROM strapi_core_store_settings WHERE "
		"`key` = 'plugin_i18n_default_locale' AND `value` = '\"en\"' AND type = 'string'";

	manage(d, s, made);
	assert_int_equal(query_int(d, made, locales), 1);
	assert_int_equal(query_int(d, made, settings), 1);
	/* As after a first run that was cut short. */
	command(d, made, "DELETE FROM strapi_migrations_internal");
	manage(d, s, made);
	assert_int_equal(query_int(d, made, "SELECT COUNT(*) FROM i18n_locale"), 1);
	assert_int_equal(query_int(d, made, settings), 1);
	db_release(made);
	end(s);
}

TEST(what_is_missing_is_added_and_what_is_there_is_kept)
{
	struct schema *s = begin(d);
	struct db *db = load_recording(d, s);
	struct migrate_options options = options_of(s, SCHEMA_MANAGE);
	int64_t rows = query_int(d, db, "SELECT COUNT(*) FROM events");
	const struct plan *plan;

	command(d, db, "UPDATE events SET slug = COALESCE(slug, '')");
	command(d, db, "ALTER TABLE events DROP COLUMN mood, DROP COLUMN payload, ADD COLUMN mine int, "
		"MODIFY `text` mediumtext, "
		"MODIFY slug varchar(90) COLLATE utf8mb4_bin NOT NULL DEFAULT ''");
	command(d, db, "ALTER TABLE tags DROP FOREIGN KEY tags_created_by_id_fk, DROP KEY "
		"tags_created_by_id_fk");
	command(d, db, "DROP TABLE vaults_author_lnk");
	plan = migrate(d, s, db, &options);
	assert_string_equal(text_of(d, plan),
		"= vaults_author_lnk: create table\n"
		"= events: add column mood varchar(255)\n"
		"= events: add column payload json\n"
		"~ events.text: is mediumtext, should be longtext (needs a table copy: socle db migrate)\n"
		"= events.slug: is varchar(90) NOT NULL, should be varchar(255)\n"
		"= tags: add index tags_created_by_id_fk\n"
		"= tags: add foreign key tags_created_by_id_fk\n"
		"= vaults_author_lnk: add foreign keys\n"
		"! events.mine: int(11) that no schema has (left as it is)\n");
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM events WHERE payload IS NULL AND mine IS "
		"NULL"), rows);
	assert_str(cell_text(query(d, db, "SELECT COLLATION_NAME FROM information_schema.COLUMNS WHERE "
		"TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'events' AND COLUMN_NAME = 'slug'")),
		"utf8mb4_bin");
	options.allow_copy = true;
	plan = migrate(d, s, db, &options);
	assert_string_equal(text_of(d, plan), "= events.text: is mediumtext, should be longtext\n"
		"! events.mine: int(11) that no schema has (left as it is)\n");
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM socle_leases WHERE name = 'schema' AND "
		"`until` < UTC_TIMESTAMP(6)"), 1);
	db_release(db);
	end(s);
}

TEST(following_changes_nothing)
{
	struct schema *s = begin(d);
	struct db *db = load_recording(d, s);
	struct migrate_options options = options_of(s, SCHEMA_AUTO);
	struct catalogue *live;
	const char **reasons;

	command(d, db, "ALTER TABLE events DROP COLUMN mood");
	assert_string_equal(text_of(d, migrate(d, s, db, &options)),
		"! events.mood: column (varchar(255)) is missing (Strapi owns the schema)\n");
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM information_schema.TABLES WHERE "
		"TABLE_SCHEMA = DATABASE() "
		"AND TABLE_NAME = 'socle_leases'"), 0);
	ok(d, catalogue_read(db, d->arena, &live, &d->error));
	assert_int_equal(model_check_live(s->models->models, live, d->arena, &reasons), 1);
	assert_string_equal(reasons[models_find(s->models->models, STR("api::event.event"))->index],
		"events.mood: column (varchar(255)) is missing");
	db_release(db);
	end(s);
}

TEST(a_long_transaction_delays_and_does_not_block)
{
	struct schema *s = begin(d);
	struct db *db = load_recording(d, s), *reader = connect_to(d, s, RECORDED);
	struct migrate_options options = options_of(s, SCHEMA_MANAGE);
	struct plan *plan;
	uint64_t start;

	command(d, db, "ALTER TABLE events DROP COLUMN mood");
	ok(d, db_begin(reader, &d->error));
	query_int(d, reader, "SELECT COUNT(*) FROM events");
	options.attempts = 2;
	start = clock_monotonic_ms();
	assert_int_equal(migrate_run(db, s->models->models, &options, d->arena, &plan, &d->error), -1);
	assert_in_range(clock_monotonic_ms() - start, 2000, 5000);
	assert_non_null(strstr(error_message(&d->error), "schema: events: add column mood varchar(255)"));
	db_rollback(reader);
	error_clear(&d->error);
	assert_string_equal(text_of(d, manage(d, s, db)), "= events: add column mood varchar(255)\n");
	db_release(reader);
	db_release(db);
	end(s);
}

TEST(one_migrator_at_a_time)
{
	struct schema *s = begin(d);
	struct db *db = make_database(d, s, MADE);
	struct migrate_options options = options_of(s, SCHEMA_MANAGE);
	struct plan *plan;
	bool taken;

	ok(d, lease_prepare(db, &d->error));
	ok(d, lease_take(db, STR("schema"), STR("other:1"), 60, &taken, &d->error));
	assert_true(taken);
	assert_int_equal(migrate_run(db, s->models->models, &options, d->arena, &plan, &d->error), -1);
	assert_int_equal(d->error.kind, ERROR_UNAVAILABLE);
	error_clear(&d->error);
	/* One that has died is succeeded. */
	ok(d, lease_take(db, STR("schema"), STR("other:1"), 1, &taken, &d->error));
	options.wait_seconds = 5;
	assert_int_equal(migrate(d, s, db, &options)->pending, 0);
	db_release(db);
	end(s);
}

TEST(a_lease_has_one_holder)
{
	struct schema *s = begin(d);
	struct db *db = make_database(d, s, MADE);
	bool taken;

	ok(d, lease_prepare(db, &d->error));
	ok(d, lease_prepare(db, &d->error));
	ok(d, lease_take(db, STR("a"), STR("me"), 60, &taken, &d->error));
	assert_true(taken);
	ok(d, lease_take(db, STR("a"), STR("me"), 60, &taken, &d->error));
	assert_true(taken);
	ok(d, lease_take(db, STR("a"), STR("you"), 60, &taken, &d->error));
	assert_false(taken);
	ok(d, lease_take(db, STR("b"), STR("you"), 60, &taken, &d->error));
	assert_true(taken);
	lease_release(db, STR("a"), STR("you"));
	ok(d, lease_take(db, STR("a"), STR("you"), 60, &taken, &d->error));
	assert_false(taken);
	lease_release(db, STR("a"), STR("me"));
	ok(d, lease_take(db, STR("a"), STR("you"), 60, &taken, &d->error));
	assert_true(taken);
	db_release(db);
	end(s);
}

struct migrator {
	struct database *d;
	struct schema *s;
	struct db *db;
	struct str holder;
	int rc;
};

static void run_migrator(void *arg)
{
	struct migrator *m = arg;
	struct migrate_options options = options_of(m->s, SCHEMA_MANAGE);
	struct error error = ERROR_INIT;
	struct plan *plan;

	options.holder = m->holder;
	options.wait_seconds = 120;
	m->rc = migrate_run(m->db, m->s->models->models, &options, m->d->arena, &plan, &error);
	if (m->rc < 0)
		print_error("%s\n", error_message(&error));
	error_clear(&error);
}

TEST(two_hosts_that_start_together_make_one_schema)
{
	struct schema *s = begin(d);
	struct db *db = make_database(d, s, MADE);
	struct migrator first = { d, s, db, STR("host:1"), -1 };
	struct migrator second = { d, s, connect_to(d, s, MADE), STR("host:2"), -1 };
	struct fiber_group group;

	fiber_group_init(&group);
	ok(d, fiber_group_spawn(&group, run_migrator, &first));
	ok(d, fiber_group_spawn(&group, run_migrator, &second));
	fiber_group_wait(&group);
	assert_int_equal(first.rc, 0);
	assert_int_equal(second.rc, 0);
	assert_int_equal(manage(d, s, db)->count, 0);
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM strapi_migrations_internal"), 8);
	db_release(second.db);
	db_release(db);
	end(s);
}

TEST(an_unfinished_creation_is_finished)
{
	struct schema *s = begin(d);
	struct db *db = make_database(d, s, MADE);

	manage(d, s, db);
	command(d, db, "DELETE FROM strapi_migrations_internal");
	command(d, db, "DROP TABLE strapi_webhooks");
	manage(d, s, db);
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM strapi_migrations_internal"), 8);
	assert_int_equal(query_int(d, db, "SELECT COUNT(*) FROM strapi_webhooks"), 0);
	db_release(db);
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DATABASE_TEST(what_strapi_made_is_what_the_models_want),
		DATABASE_TEST(a_new_database_is_as_strapi_would_have_made_it),
		DATABASE_TEST(a_new_database_has_the_default_locale_once),
		DATABASE_TEST(what_is_missing_is_added_and_what_is_there_is_kept),
		DATABASE_TEST(following_changes_nothing),
		DATABASE_TEST(a_long_transaction_delays_and_does_not_block),
		DATABASE_TEST(one_migrator_at_a_time),
		DATABASE_TEST(a_lease_has_one_holder),
		DATABASE_TEST(two_hosts_that_start_together_make_one_schema),
		DATABASE_TEST(an_unfinished_creation_is_finished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
