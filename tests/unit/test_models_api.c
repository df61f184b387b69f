/* socle/models.h, over the recorded application's types and components. */
#include "unit.h"

#include <socle/models.h>

#include "recorded_site.h"

struct world {
	struct recorded_site site;
	struct scope scope;
	socle_context *ctx;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct error error = ERROR_INIT;

	if (recorded_site_init(&world->site, &error) < 0) {
		print_error("%s\n", error_message(&error));
		return -1;
	}
	scope_init(&world->scope, world->site.arena, &world->site.generation, NULL);
	world->ctx = (socle_context *)&world->scope;
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	recorded_site_clear(&world->site);
	free(world);
	return 0;
}

static const socle_attribute *attribute(struct world *world, const char *uid, const char *name)
{
	const socle_model *model = socle_model_find(world->ctx, uid);
	const socle_attribute *found;

	assert_non_null(model);
	found = socle_model_attribute_named(model, name);
	if (!found)
		fail_msg("%s has no %s", uid, name);
	return found;
}

/* A text's end is its end: the core's strings need none, plugins' do. */
static void assert_ends(const char *text, struct str str)
{
	if (str_is_null(str))
		assert_null(text);
	else
		assert_int_equal(strlen(text), str.n);
}

static void all_models_can_be_walked(void **state)
{
	struct world *world = *state;
	const struct models *models = world->site.generation.models;

	assert_int_equal(socle_model_count(world->ctx), models->count);
	assert_null(socle_model_at(world->ctx, models->count));
	for (size_t i = 0; i < models->count; i++) {
		const socle_model *model = socle_model_at(world->ctx, i);
		const struct model *core = models->list[i];

		assert_ptr_equal(socle_model_find(world->ctx, socle_model_uid(model)), model);
		assert_ends(socle_model_uid(model), core->uid);
		assert_ends(socle_model_singular(model), core->singular);
		assert_ends(socle_model_plural(model), core->plural);
		assert_ends(socle_model_display_name(model), core->display_name);
		assert_ends(socle_model_table(model), core->table);
		assert_ends(socle_model_plugin(model), core->plugin);
		assert_int_equal(socle_model_attributes(model), core->attribute_count);
		assert_null(socle_model_attribute(model, core->attribute_count));
		for (size_t k = 0; k < core->attribute_count; k++) {
			const socle_attribute *one = socle_model_attribute(model, k);

			assert_ptr_equal(socle_model_attribute_named(model, socle_attribute_name(one)), one);
			assert_ends(socle_attribute_name(one), core->attributes[k].name);
			assert_ends(socle_attribute_column(one), core->attributes[k].column);
			assert_true(json_is_object(socle_attribute_schema(world->ctx, one)) ||
				core->attributes[k].automatic);
		}
	}
}

static void models_say_what_they_are(void **state)
{
	struct world *world = *state;
	const socle_model *model = socle_model_find(world->ctx, "api::restaurant.restaurant");

	assert_string_equal(socle_model_singular(model), "restaurant");
	assert_string_equal(socle_model_plural(model), "restaurants");
	assert_string_equal(socle_model_display_name(model), "Restaurant");
	assert_string_equal(socle_model_table(model), "restaurants");
	assert_int_equal(socle_model_kind(model), SOCLE_COLLECTION_TYPE);
	assert_int_equal(socle_model_flags(model), SOCLE_DRAFT_AND_PUBLISH);
	assert_string_equal(json_string_value(json_object_get(
		json_object_get(socle_model_schema(world->ctx, model), "info"), "singularName")), "restaurant");
	assert_int_equal(socle_model_flags(socle_model_find(world->ctx, "api::article.article")),
		SOCLE_DRAFT_AND_PUBLISH | SOCLE_MODEL_LOCALIZED);
	assert_int_equal(socle_model_kind(socle_model_find(world->ctx, "api::homepage.homepage")), SOCLE_SINGLE_TYPE);
	model = socle_model_find(world->ctx, "shared.seo");
	assert_int_equal(socle_model_kind(model), SOCLE_COMPONENT);
	assert_string_equal(socle_model_singular(model), "seo");
	assert_null(socle_model_plural(model));
	assert_null(socle_model_find(world->ctx, "api::none.none"));
	assert_null(socle_model_find(world->ctx, NULL));
}

