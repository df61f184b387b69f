#include "document/value_lock.h"

#include "extension/generation.h"
#include "query/statement.h"

static bool is_unique(const struct attribute *attribute)
{
	return (attribute->unique || attribute->type == ATTRIBUTE_UID) && !str_is_null(attribute->column);
}

bool value_lock_is_wanted(const struct models *models)
{
	for (unsigned m = 0; m < models->count; m++) {
		const struct model *model = models->list[m];

		if (model->kind == MODEL_SINGLE)
			return true;
		for (unsigned a = 0; a < model->attribute_count; a++) {
			if (is_unique(&model->attributes[a]))
				return true;
		}
	}
	return false;
}

/* Equal values give equal bytes. The subquery has no row: it only lends the parameter the column's collation. The spaces at the
 * end don't count, as in comparisons. */
static void add_key(struct statement *statement, const struct attribute *attribute, struct db_value value)
{
	const struct attribute_kind *kind = attribute_kind(attribute->type);

	if (value.type == DB_TEXT && kind->text) {
		statement_add(statement, "WEIGHT_STRING(RTRIM(COALESCE(");
		statement_value(statement, value);
		statement_add(statement, ", (SELECT ");
		statement_name(statement, attribute->column);
		statement_add(statement, " FROM ");
		statement_name(statement, attribute->model->table);
		statement_add(statement, " LIMIT 0))))");
	} else {
		/* 5 and 5.00 are one number. */
		buf_add(&statement->sql, kind->number ? STR("0e0 + ") : STR_NULL);
		statement_value(statement, value);
	}
}

static void begin(struct statement *statement, struct scope *scope, struct str name)
{
	statement_init(statement, scope->arena);
	statement_add(statement, "INSERT INTO `socle_locks` (`id`, `turns`) VALUES (CRC32(CONCAT(");
	statement_value(statement, db_text(name));
}

static int take(struct scope *scope, struct statement *statement)
{
	/* A row that is only read would mean nothing to another node. */
	statement_add(statement, ")) MOD 4096, 1) ON DUPLICATE KEY UPDATE `turns` = `turns` + 1");
	return db_execute(scope->db, buf_str(&statement->sql), statement->values, statement->count, NULL, &scope->error);
}

int value_lock_take(struct scope *scope, const struct model *model, const struct attribute *attribute, struct str locale,
	struct db_value value)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);

	if (!scope->generation->has_locks || value.type == DB_NULL)
		return 0;
	begin(statement, scope, str_of(arena_printf(scope->arena, "%.*s %.*s.%.*s %.*s ", STR_ARG(model->uid),
		STR_ARG(attribute->model->uid), STR_ARG(attribute->name), STR_ARG(locale))));
	statement_add(statement, ", ");
	add_key(statement, attribute, value);
	return take(scope, statement);
}

int value_lock_take_single(struct scope *scope, const struct model *model)
{
	struct statement *statement = arena_new_of(scope->arena, struct statement);

	if (!scope->generation->has_locks)
		return 0;
	begin(statement, scope, model->uid);
	return take(scope, statement);
}
