#include "http/query.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"

enum { PARAMETERS = 1000, DEPTH = 20, ARRAY_LIMIT = 100, DEEPEST = 64 };

struct parser {
	struct arena *arena;
	struct param_options options;
};

/* ---- decoding ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str param_decode(struct arena *arena, struct str text)
{
	char *out;
	size_t n = 0;
	bool broken = false;

	if (str_find(text, '%') == text.n && str_find(text, '+') == text.n)
		return text;
	out = arena_alloc(arena, text.n + 1);
	for (size_t i = 0; i < text.n && !broken; i++) {
		char c = text.p[i];

		if (c == '%') {
			int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;

			broken = low < 0;
			c = (char)(high * 16 + low);
			i += 2;
		}
		out[n++] = c == '+' && text.p[i] == '+' ? ' ' : c;
	}
	if (broken || !str_is_utf8((struct str){ out, n })) {
		for (n = 0; n < text.n; n++)
			out[n] = text.p[n] == '+' ? ' ' : text.p[n];
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

/* ---- the tree ---- */

static struct param *param_new(struct arena *arena, enum param_type type)
{
	struct param *param = arena_new_of(arena, struct param);

	param->type = type;
	return param;
}

static void append(struct param *parent, struct param *item)
{
	item->next = NULL;
	if (parent->last)
		parent->last->next = item;
	else
		parent->first = item;
	parent->last = item;
	parent->count++;
}

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

static bool is_tree(const struct param *param)
{
	return param->type == PARAM_ARRAY || param->type == PARAM_OBJECT;
}

static struct str index_key(struct parser *parser, unsigned index)
{
	return str_of(arena_printf(parser->arena, "%u", index));
}

/* An array's elements by their indices, as an object. */
static void to_object(struct parser *parser, struct param *array)
{
	array->type = PARAM_OBJECT;
	param_foreach(item, array)
		item->key = index_key(parser, item->index);
}

/* Past the limit an array turns into an object that goes on counting. */
static void check_overflow(struct parser *parser, struct param *array)
{
	if (array->type == PARAM_ARRAY && array->count > parser->options.array_limit) {
		to_object(parser, array);
		array->overflowed = true;
	}
}

static void push(struct parser *parser, struct param *array, struct param *item)
{
	item->index = array->last ? array->last->index + 1 : 0;
	if (array->type == PARAM_OBJECT)
		item->key = index_key(parser, item->index);
	append(array, item);
	check_overflow(parser, array);
}

static void insert_at(struct parser *parser, struct param *array, struct param *item, unsigned index)
{
	struct param **at = &array->first, *before = NULL;

	while (*at && (*at)->index < index) {
		before = *at;
		at = &(*at)->next;
	}
	item->index = index;
	item->next = *at;
	*at = item;
	if (before == array->last)
		array->last = item;
	array->count++;
	check_overflow(parser, array);
}

static struct param *at_index(const struct param *array, unsigned index)
{
	param_foreach(item, array) {
		if (item->index == index)
			return item;
	}
	return NULL;
}

static struct param *merge(struct parser *parser, struct param *target, struct param *source);

static void merge_arrays(struct parser *parser, struct param *target, struct param *source)
{
	for (struct param *item = source->first, *next; item; item = next) {
		struct param *there = at_index(target, item->index);

		next = item->next;
		if (!there)
			insert_at(parser, target, item, item->index);
		else if (is_tree(there) && is_tree(item))
			*there = *merge(parser, there, item);
		else
			push(parser, target, item);
	}
}

/* The list of both. */
static struct param *both(struct parser *parser, struct param *target, struct param *source)
{
	struct param *list = param_new(parser->arena, PARAM_ARRAY), *copy = arena_memdup(parser->arena, target,
		sizeof(*target));

	list->key = target->key;
	list->index = target->index;
	list->next = target->next;
	push(parser, list, copy);
	if (source->type == PARAM_ARRAY) {
		for (struct param *item = source->first, *next; item; item = next) {
			next = item->next;
			push(parser, list, item);
		}
	} else {
		push(parser, list, source);
	}
	return list;
}

