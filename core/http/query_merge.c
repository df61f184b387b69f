#include "http/query_merge.h"

#include <stdlib.h>

#include "base/json.h"

static bool is_tree(const struct param *param)
{
	return param->type == PARAM_ARRAY || param->type == PARAM_OBJECT;
}

struct param *query_node(struct query_merger *merger, enum param_type type)
{
	struct param *param = arena_new_of(merger->arena, struct param);

	param->type = type;
	return param;
}

struct param *query_object(struct query_merger *merger, struct str key, struct param *member)
{
	struct param *object = query_node(merger, PARAM_OBJECT);

	member->key = key;
	param_append(object, member);
	return object;
}

struct param *query_array(struct query_merger *merger, unsigned index, struct param *element)
{
	struct param *array = query_node(merger, PARAM_ARRAY);

	element->index = index;
	param_append(array, element);
	return array;
}

/* ---- arrays that became objects ---- */

/* The number of the last element, as text. */
static struct str index_key(struct query_merger *merger, double index)
{
	char text[JSON_NUMBER_SIZE];

	return arena_str(merger->arena, (struct str){ text, json_format_double(index, text) });
}

bool query_is_index(struct query_merger *merger, struct str name, double *index_r)
{
	enum { MOST_DIGITS = 21 };

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return false;
	}
	if (name.n == 0 || name.n > MOST_DIGITS)
		return false;
	*index_r = strtod(arena_strdup(merger->arena, name), NULL);
	return str_equal(index_key(merger, *index_r), name);
}

static void mark_overflow(struct param *object, double top)
{
	object->overflowed = true;
	object->number = top;
}

struct param *query_overflow(struct query_merger *merger, double index, struct param *member)
{
	struct param *object = query_object(merger, index_key(merger, index), member);

	mark_overflow(object, index);
	return object;
}

static void to_object(struct query_merger *merger, struct param *array)
{
	array->type = PARAM_OBJECT;
	param_foreach(item, array)
		item->key = index_key(merger, item->index);
}

static unsigned length_of(const struct param *array)
{
	return array->last ? array->last->index + 1 : 0;
}

static void check_length(struct query_merger *merger, struct param *array)
{
	unsigned length = length_of(array);

	if (length > merger->limit) {
		to_object(merger, array);
		mark_overflow(array, length - 1);
	}
}

/* The links of the parent go by the node. */
static void take_place(struct param *place, const struct param *value)
{
	struct param *next = place->next;
	struct str key = place->key;
	unsigned index = place->index;

	*place = *value;
	place->next = next;
	place->key = key;
	place->index = index;
}

/* Past 2^53 an index and the one behind it are the same number: then the later value stands where the earlier one stood. */
static void set_index(struct query_merger *merger, struct param *object, struct param *item, double index)
{
	struct param *there = NULL;

	item->key = index_key(merger, index);
	if (index >= 0x1p53)
		there = (struct param *)param_get(object, item->key);
	if (there)
		take_place(there, item);
	else
		param_append(object, item);
}

static void count_on(struct query_merger *merger, struct param *overflowed, struct param *item)
{
	overflowed->number++;
	set_index(merger, overflowed, item, overflowed->number);
}

/* ---- arrays ---- */

static void push(struct param *array, struct param *item)
{
	item->index = length_of(array);
	param_append(array, item);
}

static void insert(struct param *array, struct param *item)
{
	struct param **at = &array->first;

	if (!array->last || array->last->index < item->index) {
		param_append(array, item);
		return;
	}
	while ((*at)->index < item->index)
		at = &(*at)->next;
	item->next = *at;
	*at = item;
	array->count++;
}

static struct param *at_index(const struct param *array, unsigned index)
{
	param_foreach(item, array) {
		if (item->index == index)
			return item;
	}
	return NULL;
}

struct param *query_combine(struct query_merger *merger, struct param *list, struct param *value)
{
	struct param *array = list;

	if (list->overflowed) {
		count_on(merger, list, value);
		return list;
	}
	if (list->type != PARAM_ARRAY) {
		array = query_node(merger, PARAM_ARRAY);
		push(array, list);
	}
	push(array, value);
	check_length(merger, array);
	return array;
}

/* ---- merging ---- */

/* Puts what a place holds now in front of what comes for it. */
static struct param *prepend(struct query_merger *merger, struct param *target, struct param *source)
{
	struct param *list;

