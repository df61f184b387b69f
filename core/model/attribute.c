/* One attribute of a schema: its type, and the options that the type has. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/kinds.h"
#include "model/naming.h"
#include "model/read.h"
#include "model/snake_case.h"
#include "model/types.h"

/* COLUMN_LIMIT: the longest varchar of utf8mb4. */
enum { STRING_LIMIT = 255, BCRYPT_ROUNDS = 10, COLUMN_LIMIT = 16383 };

/* What the schema says is wrong with this attribute's `key`, or with itself. */
#define problem_at(reader, attribute, key, ...) \
	problems_add_node((reader)->problems, \
		node_get((attribute)->node, key) ? node_get((attribute)->node, key) : (attribute)->node, \
		__VA_ARGS__)

static void read_lengths(struct reader *reader, struct attribute *attribute)
{
	static const char *const keys[] = { "minLength", "maxLength" };
	uint64_t *values[] = { &attribute->min_length, &attribute->max_length };
	bool *present[] = { &attribute->has_min_length, &attribute->has_max_length };

	for (int i = 0; i < 2; i++) {
		const struct node *node = read_typed(reader, attribute->node, keys[i], NODE_INT);

		if (!node)
			continue;
		if (node->integer < 0)
			problems_add_node(reader->problems, node, "`%s` must not be negative", keys[i]);
		*values[i] = (uint64_t)node->integer;
		*present[i] = true;
	}
	if (attribute->has_min_length && attribute->has_max_length &&
		attribute->min_length > attribute->max_length)
		problem_at(reader, attribute, "minLength", "`minLength` is greater than `maxLength`");
}

static void read_text(struct reader *reader, struct attribute *attribute)
{
	read_lengths(reader, attribute);
	attribute->regex = read_string(reader, attribute->node, "regex");
	/* What a varchar(255) can't hold is refused by the validator, not by the database. */
	if (attribute->type == ATTRIBUTE_STRING && !node_get(attribute->node, "column") &&
		(!attribute->has_max_length || attribute->max_length > STRING_LIMIT)) {
		attribute->has_max_length = true;
		attribute->max_length = STRING_LIMIT;
	}
}

static void read_uid(struct reader *reader, struct attribute *attribute)
{
	read_text(reader, attribute);
	attribute->unique = true;
	attribute->target_field = read_string(reader, attribute->node, "targetField");
}

static void read_password(struct reader *reader, struct attribute *attribute)
{
	const struct node *encryption = read_typed(reader, attribute->node, "encryption", NODE_TABLE);
	const struct node *rounds = read_typed(reader, encryption, "rounds", NODE_INT);

	read_text(reader, attribute);
	attribute->bcrypt_rounds = BCRYPT_ROUNDS;
	if (!rounds)
		return;
	if (rounds->integer < 4 || rounds->integer > 31)
		problems_add_node(reader->problems, rounds, "`rounds` of bcrypt must be from 4 to 31");
	else
		attribute->bcrypt_rounds = (unsigned)rounds->integer;
}

static bool number_of(const struct node *node, double *value_r)
{
	char *end;

	switch (node->type) {
	case NODE_INT:
		*value_r = (double)node->integer;
		return true;
	case NODE_REAL:
		*value_r = node->real;
		return isfinite(node->real);
	case NODE_STRING:
		*value_r = strtod(node->text.p, &end);
		return node->text.n && end == node->text.p + node->text.n && isfinite(*value_r);
	default:
		return false;
	}
}

static void read_limits(struct reader *reader, struct attribute *attribute)
{
	static const char *const keys[] = { "min", "max" };
	double *values[] = { &attribute->min, &attribute->max };
	bool *present[] = { &attribute->has_min, &attribute->has_max };

	for (int i = 0; i < 2; i++) {
		const struct node *node = node_get(attribute->node, keys[i]);

		if (!node || node->type == NODE_NULL)
			continue;
		*present[i] = number_of(node, values[i]);
		if (!*present[i]) {
			problems_add_node(reader->problems, node, "`%s` must be a number, but it is %s",
				keys[i], node_type_name(node));
		}
	}
	if (attribute->has_min && attribute->has_max && attribute->min > attribute->max)
		problem_at(reader, attribute, "min", "`min` is greater than `max`");
}

