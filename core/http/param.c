#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "http/query.h"

const struct param *param_get(const struct param *object, struct str key)
{
	if (!object || object->type != PARAM_OBJECT)
		return NULL;
	param_foreach(item, object) {
		if (str_equal(item->key, key))
			return item;
	}
	return NULL;
}

/* ---- JSON ---- */

void param_append(struct param *parent, struct param *item)
{
	item->next = NULL;
	if (parent->last)
		parent->last->next = item;
	else
		parent->first = item;
	parent->last = item;
	parent->count++;
}

struct param *param_of_json(struct arena *arena, const json_t *json)
{
	struct param *param = arena_new_of(arena, struct param);
	char text[JSON_NUMBER_SIZE];
	const char *key;
	json_t *item;
	size_t i;

	switch (json ? json_typeof(json) : JSON_NULL) {
	case JSON_NULL:
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		param->type = PARAM_BOOL;
		param->number = json_is_true(json);
		param->text = json_is_true(json) ? STR("true") : STR("false");
		break;
	case JSON_INTEGER:
		param->type = PARAM_NUMBER;
		param->number = (double)json_integer_value(json);
		param->text = str_of(arena_printf(arena, "%lld", (long long)json_integer_value(json)));
		break;
	case JSON_REAL:
		param->type = PARAM_NUMBER;
		param->number = json_real_value(json);
		param->text = arena_str(arena, (struct str){ text, json_format_double(param->number, text) });
		break;
	case JSON_STRING:
		param->type = PARAM_STRING;
		param->text = (struct str){ json_string_value(json), json_string_length(json) };
		break;
	case JSON_ARRAY:
		param->type = PARAM_ARRAY;
		json_array_foreach(json, i, item) {
			struct param *element = param_of_json(arena, item);

			element->index = (unsigned)i;
			param_append(param, element);
		}
		break;
	case JSON_OBJECT:
		param->type = PARAM_OBJECT;
		json_object_foreach((json_t *)json, key, item) {
			struct param *member = param_of_json(arena, item);

			member->key = str_of(key);
			param_append(param, member);
		}
		break;
	}
	return param;
}

json_t *param_to_json(const struct param *param)
{
	json_t *tree;

	switch (param->type) {
	case PARAM_STRING:
		tree = json_stringn(param->text.p ? param->text.p : "", param->text.n);
		return tree ? tree : json_null();
	case PARAM_NUMBER:
		/* Past 2^53 not every integer is one of JavaScript's. */
		return fabs(param->number) <= 9007199254740992.0 && trunc(param->number) == param->number ?
			json_integer((json_int_t)param->number) : json_real(param->number);
	case PARAM_BOOL:
		return json_boolean(param->number != 0);
	case PARAM_ARRAY:
		tree = json_array();
		param_foreach(item, param)
			json_array_append_new(tree, param_to_json(item));
		return tree;
	case PARAM_OBJECT:
		tree = json_object();
		param_foreach(item, param)
			json_object_setn_new(tree, item->key.p, item->key.n, param_to_json(item));
		return tree;
	case PARAM_NULL:
		break;
	}
	return json_null();
}

/* ---- what JavaScript makes of it ---- */

static double text_to_number(struct str text)
{
	char copy[400], *end;
	double value;

	text = str_trim(text);
	if (text.n == 0)
		return 0;
	if (text.n >= sizeof(copy))
		return NAN;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	if (text.n > 2 && copy[0] == '0' && strchr("xXoObB", copy[1])) {
		int base = (copy[1] | 0x20) == 'x' ? 16 : (copy[1] | 0x20) == 'o' ? 8 : 2;

		value = (double)strtoull(copy + 2, &end, base);
		return *end || copy[2] == '-' || copy[2] == '+' ? NAN : value;
	}
	/* strtod also takes "inf", "nan" and hexadecimal floats; JavaScript has "Infinity" only. */
	if (!str_is(text, "Infinity") && !str_is(text, "-Infinity") && !str_is(text, "+Infinity") &&
		strspn(copy, "0123456789+-.eE") != text.n)
		return NAN;
	value = strtod(copy, &end);
	return *end ? NAN : value;
}

double param_to_number(const struct param *param)
{
	switch (param->type) {
	case PARAM_NULL:
		return 0;
	case PARAM_NUMBER:
	case PARAM_BOOL:
		return param->number;
	case PARAM_STRING:
		return text_to_number(param->text);
	case PARAM_ARRAY:
		return param->count == 0 ? 0 : param->count == 1 ? param_to_number(param->first) : NAN;
	default:
		return NAN;
	}
}

void param_write(struct buf *out, const struct param *param)
{
	switch (param->type) {
	case PARAM_NULL:
		buf_add_literal(out, "null");
		break;
	case PARAM_STRING:
		json_write_string(out, param->text);
		break;
	case PARAM_NUMBER:
	case PARAM_BOOL:
		buf_add(out, param->text);
		break;
	case PARAM_ARRAY:
	case PARAM_OBJECT:
		buf_add_char(out, param->type == PARAM_ARRAY ? '[' : '{');
		param_foreach(item, param) {
			if (item != param->first)
				buf_add_char(out, ',');
			if (param->type == PARAM_OBJECT) {
				json_write_string(out, item->key);
				buf_add_char(out, ':');
			}
			param_write(out, item);
		}
		buf_add_char(out, param->type == PARAM_ARRAY ? ']' : '}');
		break;
	}
}