/* What stands at a place when a second value comes for it; keeps the target's place among its siblings. */
static struct param *merge(struct parser *parser, struct param *target, struct param *source)
{
	if (source->type == PARAM_NULL || (source->type == PARAM_STRING && source->text.n == 0))
		return target;
	if (!is_tree(source)) {
		if (target->type == PARAM_ARRAY || target->overflowed) {
			push(parser, target, source);
			return target;
		}
		return both(parser, target, source);
	}
	if (!is_tree(target))
		return both(parser, target, source);
	if (target->type == PARAM_ARRAY && source->type == PARAM_ARRAY) {
		merge_arrays(parser, target, source);
		return target;
	}
	if (target->type == PARAM_ARRAY)
		to_object(parser, target);
	if (source->type == PARAM_ARRAY)
		to_object(parser, source);
	for (struct param *item = source->first, *next; item; item = next) {
		struct param *there = (struct param *)param_get(target, item->key);

		next = item->next;
		if (there)
			*there = *merge(parser, there, item);
		else
			append(target, item);
	}
	return target;
}

/* ---- names ---- */

/* Members of every JavaScript object: a name like them is dropped, as an attack on the prototype. */
static bool is_prototype_name(struct str name)
{
	static const char *const names[] = { "__proto__", "constructor", "hasOwnProperty", "isPrototypeOf",
		"propertyIsEnumerable", "toLocaleString", "toString", "valueOf", "__defineGetter__",
		"__defineSetter__", "__lookupGetter__", "__lookupSetter__" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal(name, str_of(names[i])))
			return true;
	}
	return false;
}

enum group { GROUP_NONE, GROUP_CLOSED, GROUP_OPEN };

/* The next "[...]" from *at on, with the brackets inside it; one that never closes takes all the rest. */
static enum group next_group(struct str key, size_t *at, struct str *group_r)
{
	size_t open = *at, level = 0;

	while (open < key.n && key.p[open] != '[')
		open++;
	if (open == key.n)
		return GROUP_NONE;
	for (size_t i = open; i < key.n; i++) {
		if (key.p[i] == '[')
			level++;
		else if (key.p[i] == ']' && --level == 0) {
			*group_r = str_range(key.p + open, key.p + i + 1);
			*at = i + 1;
			return GROUP_CLOSED;
		}
	}
	*group_r = str_skip(key, open);
	*at = key.n;
	return GROUP_OPEN;
}

/* Cuts "a[b][c]" into segments; those in brackets keep them. Returns how many, 0 when the name is dropped. */
static unsigned cut_name(struct parser *parser, struct str key, struct str *segments)
{
	unsigned n = 0, groups = 0;
	struct str group;
	size_t at = 0, start;
	enum group kind = next_group(key, &at, &group);

	if (kind == GROUP_NONE) {
		if (key.n == 0 || is_prototype_name(key))
			return 0;
		segments[0] = key;
		return 1;
	}
	start = (size_t)(group.p - key.p);
	if (start > 0) {
		segments[n++] = str_take(key, start);
		if (is_prototype_name(segments[0]))
			return 0;
	}
	do {
		if (groups == parser->options.depth || kind == GROUP_OPEN) {
			struct str rest = str_skip(key, (size_t)(group.p - key.p));

			segments[n++] = str_of(arena_printf(parser->arena, "[%.*s]", STR_ARG(rest)));
			break;
		}
		if (is_prototype_name(str_take(str_skip(group, 1), group.n - 2)))
			return 0;
		segments[n++] = group;
		groups++;
		kind = next_group(key, &at, &group);
	} while (kind != GROUP_NONE);
	return n;
}

static bool array_index(struct parser *parser, struct str name, unsigned *index_r)
{
	uint64_t index;

	if (name.n == 0 || name.n > 4 || (name.p[0] == '0' && name.n > 1) || !str_to_uint64(name, &index) ||
		index >= parser->options.array_limit)
		return false;
	*index_r = (unsigned)index;
	return true;
}

