#include "rest/access.h"

#include "extension/permission.h"

static bool may_leave(const struct attribute *attribute, const bool *finds)
{
	if (attribute->private_ || attribute->type == ATTRIBUTE_PASSWORD)
		return false;
	/* Who wrote an entry is told with it, where its type says so. */
	if (attribute == attribute->model->created_by || attribute == attribute->model->updated_by)
		return true;
	/* Media are part of the entry, as components are; morph relations are judged by what they lead to. */
	if (attribute->type == ATTRIBUTE_RELATION && attribute->target)
		return finds[attribute->target->index];
	return true;
}

static struct query *plain_queries(struct arena *arena, const struct access *access,
	const struct models *models)
{
	struct query *plain = arena_array(arena, models->count, sizeof(*plain));

	for (unsigned m = 0; m < models->count; m++) {
		const struct model *model = models->list[m];

		query_init(&plain[m], arena, model);
		for (unsigned i = 0; i < model->column_count; i++) {
			if (access_shows(access, model->columns[i]))
				query_select(&plain[m], model->columns[i]);
		}
	}
	return plain;
}

static struct access *access_of_finds(struct arena *arena, const struct models *models, const bool *finds)
{
	struct access *access = arena_new_of(arena, struct access);
	const bool **shows = arena_array(arena, models->count, sizeof(*shows));

	for (unsigned m = 0; m < models->count; m++) {
		const struct model *model = models->list[m];
		bool *row = arena_array(arena, model->attribute_count, sizeof(*row));

		for (unsigned a = 0; a < model->attribute_count; a++)
			row[a] = may_leave(&model->attributes[a], finds);
		shows[m] = row;
	}
	access->shows = shows;
	access->finds = finds;
	access->plain = plain_queries(arena, access, models);
	return access;
}

struct access *access_new(struct arena *arena, const struct settings *settings, const struct models *models)
{
	bool *finds = arena_array(arena, models->count, sizeof(*finds));

	for (unsigned m = 0; m < models->count; m++) {
		struct str uid = models->list[m]->uid;

		finds[m] = permission_public(settings, str_of(arena_printf(arena, "%.*s.find", STR_ARG(uid))));
	}
	return access_of_finds(arena, models, finds);
}

struct access *access_new_host(struct arena *arena, const struct models *models)
{
	bool *finds = arena_array(arena, models->count, sizeof(*finds));

	for (unsigned m = 0; m < models->count; m++)
		finds[m] = true;
	return access_of_finds(arena, models, finds);
}
