/* Statements that make tables and parts of them. Identifiers stand between backticks; model/read.c and
 * model/naming.c see to it that none holds one. */
#ifndef MODEL_DDL_H
#define MODEL_DDL_H

#include "base/buf.h"
#include "db/catalogue.h"

/* CREATE TABLE with columns and indexes and without foreign keys, whose targets may not be there yet.
 * `options` follows the engine: "" or " DEFAULT CHARSET=utf8mb4". */
void ddl_create_table(struct buf *out, const struct catalogue_table *table, const char *options);

/* Clauses of ALTER TABLE. */
void ddl_add_column(struct buf *out, const struct catalogue_column *column);
/* The live column's collation stays, and its default where none is wanted. */
void ddl_modify_column(struct buf *out, const struct catalogue_column *column,
	const struct catalogue_column *live);
void ddl_add_index(struct buf *out, const struct catalogue_index *index);
void ddl_add_foreign_key(struct buf *out, const struct catalogue_foreign_key *key);

#endif