/* The leaf wrapped into what its segments say, from the innermost. */
static struct param *wrap(struct parser *parser, struct param *leaf, const struct str *segments, unsigned count)
{
	while (count-- > 0) {
		struct str name = segments[count];
		bool bracketed = name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
		struct param *outer;
		unsigned index;

		if (bracketed)
			name = str_take(str_skip(name, 1), name.n - 2);
		if (bracketed && name.n == 0 && count > 0) {
			if (leaf->type == PARAM_ARRAY || leaf->overflowed)
				continue;
			outer = param_new(parser->arena, PARAM_ARRAY);
			push(parser, outer, leaf);
		} else if (bracketed && count > 0 && array_index(parser, name, &index)) {
			outer = param_new(parser->arena, PARAM_ARRAY);
			insert_at(parser, outer, leaf, index);
		} else {
			/* At the root even "[]" and "[0]" are names. */
			outer = param_new(parser->arena, PARAM_OBJECT);
			leaf->key = name.n || !bracketed ? name : STR("0");
			append(outer, leaf);
		}
		leaf = outer;
	}
	return leaf;
}

/* ---- parts ---- */

/* Where "%5D=" or "]=" ends the name; else the first "=". part.n when there is none. */
static size_t find_split(struct str part)
{
	size_t equals = str_find(part, '=');

	for (size_t i = equals; i < part.n; i++) {
		if (part.p[i] != '=' || i == 0)
			continue;
		if (part.p[i - 1] == ']')
			return i;
		if (i >= 3 && part.p[i - 3] == '%' && part.p[i - 2] == '5' && (part.p[i - 1] | 0x20) == 'd')
			return i;
	}
	return equals;
}

/* All values of one name: the first alone, several as an array. */
static void add_value(struct parser *parser, struct param *flat, struct str key, struct param *value)
{
	struct param *there = (struct param *)param_get(flat, key);

	value->key = key;
	if (!there) {
		append(flat, value);
		return;
	}
	if (!is_tree(there)) {
		struct param *copy = arena_memdup(parser->arena, there, sizeof(*there));

		there->type = PARAM_ARRAY;
		there->first = there->last = NULL;
		there->count = 0;
		push(parser, there, copy);
	}
	push(parser, there, value);
}

static struct param *split_parts(struct parser *parser, struct str text)
{
	struct param *flat = param_new(parser->arena, PARAM_OBJECT);
	unsigned parts = 0;

	for (struct str rest = text; !str_is_null(rest) && parts < parser->options.parameters;) {
		struct str part = str_cut(&rest, '&');
		size_t split;
		struct param *value;

		if (part.n == 0)
			continue;
		parts++;
		split = find_split(part);
		value = param_new(parser->arena, split < part.n ? PARAM_STRING : PARAM_NULL);
		if (split < part.n)
			value->text = param_decode(parser->arena, str_skip(part, split + 1));
		add_value(parser, flat, param_decode(parser->arena, str_take(part, split)), value);
	}
	return flat;
}

struct param *param_parse(struct arena *arena, struct str text, const struct param_options *options)
{
	struct parser parser = { .arena = arena };
	struct param *root = param_new(arena, PARAM_OBJECT), *flat;
	struct str *segments;

	if (options)
		parser.options = *options;
	if (!parser.options.parameters)
		parser.options.parameters = PARAMETERS;
	if (!parser.options.depth)
		parser.options.depth = DEPTH;
	if (!parser.options.array_limit)
		parser.options.array_limit = ARRAY_LIMIT;
	if (parser.options.depth > DEEPEST)
		parser.options.depth = DEEPEST;
	if (text.n == 0)
		return root;
	segments = arena_array(arena, parser.options.depth + 2, sizeof(*segments));
	flat = split_parts(&parser, text);
	for (struct param *item = flat->first, *next; item; item = next) {
		unsigned count = cut_name(&parser, item->key, segments);

		next = item->next;
		item->next = NULL;
		if (count)
			merge(&parser, root, wrap(&parser, item, segments, count));
	}
	return root;
}

/* ---- JSON ---- */

struct param *param_of_json(struct arena *arena, const json_t *json)
{
	struct param *param = param_new(arena, PARAM_NULL);
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
			append(param, element);
		}
		break;
	case JSON_OBJECT:
		param->type = PARAM_OBJECT;
		json_object_foreach((json_t *)json, key, item) {
			struct param *member = param_of_json(arena, item);

			member->key = str_of(key);
			append(param, member);
		}
		break;
	}
	return param;
}

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
