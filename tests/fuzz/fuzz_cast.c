/* Any bytes as a value of any attribute type: as a filter has it, and as input data. */
#include <assert.h>
#include <stdlib.h>

#include "query/cast.h"
#include "query/datetime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_value(const struct attribute *attribute, const struct db_value *value)
{
	int64_t unix_ms;

	switch (attribute->type) {
	case ATTRIBUTE_BOOLEAN:
		assert(value->type == DB_NULL ||
			(value->type == DB_INT && (value->integer == 0 || value->integer == 1)));
		break;
	case ATTRIBUTE_DATE:
		assert(value->type == DB_NULL || value->text.n == 10);
		break;
	case ATTRIBUTE_TIME:
		assert(value->type == DB_NULL || value->text.n == 12);
		break;
	case ATTRIBUTE_DATETIME:
	case ATTRIBUTE_TIMESTAMP:
		assert(value->type == DB_NULL ||
			(value->text.n == 23 && datetime_parse(value->text, &unix_ms)));
		break;
	default:
		break;
	}
}

/* What was written for the database is read as the same moment again. */
static void check_datetime(struct str text)
{
	char first[DATETIME_SQL_SIZE], second[DATETIME_SQL_SIZE];
	int64_t unix_ms, again;

	if (!datetime_parse(text, &unix_ms) || !datetime_format_sql(unix_ms, first))
		return;
	assert(datetime_parse(str_of(first), &again) && again == unix_ms);
	assert(datetime_format_sql(again, second) && strcmp(first, second) == 0);
}

/* It is JSON, even if with numbers that jansson doesn't have. */
static void check_stored(const struct db_value *value)
{
	json_error_t problem;
	json_t *parsed;

	if (value->type != DB_TEXT)
		return;
	parsed = json_loadb(value->text.p, value->text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
	assert(parsed || json_error_code(&problem) == json_error_numeric_overflow);
	json_decref(parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(1024);
	struct attribute attribute = { .name = STR("field") };
	struct error error = ERROR_INIT;
	struct param param = { .type = PARAM_STRING, .text = STR("") };
	struct db_value value;
	json_t *json;

	if (size) {
		attribute.type = data[0] % ATTRIBUTE_TYPES;
		param.text = (struct str){ (const char *)data + 1, size - 1 };
	}
	check_datetime(param.text);
	cast_truth(&param);
	cast_text(&param);
	if (cast_param(&attribute, &param, arena, &value, &error) == 0)
		check_value(&attribute, &value);
	else
		assert(error.kind == ERROR_VALIDATION);
	json = json_loadb(
		param.text.n ? param.text.p : "", param.text.n, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (json && cast_json(&attribute, json, arena, &value, &error) == 0) {
		check_value(&attribute, &value);
		if (attribute.type == ATTRIBUTE_JSON || attribute.type == ATTRIBUTE_BLOCKS)
			check_stored(&value);
	}
	json_decref(json);
	error_clear(&error);
	arena_free(arena);
	return 0;
}
