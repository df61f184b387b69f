#include "document/blocks.h"

#include "base/json.h"
#include "document/ecma.h"
#include "document/link.h"
#include "document/validate_internal.h"

enum { DEPTH = 64 };

enum node_kind { NODE_TEXT, NODE_NUMBER, NODE_FLAG, NODE_OBJECT, NODE_ANY, NODE_LIST };

struct node_shape;

/* What may stand in a list: nodes told apart by their `type`, or one shape only. */
struct node_list {
	const struct node_shape *only;
	/* NULL-terminated; the first value of the first field is the type */
	const struct node_shape *const *shapes;
	const char *refusal;		/* of a node that is none of them */
};

struct node_field {
	const char *name;
	enum node_kind kind;
	bool required, nullable;
	const char *const *values;	/* NULL-terminated */
	double max;			/* NODE_NUMBER: one of 1, 2 ... max; 0: any */
	const char *(*judge)(const json_t *value);	/* what is wrong with a text; NULL: nothing */
	const struct node_shape *object;
	const struct node_list *list;
	const char *empty;		/* what an empty list is told; NULL: it may be empty */
};

struct node_shape {
	const struct node_field *fields;
	unsigned count;
};

#define SHAPE(fields) { (fields), sizeof(fields) / sizeof(*(fields)) }
#define ONE_OF(...) (const char *const[]){ __VA_ARGS__, NULL }
#define TYPE(name) { "type", NODE_TEXT, .required = true, .values = ONE_OF(name) }

static const char *judge_text(const json_t *value)
{
	return value ? NULL : "Text must be defined with at least an empty string";
}

static const char *judge_link(const json_t *value)
{
	return value && link_is_valid(ecma_text(value)) ? NULL : "Please specify a valid link.";
}

static const struct node_field text_fields[] = {
	TYPE("text"),
	{ "text", NODE_TEXT, .judge = judge_text },
	{ "bold", NODE_FLAG }, { "italic", NODE_FLAG }, { "underline", NODE_FLAG },
	{ "strikethrough", NODE_FLAG }, { "code", NODE_FLAG },
};
static const struct node_shape text_shape = SHAPE(text_fields);
static const struct node_list texts = { .only = &text_shape };

static const struct node_field link_fields[] = {
	TYPE("link"),
	{ "url", NODE_TEXT, .judge = judge_link },
	{ "children", NODE_LIST, .required = true, .list = &texts },
};
static const struct node_shape link_shape = SHAPE(link_fields);

static const struct node_list inlines = {
	.shapes = (const struct node_shape *const[]){ &text_shape, &link_shape, NULL },
	.refusal = "Inline node must be Text or Link",
};

#define CHILDREN(what) { "children", NODE_LIST, .required = true, .list = &inlines, \
	.empty = what " node children must have at least one Text or Link node" }

static const struct node_field paragraph_fields[] = { TYPE("paragraph"), CHILDREN("Paragraph") };
static const struct node_shape paragraph_shape = SHAPE(paragraph_fields);

static const struct node_field heading_fields[] = {
	TYPE("heading"), { "level", NODE_NUMBER, .required = true, .max = 6 }, CHILDREN("Heading"),
};
static const struct node_shape heading_shape = SHAPE(heading_fields);

static const struct node_field quote_fields[] = { TYPE("quote"), CHILDREN("Quote") };
static const struct node_shape quote_shape = SHAPE(quote_fields);

static const struct node_field code_fields[] = {
	TYPE("code"),
	{ "language", NODE_TEXT, .nullable = true },
	{ "children", NODE_LIST, .required = true, .list = &texts,
		.empty = "Quote node children must have at least one Text or Link node" },
};
static const struct node_shape code_shape = SHAPE(code_fields);

static const struct node_field item_fields[] = {
	TYPE("list-item"), { "children", NODE_LIST, .required = true, .list = &inlines },
};
static const struct node_shape item_shape = SHAPE(item_fields);

