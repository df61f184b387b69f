#include "model/kinds.h"

#include <assert.h>

/* Columns as information_schema shows them, so that wanted and live compare as text; "json" stands for
 * MariaDB's longtext with a json_valid() check. */
static const struct attribute_kind kinds[ATTRIBUTE_TYPES] = {
	[ATTRIBUTE_ID] = { "increments", "int(10) unsigned", .scalar = true },
	[ATTRIBUTE_STRING] = { "string", "varchar(255)", .scalar = true, .text = true },
	[ATTRIBUTE_TEXT] = { "text", "longtext", .scalar = true, .text = true },
	[ATTRIBUTE_RICHTEXT] = { "richtext", "longtext", .scalar = true, .text = true },
	[ATTRIBUTE_EMAIL] = { "email", "varchar(255)", .scalar = true, .text = true },
	[ATTRIBUTE_PASSWORD] = { "password", "varchar(255)", .scalar = true },
	[ATTRIBUTE_UID] = { "uid", "varchar(255)", .scalar = true, .text = true },
	[ATTRIBUTE_ENUMERATION] = { "enumeration", "varchar(255)", .scalar = true, .text = true },
	[ATTRIBUTE_INTEGER] = { "integer", "int(11)", .scalar = true, .number = true },
	[ATTRIBUTE_BIGINTEGER] = { "biginteger", "bigint(20)", .scalar = true, .number = true },
	[ATTRIBUTE_FLOAT] = { "float", "double", .scalar = true, .number = true },
	[ATTRIBUTE_DECIMAL] = { "decimal", "decimal(10,2)", .scalar = true, .number = true },
	[ATTRIBUTE_BOOLEAN] = { "boolean", "tinyint(1)", .scalar = true },
	[ATTRIBUTE_DATE] = { "date", "date", .scalar = true },
	[ATTRIBUTE_TIME] = { "time", "time(3)", .scalar = true },
	[ATTRIBUTE_DATETIME] = { "datetime", "datetime(6)", .scalar = true },
	[ATTRIBUTE_TIMESTAMP] = { "timestamp", "timestamp(6)", .scalar = true },
	[ATTRIBUTE_JSON] = { "json", "json", .scalar = true },
	[ATTRIBUTE_BLOCKS] = { "blocks", "json", .scalar = true },
	[ATTRIBUTE_RELATION] = { "relation", NULL },
	[ATTRIBUTE_MEDIA] = { "media", NULL },
	[ATTRIBUTE_COMPONENT] = { "component", NULL },
	[ATTRIBUTE_DYNAMICZONE] = { "dynamiczone", NULL },
};

/* ATTRIBUTE_ID is left out: a schema doesn't declare one. */
static const char *const type_names[] = {
	"string", "text", "richtext", "email", "password", "uid", "enumeration", "integer", "biginteger",
	"float", "decimal", "boolean", "date", "time", "datetime", "timestamp", "json", "blocks", "relation",
	"media", "component", "dynamiczone", "customField", NULL,
};

static const char *const relation_names[] = {
	"oneToOne", "oneToMany", "manyToOne", "manyToMany", "morphToOne", "morphToMany", "morphOne",
	"morphMany", NULL,
};

const struct attribute_kind *attribute_kind(enum attribute_type type)
{
	assert(type < ATTRIBUTE_TYPES);
	return &kinds[type];
}

bool kinds_find_type(struct str name, enum attribute_type *type_r)
{
	for (enum attribute_type type = ATTRIBUTE_ID + 1; type < ATTRIBUTE_TYPES; type++) {
		if (str_equal(name, str_of(kinds[type].name))) {
			*type_r = type;
			return true;
		}
	}
	return false;
}

enum relation_kind kinds_find_relation(struct str name)
{
	for (unsigned i = 0; relation_names[i]; i++) {
		if (str_equal(name, str_of(relation_names[i])))
			return RELATION_ONE_TO_ONE + i;
	}
	return RELATION_NONE;
}

const char *const *kinds_type_names(void)
{
	return type_names;
}

const char *const *kinds_relation_names(void)
{
	return relation_names;
}
