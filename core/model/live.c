#include "model/live.h"

#include "model/compare.h"
#include "model/tables.h"

static bool reads_column(const struct link *link, struct str column)
{
	return str_equal(column, link->own_column) || str_equal(column, link->target_column) ||
		str_equal(column, link->type_column);
}

/* Whether the attribute's links are kept in what the difference is about. */
static bool uses(const struct attribute *attribute, const struct difference *difference)
{
	const struct link *link = &attribute->link;

	if (link->storage == LINK_NONE || !str_equal(link->table, difference->table->name))
		return false;
	if (link->storage != LINK_COLUMN && link->storage != LINK_MORPH_COLUMNS)
		return true;
	return !difference->column || reads_column(link, difference->column->name);
}

static bool touches(const struct model *model, const struct difference *difference)
{
	if (str_equal(model->table, difference->table->name))
		return true;
	for (unsigned i = 0; i < model->attribute_count; i++) {
		if (uses(&model->attributes[i], difference))
			return true;
	}
	return false;
}

static const struct model *broken_component(const struct model *model, const char **reasons)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];

		if (attribute->component && reasons[attribute->component->index])
			return attribute->component;
		for (unsigned k = 0; k < attribute->component_count; k++) {
			if (reasons[attribute->components[k]->index])
				return attribute->components[k];
		}
	}
	return NULL;
}

/* Until nothing falls any more: components may hold components. */
static unsigned spread(const struct models *models, struct arena *arena, const char **reasons)
{
	unsigned fallen = 0, before;

	do {
		before = fallen;
		for (unsigned i = 0; i < models->count; i++) {
			const struct model *component =
				reasons[i] ? NULL : broken_component(models->list[i], reasons);

			if (component) {
				reasons[i] = arena_printf(arena, "component %.*s: %s",
					STR_ARG(component->uid), reasons[component->index]);
				fallen++;
			}
		}
	} while (fallen != before);
	return fallen;
}

unsigned model_check_live(const struct models *models, const struct catalogue *live, struct arena *arena,
	const char ***reasons_r)
{
	const struct differences *found = compare_tables(tables_of(models, arena), live, arena);
	const char **reasons = arena_zalloc(arena, (models->count + 1) * sizeof(*reasons));
	unsigned fallen = 0;

	for (unsigned i = 0; i < found->count; i++) {
		for (unsigned k = 0; found->list[i].blocks && k < models->count; k++) {
			if (!reasons[k] && touches(models->list[k], &found->list[i])) {
				reasons[k] = compare_describe(&found->list[i], arena);
				fallen++;
			}
		}
	}
	*reasons_r = reasons;
	return fallen + spread(models, arena, reasons);
}
