/* Tables as a list: what a database has, or what one should have.
 *
 * Types are compared as text, in the form that information_schema shows them
 * ("int(10) unsigned", "datetime(6)"), with one exception: a longtext that a
 * json_valid() check guards is "json", as it is written in CREATE TABLE.
 *
 *	struct catalogue *live;
 *	if (catalogue_read(db, arena, &live, &error) < 0)
 *		...
 *	const struct catalogue_table *articles = catalogue_table(live, STR("articles"));
 *
 * Tables are sorted by name, byte by byte; columns stand as in the table. All of
 * it lies in the arena. Views are listed as tables.
 */
#ifndef DB_CATALOGUE_H
#define DB_CATALOGUE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct db;

struct catalogue_column {
	struct str name, type;
	bool nullable;
	bool auto_increment;
	struct str default_text;	/* an SQL expression; STR_NULL: none, or NULL */
	struct str collation; /* as it is there, of texts; STR_NULL in what is wanted: the table's */
};

struct catalogue_index {
	struct str name;		/* "PRIMARY" for the primary key */
	struct str *columns;
	unsigned column_count;
	bool unique;
};

/* Of several columns only the first is told: Strapi's have one. */
struct catalogue_foreign_key {
	struct str name, column, target_table, target_column;
	struct str on_delete;		/* "CASCADE", "SET NULL", ... */
};

struct catalogue_table {
	struct str name;
	struct catalogue_column *columns;
	unsigned column_count;
	struct catalogue_index *indexes;
	unsigned index_count;
	struct catalogue_foreign_key *foreign_keys;
	unsigned foreign_key_count;
};

struct catalogue {
	struct catalogue_table *tables;
	unsigned count;
	struct str charset;		/* the default of the database; STR_NULL when it isn't one */
};

/* The tables of the connection's database, in a few queries. */
int catalogue_read(struct db *db, struct arena *arena, struct catalogue **catalogue_r, struct error *error)
	__attribute__((warn_unused_result));

/* For those who make one: puts the tables in order. */
void catalogue_sort(struct catalogue *catalogue);

/* All NULL when there is none. Column names ignore case, as MariaDB's do. */
const struct catalogue_table *catalogue_table(const struct catalogue *catalogue, struct str name);
const struct catalogue_column *catalogue_column(const struct catalogue_table *table, struct str name);
const struct catalogue_index *catalogue_index(const struct catalogue_table *table, struct str name);
const struct catalogue_foreign_key *catalogue_foreign_key(const struct catalogue_table *table,
	struct str name);

#endif
