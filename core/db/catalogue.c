#include "db/catalogue.h"

#include <stdlib.h>

#include "db/db.h"

/* Sorting by bytes keeps the rows of a table together whatever the collation thinks of its name. */
#define OF_THIS_DATABASE "TABLE_SCHEMA = DATABASE() ORDER BY BINARY TABLE_NAME"

enum {
	COLUMN_TABLE,
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_NULLABLE,
	COLUMN_DEFAULT,
	COLUMN_EXTRA,
	COLUMN_COLLATION
};
static const struct str columns_sql =
	STR("SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, "
	    "COLLATION_NAME FROM information_schema.COLUMNS WHERE " OF_THIS_DATABASE ", ORDINAL_POSITION");

enum { INDEX_TABLE, INDEX_NAME, INDEX_NOT_UNIQUE, INDEX_COLUMN };
static const struct str indexes_sql = STR("SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME "
	"FROM information_schema.STATISTICS WHERE " OF_THIS_DATABASE ", BINARY INDEX_NAME, SEQ_IN_INDEX");

enum { KEY_TABLE, KEY_NAME, KEY_COLUMN, KEY_TARGET, KEY_TARGET_COLUMN };
static const struct str keys_sql =
	STR("SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, "
	    "REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
	    "WHERE REFERENCED_TABLE_NAME IS NOT NULL AND ORDINAL_POSITION = 1 AND " OF_THIS_DATABASE
	    ", BINARY CONSTRAINT_NAME");

enum { RULE_TABLE, RULE_NAME, RULE_DELETE };
static const struct str rules_sql = STR("SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE "
	"FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()");

enum { CHECK_TABLE, CHECK_CLAUSE };
static const struct str checks_sql =
	STR("SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS "
	    "WHERE CONSTRAINT_SCHEMA = DATABASE() AND CHECK_CLAUSE LIKE 'json_valid(%'");

static const struct str charset_sql =
	STR("SELECT DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA "
	    "WHERE SCHEMA_NAME = DATABASE()");

static int compare_tables(const void *a, const void *b)
{
	return str_compare(((const struct catalogue_table *)a)->name,
		((const struct catalogue_table *)b)->name);
}

void catalogue_sort(struct catalogue *catalogue)
{
	if (catalogue->count)
		qsort(catalogue->tables, catalogue->count, sizeof(*catalogue->tables), compare_tables);
}

const struct catalogue_table *catalogue_table(const struct catalogue *catalogue, struct str name)
{
	const struct catalogue_table key = { .name = name };

	return catalogue->count
		? bsearch(&key, catalogue->tables, catalogue->count, sizeof(key), compare_tables)
		: NULL;
}

const struct catalogue_column *catalogue_column(const struct catalogue_table *table, struct str name)
{
	for (unsigned i = 0; i < table->column_count; i++) {
		if (str_equal_nocase(table->columns[i].name, name))
			return &table->columns[i];
	}
	return NULL;
}

const struct catalogue_index *catalogue_index(const struct catalogue_table *table, struct str name)
{
	for (unsigned i = 0; i < table->index_count; i++) {
		if (str_equal_nocase(table->indexes[i].name, name))
			return &table->indexes[i];
	}
	return NULL;
}

const struct catalogue_foreign_key *catalogue_foreign_key(const struct catalogue_table *table,
	struct str name)
{
	for (unsigned i = 0; i < table->foreign_key_count; i++) {
		if (str_equal_nocase(table->foreign_keys[i].name, name))
			return &table->foreign_keys[i];
	}
	return NULL;
}

/* ---- reading ---- */

struct reading {
	struct db *db;
	struct arena *arena;
	struct catalogue *catalogue;
	struct error *error;
};

static struct rowset *query(struct reading *reading, struct str sql)
{
	struct rowset *rows = NULL;

	if (db_query(reading->db, sql, NULL, 0, reading->arena, &rows, reading->error) < 0) {
		error_prefix(reading->error, "reading the database's tables: ");
		return NULL;
	}
	return rows;
}

static struct str text(const struct rowset *rows, unsigned row, unsigned column)
{
	return cell_text(&rowset_row(rows, row)[column]);
}

/* Where the rows that are alike in their first `columns` texts end. */
static unsigned end_of_group(const struct rowset *rows, unsigned from, unsigned columns)
{
	unsigned row = from + 1;

	for (; row < rows->count; row++) {
		for (unsigned i = 0; i < columns; i++) {
			if (!str_equal(text(rows, row, i), text(rows, from, i)))
				return row;
		}
	}
	return row;
}

static struct catalogue_table *find_table(const struct reading *reading, const struct rowset *rows,
	unsigned row)
{
	return (struct catalogue_table *)catalogue_table(reading->catalogue, text(rows, row, 0));
}

static void add_column(struct catalogue_table *table, const struct rowset *rows, unsigned row)
{
	struct str extra = text(rows, row, COLUMN_EXTRA), value = text(rows, row, COLUMN_DEFAULT);

	table->columns[table->column_count++] = (struct catalogue_column){
		.name = text(rows, row, COLUMN_NAME),
		.type = text(rows, row, COLUMN_TYPE),
		.nullable = str_is(text(rows, row, COLUMN_NULLABLE), "YES"),
		.auto_increment = str_is(extra, "auto_increment"),
		.default_text = str_is(value, "NULL") ? STR_NULL : value,
		.collation = text(rows, row, COLUMN_COLLATION),
	};
}

