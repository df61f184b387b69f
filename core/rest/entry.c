#include "rest/entry.h"

#include "base/json.h"
#include "document/find.h"
#include "document/populate.h"
#include "rest/output.h"
#include "rest/output_changed.h"
#include "rest/params.h"

/* Components inside one another; schemas that go round are cut there. */
enum { LEVELS = 8 };

static json_t *populate_of(const struct model *model, unsigned level);

static json_t *below(const struct model *component, unsigned level)
{
	json_t *populate = level < LEVELS ? populate_of(component, level + 1) : json_object();

	return json_pack("{s:o}", "populate", populate);
}

static json_t *zone(const struct attribute *attribute, unsigned level)
{
	json_t *on = json_object();

	for (unsigned i = 0; i < attribute->component_count; i++)
		json_object_setn_new(on, attribute->components[i]->uid.p, attribute->components[i]->uid.n,
			below(attribute->components[i], level));
	return json_pack("{s:o}", "on", on);
}

static json_t *value_of(const struct attribute *attribute, unsigned level)
{
	switch (attribute->type) {
	case ATTRIBUTE_COMPONENT:
		return below(attribute->component, level);
	case ATTRIBUTE_DYNAMICZONE:
		return zone(attribute, level);
	default:
		return json_true();
	}
}

/* All that leads anywhere, in REST's terms. */
static json_t *populate_of(const struct model *model, unsigned level)
{
	json_t *populate = json_object();

	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		bool leads = attribute->type == ATTRIBUTE_RELATION || attribute->type == ATTRIBUTE_MEDIA ||
			attribute->type == ATTRIBUTE_COMPONENT || attribute->type == ATTRIBUTE_DYNAMICZONE;

		if (leads && !attribute->automatic && !attribute->private_)
			json_object_setn_new(populate, attribute->name.p, attribute->name.n, value_of(attribute, level));
	}
	return populate;
}

static int read_params(struct scope *scope, const struct event *event, struct rest_params *params)
{
	bool published = event->kind == EVENT_PUBLISH || !event->model->draft_and_publish;
	json_t *tree = json_own(scope->arena, json_pack("{s:o, s:s}", "populate", populate_of(event->model, 0), "status",
		published ? "published" : "draft"));
	struct db_value *row = arena_new_of(scope->arena, struct db_value);

	if (rest_params_read(scope, event->model, param_of_json(scope->arena, tree), REST_WRITE, params) < 0)
		return -1;
	*row = db_uint(event->row);
	query_where(&params->query, condition_compare(scope->arena, NULL, event->model->id, OPERATOR_EQ, row, 1));
	params->version = (struct document_version){ .published = published, .any_locale = true };
	return 0;
}

static json_t *read_entry(struct scope *scope, const struct event *event)
{
	struct rest_params *params = arena_new_of(scope->arena, struct rest_params);
	struct documents documents = { .query = &params->query };
	struct rowset *rows;
	struct loaded *loaded;

	if (read_params(scope, event, params) < 0 || document_find(scope, &params->query, &params->version, &rows) < 0 ||
		document_populate(scope, &params->query, params->populate, rows, &loaded) < 0)
		return NULL;
	if (rows->count == 0) {
		scope_throw(scope, ERROR_NOT_FOUND, "The entry of this event is gone");
		return NULL;
	}
	documents.rows = rows;
	documents.loaded = loaded;
	return output_tree(scope->arena, &documents, 0);
}

/* A row as it was, without what nobody may see. */
static json_t *kept_entry(struct scope *scope, const struct event *event)
{
	json_t *entry = json_object(), *value;
	const char *key;

	json_object_foreach(event->entry, key, value) {
		if (!output_is_secret(event->model, key) && (event->model->localized || strcmp(key, "locale") != 0))
			json_object_set(entry, key, value);
	}
	return json_own(scope->arena, entry);
}

json_t *entry_of_event(struct scope *scope, const struct event *event)
{
	enum caller_kind caller = scope->caller;
	json_t *entry;

	/* It doesn't depend on who made the change. */
	scope->caller = CALLER_HOST;
	entry = event->entry ? kept_entry(scope, event) : read_entry(scope, event);
	scope->caller = caller;
	return entry;
}
