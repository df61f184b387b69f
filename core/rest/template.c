#include "rest/template.h"

#include "config/settings.h"
#include "extension/generation.h"
#include "rest/check.h"

enum { PLACES = 32 };

static bool is_place(const struct param *param)
{
	return param->type == PARAM_STRING && param->text.n > 1 && param->text.p[0] == ':';
}

static int place_of(const struct rest_template *template, struct str name)
{
	for (unsigned i = 0; i < template->place_count; i++) {
		if (str_equal(template->places[i], name))
			return (int)i;
	}
	return -1;
}

static int find_places(struct rest_template *template, const struct param *param, struct error *error)
{
	if (is_place(param) && place_of(template, str_skip(param->text, 1)) < 0) {
		if (template->place_count == PLACES)
			return error_set(error, ERROR_CONFIG, "a query has at most %d open values", PLACES);
		template->places[template->place_count++] = str_skip(param->text, 1);
	}
	if (param->type != PARAM_ARRAY && param->type != PARAM_OBJECT)
		return 0;
	param_foreach(item, param) {
		if (find_places(template, item, error) < 0)
			return -1;
	}
	return 0;
}

static int check_names(struct generation *generation, const struct rest_template *template, struct error *error)
{
	struct check check = { .access = generation->access, .arena = generation->arena, .trusted = true,
		.models = generation->models, .populate_depth = (unsigned)generation->settings->api.populate_depth, .error = error };
	const struct param *filters = param_get(template->tree, STR("filters"));
	const struct param *sort = param_get(template->tree, STR("sort")), *fields = param_get(template->tree, STR("fields"));
	const struct param *populate = param_get(template->tree, STR("populate"));

	if (filters && check_filters(&check, template->model, filters) < 0)
		return -1;
	if (sort && check_sort(&check, template->model, sort) < 0)
		return -1;
	if (fields && check_fields(&check, template->model, fields) < 0)
		return -1;
	return populate ? check_populate(&check, template->model, populate) : 0;
}

struct rest_template *rest_template_compile(struct generation *generation, struct str uid, struct str text,
	struct error *error)
{
	struct rest_template *template = arena_new_of(generation->arena, struct rest_template);

	template->model = models_find(generation->models, uid);
	if (!template->model) {
		error_set(error, ERROR_CONFIG, "the query \"%.*s\" is for \"%.*s\", which no plugin brings", STR_ARG(text),
			STR_ARG(uid));
		return NULL;
	}
	template->tree = param_parse(generation->arena, text, NULL);
	template->places = arena_array(generation->arena, PLACES, sizeof(*template->places));
	if (find_places(template, template->tree, error) < 0 || check_names(generation, template, error) < 0) {
		error_prefix(error, "the query \"%.*s\": ", STR_ARG(text));
		return NULL;
	}
	return template;
}

/* A copy with values for places; what stands between is shared with nobody, as later steps may change trees. */
static struct param *fill(struct arena *arena, const struct rest_template *template, struct param *const *values,
	const struct param *from)
{
	struct param *copy = arena_memdup(arena, from, sizeof(*from));

	if (is_place(from)) {
		*copy = *values[place_of(template, str_skip(from->text, 1))];
		copy->key = from->key;
		copy->index = from->index;
	} else if (from->type == PARAM_ARRAY || from->type == PARAM_OBJECT) {
		copy->first = copy->last = NULL;
		param_foreach(item, from) {
			struct param *member = fill(arena, template, values, item);

			if (copy->last)
				copy->last->next = member;
			else
				copy->first = member;
			copy->last = member;
		}
	}
	copy->next = NULL;
	return copy;
}

struct param *rest_template_fill(struct arena *arena, const struct rest_template *template, struct param *const *values)
{
	return fill(arena, template, values, template->tree);
}