static void attributes_say_what_they_are(void **state)
{
	struct world *world = *state;
	const socle_attribute *one = attribute(world, "api::article.article", "publishedOn");

	assert_int_equal(socle_attribute_type(one), SOCLE_ATTRIBUTE_DATE);
	assert_string_equal(socle_attribute_type_name(one), "date");
	assert_string_equal(socle_attribute_column(one), "published_on");
	assert_int_equal(socle_attribute_relation(one), SOCLE_NO_RELATION);
	assert_null(socle_attribute_target(one));
	assert_int_equal(socle_attribute_components(one), 0);
	one = attribute(world, "api::article.article", "secretNote");
	assert_true(socle_attribute_flags(one) & SOCLE_PRIVATE);
	assert_false(socle_attribute_flags(one) & SOCLE_AUTOMATIC);
	one = attribute(world, "api::article.article", "createdAt");
	assert_true(socle_attribute_flags(one) & SOCLE_AUTOMATIC);
	assert_null(socle_attribute_schema(world->ctx, one));
	assert_true(socle_attribute_flags(attribute(world, "api::article.article", "title")) & SOCLE_REQUIRED);
	assert_true(socle_attribute_flags(attribute(world, "api::article.article", "title")) & SOCLE_LOCALIZED);
	assert_false(socle_attribute_flags(attribute(world, "api::restaurant.restaurant", "name")) & SOCLE_LOCALIZED);
}

static void attributes_lead_to_models(void **state)
{
	struct world *world = *state;
	const socle_attribute *author = attribute(world, "api::article.article", "author"), *one;

	assert_int_equal(socle_attribute_relation(author), SOCLE_MANY_TO_ONE);
	assert_string_equal(socle_model_uid(socle_attribute_target(author)), "api::author.author");
	assert_false(socle_attribute_flags(author) & SOCLE_TO_MANY);
	one = socle_attribute_inverse(author);
	assert_string_equal(socle_attribute_name(one), "articles");
	assert_ptr_equal(socle_attribute_inverse(one), author);
	assert_true(socle_attribute_flags(one) & SOCLE_TO_MANY);
	one = attribute(world, "api::article.article", "cover");
	assert_int_equal(socle_attribute_type(one), SOCLE_ATTRIBUTE_MEDIA);
	assert_string_equal(socle_model_uid(socle_attribute_target(one)), "plugin::upload.file");
	one = attribute(world, "api::article.article", "seo");
	assert_int_equal(socle_attribute_type(one), SOCLE_ATTRIBUTE_COMPONENT);
	assert_string_equal(socle_model_uid(socle_attribute_target(one)), "shared.seo");
	assert_false(socle_attribute_flags(one) & SOCLE_REPEATABLE);
	one = attribute(world, "api::article.article", "sources");
	assert_true((socle_attribute_flags(one) & (SOCLE_REPEATABLE | SOCLE_TO_MANY)) == (SOCLE_REPEATABLE | SOCLE_TO_MANY));
	one = attribute(world, "api::article.article", "sections");
	assert_int_equal(socle_attribute_type(one), SOCLE_ATTRIBUTE_DYNAMICZONE);
	assert_true(socle_attribute_components(one) > 1);
	for (size_t i = 0; i < socle_attribute_components(one); i++)
		assert_int_equal(socle_model_kind(socle_attribute_component(one, i)), SOCLE_COMPONENT);
	assert_null(socle_attribute_component(one, socle_attribute_components(one)));
	one = attribute(world, "plugin::upload.file", "related");
	assert_int_equal(socle_attribute_relation(one), SOCLE_MORPH_TO_MANY);
	assert_null(socle_attribute_target(one));
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(all_models_can_be_walked),
		with_world(models_say_what_they_are),
		with_world(attributes_say_what_they_are),
		with_world(attributes_lead_to_models),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
