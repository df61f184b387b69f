/* Content types, components and their attributes: what the schemas of all plugins add up to.
 *
 * For plugins that serve whatever there is: an OpenAPI document, GraphQL, an export. A plugin that knows its
 * types needs none of this.
 *
 *	for (size_t i = 0; i < socle_model_count(ctx); i++) {
 *		const socle_model *model = socle_model_at(ctx, i);
 *
 *		for (size_t k = 0; k < socle_model_attributes(model); k++) {
 *			const socle_attribute *attribute = socle_model_attribute(model, k);
 *
 *			socle_log_debug(ctx, "%s.%s is a %s", socle_model_uid(model),
 *				socle_attribute_name(attribute), socle_attribute_type_name(attribute));
 *		}
 *	}
 *
 * Models and attributes never change. They, and every text that is got from them, live as long as the context
 * that they were got with: after a reload there are others, so don't keep them. Handing in NULL for one is a bug that
 * ends the call.
 *
 * Since SDK 1.1.
 */
#ifndef SOCLE_MODELS_H
#define SOCLE_MODELS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include <socle/context.h>

SOCLE_C_BEGIN

typedef struct socle_model socle_model;
typedef struct socle_attribute socle_attribute;

/* ---- models ---- */

/* How many content types and components there are.
 *
 *	json_t *uids = json_array();
 *	for (size_t i = 0; i < socle_model_count(ctx); i++)
 *		json_array_append_new(uids, json_string(socle_model_uid(socle_model_at(ctx, i))));
 */
SOCLE_API size_t socle_model_count(socle_context *ctx);

/* The one at a place, from 0: plugin after plugin, in the order of loading. NULL (and no error) past the end.
 *
 *	const socle_model *first = socle_model_at(ctx, 0);
 */
SOCLE_API const socle_model *socle_model_at(socle_context *ctx, size_t index);

/* The one of that uid: "api::article.article", "plugin::upload.file", of a component "shared.seo". NULL (and no
 * error) when there is none.
 *
 *	const socle_model *model = socle_model_find(ctx, socle_param(ctx, "uid"));
 */
SOCLE_API const socle_model *socle_model_find(socle_context *ctx, const char *uid);

enum socle_model_kind { SOCLE_COLLECTION_TYPE, SOCLE_SINGLE_TYPE, SOCLE_COMPONENT };

/* if (socle_model_kind(model) == SOCLE_COMPONENT)
 *		continue;
 */
SOCLE_API enum socle_model_kind socle_model_kind(const socle_model *model);

/* "api::article.article"; of a component "category.name".
 *
 *	socle_log_debug(ctx, "%s", socle_model_uid(model));
 */
SOCLE_API const char *socle_model_uid(const socle_model *model);

/* "article"; of a component its name without the category.
 *
 *	const char *name = socle_model_singular(model);
 */
SOCLE_API const char *socle_model_singular(const socle_model *model);

/* "articles"; NULL of a component.
 *
 *	const char *path = socle_printf(ctx, "/api/%s", socle_model_plural(model));
 */
SOCLE_API const char *socle_model_plural(const socle_model *model);

/* "Article": for people.
 *
 *	const char *title = socle_model_display_name(model);
 */
SOCLE_API const char *socle_model_display_name(const socle_model *model);

/* The table that its rows are in: "articles", "components_shared_seos".
 *
 *	socle_log_debug(ctx, "rows in %s", socle_model_table(model));
 */
SOCLE_API const char *socle_model_table(const socle_model *model);

/* The plugin whose folder the schema came from: "blog".
 *
 *	bool ours = socle_equal(socle_model_plugin(model), "blog");
 */
SOCLE_API const char *socle_model_plugin(const socle_model *model);

enum socle_model_flag {
	SOCLE_DRAFT_AND_PUBLISH = 1 << 0,
	SOCLE_MODEL_LOCALIZED = 1 << 1,		/* entries have locales */
	SOCLE_POPULATE_CREATORS = 1 << 2	/* createdBy and updatedBy are not private */
};

/* Those of enum socle_model_flag that it has.
 *
 *	bool has_drafts = socle_model_flags(model) & SOCLE_DRAFT_AND_PUBLISH;
 */
SOCLE_API unsigned socle_model_flags(const socle_model *model);

/* The schema as its file has it, TOML as the same JSON would read: what the host doesn't know is in it, too. It belongs to the
 * context: it may be changed, and goes with it; the next call makes another.
 *
 *	json_t *info = json_object_get(socle_model_schema(ctx, model), "info");
 *	const char *description = json_string_value(json_object_get(info, "description"));
 */
SOCLE_API json_t *socle_model_schema(socle_context *ctx, const socle_model *model);

/* ---- attributes ---- */

/* How many attributes a model has: id, documentId, the schema's own, then createdAt and the others that every type has; of a
 * component id and its own.
 *
 *	size_t count = socle_model_attributes(model);
 */
SOCLE_API size_t socle_model_attributes(const socle_model *model);

/* The one at a place, from 0. NULL past the end.
 *
 *	const socle_attribute *id = socle_model_attribute(model, 0);
 */
SOCLE_API const socle_attribute *socle_model_attribute(const socle_model *model, size_t index);

/* The one of that name, NULL when there is none.
 *
 *	bool has_slug = socle_model_attribute_named(model, "slug") != NULL;
 */
SOCLE_API const socle_attribute *socle_model_attribute_named(const socle_model *model, const char *name);

/* "publishedOn"
 *
 *	const char *name = socle_attribute_name(attribute);
 */
SOCLE_API const char *socle_attribute_name(const socle_attribute *attribute);