static const struct node_list items;
static const struct node_field list_fields[] = {
	TYPE("list"),
	{ "format", NODE_TEXT, .required = true, .values = ONE_OF("ordered", "unordered") },
	{ "children", NODE_LIST, .required = true, .list = &items,
		.empty = "List node children must have at least one ListItem or ListNode" },
};
static const struct node_shape list_shape = SHAPE(list_fields);
static const struct node_list items = {
	.shapes = (const struct node_shape *const[]){ &list_shape, &item_shape, NULL },
	.refusal = "Inline node must be list-item or list",
};

static const struct node_field file_fields[] = {
	{ "name", NODE_TEXT, .required = true }, { "alternativeText", NODE_TEXT, .nullable = true },
	{ "url", NODE_TEXT, .required = true }, { "caption", NODE_TEXT, .nullable = true },
	{ "width", NODE_NUMBER, .required = true }, { "height", NODE_NUMBER, .required = true },
	{ "formats", NODE_OBJECT, .nullable = true },
	{ "hash", NODE_TEXT, .required = true }, { "ext", NODE_TEXT, .required = true },
	{ "mime", NODE_TEXT, .required = true }, { "size", NODE_NUMBER, .required = true },
	{ "previewUrl", NODE_TEXT, .nullable = true }, { "provider", NODE_TEXT, .required = true },
	{ "provider_metadata", NODE_ANY, .nullable = true },
	{ "createdAt", NODE_TEXT, .required = true }, { "updatedAt", NODE_TEXT, .required = true },
};
static const struct node_shape file_shape = SHAPE(file_fields);

static const struct node_field image_fields[] = {
	TYPE("image"), { "image", NODE_OBJECT, .object = &file_shape },
	{ "children", NODE_LIST, .required = true, .list = &inlines },
};
static const struct node_shape image_shape = SHAPE(image_fields);

static const struct node_list blocks = {
	.shapes = (const struct node_shape *const[]){ &paragraph_shape, &heading_shape, &quote_shape,
		&list_shape, &image_shape, &code_shape, NULL },
	.refusal = "Block node is of invalid type",
};

static const char *const kind_names[] = {
	[NODE_TEXT] = "string", [NODE_NUMBER] = "number", [NODE_FLAG] = "boolean", [NODE_OBJECT] = "object",
	[NODE_LIST] = "array",
};

static json_t *cast_list(const struct node_list *list, json_t *value);
static unsigned check_list(const struct node_list *list, const json_t *value, const json_t *original,
	const struct place *place, unsigned tick, struct failures *failures);
static unsigned check_object(const struct node_shape *shape, const json_t *value, const json_t *original,
	const struct place *place, unsigned tick, struct failures *failures);

/* The shape of a node in a list; NULL when there is none. */
static const struct node_shape *shape_of(const struct node_list *list, const json_t *node)
{
	const json_t *type = json_object_get(node, "type");

	if (list->only)
		return list->only;
	for (const struct node_shape *const *shape = list->shapes; json_is_string(type) && *shape; shape++) {
		if (strcmp((*shape)->fields[0].values[0], json_string_value(type)) == 0)
			return *shape;
	}
	return NULL;
}

/* ---- casting ---- */

static json_t *cast_object(const struct node_shape *shape, json_t *value);

static json_t *cast_field(const struct node_field *field, json_t *value)
{
	switch (field->kind) {
	case NODE_TEXT:
		return ecma_to_text(value);
	case NODE_NUMBER:
		return ecma_to_number(value);
	case NODE_FLAG:
		return ecma_to_boolean(value);
	case NODE_OBJECT:
		return cast_object(field->object, value);
	case NODE_LIST:
		return cast_list(field->list, value);
	case NODE_ANY:
		break;
	}
	return json_incref(value);
}

