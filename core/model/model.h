/* Content types and components as the host uses them: attributes, columns, tables.
 *
 * A `struct models` is everything that the schema files of all plugins add up to:
 * built once per generation, checked, never changed. Names are resolved here, so
 * that no request looks one up: an attribute knows its column, its place in the
 * row and its key as JSON text; a relation knows its target and the table that
 * its links are kept in, in Strapi 5's layout (model/naming.h).
 *
 *	struct models *models = models_new(arena);
 *	models_add_folder(models, &source, "plugins/blog", &error);
 *	models_finish(models, &error);		// resolves, checks
 *	const struct model *article = models_find(models, STR("api::article.article"));
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "config/node.h"

enum attribute_type {
	ATTRIBUTE_ID,			/* increments */
	ATTRIBUTE_STRING, ATTRIBUTE_TEXT, ATTRIBUTE_RICHTEXT, ATTRIBUTE_EMAIL, ATTRIBUTE_PASSWORD,
	ATTRIBUTE_UID, ATTRIBUTE_ENUMERATION,
	ATTRIBUTE_INTEGER, ATTRIBUTE_BIGINTEGER, ATTRIBUTE_FLOAT, ATTRIBUTE_DECIMAL,
	ATTRIBUTE_BOOLEAN,
	ATTRIBUTE_DATE, ATTRIBUTE_TIME, ATTRIBUTE_DATETIME, ATTRIBUTE_TIMESTAMP,
	ATTRIBUTE_JSON, ATTRIBUTE_BLOCKS,
	/* those below have no column that holds their value */
	ATTRIBUTE_RELATION, ATTRIBUTE_MEDIA, ATTRIBUTE_COMPONENT, ATTRIBUTE_DYNAMICZONE,
	ATTRIBUTE_TYPES
};

/* One row per type: what everything else reads. */
struct attribute_kind {
	const char *name;		/* as schemas write it */
	const char *column;		/* MariaDB's type, NULL when there is no column */
	bool scalar;
	bool text;			/* string kinds: _q searches them */
	bool number;
};
const struct attribute_kind *attribute_kind(enum attribute_type type);

enum relation_kind {
	RELATION_NONE,
	RELATION_ONE_TO_ONE, RELATION_ONE_TO_MANY, RELATION_MANY_TO_ONE, RELATION_MANY_TO_MANY,
	RELATION_MORPH_TO_ONE, RELATION_MORPH_TO_MANY, RELATION_MORPH_ONE, RELATION_MORPH_MANY,
};

struct model;
struct attribute;

/* Where the links of a relation are kept, seen from one side. */
enum link_storage {
	LINK_NONE,
	LINK_TABLE,		/* `table`: own_column -> target_column */
	LINK_COLUMN,		/* useJoinTable false: own_column, in the owner's table */
	LINK_MORPH_COLUMNS,	/* morphToOne: target_id, target_type in our own table; of morphOne and
				 * morphMany: in the target's */
	LINK_MORPH_TABLE,	/* morphToMany and media: `table` */
	LINK_COMPONENTS,	/* `<table>_cmps` */
};

struct link {
	enum link_storage storage;
	bool owner;			/* this side's schema made the table or column */
	struct str table;
	struct str own_column;		/* holds our row's id */
	struct str target_column;	/* holds the other row's id (cmp_id, file_id, ...) */
	struct str order_column;	/* order of the targets inside us; STR_NULL when there is none */
	struct str inverse_order_column; /* order of us inside the target; STR_NULL */
	struct str type_column;		/* morph, components: component_type, related_type, ...; STR_NULL */
	struct str field_column;	/* morph and components: `field`; STR_NULL */
	struct str field;		/* the value of field_column on our side's rows */
};

struct attribute {
	struct str name;		/* as in the schema: "publishedOn" */
	struct str json_key;		/* "\"publishedOn\":" */
	enum attribute_type type;
	unsigned index;			/* in model->attributes */
	const struct model *model;	/* whose attribute it is */
	const struct node *node;	/* where the schema says it; NULL for automatic ones */

	/* scalars (and join columns) */
	struct str column;		/* snake case; STR_NULL when it has none */
	int column_index;		/* in model->columns, -1 */

	bool automatic;			/* id, documentId, createdAt, ... */
	bool required, unique, configurable, writable, visible, searchable;
	bool private_;			/* its own flag, privateAttributes and the automatic rules together */
	bool localized;			/* differs per locale; false on a type that isn't localized */
	bool has_min, has_max, has_min_length, has_max_length;
	double min, max;		/* integer, float, decimal; counts for components and zones */
	uint64_t min_length, max_length;
	struct str regex;		/* as written; STR_NULL */
	const json_t *default_value;	/* borrowed from the models; NULL */
	const json_t *conditions;	/* conditions.visible; NULL */
	struct str *values;		/* enumeration */
	unsigned value_count;
	struct str target_field;	/* uid */
	unsigned bcrypt_rounds;		/* password: 10 */

