#include "model/ddl.h"

static void add_name(struct buf *out, struct str name)
{
	buf_printf(out, "`%.*s`", STR_ARG(name));
}

static void add_definition(struct buf *out, const struct catalogue_column *column)
{
	add_name(out, column->name);
	buf_printf(out, " %.*s", STR_ARG(column->type));
	if (!str_is_null(column->collation))
		buf_printf(out, " COLLATE %.*s", STR_ARG(column->collation));
	buf_add(out, column->nullable ? STR(" NULL") : STR(" NOT NULL"));
	if (column->auto_increment)
		buf_add_literal(out, " AUTO_INCREMENT");
	else if (!str_is_null(column->default_text))
		buf_printf(out, " DEFAULT %.*s", STR_ARG(column->default_text));
	else if (column->nullable)
		buf_add_literal(out, " DEFAULT NULL");
}

static void add_index_definition(struct buf *out, const struct catalogue_index *index)
{
	if (str_is(index->name, "PRIMARY")) {
		buf_add_literal(out, "PRIMARY KEY");
	} else {
		buf_add(out, index->unique ? STR("UNIQUE KEY ") : STR("KEY "));
		add_name(out, index->name);
	}
	buf_add_literal(out, " (");
	for (unsigned i = 0; i < index->column_count; i++) {
		if (i)
			buf_add_char(out, ',');
		add_name(out, index->columns[i]);
	}
	buf_add_char(out, ')');
}

void ddl_create_table(struct buf *out, const struct catalogue_table *table, const char *options)
{
	buf_add_literal(out, "CREATE TABLE ");
	add_name(out, table->name);
	buf_add_literal(out, " (");
	for (unsigned i = 0; i < table->column_count; i++) {
		if (i)
			buf_add_literal(out, ", ");
		add_definition(out, &table->columns[i]);
	}
	for (unsigned i = 0; i < table->index_count; i++) {
		buf_add_literal(out, ", ");
		add_index_definition(out, &table->indexes[i]);
	}
	buf_printf(out, ") ENGINE=InnoDB%s", options);
}

void ddl_add_column(struct buf *out, const struct catalogue_column *column)
{
	buf_add_literal(out, "ADD COLUMN ");
	add_definition(out, column);
}

void ddl_modify_column(struct buf *out, const struct catalogue_column *column,
	const struct catalogue_column *live)
{
	struct catalogue_column merged = *column;

	/* A json column has the collation that the type gives it. */
	if (!str_is(column->type, "json"))
		merged.collation = live->collation;
	if (str_is_null(merged.default_text))
		merged.default_text = live->default_text;
	buf_add_literal(out, "MODIFY COLUMN ");
	add_definition(out, &merged);
}

void ddl_add_index(struct buf *out, const struct catalogue_index *index)
{
	buf_add_literal(out, "ADD ");
	add_index_definition(out, index);
}

void ddl_add_foreign_key(struct buf *out, const struct catalogue_foreign_key *key)
{
	buf_add_literal(out, "ADD CONSTRAINT ");
	add_name(out, key->name);
	buf_add_literal(out, " FOREIGN KEY (");
	add_name(out, key->column);
	buf_add_literal(out, ") REFERENCES ");
	add_name(out, key->target_table);
	buf_add_literal(out, " (");
	add_name(out, key->target_column);
	buf_printf(out, ") ON DELETE %.*s", STR_ARG(key->on_delete));
}
