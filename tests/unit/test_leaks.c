/* Every attribute of every recorded type through every parameter that takes names, asked by nobody in particular. */
#include "unit.h"

#include "http/query.h"
#include "recorded_site.h"

struct walk {
	struct recorded_site site;
	struct arena *arena;		/* of one query */
	const char *query;
	unsigned refused, served;
};

/* ---- what was understood ---- */

static bool is_secret(const struct attribute *attribute)
{
	return attribute->private_ || attribute->type == ATTRIBUTE_PASSWORD;
}

/* The locale of a type that has none comes along with what a morph relation leads to: it is always empty. */
static void assert_shown(struct walk *walk, const struct attribute *attribute)
{
	if (attribute == attribute->model->locale && !attribute->model->localized)
		return;
	if (!access_shows(walk->site.generation.access, attribute))
		fail_msg("%s: %.*s of %.*s", walk->query, STR_ARG(attribute->name), STR_ARG(attribute->model->uid));
}

static void assert_conditions_are_public(struct walk *walk, const struct condition *condition)
{
	for (const struct join *join = condition->join; join; join = join->parent)
		assert_shown(walk, join->via);
	if (condition->attribute)
		assert_shown(walk, condition->attribute);
	for (const struct condition *member = condition->first; member; member = member->next)
		assert_conditions_are_public(walk, member);
}

static void assert_query_is_public(struct walk *walk, const struct query *query)
{
	for (unsigned i = 0; i < query->column_count; i++)
		assert_shown(walk, query->columns[i]);
	for (unsigned i = 0; i < query->order_count; i++) {
		assert_shown(walk, query->order[i].attribute);
		for (const struct join *join = query->order[i].join; join; join = join->parent)
			assert_shown(walk, join->via);
	}
	assert_conditions_are_public(walk, &query->where);
}

static void assert_populate_is_public(struct walk *walk, const struct populate *first)
{
	for (const struct populate *populate = first; populate; populate = populate->next) {
		assert_shown(walk, populate->attribute);
		for (unsigned i = 0; i < populate->type_count; i++) {
			const struct model *model = populate->types[i].query->model;

			assert_true(model->kind == MODEL_COMPONENT || populate->attribute->type == ATTRIBUTE_MEDIA ||
				access_finds(walk->site.generation.access, model));
			assert_query_is_public(walk, populate->types[i].query);
			assert_populate_is_public(walk, populate->types[i].first);
		}
	}
}

/* ---- asking ---- */

static int ask(struct walk *walk, const struct model *model, const char *query, struct request **request_r,
	struct rest_params *params)
{
	struct request *request = recorded_request(&walk->site, walk->arena, model, str_of(query));

	walk->query = query;
	*request_r = request;
	return rest_params_of_request(&request->scope, REST_LIST, params);
}

/* Refused by its name, or, when it may be seen, understood as what may be seen. */
static void judge(struct walk *walk, const struct model *model, const char *query, const struct attribute *attribute,
	bool must_refuse)
{
	struct rest_params params;
	struct request *request;

	if (ask(walk, model, query, &request, &params) < 0) {
		const struct error *error = &request->scope.error;

		assert_int_equal(error->kind, ERROR_VALIDATION);
		/* Below a relation there may be something to refuse before it is asked who may see the relation. */
		if (must_refuse && !attribute->relation) {
			const char *key = json_string_value(json_object_get(error->details, "key"));

			assert_non_null(key);
			assert_str(attribute->name, key);
		}
		walk->refused++;
	} else {
		if (must_refuse)
			fail_msg("%.*s?%s was served", STR_ARG(model->uid), query);
		assert_query_is_public(walk, &params.query);
		assert_populate_is_public(walk, params.populate);
		walk->served++;
	}
	arena_reset(walk->arena);
}

static const char *const forms[] = {
	"filters[%.*s]=1", "filters[%.*s][$null]=true", "filters[%.*s][$contains]=a", "filters[$or][0][%.*s][$gt]=1",
	"filters[$not][%.*s]=1", "filters[%.*s][$not][$eq]=1", "filters[0][%.*s]=1", "filters[%.*s][$in][0]=1",
	"sort=%.*s", "sort=id,%.*s:desc", "sort[%.*s]=asc", "sort[0][%.*s]=desc", "fields=%.*s", "fields[0]=%.*s",
	"fields=id,%.*s",
};

