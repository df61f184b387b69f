/* Any JSON as the data of a write: refused with a list of failures and left alone, or accepted and then
 * stable.
 *
 * Reads the recorded application's schemas: run it in the root of the project, or with SOCLE_SOURCE_ROOT. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "document/validate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct models *load(void)
{
	static const char *const folders[][2] = {
		{ "plugins/admin", "admin::" },
		{ "plugins/upload", "plugin::upload." },
		{ "plugins/users-permissions", "plugin::users-permissions." },
		{ "tests/conformance/plugins/oracle", "api::" },
	};
	const char *root = getenv("SOCLE_SOURCE_ROOT");
	struct arena *arena = arena_new(64 * 1024);
	struct models *models = models_new(arena);
	struct error error = ERROR_INIT;

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		struct model_source source = { .plugin = STR("fuzz"), .prefix = str_of(folders[i][1]) };

		if (models_add_folder(models, &source,
			    arena_printf(arena, "%s/%s", root ? root : ".", folders[i][0]), &error) < 0)
			break;
	}
	if (error_is_set(&error) || models_finish(models, &error) < 0) {
		fprintf(stderr, "%s\n", error_message(&error));
		exit(1);
	}
	return models;
}

static int is_taken(void *arg, const struct validate_holder *holder, const struct attribute *attribute,
	const json_t *value, bool *taken_r, struct error *error)
{
	*taken_r = json_is_string(value) && json_string_length(value) % 5 == 4;
	return 0;
}

static void check(const struct models *models, const struct model *model, unsigned mode, const json_t *input)
{
	struct validate_options options = {
		.creating = mode & 1, .draft = mode & 2, .models = models, .is_taken = is_taken};
	json_t *data = json_deep_copy(input), *once;
	struct error error = ERROR_INIT;

	if (document_validate(model, data, &options, &error) < 0) {
		assert(error.kind == ERROR_VALIDATION);
		assert(json_array_size(json_object_get(error.details, "errors")) > 0);
		assert(json_equal(data, input));
	} else {
		once = json_deep_copy(data);
		assert(document_validate(model, data, &options, &error) == 0);
		assert(json_equal(data, once));
		json_decref(once);
	}
	error_clear(&error);
	json_decref(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const uids[] = {
		"api::widget.widget", "api::restaurant.restaurant", "api::event.event"};
	static const struct models *models;
	json_t *input;

	if (!models)
		models = load();
	if (size < 2)
		return 0;
	input = json_loadb((const char *)data + 1, size - 1, JSON_ALLOW_NUL, NULL);
	if (input)
		check(models, models_find(models, str_of(uids[data[0] / 4 % 3])), data[0] % 4, input);
	json_decref(input);
	return 0;
}