static int read_columns(struct reading *reading)
{
	const struct rowset *rows = query(reading, columns_sql);
	struct catalogue *catalogue = reading->catalogue;

	if (!rows)
		return -1;
	catalogue->tables = arena_array(reading->arena, (size_t)rows->count + 1, sizeof(*catalogue->tables));
	for (unsigned row = 0, end; row < rows->count; row = end) {
		struct catalogue_table *table = &catalogue->tables[catalogue->count++];

		end = end_of_group(rows, row, COLUMN_TABLE + 1);
		*table = (struct catalogue_table){ .name = text(rows, row, COLUMN_TABLE) };
		table->columns = arena_array(reading->arena, end - row, sizeof(*table->columns));
		for (unsigned i = row; i < end; i++)
			add_column(table, rows, i);
	}
	catalogue_sort(catalogue);
	return 0;
}

static void add_index(struct reading *reading, struct catalogue_table *table, const struct rowset *rows,
	unsigned from, unsigned end)
{
	struct catalogue_index *index = &table->indexes[table->index_count++];

	*index = (struct catalogue_index){
		.name = text(rows, from, INDEX_NAME),
		.unique = cell_integer(&rowset_row(rows, from)[INDEX_NOT_UNIQUE]) == 0,
		.columns = arena_array(reading->arena, end - from, sizeof(*index->columns)),
		.column_count = end - from,
	};
	for (unsigned row = from; row < end; row++)
		index->columns[row - from] = text(rows, row, INDEX_COLUMN);
}

static int read_indexes(struct reading *reading)
{
	const struct rowset *rows = query(reading, indexes_sql);

	if (!rows)
		return -1;
	for (unsigned row = 0, end, next; row < rows->count; row = end) {
		struct catalogue_table *table = find_table(reading, rows, row);

		end = end_of_group(rows, row, INDEX_TABLE + 1);
		if (!table)
			continue;
		table->indexes = arena_array(reading->arena, end - row, sizeof(*table->indexes));
		for (unsigned at = row; at < end; at = next) {
			next = end_of_group(rows, at, INDEX_NAME + 1);
			add_index(reading, table, rows, at, next);
		}
	}
	return 0;
}

static int read_keys(struct reading *reading)
{
	const struct rowset *rows = query(reading, keys_sql);

	if (!rows)
		return -1;
	for (unsigned row = 0, end; row < rows->count; row = end) {
		struct catalogue_table *table = find_table(reading, rows, row);

		end = end_of_group(rows, row, KEY_TABLE + 1);
		if (!table)
			continue;
		table->foreign_keys = arena_array(reading->arena, end - row, sizeof(*table->foreign_keys));
		for (unsigned i = row; i < end; i++) {
			table->foreign_keys[table->foreign_key_count++] = (struct catalogue_foreign_key){
				.name = text(rows, i, KEY_NAME),
				.column = text(rows, i, KEY_COLUMN),
				.target_table = text(rows, i, KEY_TARGET),
				.target_column = text(rows, i, KEY_TARGET_COLUMN),
			};
		}
	}
	return 0;
}

static int read_rules(struct reading *reading)
{
	const struct rowset *rows = query(reading, rules_sql);

	for (unsigned row = 0; rows && row < rows->count; row++) {
		const struct catalogue_table *table = find_table(reading, rows, row);
		struct catalogue_foreign_key *key = table
			? (struct catalogue_foreign_key *)catalogue_foreign_key(table,
				  text(rows, row, RULE_NAME))
			: NULL;

		if (key)
			key->on_delete = text(rows, row, RULE_DELETE);
	}
	return rows ? 0 : -1;
}

static int read_checks(struct reading *reading)
{
	const struct rowset *rows = query(reading, checks_sql);

	for (unsigned row = 0; rows && row < rows->count; row++) {
		struct catalogue_table *table = find_table(reading, rows, row);
		struct str clause = text(rows, row, CHECK_CLAUSE);

		for (unsigned i = 0; table && i < table->column_count; i++) {
			struct catalogue_column *column = &table->columns[i];
			const char *expected =
				arena_printf(reading->arena, "json_valid(`%.*s`)", STR_ARG(column->name));

			if (str_equal(clause, str_of(expected)) && str_is(column->type, "longtext"))
				column->type = STR("json");
		}
	}
	return rows ? 0 : -1;
}

static int read_charset(struct reading *reading)
{
	const struct rowset *rows = query(reading, charset_sql);

	if (rows && rows->count)
		reading->catalogue->charset = text(rows, 0, 0);
	return rows ? 0 : -1;
}

int catalogue_read(struct db *db, struct arena *arena, struct catalogue **catalogue_r, struct error *error)
{
	struct reading reading = { db, arena, arena_new_of(arena, struct catalogue), error };

	if (read_columns(&reading) < 0 || read_indexes(&reading) < 0 || read_keys(&reading) < 0 ||
		read_rules(&reading) < 0 || read_checks(&reading) < 0 || read_charset(&reading) < 0)
		return -1;
	*catalogue_r = reading.catalogue;
	return 0;
}
