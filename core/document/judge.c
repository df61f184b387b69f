#include "document/judge.h"

#include "document/targets.h"
#include "document/unique.h"
#include "document/validate.h"
#include "extension/generation.h"

static int rows_exist(void *arg, const struct model *model, const json_t *data, struct error *error)
{
	const struct unique_search *search = arg;

	return targets_exist(search->scope, model, data, error);
}

int judge_data(const struct relation_source *source, const struct model *model, json_t *data, bool creating, bool draft,
	uint64_t own_row)
{
	struct scope *scope = source->scope;
	struct db_value locale = db_text(source->locale);
	struct unique_search search = { scope, own_row, model->localized ? &locale : NULL };
	const struct validate_options options = { .creating = creating, .draft = draft,
		.models = scope->generation->models, .is_taken = unique_is_taken, .rows_exist = rows_exist, .arg = &search };

	return document_validate(model, data, &options, &scope->error);
}

static void forget_passwords(const struct model *model, json_t *tree)
{
	for (unsigned i = 0; i < model->column_count; i++) {
		const struct attribute *attribute = model->columns[i];
		const json_t *value = json_object_getn(tree, attribute->name.p, attribute->name.n);

		if (attribute->type == ATTRIBUTE_PASSWORD && json_is_string(value))
			json_object_deln(tree, attribute->name.p, attribute->name.n);
	}
}

int judge_stored(const struct relation_source *source, const struct model *model, json_t *tree, bool draft,
	uint64_t own_row)
{
	struct scope *scope = source->scope;
	struct db_value locale = db_text(source->locale);
	struct unique_search search = { scope, own_row, model->localized ? &locale : NULL };
	const struct validate_options options = { .creating = true, .draft = draft, .models = scope->generation->models,
		.is_taken = unique_is_taken, .arg = &search };

	forget_passwords(model, tree);
	return document_validate(model, tree, &options, &scope->error);
}