enum socle_attribute_type {
	SOCLE_ATTRIBUTE_ID,
	SOCLE_ATTRIBUTE_STRING, SOCLE_ATTRIBUTE_TEXT, SOCLE_ATTRIBUTE_RICHTEXT, SOCLE_ATTRIBUTE_EMAIL,
	SOCLE_ATTRIBUTE_PASSWORD, SOCLE_ATTRIBUTE_UID, SOCLE_ATTRIBUTE_ENUMERATION,
	SOCLE_ATTRIBUTE_INTEGER, SOCLE_ATTRIBUTE_BIGINTEGER, SOCLE_ATTRIBUTE_FLOAT, SOCLE_ATTRIBUTE_DECIMAL,
	SOCLE_ATTRIBUTE_BOOLEAN,
	SOCLE_ATTRIBUTE_DATE, SOCLE_ATTRIBUTE_TIME, SOCLE_ATTRIBUTE_DATETIME, SOCLE_ATTRIBUTE_TIMESTAMP,
	SOCLE_ATTRIBUTE_JSON, SOCLE_ATTRIBUTE_BLOCKS,
	SOCLE_ATTRIBUTE_RELATION, SOCLE_ATTRIBUTE_MEDIA, SOCLE_ATTRIBUTE_COMPONENT, SOCLE_ATTRIBUTE_DYNAMICZONE
};

/* A custom field has the type that it stands for. Later versions may have more types: have a default.
 *
 *	switch (socle_attribute_type(attribute)) {
 *	case SOCLE_ATTRIBUTE_RELATION:
 *		describe(ctx, socle_attribute_target(attribute));
 *		break;
 *	default:
 *		break;
 *	}
 */
SOCLE_API enum socle_attribute_type socle_attribute_type(const socle_attribute *attribute);

/* The same as schemas write it: "string", "dynamiczone"; of the id "increments".
 *
 *	json_t *type = json_string(socle_attribute_type_name(attribute));
 *
 *	json_decref(type);
 */
SOCLE_API const char *socle_attribute_type_name(const socle_attribute *attribute);

enum socle_attribute_flag {
	SOCLE_REQUIRED = 1 << 0,
	SOCLE_UNIQUE = 1 << 1,
	SOCLE_PRIVATE = 1 << 2,		/* never shown to clients, for whatever reason */
	SOCLE_LOCALIZED = 1 << 3,	/* its value differs from locale to locale */
	SOCLE_TO_MANY = 1 << 4,		/* reads as a list: relations to many, multiple media, components, zones */
	SOCLE_REPEATABLE = 1 << 5,	/* of a component */
	SOCLE_WRITABLE = 1 << 6,	/* clients may give it a value */
	SOCLE_VISIBLE = 1 << 7,		/* its schema doesn't hide it from editors */
	SOCLE_CONFIGURABLE = 1 << 8,
	SOCLE_AUTOMATIC = 1 << 9	/* every type has it: id, documentId, createdAt, ... */
};

/* Those of enum socle_attribute_flag that it has.
 *
 *	if (socle_attribute_flags(attribute) & SOCLE_PRIVATE)
 *		continue;
 */
SOCLE_API unsigned socle_attribute_flags(const socle_attribute *attribute);

/* The table's column that holds the value: "published_on"; NULL when it is kept elsewhere.
 *
 *	bool stored_here = socle_attribute_column(attribute) != NULL;
 */
SOCLE_API const char *socle_attribute_column(const socle_attribute *attribute);

/* What the schema says of it, as its file has it; NULL (and no error) of an automatic one. It belongs to the context.
 *
 *	json_t *max = json_object_get(socle_attribute_schema(ctx, attribute), "maxLength");
 */
SOCLE_API json_t *socle_attribute_schema(socle_context *ctx, const socle_attribute *attribute);

/* ---- where attributes lead to ---- */

enum socle_relation {
	SOCLE_NO_RELATION,
	SOCLE_ONE_TO_ONE, SOCLE_ONE_TO_MANY, SOCLE_MANY_TO_ONE, SOCLE_MANY_TO_MANY,
	SOCLE_MORPH_TO_ONE, SOCLE_MORPH_TO_MANY, SOCLE_MORPH_ONE, SOCLE_MORPH_MANY
};

/* Of what kind the relation is. Media are relations, too: to "plugin::upload.file".
 *
 *	bool one = socle_attribute_relation(attribute) == SOCLE_MANY_TO_ONE;
 */
SOCLE_API enum socle_relation socle_attribute_relation(const socle_attribute *attribute);

/* The content type that a relation leads to, or the component that a component attribute holds. NULL for other attributes, for
 * relations to any type (morphToOne, morphToMany), and for types that no plugin brought.
 *
 *	const socle_model *author = socle_attribute_target(socle_model_attribute_named(article, "author"));
 */
SOCLE_API const socle_model *socle_attribute_target(const socle_attribute *attribute);

/* The attribute on the other side of a relation with two sides (inversedBy, mappedBy, morphBy); NULL of one without.
 *
 *	const socle_attribute *back = socle_attribute_inverse(attribute);
 */
SOCLE_API const socle_attribute *socle_attribute_inverse(const socle_attribute *attribute);

/* How many components a dynamic zone may hold; 0 for other attributes.
 *
 *	for (size_t i = 0; i < socle_attribute_components(zone); i++)
 *		describe(ctx, socle_attribute_component(zone, i));
 */
SOCLE_API size_t socle_attribute_components(const socle_attribute *attribute);

/* The one at a place, from 0. NULL past the end.
 *
 *	const socle_model *first = socle_attribute_component(zone, 0);
 */
SOCLE_API const socle_model *socle_attribute_component(const socle_attribute *attribute, size_t index);

SOCLE_C_END

#endif
