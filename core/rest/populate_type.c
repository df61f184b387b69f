#include "query/filter.h"
#include "rest/populate_internal.h"
#include "rest/selection.h"

static bool has_hidden_locale(const struct model *model)
{
	return model->locale && model->locale->private_ && !model->localized;
}

static int read_options(struct populate_reader *reader, const struct populate_target *target,
	const struct param *options, struct query *query)
{
	const struct param *sort = param_get(options, STR("sort"));
	const struct param *filters = param_get(options, STR("filters"));
	const struct param *fields = param_get(options, STR("fields"));

	if (!populate_is_absent(sort) && selection_sort(query, sort, reader->error) < 0)
		return -1;
	if (!populate_is_absent(filters) && filter_compile(query, filters, reader->error) < 0)
		return -1;
	if ((target->linked || query->joins) && !query_sorts_through_a_join(query))
		selection_order(query, reader->access);
	selection_fields(query, reader->access, populate_is_absent(fields) ? NULL : fields);
	if (target->shows_locale && selection_is_all(fields) && has_hidden_locale(target->model))
		query_select(query, target->model->locale);
	return 0;
}

static int read_children(struct populate_reader *reader, const struct populate_level *level,
	const struct populate_target *target, const struct param *options, struct query *query,
	const struct attribute *via, const struct populate **first_r)
{
	const struct param *nested = param_get(options, STR("populate"));
	const struct param *fields = param_get(options, STR("fields"));
	struct populate_level below = {
		.query = query, .depth = level->depth + 1, .chosen = selection_is_chosen(fields),
		.shows_locale = target->shows_locale,
	};

	if (populate_is_absent(nested))
		return 0;
	below.path = populate_path(reader, level, via);
	if (populate_read_level(reader, &below, nested) < 0)
		return -1;
	populate_prepare(query, below.first);
	*first_r = below.first;
	return 0;
}

int populate_read_type(struct populate_reader *reader, const struct populate_level *level,
	const struct attribute *via, const struct populate_target *target, const struct param *options,
	struct populate_type *type)
{
	bool by_version = target->model->draft_and_publish && !target->any_version;
	bool adds_locale = target->shows_locale && has_hidden_locale(target->model);
	struct query *query;

	/* Which localizations are left out is told by their ids, shown or not. */
	if (!options && !by_version && !adds_locale && via != via->model->localizations) {
		type->query = access_plain(reader->access, target->model);
		return 0;
	}
	query = arena_new_of(reader->scope->arena, struct query);
	query_init(query, reader->scope->arena, target->model);
	query->limits = level->query->limits;
	if (read_options(reader, target, options, query) < 0)
		return -1;
	if (by_version)
		document_version_where_status(query, reader->version);
	query_read(query, STR("id"));
	type->query = query;
	return read_children(reader, level, target, options, query, via, &type->first);
}
