#include "document/validate.h"

#include "document/validate_internal.h"

/* ---- relations ---- */

static const char no_component[] =
	"Cannot build relations store from dynamiczone, component identifier is undefined";

/* What keeps upstream from collecting the relations: the words, or NULL. */
static const char *find_obstacle(struct check *check, const struct model *model, const json_t *data);

static const char *find_obstacle_in_item(
	struct check *check, const struct attribute *attribute, const json_t *item)
{
	const json_t *name = validate_member(item, VALIDATE_COMPONENT);
	const struct model *model = attribute->component;

	if (attribute->type == ATTRIBUTE_DYNAMICZONE) {
		if (json_is_null(item))
			return "Invalid relations";
		if (!name || json_is_null(name) || json_is_false(name) ||
				(json_is_string(name) && json_string_length(name) == 0))
			return no_component;
		model = validate_component_of(check, attribute, item);
		if (!model)
			return "Invalid relations";
	}
	return find_obstacle(check, model, item);
}

static const char *find_obstacle(struct check *check, const struct model *model, const json_t *data)
{
	const char *words = NULL;
	const json_t *value, *item;
	size_t k;

	for (unsigned i = 0; i < model->attribute_count && !words; i++) {
		const struct attribute *attribute = &model->attributes[i];

		value = validate_member(data, attribute->name);
		if ((attribute->type != ATTRIBUTE_COMPONENT && attribute->type != ATTRIBUTE_DYNAMICZONE) ||
			!value || json_is_null(value))
			continue;
		if (!json_is_array(value))
			words = find_obstacle_in_item(check, attribute, value);
		json_array_foreach(value, k, item) {
			words = find_obstacle_in_item(check, attribute, item);
			if (words)
				break;
		}
	}
	return words;
}

static void check_relations(struct check *check, const struct model *model, const json_t *data,
	struct failures *failures)
{
	const struct validate_options *options = check->options;
	const char *words = find_obstacle(check, model, data);
	struct error error = ERROR_INIT;

	if (words) {
		failures_add_plain(failures, NULL, data, str_of(words));
	} else if (options->rows_exist && options->rows_exist(options->arg, model, data, &error) < 0) {
		if (error.kind == ERROR_VALIDATION) {
			failures_add_plain(failures, NULL, data, str_of(error_message(&error)));
			error_clear(&error);
		} else {
			error_move(check->error, &error);
			check->broken = true;
		}
	}
}

/* ---- the whole ---- */

static int judge(struct check *check, const struct model *model, const json_t *original, const json_t *data)
{
	struct field whole = { .value = data, .original = original };
	struct failures failures;
	int rc;

	failures_begin(&failures, &check->pool);
	validate_object(check, model, &whole, original, NULL, 0, &failures);
	if (!check->broken)
		check_relations(check, model, data, &failures);
	rc = check->broken ? -1 : failures_to_error(&failures, check->error);
	failures_clear(&failures);
	return rc;
}

static int refuse_kind(struct check *check, const json_t *data)
{
	struct failures failures;
	int rc;

	failures_begin(&failures, &check->pool);
	failures_add_type(&failures, NULL, "object", json_null(), data);
	rc = failures_to_error(&failures, check->error);
	failures_clear(&failures);
	return rc;
}

int document_validate(const struct model *model, json_t *data, const struct validate_options *options,
	struct error *error)
{
	struct check check = { .options = options, .error = error };
	json_t *cast;
	int rc;

	check.pool.arena = arena_new(1024);
	if (!json_is_object(data)) {
		rc = refuse_kind(&check, data);
	} else {
		cast = validate_cast(&check, model, data, false);
		rc = judge(&check, model, data, cast);
		if (rc == 0 && cast != data) {
			json_object_clear(data);
			json_object_update(data, cast);
		}
		json_decref(cast);
	}
	json_decref(check.seen);
	arena_free(check.pool.arena);
	return rc;
}

void document_apply_defaults(const struct model *model, json_t *data)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (attribute->automatic || !attribute_kind(attribute->type)->scalar ||
			!attribute->default_value)
			continue;
		if (!validate_member(data, attribute->name))
			json_object_setn_new_nocheck(data, attribute->name.p, attribute->name.n,
				json_deep_copy(attribute->default_value));
	}
}
