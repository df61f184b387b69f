#include "document/unique.h"

#include "document/value_lock.h"
#include "query/cast.h"
#include "query/statement.h"

/* " INNER JOIN `shelves_cmps` l1 ON l1.`entity_id` = t0.`id` AND ...
 * INNER JOIN `components_part_tabs` t1 ON t1.`id` = l1.`cmp_id`" */
static void join_component(struct statement *statement, const struct attribute *place, const struct model *component,
	unsigned level)
{
	const struct link *link = &place->link;

	statement_add(statement, " INNER JOIN ");
	statement_name(statement, link->table);
	buf_printf(&statement->sql, " l%u ON l%u.", level, level);
	statement_name(statement, link->own_column);
	buf_printf(&statement->sql, " = t%u.`id` AND l%u.", level - 1, level);
	statement_name(statement, link->field_column);
	statement_add(statement, " = ");
	statement_value(statement, db_text(link->field));
	buf_printf(&statement->sql, " AND l%u.", level);
	statement_name(statement, link->type_column);
	statement_add(statement, " = ");
	statement_value(statement, db_text(component->uid));
	statement_add(statement, " INNER JOIN ");
	statement_name(statement, component->table);
	buf_printf(&statement->sql, " t%u ON t%u.`id` = l%u.", level, level, level);
	statement_name(statement, link->target_column);
}

/* The way down to the attribute's own component; how many components long it is. What is deeper in a zone is, as in
 * Strapi, looked for in the zone itself. */
static unsigned join_holders(struct statement *statement, const struct validate_holder *holder,
	const struct attribute *attribute)
{
	const struct validate_holder *outermost = holder;
	unsigned level;

	if (!holder)
		return 0;
	while (outermost->parent)
		outermost = outermost->parent;
	if (outermost->attribute->type == ATTRIBUTE_DYNAMICZONE) {
		join_component(statement, outermost->attribute, attribute->model, 1);
		return 1;
	}
	level = join_holders(statement, holder->parent, attribute) + 1;
	join_component(statement, holder->attribute, holder->attribute->component, level);
	return level;
}

static const struct model *entry_model(const struct validate_holder *holder, const struct attribute *attribute)
{
	while (holder && holder->parent)
		holder = holder->parent;
	return holder ? holder->attribute->model : attribute->model;
}

static void compare(struct statement *statement, unsigned level, struct str column, const char *operator,
	struct db_value value)
{
	statement_column(statement, level, column);
	buf_printf(&statement->sql, " %s ", operator);
	statement_value(statement, value);
}

static void search(struct statement *statement, const struct unique_search *search, const struct model *model,
	const struct validate_holder *holder, const struct attribute *attribute, struct db_value value)
{
	unsigned level;

	statement_add(statement, "SELECT 1 FROM ");
	statement_name(statement, model->table);
	statement_add(statement, " t0");
	level = join_holders(statement, holder, attribute);
	statement_add(statement, " WHERE ");
	compare(statement, level, attribute->column, "=", value);
	statement_add(statement, " AND ");
	statement_column(statement, 0, model->published_at->column);
	statement_add(statement, " IS NOT NULL");
	if (search->locale) {
		statement_add(statement, " AND ");
		compare(statement, 0, model->locale->column, "=", *search->locale);
	}
	if (search->own_row) {
		statement_add(statement, " AND ");
		compare(statement, 0, model->id->column, "<>", db_uint(search->own_row));
	}
	statement_add(statement, " LIMIT 1");
}

int unique_is_taken(void *arg, const struct validate_holder *holder, const struct attribute *attribute,
	const json_t *value, bool *taken_r, struct error *error)
{
	const struct unique_search *wanted = arg;
	const struct model *model = entry_model(holder, attribute);
	struct scope *scope = wanted->scope;
	struct statement *statement = arena_new_of(scope->arena, struct statement);
	struct str locale = wanted->locale ? wanted->locale->text : STR_NULL;
	struct db_value cast;
	struct rowset *rows;

	*taken_r = false;
	if (cast_json(attribute, value, scope->arena, &cast, error) < 0 ||
		value_lock_take(scope, model, attribute, locale, cast) < 0)
		return -1;
	statement_init(statement, scope->arena);
	search(statement, wanted, model, holder, attribute, cast);
	if (db_query(scope->db, buf_str(&statement->sql), statement->values, statement->count, scope->arena, &rows, error) < 0)
		return -1;
	*taken_r = rows->count > 0;
	return 0;
}