/* What is no object becomes null. One that changed has its fields in upstream's order. */
static json_t *cast_object(const struct node_shape *shape, json_t *value)
{
	json_t *result, *item;
	bool changed = false;
	const char *key;
	size_t n;

	if (!json_is_object(value))
		return json_null();
	if (!shape)
		return json_incref(value);
	result = json_object();
	for (unsigned i = shape->count; i-- > 0;) {
		const struct node_field *field = &shape->fields[i];
		json_t *cast = NULL;

		item = json_object_get(value, field->name);
		if (item)
			cast = cast_field(field, item);
		else if (field->object)
			cast = json_object();
		changed |= cast != item;
		if (cast)
			json_object_set_new(result, field->name, cast);
	}
	if (!changed) {
		json_decref(result);
		return json_incref(value);
	}
	json_object_keylen_foreach(value, key, n, item) {
		if (!json_object_getn(result, key, n))
			json_object_setn_nocheck(result, key, n, item);
	}
	return result;
}

static json_t *cast_list(const struct node_list *list, json_t *value)
{
	json_t *result, *item;
	bool changed = false;
	size_t i;

	if (!json_is_array(value))
		return json_null();
	result = json_array();
	json_array_foreach(value, i, item) {
		const struct node_shape *shape = shape_of(list, item);
		json_t *cast = shape ? cast_object(shape, item) : json_incref(item);

		changed |= cast != item;
		json_array_append_new(result, cast);
	}
	if (changed)
		return result;
	json_decref(result);
	return json_incref(value);
}

json_t *blocks_cast(json_t *value)
{
	struct json_limits limits = { .depth = DEPTH };
	struct error ignored = ERROR_INIT;
	json_t *parsed = NULL, *result;

	if (json_is_string(value))
		parsed = json_parse(ecma_text(value), &limits, &ignored);
	error_clear(&ignored);
	result = cast_list(&blocks, parsed ? parsed : value);
	json_decref(parsed);
	return result;
}

/* ---- checking ---- */

static bool is_of_kind(const struct node_field *field, const json_t *value)
{
	switch (field->kind) {
	case NODE_TEXT:
		return json_is_string(value);
	case NODE_NUMBER:
		return json_is_number(value);
	case NODE_FLAG:
		return json_is_boolean(value);
	case NODE_OBJECT:
		return json_is_object(value);
	case NODE_LIST:
		return json_is_array(value);
	case NODE_ANY:
		break;
	}
	return true;
}

static void check_values(const struct node_field *field, const json_t *value, const struct place *place,
	struct failures *failures)
{
	struct buf names = BUF_INIT;
	double number = json_number_value(value);
	bool found = false;

	for (const char *const *name = field->values; name && *name; name++) {
		found |= json_is_string(value) && strcmp(*name, json_string_value(value)) == 0;
		buf_printf(&names, "%s%s", names.n ? ", " : "", *name);
	}
	for (unsigned i = 1; i <= field->max; i++) {
		found |= json_is_number(value) && number == i;
		buf_printf(&names, "%s%u", names.n ? ", " : "", i);
	}
	if (names.n && !found)
		failures_add(
			failures, place, value, "must be one of the following values: %s", buf_cstr(&names));
	buf_clear(&names);
}

static bool is_missing(const struct node_field *field, const json_t *value)
{
	return !value || json_is_null(value) || (field->kind == NODE_TEXT && json_string_length(value) == 0);
}

/* What is wrong with the value as such, when its type is right. */
static void check_own(const struct node_field *field, const json_t *value, const struct place *place,
	struct failures *failures)
{
	const char *words = field->judge && !(value && json_is_null(value)) ? field->judge(value) : NULL;

	if (words)
		failures_add_plain(failures, place, value, str_of(words));
	if (field->empty && json_is_array(value) && json_array_size(value) == 0)
		failures_add_plain(failures, place, value, str_of(field->empty));
	if (field->required && is_missing(field, value))
		failures_add(failures, place, value, "is a required field");
}

