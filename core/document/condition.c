#include "document/condition.h"

#include <math.h>
#include <string.h>

#include "document/ecma.h"

/* Values are borrowed from the rule and from the data, or are one of jansson's constants. */
typedef const json_t *operation_fn(const json_t *values, const json_t *data);

struct operation {
	const char *name;
	operation_fn *fn;
};

static const json_t *evaluate(const json_t *rule, const json_t *data);

static const json_t *operand(const json_t *values, size_t i, const json_t *data)
{
	/* {"!": x} is short for {"!": [x]} */
	const json_t *rule = json_is_array(values) ? json_array_get(values, i) : i == 0 ? values : NULL;

	return rule ? evaluate(rule, data) : json_null();
}

static size_t operand_count(const json_t *values)
{
	return json_is_array(values) ? json_array_size(values) : 1;
}

static const json_t *truth(bool value)
{
	return value ? json_true() : json_false();
}

static bool is_true(const json_t *value)
{
	if (json_is_string(value))
		return json_string_length(value) != 0;
	if (json_is_number(value))
		return json_number_value(value) != 0;
	return json_is_true(value) || json_is_object(value) || json_is_array(value);
}

/* JSON logic calls an empty list false, JavaScript doesn't. */
static bool is_truthy(const json_t *value)
{
	return is_true(value) && !(json_is_array(value) && json_array_size(value) == 0);
}

static double number_of(const json_t *value)
{
	struct buf text = BUF_INIT;
	double number = 0;

	if (json_is_number(value))
		return json_number_value(value);
	if (json_is_boolean(value) || json_is_null(value))
		return json_is_true(value);
	ecma_string(&text, value);
	if (text.n)
		number = ecma_number_of_text(buf_str(&text));
	buf_clear(&text);
	return number;
}

static bool is_identical(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (json_is_object(a) || json_is_array(a))
		return a == b;
	return json_equal(a, b);
}

static int compare_as_text(const json_t *a, const json_t *b)
{
	struct buf text_a = BUF_INIT, text_b = BUF_INIT;
	int order;

	ecma_string(&text_a, a);
	ecma_string(&text_b, b);
	order = str_compare(buf_str(&text_a), buf_str(&text_b));
	buf_clear(&text_a);
	buf_clear(&text_b);
	return order;
}

static bool is_text(const json_t *value)
{
	return json_is_string(value) || json_is_object(value) || json_is_array(value);
}

static bool is_equal(const json_t *a, const json_t *b)
{
	if (json_is_null(a) || json_is_null(b))
		return json_is_null(a) && json_is_null(b);
	if (json_typeof(a) == json_typeof(b))
		return is_identical(a, b);
	if (is_text(a) && is_text(b))
		return !(json_is_object(a) && json_is_array(b)) && !(json_is_array(a) && json_is_object(b)) &&
			compare_as_text(a, b) == 0;
	return number_of(a) == number_of(b);
}

/* -1, 0, 1; 2 when they can't be ordered. */
static int order_of(const json_t *a, const json_t *b)
{
	double x, y;

	if (is_text(a) && is_text(b)) {
		int order = compare_as_text(a, b);

		return (order > 0) - (order < 0);
	}
	x = number_of(a);
	y = number_of(b);
	return isnan(x) || isnan(y) ? 2 : (x > y) - (x < y);
}

static const json_t *op_var(const json_t *values, const json_t *data)
{
	const json_t *name = operand(values, 0, data), *found = data;
	struct buf text = BUF_INIT;
	struct str rest;

	if (json_is_null(name))
		return data;
	ecma_string(&text, name);
	rest = buf_str(&text);
	while (found && rest.n) {
		struct str part = str_cut(&rest, '.');
		size_t i = 0;
		int64_t index;

		if (json_is_array(found) && str_to_int64(part, &index) && index >= 0)
			i = (size_t)index;
		else if (json_is_array(found))
			i = json_array_size(found);
		found = json_is_array(found) ? json_array_get(found, i) :
			json_object_getn(found, part.p, part.n);
	}
	buf_clear(&text);
	return found ? found : operand(values, 1, data);
}

static const json_t *op_equal(const json_t *values, const json_t *data)
{
	return truth(is_equal(operand(values, 0, data), operand(values, 1, data)));
}