	/* relations and media */
	enum relation_kind relation;
	const struct model *target;	/* NULL for morphToOne, morphToMany; and for createdBy, updatedBy
					 * (which are private then) where nobody brought admin::user */
	const struct attribute *inverse; /* the other side of a bidirectional relation, or NULL; of morphOne,
					  * morphMany and media what `morphBy` names */
	bool to_many;			/* reads as an array (also multiple media, repeatable, zone) */
	struct link link;

	/* components */
	const struct model *component;
	bool repeatable;
	const struct model **components; /* dynamic zone */
	unsigned component_count;
};

enum model_kind { MODEL_COLLECTION, MODEL_SINGLE, MODEL_COMPONENT };

struct model {
	struct str uid;			/* "api::article.article", "shared.seo" */
	enum model_kind kind;
	struct str plugin;		/* whose folder it came from */
	struct str api;			/* "article" of api::article.article; STR_NULL for others */
	struct str singular, plural, display_name;
	struct str table;
	struct str cmps_table;		/* `<table>_cmps`; STR_NULL without components */
	struct str join_column;		/* "article_id": what link tables call our id */
	struct str file;		/* the schema file */
	unsigned index;			/* in models->list */

	bool draft_and_publish;
	bool localized;
	bool populate_creator_fields;

	/* in the order in which Strapi writes them: id, documentId, the schema's, createdAt, updatedAt,
	 * publishedAt, createdBy, updatedBy, locale, localizations (components: id and the schema's) */
	struct attribute *attributes;
	unsigned attribute_count;

	/* the scalar ones, in table order: what a row holds; columns that hold links (created_by_id,
	 * target_id) are named by attribute->link alone */
	const struct attribute **columns;
	unsigned column_count;

	/* shortcuts; NULL on a component */
	const struct attribute *id, *document_id, *created_at, *updated_at, *published_at, *created_by,
		*updated_by, *locale, *localizations;

	const struct node *schema;	/* the file's root, for what is rarely asked */
	struct model_names *names;	/* model/model.c: the hash behind model_attribute() */
};

struct models_custom_field;

struct models {
	struct arena *arena;
	const struct model **list;	/* content types and components, in the order of their adding */
	unsigned count;

	/* Attribute names that are private in every type (api.responses.privateAttributes); may be set before
	 * models_finish(). */
	const struct str *private_names;
	unsigned private_count;

	unsigned room;			/* of list */
	struct models_custom_field *custom_fields;
	struct models_names *names;
};

/* What a schema file belongs to. */
struct model_source {
	struct str plugin;	/* "blog" */
	struct str prefix;	/* "api::", "plugin::blog.", "admin::"; components ignore it */
	struct str api;		/* the api's name for kind "api", STR_NULL: what the file's key `api` says, or
				 * else the type's own */
	struct str text;	/* of the file; STR_NULL: it is read from its path */
};

/* A file that lies somewhere else than in a folder. */
struct model_text {
	struct str name;	/* as it would be called in the plugin's folder */
	struct str text;
};

struct models *models_new(struct arena *arena);

/* A custom field ("plugin::color-picker.color") and the scalar type that it stands for. To be called before
 * the schemas that use it are read. */
int models_add_custom_field(struct models *models, struct str uid, enum attribute_type type,
	struct error *error) __attribute__((warn_unused_result));

/* Reads one content-type schema, TOML or JSON. Here and below, all that is wrong is said: one line each, in
 * one message, 50 lines at the most. What has errors isn't added. */
int models_add_type(struct models *models, const struct model_source *source, const char *path,
	struct error *error) __attribute__((warn_unused_result));
/* Reads one component; `uid` is "category.name". */
int models_add_component(struct models *models, const struct model_source *source, struct str uid,
	const char *path, struct error *error) __attribute__((warn_unused_result));
/* Reads what a plugin folder holds, in both forms of the SDK guide: content-types/<type>.{toml,json},
 * components/<category>.<name>.{toml,json}, api/<api>/content-types/<type>/schema.json,
 * components/<category>/<name>.json. */
int models_add_folder(struct models *models, const struct model_source *source, const char *folder,
	struct error *error) __attribute__((warn_unused_result));

/* The same of files that lie in a plugin's library; `container` is what messages call that. Other files than schemas are passed
 * over. */
int models_add_texts(struct models *models, const struct model_source *source, const char *container,
	const struct model_text *texts, unsigned count, struct error *error) __attribute__((warn_unused_result));

/* Resolves targets, components and tables, and checks every rule that needs more than one file. */
int models_finish(struct models *models, struct error *error) __attribute__((warn_unused_result));

const struct model *models_find(const struct models *models, struct str uid);
const struct attribute *model_attribute(const struct model *model, struct str name);

#endif
