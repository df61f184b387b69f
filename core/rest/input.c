#include "rest/input.h"

#include "model/model.h"

static int refuse_key(struct scope *scope, const char *key, const char *path, bool with_path)
{
	json_t *details = with_path ? json_pack("{s:s, s:s?, s:s}", "key", key, "path", path, "source", "body") :
		json_pack("{s:s, s:s}", "key", key, "source", "body");

	return error_set_details(&scope->error, ERROR_VALIDATION, details, "Invalid key %s", key);
}

/* Ids first, then what may not be written, then what isn't there: each a pass over all keys, as recorded. */
static int check_keys(struct scope *scope, const struct model *model, json_t *data)
{
	const struct attribute *attribute;
	const char *key;
	json_t *value;

	json_object_foreach(data, key, value) {
		if (strcmp(key, "id") == 0 || strcmp(key, "documentId") == 0)
			return refuse_key(scope, key, NULL, false);
	}
	json_object_foreach(data, key, value) {
		attribute = model_attribute(model, str_of(key));
		if (attribute && !attribute->writable)
			return refuse_key(scope, key, key, true);
	}
	json_object_foreach(data, key, value) {
		attribute = model_attribute(model, str_of(key));
		if (!attribute)
			return refuse_key(scope, key, NULL, true);
		if (!attribute_kind(attribute->type)->scalar)
			return scope_throw(scope, ERROR_NOT_IMPLEMENTED,
				"Writing \"%s\" is not served yet: relations, media and components can only be read", key);
	}
	return 0;
}

int input_read(struct request *request, const struct model *model, json_t **data_r)
{
	json_t *data = json_object_get(request->body, "data");

	if (!json_is_object(data) && !json_is_array(data)) {
		error_set_details(&request->scope.error, ERROR_VALIDATION, json_object(),
			"Missing \"data\" payload in the request body");
		return -1;
	}
	if (json_is_array(data)) {
		static const char message[] =
			"this must be a `object` type, but the final value was: `null` (cast from the value `[]`).";

		return error_set_details(&request->scope.error, ERROR_VALIDATION,
			json_pack("{s:[{s:[], s:s, s:s}]}", "errors", "path", "message", message, "name", "ValidationError"), "%s",
			message);
	}
	*data_r = data;
	return check_keys(&request->scope, model, data);
}