/* How many items a component or a zone takes. */
static void read_counts(struct reader *reader, struct attribute *attribute)
{
	read_limits(reader, attribute);
	if ((attribute->has_min && attribute->min < 0) || (attribute->has_max && attribute->max < 0))
		problem_at(reader, attribute, "min", "`min` and `max` count items: they can't be negative");
}

/* What GraphQL would call the value: letters, digits and `_`. */
static struct str graphql_name(struct arena *arena, struct str value)
{
	struct str plain = snake_case_deburr(arena, value);
	struct buf out = BUF_INIT;
	bool gap = false;

	for (size_t i = 0; i < plain.n; i++) {
		char c = plain.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			(c & 0x80);

		if (letter) {
			if (gap && out.n)
				buf_add_char(&out, '_');
			buf_add_char(&out, c);
		}
		gap = !letter;
	}
	plain = arena_str(arena, buf_str(&out));
	buf_clear(&out);
	return plain;
}

static void check_value(struct reader *reader, const struct attribute *attribute, const struct node *node,
	struct str names[])
{
	unsigned i = attribute->value_count;
	struct str name = names[i] = graphql_name(reader->arena, node->text);

	if (!name.n || (name.p[0] >= '0' && name.p[0] <= '9')) {
		problems_add_node(reader->problems, node,
			"the value \"%.*s\" has no GraphQL name: a letter must come before the first digit",
			STR_ARG(node->text));
	}
	for (unsigned other = 0; other < i; other++) {
		if (str_equal(names[other], name)) {
			problems_add_node(reader->problems, node,
				"the values \"%.*s\" and \"%.*s\" have the same GraphQL name",
				STR_ARG(attribute->values[other]), STR_ARG(node->text));
			break;
		}
	}
}

static void read_enumeration(struct reader *reader, struct attribute *attribute)
{
	const struct node *values = read_typed(reader, attribute->node, "enum", NODE_ARRAY);
	const struct node *fallback = node_get(attribute->node, "default");
	struct str *names;
	bool known = false;

	if (!values || !values->items.count) {
		problem_at(reader, attribute, "enum", "`enum` must list the values of an enumeration");
		return;
	}
	attribute->values = arena_array(reader->arena, values->items.count, sizeof(*attribute->values));
	names = arena_array(reader->arena, values->items.count, sizeof(*names));
	node_foreach(value, values) {
		if (value->type != NODE_STRING) {
			problems_add_node(reader->problems, value, "a value must be a string, but this is %s",
				node_type_name(value));
			continue;
		}
		check_value(reader, attribute, value, names);
		known |= fallback && fallback->type == NODE_STRING && str_equal(fallback->text, value->text);
		attribute->values[attribute->value_count++] = value->text;
	}
	if (fallback && fallback->type != NODE_NULL && !known) {
		problems_add_node(reader->problems, fallback,
			"`default` must be one of the values of `enum`");
	}
}

static void read_relation(struct reader *reader, struct attribute *attribute)
{
	struct str name = read_string(reader, attribute->node, "relation");
	const char *nearest = node_nearest(name, kinds_relation_names());

	attribute->relation = kinds_find_relation(name);
	if (attribute->relation == RELATION_NONE) {
		problem_at(reader, attribute, "relation",
			"Error on attribute %.*s in model %.*s(%.*s): Unknown relation%s%s%s",
			STR_ARG(attribute->name), STR_ARG(reader->model->singular),
			STR_ARG(reader->model->uid), nearest ? "; did you mean \"" : "",
			nearest ? nearest : "", nearest ? "\"?" : "");
	}
	attribute->to_many = attribute->relation == RELATION_ONE_TO_MANY ||
		attribute->relation == RELATION_MANY_TO_MANY ||
		attribute->relation == RELATION_MORPH_TO_MANY || attribute->relation == RELATION_MORPH_MANY;
}

