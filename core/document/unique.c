#include "document/unique.h"

#include "query/cast.h"
#include "query/select.h"

static struct db_value *copy(struct arena *arena, struct db_value value)
{
	return arena_memdup(arena, &value, sizeof(value));
}

static void where(struct query *query, const struct attribute *attribute, enum operator op, struct db_value value)
{
	query_where(query, condition_compare(query->arena, NULL, attribute, op, copy(query->arena, value), 1));
}

int unique_is_taken(void *arg, const struct validate_holder *holder, const struct attribute *attribute,
	const json_t *value, bool *taken_r, struct error *error)
{
	const struct unique_search *search = arg;
	const struct model *model = attribute->model;
	struct arena *arena = search->scope->arena;
	struct query *query = arena_new_of(arena, struct query);
	struct db_value cast;
	struct rowset *rows;

	*taken_r = false;
	/* Components can't be written yet, so nothing below one is ever asked for. */
	if (holder)
		return 0;
	if (cast_json(attribute, value, arena, &cast, error) < 0)
		return -1;
	query_init(query, arena, model);
	query_select(query, model->id);
	where(query, attribute, OPERATOR_EQ, cast);
	query_where(query, condition_compare(arena, NULL, model->published_at, OPERATOR_NOT_NULL, NULL, 0));
	if (search->locale)
		where(query, model->locale, OPERATOR_EQ, *search->locale);
	if (search->own_row)
		where(query, model->id, OPERATOR_NE, db_uint(search->own_row));
	query->limited = true;
	query->limit = 1;
	if (select_rows(search->scope->db, query, &rows, error) < 0)
		return -1;
	*taken_r = rows->count > 0;
	return 0;
}