	if (source->overflowed) {
		list = query_object(merger, STR("0"), target);
		for (struct param *item = source->first, *next; item; item = next) {
			next = item->next;
			set_index(merger, list, item, strtod(arena_strdup(merger->arena, item->key), NULL) + 1);
		}
		mark_overflow(list, source->number + 1);
		return list;
	}
	list = query_array(merger, 0, target);
	if (source->type != PARAM_ARRAY) {
		push(list, source);
	} else {
		param_foreach(item, source)
			item->index++;
		list->last->next = source->first;
		list->last = source->last ? source->last : list->last;
		list->count += source->count;
	}
	check_length(merger, list);
	return list;
}

static struct param *add_value(struct query_merger *merger, struct param *target, struct param *value)
{
	if (target->type == PARAM_ARRAY) {
		push(target, value);
		check_length(merger, target);
		return target;
	}
	if (target->overflowed) {
		count_on(merger, target, value);
		return target;
	}
	return prepend(merger, target, value);
}

/* The merged value takes the place of the old one in its parent. */
static void merge_into(struct query_merger *merger, struct param *place, struct param *source)
{
	struct param *copy = arena_memdup(merger->arena, place, sizeof(*place));

	take_place(place, query_merge(merger, copy, source));
}

static void merge_arrays(struct query_merger *merger, struct param *target, struct param *source)
{
	for (struct param *item = source->first, *next; item; item = next) {
		struct param *there = at_index(target, item->index);

		next = item->next;
		if (!there)
			insert(target, item);
		else if (is_tree(there) && is_tree(item))
			merge_into(merger, there, item);
		else
			push(target, item);
	}
	check_length(merger, target);
}

static void merge_objects(struct query_merger *merger, struct param *target, struct param *source)
{
	for (struct param *item = source->first, *next; item; item = next) {
		struct param *there = (struct param *)param_get(target, item->key);
		double index;

		next = item->next;
		if (source->overflowed && !target->overflowed)
			mark_overflow(target, source->number);
		if (target->overflowed && query_is_index(merger, item->key, &index) && index > target->number)
			target->number = index;
		if (there)
			merge_into(merger, there, item);
		else
			param_append(target, item);
	}
}

struct param *query_merge(struct query_merger *merger, struct param *target, struct param *source)
{
	if (source->type == PARAM_NULL || (source->type == PARAM_STRING && source->text.n == 0))
		return target;
	if (!is_tree(source))
		return add_value(merger, target, source);
	if (!is_tree(target))
		return prepend(merger, target, source);
	if (target->type == PARAM_ARRAY && source->type == PARAM_ARRAY) {
		merge_arrays(merger, target, source);
		return target;
	}
	if (target->type == PARAM_ARRAY)
		to_object(merger, target);
	if (source->type == PARAM_ARRAY)
		to_object(merger, source);
	merge_objects(merger, target, source);
	return target;
}

/* ---- the order of names ---- */

/* JavaScript's array indices: 0 to 2^32 - 2, without leading zeros. */
static bool is_array_index(struct str key, uint64_t *index_r)
{
	return key.n && key.n <= 10 && (key.p[0] != '0' || key.n == 1) && str_to_uint64(key, index_r) &&
		*index_r < UINT32_MAX;
}

static int compare_indices(const void *a, const void *b)
{
	uint64_t left = 0, right = 0;

	if (!is_array_index((*(struct param *const *)a)->key, &left) ||
		!is_array_index((*(struct param *const *)b)->key, &right))
		return 0;
	return left < right ? -1 : left > right;
}

void query_order(struct query_merger *merger, struct param *object)
{
	struct param **indices, *others = NULL, **at = &others, *last = NULL;
	uint64_t index;
	unsigned count = 0;

	param_foreach(item, object)
		count += is_array_index(item->key, &index);
	if (count == 0)
		return;
	indices = arena_array(merger->arena, count, sizeof(*indices));
	count = 0;
	param_foreach(item, object) {
		if (is_array_index(item->key, &index)) {
			indices[count++] = item;
		} else {
			*at = last = item;
			at = &item->next;
		}
	}
	*at = NULL;
	qsort(indices, count, sizeof(*indices), compare_indices);
	for (unsigned i = 0; i + 1 < count; i++)
		indices[i]->next = indices[i + 1];
	indices[count - 1]->next = others;
	object->first = indices[0];
	object->last = last ? last : indices[count - 1];
}

void query_finish(struct query_merger *merger, struct param *root)
{
	if (!is_tree(root))
		return;
	if (root->type == PARAM_OBJECT)
		query_order(merger, root);
	param_foreach(item, root)
		query_finish(merger, item);
}