static void read_media(struct reader *reader, struct attribute *attribute)
{
	static const char *const kinds[] = { "images", "videos", "files", "audios", NULL };
	const struct node *allowed = read_typed(reader, attribute->node, "allowedTypes", NODE_ARRAY);

	read_bool(reader, attribute->node, "multiple", &attribute->to_many);
	attribute->relation = attribute->to_many ? RELATION_MORPH_MANY : RELATION_MORPH_ONE;
	node_foreach(kind, allowed) {
		const char *const *known = kinds;

		while (*known && !(kind->type == NODE_STRING && str_equal(kind->text, str_of(*known))))
			known++;
		if (!*known) {
			problems_add_node(reader->problems, kind,
				"`allowedTypes` takes images, videos, files and audios");
		}
	}
}

/* The uids are resolved by model/relations.c. */
static void read_component(struct reader *reader, struct attribute *attribute)
{
	read_bool(reader, attribute->node, "repeatable", &attribute->repeatable);
	attribute->to_many = attribute->repeatable;
	read_counts(reader, attribute);
	read_required(reader, attribute->node, "component");
}

static void read_zone(struct reader *reader, struct attribute *attribute)
{
	const struct node *list = read_typed(reader, attribute->node, "components", NODE_ARRAY);

	attribute->to_many = true;
	read_counts(reader, attribute);
	if (!node_get(attribute->node, "components")) {
		problem_at(reader, attribute, "components",
			"`components` must list the components of a dynamic zone");
	}
	node_foreach(item, list) {
		if (item->type != NODE_STRING) {
			problems_add_node(reader->problems, item, "expected a component's uid, found %s",
				node_type_name(item));
		}
	}
}

static void (*const readers[ATTRIBUTE_TYPES])(struct reader *, struct attribute *) = {
	[ATTRIBUTE_STRING] = read_text,
	[ATTRIBUTE_TEXT] = read_text,
	[ATTRIBUTE_RICHTEXT] = read_text,
	[ATTRIBUTE_EMAIL] = read_text,
	[ATTRIBUTE_PASSWORD] = read_password,
	[ATTRIBUTE_UID] = read_uid,
	[ATTRIBUTE_ENUMERATION] = read_enumeration,
	[ATTRIBUTE_INTEGER] = read_limits,
	[ATTRIBUTE_FLOAT] = read_limits,
	[ATTRIBUTE_DECIMAL] = read_limits,
	[ATTRIBUTE_RELATION] = read_relation,
	[ATTRIBUTE_MEDIA] = read_media,
	[ATTRIBUTE_COMPONENT] = read_component,
	[ATTRIBUTE_DYNAMICZONE] = read_zone,
};

static bool find_custom_field(struct reader *reader, struct attribute *attribute)
{
	struct str uid = read_required(reader, attribute->node, "customField");

	for (const struct models_custom_field *field = reader->models->custom_fields; field;
		field = field->next) {
		if (str_equal(field->uid, uid)) {
			attribute->type = field->type;
			return true;
		}
	}
	if (uid.n) {
		problem_at(reader, attribute, "customField", "Could not find Custom Field: %.*s",
			STR_ARG(uid));
	}
	return false;
}