static unsigned check_field(const struct node_field *field, const json_t *value, const json_t *original,
	const struct place *place, unsigned tick, struct failures *failures)
{
	struct failures own;

	failures_begin(&own, failures->pool);
	if (value && !(json_is_null(value) && field->nullable) && !is_of_kind(field, value))
		failures_add_type(&own, place, kind_names[field->kind],
			field->kind == NODE_NUMBER && json_is_null(value) ? NULL : value, original);
	if (value)
		check_values(field, value, place, &own);
	if (own.first) {
		failures_join(failures, &own);
		return tick + 1;
	}
	tick += 1 + (field->required || field->judge);
	check_own(field, value, place, &own);
	if (field->list && json_is_array(value))
		tick = check_list(field->list, value, original, place, tick, failures);
	else if (field->object && json_is_object(value))
		tick = check_object(field->object, value, original, place, tick, failures);
	failures_join(failures, &own);
	return tick;
}

static unsigned rank_of(const void *names, struct str path)
{
	const struct node_shape *shape = names;
	unsigned i = 0;

	while (i < shape->count &&
			!memmem(path.p, path.n, shape->fields[i].name, strlen(shape->fields[i].name)))
		i++;
	return i;
}

static unsigned check_object(const struct node_shape *shape, const json_t *value, const json_t *original,
	const struct place *place, unsigned tick, struct failures *failures)
{
	struct members members;
	unsigned last = tick;

	members_begin(&members, failures->pool);
	for (unsigned i = shape->count; i-- > 0;) {
		const struct node_field *field = &shape->fields[i];
		struct place at = { .parent = place, .key = str_of(field->name) };
		struct failures list;
		unsigned end;

		failures_begin(&list, failures->pool);
		end = check_field(field, json_object_get(value, field->name),
			json_object_get(original, field->name), &at, tick, &list);
		members_add(&members, &list, &at, end);
		last = end > last ? end : last;
	}
	members_join(&members, rank_of, shape, failures);
	return last;
}

static unsigned check_node(const struct node_list *list, const json_t *value, const json_t *original,
	const struct place *place, unsigned tick, struct failures *failures)
{
	const struct node_shape *shape = shape_of(list, value);

	if (!shape) {
		failures_add_plain(failures, place, value, str_of(list->refusal));
		return tick + 2;
	}
	if (!json_is_object(value)) {
		failures_add_type(failures, place, "object", value, original);
		return tick + 1;
	}
	return check_object(shape, value, original, place, tick + 1, failures);
}

static unsigned check_list(const struct node_list *list, const json_t *value, const json_t *original,
	const struct place *place, unsigned tick, struct failures *failures)
{
	struct members members;
	const json_t *item;
	unsigned last = tick;
	size_t i;

	members_begin(&members, failures->pool);
	json_array_foreach(value, i, item) {
		struct place at = { .parent = place, .index = i };
		struct failures found;
		unsigned end;

		failures_begin(&found, failures->pool);
		end = check_node(list, item, json_array_get(original, i), &at, tick, &found);
		members_add(&members, &found, &at, end);
		last = end > last ? end : last;
	}
	members_join(&members, NULL, NULL, failures);
	return last;
}

unsigned blocks_check(const json_t *value, const json_t *original, const struct place *place, unsigned tick,
	struct failures *failures)
{
	return check_list(&blocks, value, original, place, tick, failures);
}

/* ---- as an attribute's type ---- */

static json_t *cast_attribute(const struct attribute *attribute, json_t *value)
{
	return blocks_cast(value);
}

static bool is_list(const struct field *field)
{
	return json_is_array(field->value);
}

static unsigned check_attribute(struct check *check, const struct field *field, unsigned tick,
	struct failures *failures)
{
	return blocks_check(field->value, field->original, &field->place, tick, failures);
}

const struct scalar_rules validate_blocks = {
	.type = "array", .cast = cast_attribute, .is_type = is_list, .check = check_attribute,
};
