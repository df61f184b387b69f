/* Content types and components, as socle/models.h shows them to plugins. */
#include <socle/models.h>

#include "api/door.h"
#include "base/json.h"
#include "extension/generation.h"
#include "model/model.h"

_Static_assert((int)SOCLE_ATTRIBUTE_ID == (int)ATTRIBUTE_ID &&
	(int)SOCLE_ATTRIBUTE_TIMESTAMP == (int)ATTRIBUTE_TIMESTAMP &&
	(int)SOCLE_ATTRIBUTE_DYNAMICZONE == (int)ATTRIBUTE_DYNAMICZONE &&
	(int)SOCLE_ATTRIBUTE_DYNAMICZONE + 1 == (int)ATTRIBUTE_TYPES, "types have the same numbers on both sides");
_Static_assert((int)SOCLE_NO_RELATION == (int)RELATION_NONE && (int)SOCLE_ONE_TO_ONE == (int)RELATION_ONE_TO_ONE &&
	(int)SOCLE_MORPH_TO_ONE == (int)RELATION_MORPH_TO_ONE && (int)SOCLE_MORPH_MANY == (int)RELATION_MORPH_MANY,
	"so do relations");
_Static_assert((int)SOCLE_COLLECTION_TYPE == (int)MODEL_COLLECTION && (int)SOCLE_COMPONENT == (int)MODEL_COMPONENT,
	"and kinds of models");

/* The handles have no shape of their own. */
static const struct model *model_of(const socle_model *handle, const char *function)
{
	if (!handle)
		api_abort(function, "NULL for a model; socle_model_find() found none?");
	return (const struct model *)handle;
}

static const struct attribute *attribute_of(const socle_attribute *handle, const char *function)
{
	if (!handle)
		api_abort(function, "NULL for an attribute; the model has none of this name?");
	return (const struct attribute *)handle;
}

static const socle_model *handle_of(const struct model *model)
{
	return (const socle_model *)model;
}

/* All texts of models end in a NUL: they are literals, or copies in the models' arena. */
static const char *text_of(struct str text)
{
	return text.p;
}

/* ---- models ---- */

size_t socle_model_count(socle_context *ctx)
{
	const struct scope *scope = api_scope(ctx, __func__);

	return scope->generation && scope->generation->models ? scope->generation->models->count : 0;
}

const socle_model *socle_model_at(socle_context *ctx, size_t index)
{
	const struct scope *scope = api_scope(ctx, __func__);

	return index < socle_model_count(ctx) ? handle_of(scope->generation->models->list[index]) : NULL;
}

const socle_model *socle_model_find(socle_context *ctx, const char *uid)
{
	const struct scope *scope = api_scope(ctx, __func__);

	return uid && socle_model_count(ctx) ? handle_of(models_find(scope->generation->models, str_of(uid))) : NULL;
}

enum socle_model_kind socle_model_kind(const socle_model *model)
{
	return (enum socle_model_kind)model_of(model, __func__)->kind;
}

const char *socle_model_uid(const socle_model *model)
{
	return text_of(model_of(model, __func__)->uid);
}

const char *socle_model_singular(const socle_model *model)
{
	return text_of(model_of(model, __func__)->singular);
}

const char *socle_model_plural(const socle_model *model)
{
	return text_of(model_of(model, __func__)->plural);
}

const char *socle_model_display_name(const socle_model *model)
{
	return text_of(model_of(model, __func__)->display_name);
}

const char *socle_model_table(const socle_model *model)
{
	return text_of(model_of(model, __func__)->table);
}

const char *socle_model_plugin(const socle_model *model)
{
	return text_of(model_of(model, __func__)->plugin);
}

unsigned socle_model_flags(const socle_model *handle)
{
	const struct model *model = model_of(handle, __func__);

	return (model->draft_and_publish ? SOCLE_DRAFT_AND_PUBLISH : 0u) |
		(model->localized ? SOCLE_MODEL_LOCALIZED : 0u) |
		(model->populate_creator_fields ? SOCLE_POPULATE_CREATORS : 0u);
}

static json_t *schema_of(struct scope *scope, const struct node *node)
{
	return json_own(scope->arena, node_to_json(node));
}

json_t *socle_model_schema(socle_context *ctx, const socle_model *model)
{
	return schema_of(api_scope(ctx, __func__), model_of(model, __func__)->schema);
}

/* ---- attributes ---- */

size_t socle_model_attributes(const socle_model *model)
{
	return model_of(model, __func__)->attribute_count;
}

const socle_attribute *socle_model_attribute(const socle_model *handle, size_t index)
{
	const struct model *model = model_of(handle, __func__);

	return index < model->attribute_count ? (const socle_attribute *)&model->attributes[index] : NULL;
}

const socle_attribute *socle_model_attribute_named(const socle_model *handle, const char *name)
{
	const struct model *model = model_of(handle, __func__);

	return name ? (const socle_attribute *)model_attribute(model, str_of(name)) : NULL;
}

const char *socle_attribute_name(const socle_attribute *attribute)
{
	return text_of(attribute_of(attribute, __func__)->name);
}

enum socle_attribute_type socle_attribute_type(const socle_attribute *attribute)
{
	return (enum socle_attribute_type)attribute_of(attribute, __func__)->type;
}

const char *socle_attribute_type_name(const socle_attribute *attribute)
{
	return attribute_kind(attribute_of(attribute, __func__)->type)->name;
}

unsigned socle_attribute_flags(const socle_attribute *handle)
{
	const struct attribute *attribute = attribute_of(handle, __func__);
	const struct {
		bool has;
		unsigned flag;
	} all[] = {
		{ attribute->required, SOCLE_REQUIRED }, { attribute->unique, SOCLE_UNIQUE },
		{ attribute->private_, SOCLE_PRIVATE }, { attribute->localized, SOCLE_LOCALIZED },
		{ attribute->to_many, SOCLE_TO_MANY }, { attribute->repeatable, SOCLE_REPEATABLE },
		{ attribute->writable, SOCLE_WRITABLE }, { attribute->visible, SOCLE_VISIBLE },
		{ attribute->configurable, SOCLE_CONFIGURABLE }, { attribute->automatic, SOCLE_AUTOMATIC },
	};
	unsigned flags = 0;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		flags |= all[i].has ? all[i].flag : 0;
	return flags;
}

const char *socle_attribute_column(const socle_attribute *attribute)
{
	return text_of(attribute_of(attribute, __func__)->column);
}

json_t *socle_attribute_schema(socle_context *ctx, const socle_attribute *handle)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct attribute *attribute = attribute_of(handle, __func__);

	return attribute->node ? schema_of(scope, attribute->node) : NULL;
}

/* ---- where attributes lead to ---- */

enum socle_relation socle_attribute_relation(const socle_attribute *attribute)
{
	return (enum socle_relation)attribute_of(attribute, __func__)->relation;
}

const socle_model *socle_attribute_target(const socle_attribute *handle)
{
	const struct attribute *attribute = attribute_of(handle, __func__);

	return handle_of(attribute->type == ATTRIBUTE_COMPONENT ? attribute->component : attribute->target);
}

const socle_attribute *socle_attribute_inverse(const socle_attribute *attribute)
{
	return (const socle_attribute *)attribute_of(attribute, __func__)->inverse;
}

size_t socle_attribute_components(const socle_attribute *attribute)
{
	return attribute_of(attribute, __func__)->component_count;
}

const socle_model *socle_attribute_component(const socle_attribute *handle, size_t index)
{
	const struct attribute *attribute = attribute_of(handle, __func__);

	return index < attribute->component_count ? handle_of(attribute->components[index]) : NULL;
}
