#include <inttypes.h>

#include "document/ecma.h"
#include "document/email.h"
#include "document/regexp.h"
#include "document/validate_internal.h"

/* What a `string` has without a maxLength of its own: its column's. */
enum { STRING_LENGTH = 255 };

static bool is_string(const struct field *field)
{
	return json_is_string(field->value);
}

static void add_pattern(const struct field *field, struct str regex, struct failures *failures)
{
	struct buf text = BUF_INIT;

	regexp_print(&text, regex);
	failures_add(
		failures, &field->place, field->value, "must match the following: \"%s\"", buf_cstr(&text));
	buf_clear(&text);
}

struct compiled {
	struct compiled *next;
	const struct attribute *attribute;
	struct regexp *regexp;
};

static void free_regexp(void *regexp)
{
	regexp_free(regexp);
}

/* Compiled once for all items of a list. NULL, and the check broken, when it is no expression. */
static const struct regexp *regexp_of(struct check *check, const struct attribute *attribute)
{
	struct error error = ERROR_INIT;
	struct compiled *compiled = check->compiled;

	while (compiled && compiled->attribute != attribute)
		compiled = compiled->next;
	if (compiled)
		return compiled->regexp;
	compiled = arena_new_of(check->pool.arena, struct compiled);
	compiled->regexp = regexp_new(attribute->regex, &error);
	if (!compiled->regexp) {
		error_prefix(&error, "%.*s.%.*s: ", STR_ARG(attribute->model->uid), STR_ARG(attribute->name));
		error_move(check->error, &error);
		check->broken = true;
		return NULL;
	}
	arena_defer(check->pool.arena, free_regexp, compiled->regexp);
	compiled->attribute = attribute;
	compiled->next = check->compiled;
	check->compiled = compiled;
	return compiled->regexp;
}

static void check_regex(
	struct check *check, const struct field *field, bool empty_passes, struct failures *failures)
{
	struct str regex = field->attribute->regex, text = ecma_text(field->value);
	const struct regexp *regexp;

	if (str_is_null(regex) || (text.n == 0 && empty_passes))
		return;
	regexp = regexp_of(check, field->attribute);
	if (regexp && !regexp_search(regexp, text))
		add_pattern(field, regex, failures);
}

static void check_minimum(struct check *check, const struct field *field, struct failures *failures)
{
	const struct attribute *attribute = field->attribute;

	if (!check->options->draft && attribute->has_min_length &&
			ecma_length(ecma_text(field->value)) < attribute->min_length)
		failures_add(failures, &field->place, field->value, "must be at least %" PRIu64 " characters",
			attribute->min_length);
}

static void check_maximum(const struct field *field, struct failures *failures)
{
	const struct attribute *attribute = field->attribute;
	bool is_short = attribute->type == ATTRIBUTE_STRING;
	uint64_t limit = attribute->has_max_length ? attribute->max_length : STRING_LENGTH;

	/* Elsewhere a maxLength of 0 is none. */
	if (!is_short && (!attribute->has_max_length || !limit))
		return;
	if (ecma_length(ecma_text(field->value)) > limit)
		failures_add(failures, &field->place, field->value, "must be at most %" PRIu64 " characters",
			limit);
}

static unsigned check_string(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures)
{
	check_minimum(check, field, failures);
	check_maximum(field, failures);
	if (!check->options->draft)
		check_regex(check, field, !field->attribute->required, failures);
	return tick;
}

/* An address has a minimum of its own, which takes the place of the schema's. */
static unsigned check_email(
	struct check *check, const struct field *field, unsigned tick, struct failures *failures)
{
	struct str text = ecma_text(field->value);

	if (check->options->draft)
		return check_string(check, field, tick, failures);
	check_maximum(field, failures);
	check_regex(check, field, !field->attribute->required, failures);
	if (text.n && !email_is_valid(text))
		failures_add(failures, &field->place, field->value, "must be a valid email");
	if (!text.n)
		failures_add(failures, &field->place, field->value, "cannot be empty");
	return tick;
}

static bool is_uid(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], lower = c | 0x20;

		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && (!c || !strchr("-_.~", c)))
			return false;
	}
	return true;
}

static unsigned check_uid(
	struct check *check, const struct field *field, unsigned tick, struct failures *failures)
{
	check_string(check, field, tick, failures);
	if (check->options->draft)
		return tick;
	/* Its own expression is asked twice, and the second time for empty text too. */
	if (!str_is_null(field->attribute->regex))
		check_regex(check, field, false, failures);
	else if (!is_uid(ecma_text(field->value)))
		add_pattern(field, STR("^[A-Za-z0-9-_.~]*$"), failures);
	return tick;
}

static json_t *cast_enumeration(const struct attribute *attribute, json_t *value)
{
	return ecma_to_text(value);
}

static void check_enumeration(struct check *check, const struct field *field, struct failures *failures)
{
	const struct attribute *attribute = field->attribute;
	struct buf names = BUF_INIT;

	for (unsigned i = 0; i < attribute->value_count; i++) {
		if (json_is_string(field->value) &&
			str_equal(ecma_text(field->value), attribute->values[i])) {
			buf_clear(&names);
			return;
		}
		buf_add(&names, attribute->values[i]);
		buf_add_literal(&names, ", ");
	}
	/* The list ends in null, which prints as nothing. */
	failures_add(failures, &field->place, field->value, "must be one of the following values: %s",
		buf_cstr(&names));
	buf_clear(&names);
}

const struct scalar_rules validate_string = {
	.type = "string", .unique = true, .is_type = is_string, .check = check_string,
};
const struct scalar_rules validate_email = {
	.type = "string", .unique = true, .is_type = is_string, .check = check_email,
};
const struct scalar_rules validate_uid = {
	.type = "string", .unique = true, .is_type = is_string, .check = check_uid,
};
const struct scalar_rules validate_enumeration = {
	.type = "string", .cast = cast_enumeration, .is_type = is_string, .check_first = check_enumeration,
};
