#include "document/validate_internal.h"

static const struct scalar_rules any = { .unique = true };

static const struct scalar_rules *const rules_of[ATTRIBUTE_TYPES] = {
	[ATTRIBUTE_STRING] = &validate_string,
	[ATTRIBUTE_TEXT] = &validate_string,
	[ATTRIBUTE_RICHTEXT] = &validate_string,
	[ATTRIBUTE_PASSWORD] = &validate_string,
	[ATTRIBUTE_EMAIL] = &validate_email,
	[ATTRIBUTE_UID] = &validate_uid,
	[ATTRIBUTE_ENUMERATION] = &validate_enumeration,
	[ATTRIBUTE_INTEGER] = &validate_integer,
	[ATTRIBUTE_BIGINTEGER] = &validate_biginteger,
	[ATTRIBUTE_FLOAT] = &validate_decimal,
	[ATTRIBUTE_DECIMAL] = &validate_decimal,
	[ATTRIBUTE_BOOLEAN] = &validate_boolean,
	[ATTRIBUTE_DATE] = &any,
	[ATTRIBUTE_TIME] = &any,
	[ATTRIBUTE_DATETIME] = &any,
	[ATTRIBUTE_TIMESTAMP] = &any,
	[ATTRIBUTE_BLOCKS] = &validate_blocks,
};

static const struct scalar_rules anything;

static const struct scalar_rules *rules(const struct attribute *attribute)
{
	const struct scalar_rules *found = rules_of[attribute->type];

	return found ? found : &anything;
}

json_t *validate_scalar_cast(const struct attribute *attribute, json_t *value)
{
	const struct scalar_rules *kind = rules(attribute);

	return kind->cast ? kind->cast(attribute, value) : json_incref(value);
}

/* Whether it says null; a null that a number was cast to may stand for NaN. */
static bool is_null(const struct scalar_rules *kind, const struct field *field)
{
	return json_is_null(field->value) &&
		(!kind->number || !field->original || json_is_null(field->original));
}

static void check_type(const struct scalar_rules *kind, const struct field *field, bool nullable,
	struct failures *failures)
{
	const json_t *shown = kind->number && json_is_null(field->value) ? NULL : field->value;

	if (kind->type && !(is_null(kind, field) ? nullable : kind->is_type(field)))
		failures_add_type(failures, &field->place, kind->type, shown, field->original);
}

/* The value is absent or null. */
static void check_presence(struct check *check, const struct field *field, struct failures *failures)
{
	if (check->options->creating)
		failures_add(failures, &field->place, field->value, "must be defined.");
	else if (field->value)
		failures_add(failures, &field->place, field->value, "cannot be null.");
}

static bool is_unique(const struct scalar_rules *kind, const struct attribute *attribute)
{
	return kind->unique && (attribute->unique || attribute->type == ATTRIBUTE_UID);
}

/* Whether there is anything to test beyond the type, which then takes one more tick, fails or not. */
static bool is_tested(struct check *check, const struct scalar_rules *kind, const struct attribute *attribute)
{
	bool draft = check->options->draft;

	return kind->always_tested || is_unique(kind, attribute) || (attribute->required && !draft) ||
		attribute->type == ATTRIBUTE_STRING || (attribute->type == ATTRIBUTE_EMAIL && !draft) ||
		attribute->has_max_length || (attribute->has_min_length && !draft) ||
		(!str_is_null(attribute->regex) && !draft);
}

unsigned validate_scalar_check(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures)
{
	const struct attribute *attribute = field->attribute;
	const struct scalar_rules *kind = rules(attribute);
	bool required = attribute->required && !check->options->draft;
	bool has_value = field->value && !is_null(kind, field);
	struct failures first;

	failures_begin(&first, failures->pool);
	if (field->value)
		check_type(kind, field, !required || kind->nullable, &first);
	if (has_value && kind->check_first)
		kind->check_first(check, field, &first);
	failures_join(failures, &first);
	if (first.first)
		return tick + 1;
	tick += 1 + is_tested(check, kind, attribute);
	if (required && !has_value)
		check_presence(check, field, failures);
	if (has_value && kind->check)
		tick = kind->check(check, field, tick, failures);
	if (is_unique(kind, attribute) &&
		(!kind->is_comparable || !has_value || kind->is_comparable(field->value)))
		tick = validate_unique(check, field, tick, failures);
	return tick;
}