/* How a relation is named on the way to what is below it. */
static const char *const below_forms[] = {
	"filters[%.*s][%.*s]=1", "filters[%.*s][%.*s][$startsWith]=a", "filters[%.*s][$or][0][%.*s]=1",
	"filters[$and][0][%.*s][$not][%.*s]=1", "sort=%.*s.%.*s", "sort[%.*s][%.*s]=desc", "sort=%.*s:%.*s",
	"populate[%.*s][fields]=%.*s", "populate[%.*s][fields][0]=%.*s", "populate[%.*s][sort]=%.*s",
	"populate[%.*s][filters][%.*s]=1",
};

static const char *const populate_forms[] = { "populate=%.*s", "populate[0]=%.*s", "populate[%.*s]=true",
	"populate[%.*s][populate]=*", "populate[%.*s][count]=true", "populate[%.*s][fields]=id" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

static void walk_below(struct walk *walk, const struct model *model, const struct attribute *via)
{
	const struct model *target = via->type == ATTRIBUTE_COMPONENT ? via->component : via->target;
	bool shown = access_shows(walk->site.generation.access, via);
	char query[512];

	for (unsigned a = 0; target && a < target->attribute_count; a++) {
		const struct attribute *attribute = &target->attributes[a];

		for (size_t i = 0; i < COUNT(below_forms); i++) {
			snprintf(query, sizeof(query), below_forms[i], STR_ARG(via->name), STR_ARG(attribute->name));
			judge(walk, model, query, attribute, shown && is_secret(attribute));
		}
	}
}

static const char *const fragment_forms[] = {
	"populate[%.*s][on][%.*s][fields]=%.*s", "populate[%.*s][on][%.*s][sort]=%.*s",
	"populate[%.*s][on][%.*s][filters][%.*s]=1",
};

/* One of the types that an attribute may lead to. */
static void walk_fragment(struct walk *walk, const struct model *model, const struct attribute *via,
	const struct model *target)
{
	bool shown = access_shows(walk->site.generation.access, via);
	char query[512];

	for (unsigned a = 0; a < target->attribute_count; a++) {
		const struct attribute *attribute = &target->attributes[a];

		for (size_t i = 0; i < COUNT(fragment_forms); i++) {
			snprintf(query, sizeof(query), fragment_forms[i], STR_ARG(via->name), STR_ARG(target->uid),
				STR_ARG(attribute->name));
			judge(walk, model, query, attribute, shown && is_secret(attribute));
		}
	}
}

static void walk_fragments(struct walk *walk, const struct model *model, const struct attribute *via)
{
	const struct models *models = walk->site.generation.models;

	for (unsigned i = 0; i < via->component_count; i++)
		walk_fragment(walk, model, via, via->components[i]);
	if (via->relation != RELATION_MORPH_TO_ONE && via->relation != RELATION_MORPH_TO_MANY)
		return;
	for (unsigned m = 0; m < models->count; m++)
		walk_fragment(walk, model, via, models->list[m]);
}

static void walk_model(struct walk *walk, const struct model *model)
{
	char query[512];

	for (unsigned a = 0; a < model->attribute_count; a++) {
		const struct attribute *attribute = &model->attributes[a];

		for (size_t i = 0; i < COUNT(forms); i++) {
			snprintf(query, sizeof(query), forms[i], STR_ARG(attribute->name));
			judge(walk, model, query, attribute, is_secret(attribute));
		}
		for (size_t i = 0; i < COUNT(populate_forms); i++) {
			snprintf(query, sizeof(query), populate_forms[i], STR_ARG(attribute->name));
			judge(walk, model, query, attribute, is_secret(attribute) && attribute->relation);
		}
		walk_below(walk, model, attribute);
		walk_fragments(walk, model, attribute);
	}
	judge(walk, model, "populate=*", NULL, false);
	judge(walk, model, "fields=*", NULL, false);
	judge(walk, model, "", NULL, false);
}

static void nothing_secret_comes_out_through_a_parameter(void **state)
{
	struct walk walk = { .refused = 0 };
	struct error error = ERROR_INIT;
	const struct models *models;

	if (recorded_site_init(&walk.site, &error) < 0)
		fail_msg("%s", error_message(&error));
	walk.arena = arena_new(64 * 1024);
	models = walk.site.generation.models;
	for (unsigned m = 0; m < models->count; m++) {
		if (models->list[m]->kind != MODEL_COMPONENT)
			walk_model(&walk, models->list[m]);
	}
	print_message("# %u refused, %u served\n", walk.refused, walk.served);
	assert_true(walk.refused > 1000 && walk.served > 1000);
	arena_free(walk.arena);
	recorded_site_clear(&walk.site);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_secret_comes_out_through_a_parameter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
