#include "describe.h"

#include <string.h>

/* NULL and null are left out, as an undefined value is from JSON. */
static void put(json_t *object, const char *key, json_t *borrowed)
{
	if (borrowed && !json_is_null(borrowed))
		json_object_set(object, key, borrowed);
}

static void put_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_string(text));
}

/* ---- attributes ---- */

static json_t *describe_media(const socle_attribute *attribute, json_t *schema)
{
	unsigned flags = socle_attribute_flags(attribute);
	json_t *media = json_pack("{s:s, s:b, s:b}", "type", "media", "multiple", flags & SOCLE_TO_MANY ? 1 : 0,
		"required", flags & SOCLE_REQUIRED ? 1 : 0);

	if (!(flags & SOCLE_CONFIGURABLE))
		json_object_set_new(media, "configurable", json_false());
	json_object_set_new(media, "private", json_boolean(json_is_true(json_object_get(schema, "private"))));
	put(media, "allowedTypes", json_object_get(schema, "allowedTypes"));
	put(media, "pluginOptions", json_object_get(schema, "pluginOptions"));
	return media;
}

/* As its schema has it, and what the other side is called. */
static json_t *describe_relation(const socle_attribute *attribute, json_t *schema)
{
	json_t *relation = json_copy(schema);
	json_t *other = json_object_get(schema, "inversedBy");

	if (!other)
		other = json_object_get(schema, "mappedBy");
	if (other)
		json_object_set(relation, "targetAttribute", other);
	else
		json_object_set_new(relation, "targetAttribute", json_null());
	if (socle_attribute_flags(attribute) & SOCLE_CONFIGURABLE)
		json_object_del(relation, "configurable");
	json_object_set_new(relation, "private", json_boolean(json_is_true(json_object_get(schema, "private"))));
	return relation;
}

static json_t *describe_attribute(socle_context *ctx, const socle_attribute *attribute)
{
	json_t *schema = socle_attribute_schema(ctx, attribute), *plain;

	switch (socle_attribute_type(attribute)) {
	case SOCLE_ATTRIBUTE_MEDIA:
		return describe_media(attribute, schema);
	case SOCLE_ATTRIBUTE_RELATION:
		return describe_relation(attribute, schema);
	default:
		/* A custom field goes by the type that it stands for. */
		plain = json_copy(schema);
		put_text(plain, "type", socle_attribute_type_name(attribute));
		return plain;
	}
}

/* Those that a schema brings and doesn't hide. */
static json_t *describe_attributes(socle_context *ctx, const socle_model *model)
{
	json_t *all = json_object();

	for (size_t i = 0; i < socle_model_attributes(model); i++) {
		const socle_attribute *attribute = socle_model_attribute(model, i);
		unsigned flags = socle_attribute_flags(attribute);

		if (!(flags & SOCLE_AUTOMATIC) && (flags & SOCLE_VISIBLE))
			json_object_set_new(all, socle_attribute_name(attribute), describe_attribute(ctx, attribute));
	}
	return all;
}

/* ---- content types ---- */

static bool is_visible(const json_t *schema)
{
	const json_t *own = json_object_get(json_object_get(schema, "pluginOptions"), "content-type-builder");
	const json_t *visible = json_object_get(own, "visible");

	return !visible || json_is_true(visible);
}

/* What relations other types may have to this one; null: any. */
static json_t *restrictions(const char *uid, bool visible)
{
	if (strcmp(uid, "admin::user") == 0)
		return json_pack("[s, s]", "oneWay", "manyWay");
	if (!visible || strncmp(uid, "strapi::", 8) == 0 || strcmp(uid, "plugin::upload.file") == 0)
		return json_array();
	return json_null();
}

/* "upload" of "plugin::upload.file", "admin" of "admin::user"; an API's types have none. */
static void put_plugin(socle_context *ctx, json_t *object, const char *uid)
{
	const char *name = strstr(uid, "::");

	if (strncmp(uid, "api::", 5) == 0 || !name)
		return;
	if (strncmp(uid, "plugin::", 8) == 0)
		put_text(object, "plugin", socle_printf(ctx, "%.*s", (int)strcspn(name + 2, "."), name + 2));
	else
		put_text(object, "plugin", socle_printf(ctx, "%.*s", (int)(name - uid), uid));
}

static void put_description(json_t *object, const json_t *schema)
{
	const char *text = json_string_value(json_object_get(json_object_get(schema, "info"), "description"));

	put_text(object, "description", text ? text : "");
}

json_t *describe_type(socle_context *ctx, const socle_model *type)
{
	const char *uid = socle_model_uid(type);
	json_t *written = socle_model_schema(ctx, type), *answer = json_object();
	json_t *schema = json_pack("{s:b}", "draftAndPublish", socle_model_flags(type) & SOCLE_DRAFT_AND_PUBLISH ? 1 : 0);
	bool visible = is_visible(written);

	json_object_update_missing(schema, json_object_get(written, "options"));
	put_text(schema, "displayName", socle_model_display_name(type));
	put_text(schema, "singularName", socle_model_singular(type));
	put_text(schema, "pluralName", socle_model_plural(type));
	put_description(schema, written);
	put(schema, "pluginOptions", json_object_get(written, "pluginOptions"));
	put_text(schema, "kind", socle_model_kind(type) == SOCLE_SINGLE_TYPE ? "singleType" : "collectionType");
	put_text(schema, "collectionName", socle_model_table(type));
	json_object_set_new(schema, "attributes", describe_attributes(ctx, type));
	json_object_set_new(schema, "visible", json_boolean(visible));
	json_object_set_new(schema, "restrictRelationsTo", restrictions(uid, visible));
	put_text(answer, "uid", uid);
	put_plugin(ctx, answer, uid);
	put_text(answer, "apiID", socle_model_singular(type));
	json_object_set_new(answer, "schema", schema);
	return answer;
}

/* ---- components ---- */

json_t *describe_component(socle_context *ctx, const socle_model *component)
{
	const char *uid = socle_model_uid(component);
	json_t *written = socle_model_schema(ctx, component), *answer = json_object(), *schema = json_object();

	put_text(schema, "displayName", socle_model_display_name(component));
	put_description(schema, written);
	put(schema, "icon", json_object_get(json_object_get(written, "info"), "icon"));
	put_text(schema, "collectionName", socle_model_table(component));
	put(schema, "pluginOptions", json_object_get(written, "pluginOptions"));
	json_object_set_new(schema, "attributes", describe_attributes(ctx, component));
	put_text(answer, "uid", uid);
	put_text(answer, "category", socle_printf(ctx, "%.*s", (int)strcspn(uid, "."), uid));
	put_text(answer, "apiId", socle_model_singular(component));
	json_object_set_new(answer, "schema", schema);
	return answer;
}
