#include "model/model.h"

#include "model/read.h"
#include "model/relations.h"

/* Open addressing at half load at the most; built once. */
struct model_names {
	size_t mask;
	const struct attribute *slots[];
};

struct models_names {
	size_t mask;
	const struct model *slots[];
};

static size_t hash(struct str name)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)name.p[i]) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static size_t slots_for(unsigned count)
{
	size_t slots = 4;

	while (slots < 2 * (size_t)count)
		slots *= 2;
	return slots;
}

static void index_attributes(struct arena *arena, struct model *model)
{
	size_t slots = slots_for(model->attribute_count);
	struct model_names *names = arena_zalloc(arena, sizeof(*names) + slots * sizeof(*names->slots));

	names->mask = slots - 1;
	for (unsigned i = 0; i < model->attribute_count; i++) {
		size_t at = hash(model->attributes[i].name) & names->mask;

		while (names->slots[at])
			at = (at + 1) & names->mask;
		names->slots[at] = &model->attributes[i];
	}
	model->names = names;
}

static void index_models(struct models *models)
{
	size_t slots = slots_for(models->count);
	struct models_names *names =
		arena_zalloc(models->arena, sizeof(*names) + slots * sizeof(*names->slots));

	names->mask = slots - 1;
	for (unsigned i = 0; i < models->count; i++) {
		size_t at = hash(models->list[i]->uid) & names->mask;

		while (names->slots[at])
			at = (at + 1) & names->mask;
		names->slots[at] = models->list[i];
	}
	models->names = names;
}

struct models *models_new(struct arena *arena)
{
	struct models *models = arena_new_of(arena, struct models);

	models->arena = arena;
	return models;
}

int models_add_custom_field(struct models *models, struct str uid, enum attribute_type type,
	struct error *error)
{
	struct models_custom_field *field;

	if (type == ATTRIBUTE_ID || type >= ATTRIBUTE_TYPES || !attribute_kind(type)->scalar) {
		return error_set(error, ERROR_CONFIG,
			"the custom field \"%.*s\" must stand for a scalar type, as string or json",
			STR_ARG(uid));
	}
	for (field = models->custom_fields; field; field = field->next) {
		if (str_equal(field->uid, uid)) {
			return error_set(error, ERROR_CONFIG,
				"the custom field \"%.*s\" is already registered", STR_ARG(uid));
		}
	}
	field = arena_new_of(models->arena, struct models_custom_field);
	field->uid = arena_str(models->arena, uid);
	field->type = type;
	field->next = models->custom_fields;
	models->custom_fields = field;
	return 0;
}

void models_add(struct models *models, struct model *model)
{
	if (models->count == models->room) {
		const struct model **larger;

		models->room = models->room ? 2 * models->room : 32;
		larger = arena_array(models->arena, models->room, sizeof(*larger));
		if (models->count)
			memcpy(larger, models->list, models->count * sizeof(*larger));
		models->list = larger;
	}
	model->index = models->count;
	models->list[models->count++] = model;
}

static void set_private_names(const struct models *models, struct model *model)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		for (unsigned k = 0; k < models->private_count; k++) {
			model->attributes[i].private_ |=
				str_equal(model->attributes[i].name, models->private_names[k]);
		}
	}
}

int models_finish(struct models *models, struct error *error)
{
	struct problems problems = PROBLEMS_INIT;

	index_models(models);
	for (unsigned i = 0; i < models->count; i++) {
		struct model *model = (struct model *)models->list[i];

		set_private_names(models, model);
		index_attributes(models->arena, model);
	}
	relations_resolve(models, &problems);
	return problems_finish(&problems, error);
}

const struct model *models_find(const struct models *models, struct str uid)
{
	const struct models_names *names = models->names;

	if (!names) {
		for (unsigned i = 0; i < models->count; i++) {
			if (str_equal(models->list[i]->uid, uid))
				return models->list[i];
		}
		return NULL;
	}
	for (size_t at = hash(uid) & names->mask; names->slots[at]; at = (at + 1) & names->mask) {
		if (str_equal(names->slots[at]->uid, uid))
			return names->slots[at];
	}
	return NULL;
}

const struct attribute *model_attribute(const struct model *model, struct str name)
{
	const struct model_names *names = model->names;

	for (size_t at = hash(name) & names->mask; names->slots[at]; at = (at + 1) & names->mask) {
		if (str_equal(names->slots[at]->name, name))
			return names->slots[at];
	}
	return NULL;
}
