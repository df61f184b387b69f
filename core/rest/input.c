#include "rest/input.h"

#include "document/ecma.h"
#include "extension/generation.h"
#include "model/model.h"
#include "rest/access.h"

struct walk {
	struct scope *scope;
	const struct access *access;
};

/* `path` NULL: the key is unknown at the root. */
static int refuse_key(struct scope *scope, const char *key, const char *path)
{
	json_t *details = json_pack("{s:s, s:s?, s:s}", "key", key, "path", path, "source", "body");

	if (!path || strcmp(key, path) == 0)
		return error_set_details(&scope->error, ERROR_VALIDATION, details, "Invalid key %s", key);
	return error_set_details(&scope->error, ERROR_VALIDATION, details, "Invalid key %s at %s", key, path);
}

static const char *extend(struct walk *walk, const char *path, const char *key)
{
	return path ? arena_printf(walk->scope->arena, "%s.%s", path, key) : key;
}

static bool is_one_of(const char *key, const char *const *words)
{
	for (; *words; words++) {
		if (strcmp(key, *words) == 0)
			return true;
	}
	return false;
}

static int walk_object(struct walk *walk, const struct model *model, json_t *object, const char *path,
	const char *const *allowed);

static const char *const component_words[] = { "id", "documentId", NULL };
static const char *const zone_words[] = { "id", "documentId", "__component", NULL };
static const char *const relation_words[] = { "id", "documentId", "connect", "disconnect", "set", "options", NULL };

/* An item of a relation, or the whole of one. What stands in connect, disconnect and set isn't looked at. */
static int walk_relation(struct walk *walk, const struct model *target, json_t *value, const char *path)
{
	const char *key;
	json_t *item;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item) {
			if (walk_relation(walk, target, item, path) < 0)
				return -1;
		}
		return 0;
	}
	json_object_foreach(value, key, item) {
		if (!is_one_of(key, relation_words) && !model_attribute(target, str_of(key)))
			return refuse_key(walk->scope, key, path);
	}
	return 0;
}

static int walk_components(struct walk *walk, const struct attribute *attribute, json_t *value, const char *path)
{
	const struct model *component = attribute->component;
	json_t *item, *name;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, item) {
			if (walk_components(walk, attribute, item, path) < 0)
				return -1;
		}
		return 0;
	}
	if (attribute->type == ATTRIBUTE_COMPONENT)
		return walk_object(walk, component, value, path, component_words);
	name = json_object_get(value, "__component");
	component = json_is_string(name) ? models_find(walk->scope->generation->models, str_of(json_string_value(name))) : NULL;
	/* Of an unknown component nothing can be said here: validation names it. */
	return component ? walk_object(walk, component, value, path, zone_words) : 0;
}

/* Items that may be of any type must say which. */
static bool names_types(json_t *value)
{
	json_t *item;
	size_t i;

	json_array_foreach(value, i, item) {
		if (!json_is_string(json_object_get(item, "__type")))
			return false;
	}
	return true;
}

static int walk_attribute(struct walk *walk, const struct attribute *attribute, json_t *value, const char *key,
	const char *path)
{
	switch (attribute->type) {
	case ATTRIBUTE_COMPONENT:
	case ATTRIBUTE_DYNAMICZONE:
		return walk_components(walk, attribute, value, path);
	case ATTRIBUTE_RELATION:
		if (attribute->relation == RELATION_MORPH_TO_ONE || !access_shows(walk->access, attribute) ||
			(attribute->relation == RELATION_MORPH_TO_MANY && !names_types(value)))
			return refuse_key(walk->scope, key, path);
		return attribute->target ? walk_relation(walk, attribute->target, value, path) : 0;
	case ATTRIBUTE_MEDIA:
		return walk_relation(walk, attribute->target, value, path);
	default:
		return 0;
	}
}

static int walk_object(struct walk *walk, const struct model *model, json_t *object, const char *path,
	const char *const *allowed)
{
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value) {
		const struct attribute *attribute = model_attribute(model, str_of(key));

		if (is_one_of(key, allowed))
			continue;
		if (!attribute)
			return refuse_key(walk->scope, key, path);
		if (walk_attribute(walk, attribute, value, key, extend(walk, path, key)) < 0)
			return -1;
	}
	return 0;
}

/* Ids first, then what may not be written, then what isn't there: each a pass over all keys, as recorded. */
static int check_keys(struct scope *scope, const struct model *model, json_t *data)
{
	static const char *const none[] = { NULL };
	struct walk walk = { scope, access_of(scope) };
	const char *key;
	json_t *value;

	json_object_foreach(data, key, value) {
		if (strcmp(key, "id") == 0 || strcmp(key, "documentId") == 0)
			return error_set_details(&scope->error, ERROR_VALIDATION,
				json_pack("{s:s, s:s}", "key", key, "source", "body"), "Invalid key %s", key);
	}
	json_object_foreach(data, key, value) {
		const struct attribute *attribute = model_attribute(model, str_of(key));

		if (attribute && !attribute->writable)
			return refuse_key(scope, key, key);
	}
	return walk_object(&walk, model, data, NULL, none);
}

static int refuse_array(struct scope *scope, const json_t *data)
{
	struct buf message = BUF_INIT;
	json_t *details;

	buf_add_literal(&message, "this must be a `object` type, but the final value was: `null` (cast from the value `");
	ecma_print(&message, data);
	buf_add_literal(&message, "`).");
	details = json_pack("{s:[{s:[], s:s, s:s, s:n}]}", "errors", "path", "message", buf_cstr(&message), "name",
		"ValidationError", "value");
	error_set_details(&scope->error, ERROR_VALIDATION, details, "%s", buf_cstr(&message));
	buf_clear(&message);
	return -1;
}

int input_read(struct request *request, const struct model *model, json_t **data_r)
{
	json_t *data = json_object_get(request->body, "data");

	if (!json_is_object(data) && !json_is_array(data)) {
		error_set_details(&request->scope.error, ERROR_VALIDATION, json_object(),
			"Missing \"data\" payload in the request body");
		return -1;
	}
	if (json_is_array(data))
		return refuse_array(&request->scope, data);
	*data_r = data;
	return check_keys(&request->scope, model, data);
}