static const json_t *op_not_equal(const json_t *values, const json_t *data)
{
	return truth(!is_equal(operand(values, 0, data), operand(values, 1, data)));
}

static const json_t *op_identical(const json_t *values, const json_t *data)
{
	return truth(is_identical(operand(values, 0, data), operand(values, 1, data)));
}

static const json_t *op_not_identical(const json_t *values, const json_t *data)
{
	return truth(!is_identical(operand(values, 0, data), operand(values, 1, data)));
}

/* a < b, or a < b < c. */
static const json_t *op_less(const json_t *values, const json_t *data)
{
	bool met = true;

	for (size_t i = 0; i < 2 && met && (i == 0 || operand_count(values) > 2); i++)
		met = order_of(operand(values, i, data), operand(values, i + 1, data)) == -1;
	return truth(met);
}

static const json_t *op_less_or_equal(const json_t *values, const json_t *data)
{
	bool met = true;

	for (size_t i = 0; i < 2 && met && (i == 0 || operand_count(values) > 2); i++)
		met = order_of(operand(values, i, data), operand(values, i + 1, data)) <= 0;
	return truth(met);
}

static const json_t *op_greater(const json_t *values, const json_t *data)
{
	return truth(order_of(operand(values, 0, data), operand(values, 1, data)) == 1);
}

static const json_t *op_greater_or_equal(const json_t *values, const json_t *data)
{
	int order = order_of(operand(values, 0, data), operand(values, 1, data));

	return truth(order == 0 || order == 1);
}

static const json_t *op_not(const json_t *values, const json_t *data)
{
	return truth(!is_truthy(operand(values, 0, data)));
}

static const json_t *op_boolean(const json_t *values, const json_t *data)
{
	return truth(is_truthy(operand(values, 0, data)));
}

static const json_t *op_and(const json_t *values, const json_t *data)
{
	const json_t *last = json_null();

	for (size_t i = 0; i < operand_count(values); i++) {
		last = operand(values, i, data);
		if (!is_truthy(last))
			break;
	}
	return last;
}

static const json_t *op_or(const json_t *values, const json_t *data)
{
	const json_t *last = json_null();

	for (size_t i = 0; i < operand_count(values); i++) {
		last = operand(values, i, data);
		if (is_truthy(last))
			break;
	}
	return last;
}

static const json_t *op_if(const json_t *values, const json_t *data)
{
	size_t count = operand_count(values), i;

	for (i = 0; i + 1 < count; i += 2) {
		if (is_truthy(operand(values, i, data)))
			return operand(values, i + 1, data);
	}
	return operand(values, i, data);
}

static bool contains_text(const json_t *whole, const json_t *part)
{
	struct buf text = BUF_INIT;
	bool found;

	ecma_string(&text, part);
	found = memmem(json_string_value(whole), json_string_length(whole), buf_cstr(&text), text.n);
	buf_clear(&text);
	return found;
}

static const json_t *op_in(const json_t *values, const json_t *data)
{
	const json_t *wanted = operand(values, 0, data), *list = operand(values, 1, data), *item;
	size_t i;

	if (json_is_string(list) && json_string_length(list))
		return truth(contains_text(list, wanted));
	json_array_foreach(list, i, item) {
		if (is_identical(item, wanted))
			return json_true();
	}
	return json_false();
}

static const struct operation operations[] = {
	{ "var", op_var },
	{ "==", op_equal }, { "===", op_identical },
	{ "!=", op_not_equal }, { "!==", op_not_identical },
	{ "<", op_less }, { "<=", op_less_or_equal },
	{ ">", op_greater }, { ">=", op_greater_or_equal },
	{ "!", op_not }, { "!!", op_boolean },
	{ "and", op_and }, { "or", op_or }, { "if", op_if }, { "in", op_in },
};

static const json_t *evaluate(const json_t *rule, const json_t *data)
{
	void *entry =
		json_is_object(rule) && json_object_size(rule) == 1 ? json_object_iter((json_t *)rule) : NULL;

	if (!entry)
		return rule;
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (strcmp(operations[i].name, json_object_iter_key(entry)) == 0)
			return operations[i].fn(json_object_iter_value(entry), data);
	}
	return json_true();
}

bool condition_met(const json_t *rule, const json_t *data)
{
	return !rule || is_true(evaluate(rule, data ? data : json_null()));
}