static bool find_type(struct reader *reader, struct attribute *attribute)
{
	struct str name = read_required(reader, attribute->node, "type");
	const char *nearest;

	if (str_is(name, "customField"))
		return find_custom_field(reader, attribute);
	if (!name.n || kinds_find_type(name, &attribute->type))
		return name.n > 0;
	nearest = node_nearest(name, kinds_type_names());
	problem_at(reader, attribute, "type", "unknown type \"%.*s\"%s%s%s", STR_ARG(name),
		nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
	return false;
}

static void read_flags(struct reader *reader, struct attribute *attribute)
{
	const struct node *node = attribute->node;

	attribute->configurable = attribute->writable = attribute->visible = attribute->searchable = true;
	read_bool(reader, node, "required", &attribute->required);
	read_bool(reader, node, "unique", &attribute->unique);
	read_bool(reader, node, "private", &attribute->private_);
	read_bool(reader, node, "configurable", &attribute->configurable);
	read_bool(reader, node, "writable", &attribute->writable);
	read_bool(reader, node, "visible", &attribute->visible);
	read_bool(reader, node, "searchable", &attribute->searchable);
}

/* Links belong to a version of an entry, and a uid names one: neither is shared by locales. */
static void read_localized(struct reader *reader, struct attribute *attribute)
{
	const struct node *options = read_typed(reader, attribute->node, "pluginOptions", NODE_TABLE);
	bool localized = false;

	read_bool(reader, read_typed(reader, options, "i18n", NODE_TABLE), "localized", &localized);
	attribute->localized = reader->model->localized &&
		(localized || attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_UID);
}

/* What goes into a statement as it is. */
static void check_column_option(struct reader *reader, const struct node *option)
{
	static const char *const keys[] = {
		"name", "type", "args", "defaultTo", "notNullable", "unsigned", "unique", NULL,
	};
	const struct node *args = read_typed(reader, option, "args", NODE_ARRAY);
	struct str type = read_string(reader, option, "type");
	bool flag;

	read_suggest_keys(option, keys);
	if (!str_is_null(type) && str_is_null(types_named(type))) {
		problems_add_node(reader->problems, node_get(option, "type"),
			"there is no column type \"%.*s\"", STR_ARG(type));
	}
	for (const char *const *key = &keys[4]; *key; key++)
		read_bool(reader, option, *key, &flag);
	node_foreach(item, args) {
		if (item->type == NODE_INT && (item->integer < 0 || item->integer > COLUMN_LIMIT)) {
			problems_add_node(reader->problems, item,
				"an argument of a column's type must be from 0 to %d", COLUMN_LIMIT);
		}
	}
}

static void read_column(struct reader *reader, struct attribute *attribute)
{
	const struct node *option = read_typed(reader, attribute->node, "column", NODE_TABLE);
	struct str name = read_string(reader, option, "name");

	if (!attribute_kind(attribute->type)->scalar)
		return;
	if (option)
		check_column_option(reader, option);
	attribute->column = name.n ? name : naming(reader->arena, NAMING_COLUMN, attribute->name, STR_NULL);
	if (!read_is_identifier(attribute->column)) {
		problems_add_node(reader->problems, attribute->node,
			"no column can be named after the attribute \"%.*s\": use letters, digits and _",
			STR_ARG(attribute->name));
	}
}

void attribute_read(struct reader *reader, struct attribute *attribute, const struct node *node)
{
	static const char *const keys[] = {
		"type", "required", "unique", "default", "private", "configurable", "writable", "visible",
		"searchable", "pluginOptions", "column", "conditions", "minLength", "maxLength", "regex",
		"min", "max", "targetField", "options", "encryption", "enum", "enumName", "multiple",
		"allowedTypes", "relation", "target", "inversedBy", "mappedBy", "morphBy", "useJoinTable",
		"component", "components", "repeatable", "customField", "joinTable", "joinColumn",
		"morphColumn", NULL,
	};
	const struct node *fallback, *visible;

	if (node->type != NODE_TABLE) {
		problems_add_node(reader->problems, node, "an attribute is an object, but this is %s",
			node_type_name(node));
		attribute->type = ATTRIBUTE_STRING;
		return;
	}
	read_suggest_keys(node, keys);
	if (!find_type(reader, attribute)) {
		attribute->type = ATTRIBUTE_STRING;
		return;
	}
	read_flags(reader, attribute);
	read_localized(reader, attribute);
	read_column(reader, attribute);
	fallback = node_get(node, "default");
	attribute->default_value = fallback ? read_json(reader->arena, fallback) : NULL;
	visible = node_get(read_typed(reader, node, "conditions", NODE_TABLE), "visible");
	attribute->conditions = visible ? read_json(reader->arena, visible) : NULL;
	if (readers[attribute->type])
		readers[attribute->type](reader, attribute);
}
