#include <stdio.h>

#include "document/ecma.h"
#include "document/validate_internal.h"

/* A question to the database ends after all else. */
enum { DATABASE_TICKS = 1000 };

/* The component that holds the value in one item of the repeatable one, along the components that lead to
 * it. */
static const json_t *component_in(const json_t *item, const struct surroundings *at)
{
	/* The outermost one is the list itself. */
	if (!at->parent)
		return item;
	return validate_member(component_in(item, at->parent), at->holder.attribute->name);
}

static void write_key(struct buf *out, const json_t *value)
{
	/* 5 and "5" differ. */
	buf_add_char(out, json_is_string(value) ? '"' : '=');
	ecma_string(out, value);
}

static void count_value(json_t *counts, const json_t *value)
{
	struct buf key = BUF_INIT;
	json_t *count;

	if (!value)
		return;
	write_key(&key, value);
	count = json_object_getn(counts, key.p, key.n);
	json_object_setn_new_nocheck(counts, key.p, key.n, json_integer(json_integer_value(count) + 1));
	buf_clear(&key);
}

/* How often each value of the attribute occurs in the list, which is looked through once. */
static const json_t *counts_of(
	struct check *check, const struct field *field, const json_t *list, bool in_zone)
{
	const struct attribute *attribute = field->attribute;
	const json_t *item, *name;
	json_t *counts;
	char key[64];
	size_t i;

	snprintf(key, sizeof(key), "%p %p", (const void *)list, (const void *)attribute);
	counts = json_object_get(check->seen, key);
	if (counts)
		return counts;
	counts = json_object();
	json_array_foreach(list, i, item) {
		name = in_zone ? validate_member(item, VALIDATE_COMPONENT) : NULL;
		if (!in_zone)
			item = component_in(item, field->surroundings);
		else if (!json_is_string(name) || !str_equal(ecma_text(name), attribute->model->uid))
			continue;
		count_value(counts, validate_member(item, attribute->name));
	}
	if (!check->seen)
		check->seen = json_object();
	json_object_set_new(check->seen, key, counts);
	return counts;
}

static bool occurs_twice(struct check *check, const struct field *field, const json_t *list, bool in_zone)
{
	struct buf key = BUF_INIT;
	const json_t *counts;
	bool twice;

	if (!list)
		return false;
	write_key(&key, field->value);
	counts = counts_of(check, field, list, in_zone);
	twice = json_integer_value(json_object_getn(counts, key.p, key.n)) > 1;
	buf_clear(&key);
	return twice;
}

unsigned validate_unique(
	struct check *check, const struct field *field, unsigned tick, struct failures *failures)
{
	const struct validate_options *options = check->options;
	const struct surroundings *at = field->surroundings;
	const json_t *value = field->value;
	bool taken;

	if (check->broken || options->draft || !value || json_is_null(value) ||
			(json_is_string(value) && json_string_length(value) == 0))
		return tick;
	taken = at &&
		(occurs_twice(check, field, at->repeated, false) || occurs_twice(check, field, at->zone, true));
	if (!taken && options->is_taken) {
		tick += DATABASE_TICKS;
		if (options->is_taken(options->arg, at ? &at->holder : NULL, field->attribute, value, &taken,
				check->error) < 0) {
			check->broken = true;
			return tick;
		}
	}
	if (taken)
		failures_add_plain(failures, &field->place, value, STR("This attribute must be unique"));
	return tick;
}
