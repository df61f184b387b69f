#include "query/columns.h"

#include <stdlib.h>

#include "base/json.h"
#include "query/select.h"

int columns_read(struct db *db, struct arena *arena, const struct model *model, uint64_t id, const struct cell **cells_r,
	struct error *error)
{
	struct query *query = arena_new_of(arena, struct query);
	struct db_value *value = arena_new_of(arena, struct db_value);
	struct rowset *rows;

	*value = db_uint(id);
	query_init(query, arena, model);
	query_select_all(query);
	query_where(query, condition_compare(arena, NULL, model->id ? model->id : model_attribute(model, STR("id")),
		OPERATOR_EQ, value, 1));
	if (select_rows(db, query, &rows, error) < 0)
		return -1;
	*cells_r = rows->count ? rows->cells : NULL;
	return 0;
}

static struct db_value time_value(struct arena *arena, const struct cell *cell)
{
	const char *sign = cell->time.negative ? "-" : "";
	unsigned year = cell->time.year_or_hours, month = cell->time.month, day = cell->time.day, hour = cell->time.hour;
	unsigned minute = cell->time.minute, second = cell->time.second, micro = cell->time.microsecond;

	switch (cell->type) {
	case CELL_DATE:
		return db_text(str_of(arena_printf(arena, "%04u-%02u-%02u", year, month, day)));
	case CELL_TIME:
		return db_text(str_of(arena_printf(arena, "%s%02u:%02u:%02u.%06u", sign, year, minute, second, micro)));
	default:
		return db_text(str_of(arena_printf(arena, "%04u-%02u-%02u %02u:%02u:%02u.%06u", year, month, day, hour, minute,
			second, micro)));
	}
}

struct db_value columns_value(struct arena *arena, const struct cell *cell)
{
	switch (cell->type) {
	case CELL_NULL:
		return db_null();
	case CELL_INT:
		return db_int(cell->integer);
	case CELL_UINT:
		return db_uint(cell->uinteger);
	case CELL_DOUBLE:
		return db_double(cell->real);
	case CELL_TEXT:
		return db_text(cell_text(cell));
	default:
		return time_value(arena, cell);
	}
}

bool columns_equal(const struct cell *a, const struct cell *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case CELL_NULL:
		return true;
	case CELL_TEXT:
		return str_equal(cell_text(a), cell_text(b));
	case CELL_DOUBLE:
		return a->real == b->real;
	default:
		return a->uinteger == b->uinteger;
	}
}

static json_t *text_json(struct str text)
{
	return json_stringn(text.p, text.n);
}

static json_t *number_json(struct str digits)
{
	char copy[80];

	if (digits.n >= sizeof(copy))
		return text_json(digits);
	memcpy(copy, digits.p, digits.n);
	copy[digits.n] = '\0';
	return json_real(strtod(copy, NULL));
}

json_t *columns_to_json(const struct attribute *attribute, const struct cell *cell)
{
	struct str text = cell_text(cell);
	struct arena *arena;
	struct db_value time;
	json_t *json;

	switch (cell->type) {
	case CELL_NULL:
		return json_null();
	case CELL_INT:
	case CELL_UINT:
		if (attribute->type == ATTRIBUTE_BOOLEAN)
			return json_boolean(cell->integer);
		if (attribute->type != ATTRIBUTE_BIGINTEGER)
			return json_integer(cell->integer);
		return json_sprintf("%lld", (long long)cell->integer);
	case CELL_DOUBLE:
		return json_real(cell->real);
	case CELL_TEXT:
		if (attribute->type == ATTRIBUTE_DECIMAL)
			return number_json(text);
		if (attribute->type != ATTRIBUTE_JSON && attribute->type != ATTRIBUTE_BLOCKS)
			return text_json(text);
		json = json_loadb(text.p ? text.p : "", text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		return json ? json : text_json(text);
	default:
		arena = arena_new(256);
		time = time_value(arena, cell);
		/* TIME columns hold milliseconds; validation wants no more digits. */
		json = text_json(cell->type == CELL_TIME ? str_take(time.text, time.text.n - 3) : time.text);
		arena_free(arena);
		return json;
	}
}
