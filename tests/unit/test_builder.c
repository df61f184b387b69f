#include "unit.h"

#include <dlfcn.h>

#include "base/sanitize.h"
#include "config/settings.h"
#include "extension/scope.h"
#include "extension/task.h"
#include "model/model.h"
#include "plugin/builder.h"
#include "plugin_fixture.h"

#define ARTICLE                                                                                              \
	"kind = \"collectionType\"\ncollectionName = \"articles\"\n[info]\nsingularName = \"article\"\n"     \
	"pluralName = \"articles\"\ndisplayName = \"Article\"\n[options]\n[attributes.title]\ntype = "       \
	"\"string\"\n"

#define BLOG "[plugin]\nname = \"blog\"\nversion = \"1.0.0\"\nkind = \"api\"\n"
#define CODE BLOG "library = \"blog.so\"\n"

/* Hooks that write down when they run. */
#define RECORDER                                                                                             \
	"#include <socle/socle.h>\n#include <stdio.h>\n#include <stdlib.h>\n"                                \
	"static void note(const char *what)\n"                                                               \
	"{ FILE *f = fopen(getenv(\"SOCLE_TEST_NOTES\"), \"a\"); fputs(what, f); fputs(\" \", f); "          \
	"fclose(f); }\n"

static const struct settings *settings_of(struct fixture *f, const char *middlewares, const char *plugins)
{
	const struct settings *settings;

	fixture_put(f, "config/server.toml",
		arena_printf(f->arena, "[server]\nstate = \"%s/state\"\nplugins = [\"%s/plugins\"]\n",
			f->folder, f->folder));
	fixture_put(f, "config/middlewares.toml", arena_printf(f->arena, "use = [%s]\n", middlewares));
	fixture_put(f, "config/plugins.toml", plugins);
	settings = settings_load(f->arena, fixture_path(f, "config"), &f->error);
	if (!settings)
		fail_msg("%s", error_message(&f->error));
	return settings;
}

static struct generation *build(struct fixture *f, const char *middlewares, const char *plugins)
{
	struct generation *generation = builder_build(settings_of(f, middlewares, plugins), 1, &f->error);

	if (!generation)
		fail_msg("%s", error_message(&f->error));
	return generation;
}

static void assert_refused_with(
	struct fixture *f, const char *middlewares, const char *plugins, const char *message)
{
	assert_null(builder_build(settings_of(f, middlewares, plugins), 1, &f->error));
	if (!strstr(error_message(&f->error), message))
		fail_msg("said: %s\nexpected: %s", error_message(&f->error), message);
	error_clear(&f->error);
}

static void assert_refused(struct fixture *f, const char *message)
{
	assert_refused_with(f, "", "", message);
}

/* "GET /api/articles api::article.article.find" */
static void assert_route(
	struct fixture *f, const struct generation *generation, unsigned i, const char *expected)
{
	const struct route *route = &generation->routes[i];

	assert_true(i < generation->route_count);
	assert_string_equal(arena_printf(f->arena, "%.*s %.*s %.*s", STR_ARG(route->method),
				    STR_ARG(route->path), STR_ARG(route->action)),
		expected);
}

static const char *notes(struct fixture *f)
{
	char *text = arena_zalloc(f->arena, 1024);
	FILE *file = fopen(fixture_path(f, "notes"), "r");

	if (file) {
		assert_true(fread(text, 1, 1023, file) > 0);
		fclose(file);
	}
	return text;
}

static int call(struct fixture *f, struct generation *generation, const struct function *function)
{
	struct step step = { function->fn, function->instance, function->name, NULL, NULL };
	struct scope *scope = arena_new_of(f->arena, struct scope);

	scope_init(scope, f->arena, generation, NULL);
	return extension_call(scope, &step);
}

/* ---- plugins without code ---- */

static void a_folder_with_a_schema_is_an_api(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	fixture_put(f, "plugins/blog/plugin.toml", BLOG);
	fixture_put(f, "plugins/blog/content-types/article.toml", ARTICLE);
	generation = build(f, "\"socle::errors\"", "");
	assert_int_equal(generation->route_count, 5);
	assert_route(f, generation, 0, "GET /api/articles api::article.article.find");
	assert_route(f, generation, 1, "GET /api/articles/:id api::article.article.findOne");
	assert_route(f, generation, 4, "DELETE /api/articles/:id api::article.article.delete");
	assert_non_null(generation->routes[0].model);
	assert_null(generation->routes[0].instance);
	assert_int_equal(generation->middlewares.count, 1);
	assert_non_null(generation_function(generation, FUNCTION_ACTION, STR("api::article.article.create")));
	assert_non_null(generation->router);
	generation_unpin(generation);
}

static void a_disabled_plugin_is_left_out(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	fixture_put(f, "plugins/blog/plugin.toml", BLOG);
	fixture_put(f, "plugins/blog/content-types/article.toml", ARTICLE);
	generation = build(f, "", "[blog]\nenabled = false\n");
	assert_int_equal(generation->route_count, 0);
	assert_int_equal(generation->instance_count, 0);
	generation_unpin(generation);
}

static void two_plugins_of_one_name_are_both_named(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, "plugins/one/plugin.toml", BLOG);
	fixture_put(f, "plugins/two/plugin.toml", BLOG);
	assert_refused(f, "two/plugin.toml:2:8: there are two plugins named \"blog\": this one and ");
	assert_refused(f, "one/plugin.toml");
}

static void configuration_of_a_plugin_that_is_not_there_is_an_error(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, "plugins/blog/plugin.toml", BLOG);
	assert_refused_with(f, "", "[blgo]\nlimit = 3\n", "there is no plugin \"blgo\"");
	assert_refused_with(f, "", "[blog]\nlimit = 3\n", "plugins.toml:2:9: unknown key `limit`");
}

static void all_that_is_wrong_is_said_at_once(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, "plugins/a/plugin.toml", "[plugin]\nname = \"a\"\nversion = \"1\"\nkind = \"api\"\n");
	fixture_put(
		f, "plugins/b/plugin.toml", "[plugin]\nname = \"b\"\nversion = \"1.0.0\"\nkind = \"x\"\n");
	assert_refused(f, "a/plugin.toml:3:");
	assert_refused(f, "b/plugin.toml:4:");
}

/* ---- tasks ---- */

static const char task_code[] = "#include <socle/socle.h>\nSOCLE_PLUGIN()\nSOCLE_TASK(prune_drafts) { return 21; }\n";

static const char task_manifest[] = CODE "[[cron]]\ntask = \"prune-drafts\"\nrule = \"0 3 * * *\"\ntz = \"UTC\"\n";

static void put_task(struct fixture *f, const char *cron)
{
	fixture_put(f, "plugins/blog/plugin.toml", task_manifest);
	fixture_library(f, "plugins/blog/blog.so", task_code, "");
	fixture_put(f, "config/cron.toml", cron);
}

static void a_task_is_what_the_manifest_says(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;
	const struct task *task;
	int64_t next;

	put_task(f, "");
	generation = build(f, "", "");
	assert_int_equal(generation->task_count, 1);
	task = &generation->tasks[0];
	assert_str(task->step.name, "api::blog.prune-drafts");
	assert_str(task->rule_text, "0 3 * * *");
	assert_int_equal(task->step.fn(NULL), 21);
	assert_true(cron_rule_next(&task->rule, task->zone, 0, &next));
	assert_int_equal(next, 3 * 3600);
	assert_true(task->enabled && !task->overlap && !task->every_host);
	generation_unpin(generation);
}

static void cron_toml_wins_over_the_manifest(void **state)
{
	static const char *const names[] = { "api::blog.prune-drafts", "api::blog.prune_drafts", "blog::prune_drafts",
		"blog::prune-drafts" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct generation *generation;
		int64_t next;

		put_task(f, arena_printf(f->arena, "tasks = [{ name = \"%s\", rule = \"30 4 * * *\", tz = \"XXX-1\", enabled = false }]\n",
			names[i]));
		generation = build(f, "", "");
		assert_true(cron_rule_next(&generation->tasks[0].rule, generation->tasks[0].zone, 0, &next));
		assert_int_equal(next, 3 * 3600 + 1800);
		assert_false(generation->tasks[0].enabled);
		generation_unpin(generation);
	}
	put_task(f, "tasks = [{ name = \"blog::drafts\", enabled = false }]\n");
	assert_refused(f, "cron.toml:1:19: no plugin brings the task \"blog::drafts\": is the plugin there and enabled?");
	put_task(f, "tasks = [{ name = \"log::prune-drafts\", enabled = false }]\n");
	assert_refused(f, "cron.toml:1:19: no plugin brings the task \"log::prune-drafts\"");
	put_task(f, "tasks = [{ name = \"blog::prune-drafts\", tz = \"Nowhere\" }]\n");
	assert_refused(f, "cron.toml:1:46: `tz`: there is no time zone \"Nowhere\"");
}

/* ---- functions and routes ---- */

static const char blog_code[] =
	"#include <socle/socle.h>\nSOCLE_PLUGIN()\n"
	"SOCLE_ACTION(article_popular) { return 11; }\n"
	"SOCLE_ACTION(article_find_one) { return 12; }\n"
	"SOCLE_ACTION(hello_index) { return 13; }\n"
	"SOCLE_POLICY(is_owner) { return 1; }\n"
	"SOCLE_MIDDLEWARE(view_counter) { return (int)socle_option_int(ctx, \"step\"); }\n";

static const char blog_manifest[] = CODE
	"policies = [\"is-owner\"]\nmiddlewares = [\"view-counter\"]\n"
	"[[routes]]\nmethod = \"GET\"\npath = \"/hello\"\nhandler = \"hello.index\"\n"
	"[[routes]]\nmethod = \"GET\"\npath = \"/articles/popular\"\nhandler = \"article.popular\"\n"
	"[routes.config]\npolicies = [\"is-owner\"]\nauth = false\n"
	"middlewares = [\"view-counter\", { name = \"api::blog.view-counter\", config = { step = 5 } }]\n"
	"[[routes]]\nmethod = \"GET\"\npath = \"/all\"\nhandler = \"api::article.article.find\"\n"
	"[options.view-counter.step]\ntype = \"integer\"\ndefault = 1\n";

/* ---- in one file ---- */

/* What a library of one file says in its source: the texts lie elsewhere while it is made. */
static void put_single(struct fixture *f, const char *manifest, const char *more)
{
	const char *text = fixture_put(f, "made/plugin.toml", manifest);
	const char *type = fixture_put(f, "made/article.toml", ARTICLE), *empty = fixture_put(f, "made/empty", "");

	mkdir(fixture_path(f, "plugins"), 0755);
	fixture_library(f, "plugins/blog.so", arena_printf(f->arena,
		"#include <socle/socle.h>\nSOCLE_PLUGIN()\nSOCLE_MANIFEST(\"%s\")\n"
		"SOCLE_EMBED(\"content-types/article.toml\", \"%s\")\n#define EMPTY \"%s\"\n%s\n"
		"SOCLE_ACTION(article_popular) { return 0; }\n", text, type, empty, more), "-s");
}

static void a_library_alone_is_a_whole_plugin(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_single(f, BLOG "[[routes]]\nmethod = \"GET\"\npath = \"/popular\"\nhandler = \"article.popular\"\n", "");
	generation = build(f, "", "");
	assert_int_equal(generation->route_count, 6);
	assert_route(f, generation, 0, "GET /api/popular api::article.article.popular");
	assert_route(f, generation, 1, "GET /api/articles api::article.article.find");
	assert_non_null(models_find(generation->models, STR("api::article.article")));
	generation_unpin(generation);
}

static void mistakes_inside_of_a_library_are_named_with_their_place(void **state)
{
	struct fixture *f = *state;

	put_single(f, BLOG "[[routes]]\nmethod = \"GET\"\npath = \"/popular\"\nhandler = \"article.new\"\n", "");
	assert_refused(f, "plugins/blog.so(plugin.toml):8:11: ");
	assert_refused(f, "/plugins/blog.so lacks; define it with SOCLE_ACTION(article_new)");
	put_single(f, BLOG, "SOCLE_EMBED(\"components/seo.toml\", EMPTY)");
	assert_refused(f, "plugins/blog.so(components/seo.toml)");
	put_single(f, BLOG, "SOCLE_EMBED(\"content-types/article.toml\", EMPTY)");
	assert_refused(f, "content-types/article.toml is embedded twice");
	put_single(f, BLOG, "SOCLE_EMBED(\"../escape\", EMPTY)");
	assert_refused(f, "is damaged (a name); build it again");
	put_single(f, BLOG, "__asm__(\".pushsection .socle.files,\\\"\\\",%progbits\\n.long 4000, 4000\\n.popsection\");");
	assert_refused(f, "is damaged (its end is missing); build it again");
	fixture_library(f, "plugins/blog.so", "#include <socle/socle.h>\nSOCLE_PLUGIN()\n", "");
	assert_refused(f, "a library alone in the plugin folder holds its manifest: say SOCLE_MANIFEST(\"plugin.toml\")");
}

static void put_blog(struct fixture *f)
{
	fixture_put(f, "plugins/blog/plugin.toml", blog_manifest);
	fixture_put(f, "plugins/blog/content-types/article.toml", ARTICLE);
	fixture_library(f, "plugins/blog/blog.so", blog_code, "");
}

static void custom_routes_come_before_those_of_content_types(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_blog(f);
	generation = build(f, "", "");
	assert_int_equal(generation->route_count, 8);
	assert_route(f, generation, 0, "GET /api/hello api::blog.hello.index");
	assert_route(f, generation, 1, "GET /api/articles/popular api::article.article.popular");
	assert_route(f, generation, 2, "GET /api/all api::article.article.find");
	assert_route(f, generation, 3, "GET /api/articles api::article.article.find");
	assert_non_null(generation->routes[1].model);
	assert_false(generation->routes[1].auth);
	assert_str(generation->routes[0].scope, "api::blog.hello.index");
	generation_unpin(generation);
}

static void names_are_resolved_in_the_plugin_that_says_them(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;
	const struct route *route;

	put_blog(f);
	generation = build(f, "", "");
	route = &generation->routes[1];
	assert_int_equal(route->policy_count, 1);
	assert_str(route->policies[0].name, "api::blog.is-owner");
	assert_null(route->policies[0].config);
	assert_int_equal(route->middleware_count, 2);
	assert_str(route->middlewares[0].name, "api::blog.view-counter");
	assert_int_equal(json_integer_value(json_object_get(route->middlewares[0].config, "step")), 1);
	assert_int_equal(json_integer_value(json_object_get(route->middlewares[1].config, "step")), 5);
	generation_unpin(generation);
}

static void an_action_of_a_types_own_name_replaces_the_core_one(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;
	const struct function *function;

	put_blog(f);
	generation = build(f, "", "");
	function = generation_function(generation, FUNCTION_ACTION, STR("api::article.article.findOne"));
	assert_non_null(function->instance);
	assert_int_equal(call(f, generation, function), 12);
	function = generation_function(generation, FUNCTION_ACTION, STR("api::article.article.find"));
	assert_null(function->instance);
	function = generation_function(generation, FUNCTION_ACTION, STR("api::article.article.popular"));
	assert_int_equal(call(f, generation, function), 11);
	assert_int_equal(function->instance->calls, 2);
	generation_unpin(generation);
}

static void global_middlewares_may_be_named_by_their_plugin(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_blog(f);
	generation =
		build(f, "\"socle::logger\", { name = \"blog::view-counter\", config = { step = 7 } }", "");
	assert_int_equal(generation->middlewares.count, 2);
	assert_null(generation->middlewares.steps[0].instance);
	assert_str(generation->middlewares.steps[1].name, "api::blog.view-counter");
	assert_int_equal(
		json_integer_value(json_object_get(generation->middlewares.steps[1].config, "step")), 7);
	generation_unpin(generation);
	assert_refused_with(f, "\"api::blog.view-conter\"", "", "Did you mean \"api::blog.view-counter\"?");
	assert_refused_with(f, "{ name = \"blog::view-counter\", config = { stp = 7 } }", "",
		"middlewares.toml:1:56: unknown key `stp`; did you mean `step`?");
}

#define GUARDED BLOG "library = \"blog.so\"\npolicies = [\"is-owner\"]\nmiddlewares = [\"timer\"]\n"

static void put_guarded(struct fixture *f, const char *core_routes)
{
	fixture_put(f, "plugins/blog/plugin.toml", arena_printf(f->arena, "%s%s", GUARDED, core_routes));
	fixture_put(f, "plugins/blog/content-types/article.toml", ARTICLE);
	fixture_library(f, "plugins/blog/blog.so", "#include <socle/socle.h>\nSOCLE_PLUGIN()\n"
		"SOCLE_POLICY(is_owner) { return 1; }\nSOCLE_MIDDLEWARE(timer) { return socle_next(ctx); }\n", "");
}

static void core_routes_are_switched_off_renamed_and_guarded(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_guarded(f, "[core-routes.article]\nexcept = [\"delete\"]\nprefix = \"/v2\"\npath = \"posts\"\n"
		"[core-routes.article.find]\nauth = false\npolicies = [\"is-owner\"]\nmiddlewares = [\"timer\"]\n"
		"[core-routes.article.update]\nenabled = false\n"
		"[core-routes.article.create]\nauth = { scope = [\"api::article.article.write\"] }\n");
	generation = build(f, "", "");
	assert_int_equal(generation->route_count, 3);
	assert_route(f, generation, 0, "GET /api/v2/posts api::article.article.find");
	assert_route(f, generation, 1, "GET /api/v2/posts/:id api::article.article.findOne");
	assert_route(f, generation, 2, "POST /api/v2/posts api::article.article.create");
	assert_false(generation->routes[0].auth);
	assert_str(generation->routes[0].policies[0].name, "api::blog.is-owner");
	assert_str(generation->routes[0].middlewares[0].name, "api::blog.timer");
	assert_true(generation->routes[1].auth);
	assert_int_equal(generation->routes[1].policy_count, 0);
	assert_str(generation->routes[2].scope, "api::article.article.write");
	generation_unpin(generation);
}

static void what_the_operator_says_of_core_routes_stands_over_the_manifest(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_guarded(f, "[core-routes.article]\npath = \"posts\"\n[core-routes.article.find]\npolicies = [\"is-owner\"]\nauth = false\n");
	fixture_put(f, "config/api.toml", "[routes.\"api::article.article\"]\nonly = [\"find\"]\n"
		"[routes.\"api::article.article\".find]\nauth = { scope = [\"x\"] }\n");
	generation = build(f, "", "");
	assert_int_equal(generation->route_count, 1);
	assert_route(f, generation, 0, "GET /api/posts api::article.article.find");
	assert_true(generation->routes[0].auth);
	assert_int_equal(generation->routes[0].policy_count, 1);
	generation_unpin(generation);
}

static void mistakes_about_core_routes_are_named_with_their_place(void **state)
{
	struct fixture *f = *state;

	put_guarded(f, "[core-routes.artikel]\n");
	assert_refused(f, "blog/plugin.toml:8:1: there is no content type \"artikel\"");
	put_guarded(f, "[core-routes.article]\nonly = [\"fnd\"]\n");
	assert_refused(f, "blog/plugin.toml:9:9: api::article.article has no action \"fnd\"; did you mean \"find\"?");
	put_guarded(f, "[core-routes.article]\nprefix = \"v2\"\n");
	assert_refused(f, "blog/plugin.toml:9:10: `prefix` is a string that begins with '/'");
	put_guarded(f, "[core-routes.article]\npath = \"/posts\"\n");
	assert_refused(f, "`path` stands instead of the type's name");
	put_guarded(f, "[core-routes.article.find]\npolicys = []\n");
	assert_refused(f, "blog/plugin.toml:9:11: unknown key `policys`; did you mean `policies`?");
	put_guarded(f, "[core-routes.article.find]\npolicies = [\"is-nobody\"]\n");
	assert_refused(f, "error creating endpoint GET /api/articles: Policy \"is-nobody\" not found");
	put_guarded(f, "[core-routes.article.find]\nenabled = 1\n");
	assert_refused(f, "`enabled` is true or false, but it is an integer");
	put_guarded(f, "[core-routes.article]\n");
	fixture_put(f, "plugins/other/plugin.toml", "[plugin]\nname = \"other\"\nversion = \"1.0.0\"\nkind = \"api\"\n"
		"[core-routes.\"api::article.article\"]\n");
	assert_refused(f, "other/plugin.toml:5:1: the routes of api::article.article are settled already, at ");
}

/* ---- services ---- */

#define PRICING                                                                                              \
	"#include <socle/socle.h>\nstruct pricing { int (*price)(socle_context *ctx, int cents); };\n"

static void put_services(struct fixture *f, const char *offer, const char *use, const char *requires)
{
	fixture_put(f, "plugins/shop/plugin.toml", "[plugin]\nname = \"shop\"\nversion = \"1.2.0\"\nkind = \"plugin\"\n"
		"library = \"shop.so\"\nservices = [\"pricing\"]\n[config.factor]\ntype = \"integer\"\ndefault = 3\n");
	fixture_library(f, "plugins/shop/shop.so", arena_printf(f->arena, PRICING "SOCLE_PLUGIN()\n"
		"static int price(socle_context *ctx, int cents) { return cents * (int)socle_config_int(ctx, \"factor\"); }\n%s\n",
		offer), "");
	fixture_put(f, "plugins/till/plugin.toml", arena_printf(f->arena, "[plugin]\nname = \"till\"\nversion = \"1.0.0\"\n"
		"kind = \"plugin\"\nlibrary = \"till.so\"\n%s[[routes]]\nmethod = \"GET\"\npath = \"/sum\"\nhandler = \"till.sum\"\n"
		"[config.factor]\ntype = \"integer\"\ndefault = 100\n", requires));
	fixture_library(f, "plugins/till/till.so", arena_printf(f->arena, PRICING "SOCLE_PLUGIN()\n%s\n"
		"SOCLE_ACTION(till_sum) { int sum = socle_call(ctx, pricing, price, 7); return sum * 1000 + "
		"(int)socle_config_int(ctx, \"factor\"); }\n", use), "");
}

#define OFFER "SOCLE_SERVICE(pricing, struct pricing, 2, .price = price)"
#define USE "SOCLE_USE(pricing, \"plugin::shop.pricing\", struct pricing, 2)"
#define REQUIRES "requires = { shop = \"^1.0\" }\n"

static void a_service_is_called_as_its_own_plugin(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_services(f, OFFER, USE, REQUIRES);
	generation = build(f, "", "");
	assert_int_equal(generation->service_count, 1);
	assert_str(generation->services[0].step.name, "plugin::shop.pricing");
	/* The service multiplies by its own factor, the caller adds its own. */
	assert_int_equal(call(f, generation, generation_function(generation, FUNCTION_ACTION, STR("plugin::till.till.sum"))),
		7 * 3 * 1000 + 100);
	assert_int_equal(generation->services[0].step.instance->calls, 1);
	generation_unpin(generation);
}

static void services_that_do_not_fit_are_refused(void **state)
{
	struct fixture *f = *state;

	put_services(f, OFFER, USE, "");
	assert_refused(f, "till/plugin.toml:1:1: till.so uses the service \"plugin::shop.pricing\", so the manifest must say "
		"requires = { shop = \">=1.2.0\" }");
	put_services(f, "SOCLE_SERVICE(pricing, struct pricing, 1, .price = price)", USE, REQUIRES);
	assert_refused(f, "till.so uses version 2 of the service \"plugin::shop.pricing\", plugin \"shop\" offers version 1");
	put_services(f, OFFER, "SOCLE_USE(pricing, \"plugin::shop.princing\", struct pricing, 2)", REQUIRES);
	assert_refused(f, "till.so uses the service \"plugin::shop.princing\", which no plugin offers");
	put_services(f, OFFER, "struct larger { int (*price)(socle_context *ctx, int cents); int (*tax)(socle_context *ctx); };\n"
		"SOCLE_USE(pricing, \"plugin::shop.pricing\", struct larger, 2)", REQUIRES);
	assert_refused(f, "till.so was built with a newer table of the service \"plugin::shop.pricing\"");
	put_services(f, "", USE, REQUIRES);
	assert_refused(f, "shop/plugin.toml:6:13: service \"pricing\" is the symbol `socle_service_pricing`, which ");
	put_services(f, "__attribute__((visibility(\"default\"))) long socle_service_pricing = 1;", USE, REQUIRES);
	assert_refused(f, "service \"pricing\" is not what SOCLE_SERVICE() defines");
}

static void plugin_routes_are_below_the_plugins_name(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	fixture_put(f, "plugins/stats/plugin.toml",
		"[plugin]\nname = \"stats\"\nversion = \"1.0.0\"\nkind = \"plugin\"\n"
		"library = \"stats.so\"\n[[routes]]\nmethod = \"GET\"\npath = \"/top\"\nhandler = "
		"\"stats.top\"\n"
		"[[routes]]\nmethod = \"GET\"\npath = \"/bare\"\nhandler = "
		"\"stats.top\"\n[routes.config]\nprefix = \"\"\n");
	fixture_library(f, "plugins/stats/stats.so", "#include <socle/socle.h>\nSOCLE_PLUGIN()\n"
		"SOCLE_ACTION(stats_top) { return 0; }\n", "");
	generation = build(f, "", "");
	assert_route(f, generation, 0, "GET /api/bare plugin::stats.stats.top");
	assert_route(f, generation, 1, "GET /api/stats/top plugin::stats.stats.top");
	generation_unpin(generation);
}

static void what_is_listed_and_not_there_is_named_before_any_code_runs(void **state)
{
	struct fixture *f = *state;

	setenv("SOCLE_TEST_NOTES", fixture_path(f, "notes"), 1);
	fixture_put(f, "plugins/blog/plugin.toml", CODE "policies = [\"is-owner\"]\n"
		"[[routes]]\nmethod = \"GET\"\npath = \"/a\"\nhandler = \"hello.index\"\n");
	fixture_library(f, "plugins/blog/blog.so", RECORDER "SOCLE_PLUGIN()\n"
		"__attribute__((constructor)) static void ran(void) { note(\"ran\"); }\n", "");
	assert_refused(f,
		"blog/plugin.toml:6:13: policy \"is-owner\" is the symbol `socle_policy_is_owner`, which ");
	assert_refused(f, "blog.so lacks; define it with SOCLE_POLICY(is_owner)");
	assert_refused(f,
		"blog/plugin.toml:10:11: handler \"hello.index\" is the symbol `socle_action_hello_index`");
	assert_string_equal(notes(f), "");
}

static void unknown_policies_of_routes_are_named_with_their_endpoint(void **state)
{
	struct fixture *f = *state;

	fixture_put(f, "plugins/blog/content-types/article.toml", ARTICLE);
	fixture_put(f, "plugins/blog/plugin.toml", BLOG "[[routes]]\nmethod = \"GET\"\npath = \"/a\"\n"
		"handler = \"article.find\"\n[routes.config]\npolicies = [\"global::nobody\"]\n"
		"middlewares = [\"nothing\"]\n");
	assert_refused(f,
		"plugin.toml:10:13: error creating endpoint GET /api/a: Policy \"global::nobody\" not found");
	assert_refused(f, "Middleware \"nothing\" not found");
}

/* ---- life ---- */

static void put_recorder(
	struct fixture *f, const char *name, const char *requires, const char *init, const char *start)
{
	const char *source = arena_printf(f->arena, RECORDER
		"static int begin(socle_context *ctx) { note(\"%s.init\"); %s; return 0; }\n"
		"static int start(socle_context *ctx) { note(\"%s.start\"); %s; return 0; }\n"
		"static void stop(socle_context *ctx) { note(\"%s.stop\"); }\n"
		"static void end(socle_context *ctx) { note(\"%s.exit\"); }\n"
		"SOCLE_PLUGIN(.init = begin, .start = start, .stop = stop, .exit = end)\n",
		name, init, name, start, name, name);

	fixture_put(f, arena_printf(f->arena, "plugins/%s/plugin.toml", name),
		arena_printf(f->arena,
			"[plugin]\nname = \"%s\"\nversion = \"1.0.0\"\nkind = \"global\"\nlibrary = "
			"\"%s.so\"\nrequires = { %s }\n"
			"[config.limit]\ntype = \"integer\"\ndefault = 3\n",
			name, name, requires));
	fixture_library(f, arena_printf(f->arena, "plugins/%s/%s.so", name, name), source, "");
	setenv("SOCLE_TEST_NOTES", fixture_path(f, "notes"), 1);
}

static void hooks_run_in_order_and_are_undone_in_reverse(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_recorder(f, "a", "b = \"*\"", "", "");
	put_recorder(f, "b", "", "", "");
	generation = build(f, "", "");
	assert_int_equal(builder_start(generation, NULL, &f->error), 0);
	generation_pin(generation);
	generation_unpin(generation);
	assert_string_equal(notes(f), "b.init a.init b.start a.start ");
	generation_unpin(generation);
	assert_string_equal(notes(f), "b.init a.init b.start a.start a.stop b.stop a.exit b.exit ");
}

static void a_failing_init_undoes_those_before_it(void **state)
{
	struct fixture *f = *state;

	put_recorder(f, "a", "", "", "");
	put_recorder(f, "b", "", "return socle_throw(ctx, SOCLE_INTERNAL, \"no %s\", \"luck\")", "");
	put_recorder(f, "c", "", "", "");
	assert_refused(f, "plugin \"b\" failed in `init`: no luck");
	assert_string_equal(notes(f), "a.init b.init a.exit ");
}

static void a_failing_start_undoes_those_before_it(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_recorder(f, "a", "", "", "");
	put_recorder(f, "b", "", "", "return -1");
	generation = build(f, "", "");
	assert_int_equal(builder_start(generation, NULL, &f->error), -1);
	assert_string_equal(error_message(&f->error),
		"plugin \"b\" failed in `start`: it doesn't say why (socle_throw() does)");
	generation_unpin(generation);
	assert_string_equal(notes(f), "a.init b.init a.start b.start a.stop b.exit a.exit ");
}

static void hooks_read_the_checked_configuration(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;

	put_recorder(f, "a", "", "if (socle_config_int(ctx, \"limit\") != 8 || socle_path(ctx)) return -1;"
		" socle_catch(ctx); socle_set_data(ctx, \"kept\")",
		"if (!socle_equal(socle_data(ctx), \"kept\")) return -1");
	generation = build(f, "", "[a]\nlimit = 8\n");
	assert_int_equal(builder_start(generation, NULL, &f->error), 0);
	generation_unpin(generation);
}

static void the_last_unpin_unloads_the_library(void **state)
{
	struct fixture *f = *state;
	struct generation *generation;
	const char *path;
	void *handle;

	put_blog(f);
	generation = build(f, "", "");
	path = arena_printf(
		f->arena, "%s/state/plugins/blog-%.12s.so", f->folder, generation->instances[0]->hash.p);
	handle = dlopen(path, RTLD_NOLOAD | RTLD_LAZY);
	assert_non_null(handle);
	dlclose(handle);
	generation_unpin(generation);
	handle = dlopen(path, RTLD_NOLOAD | RTLD_LAZY);
	/* Sanitizer builds leave libraries open. */
	assert_true(HAVE_ASAN || !handle);
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(a_task_is_what_the_manifest_says),
		with_folder(cron_toml_wins_over_the_manifest),
		with_folder(a_folder_with_a_schema_is_an_api),
		with_folder(a_disabled_plugin_is_left_out),
		with_folder(two_plugins_of_one_name_are_both_named),
		with_folder(configuration_of_a_plugin_that_is_not_there_is_an_error),
		with_folder(all_that_is_wrong_is_said_at_once),
		with_folder(custom_routes_come_before_those_of_content_types),
		with_folder(names_are_resolved_in_the_plugin_that_says_them),
		with_folder(an_action_of_a_types_own_name_replaces_the_core_one),
		with_folder(global_middlewares_may_be_named_by_their_plugin),
		with_folder(core_routes_are_switched_off_renamed_and_guarded),
		with_folder(what_the_operator_says_of_core_routes_stands_over_the_manifest),
		with_folder(mistakes_about_core_routes_are_named_with_their_place),
		with_folder(a_service_is_called_as_its_own_plugin),
		with_folder(services_that_do_not_fit_are_refused),
		with_folder(a_library_alone_is_a_whole_plugin),
		with_folder(mistakes_inside_of_a_library_are_named_with_their_place),
		with_folder(plugin_routes_are_below_the_plugins_name),
		with_folder(what_is_listed_and_not_there_is_named_before_any_code_runs),
		with_folder(unknown_policies_of_routes_are_named_with_their_endpoint),
		with_folder(hooks_run_in_order_and_are_undone_in_reverse),
		with_folder(a_failing_init_undoes_those_before_it),
		with_folder(a_failing_start_undoes_those_before_it),
		with_folder(hooks_read_the_checked_configuration),
		with_folder(the_last_unpin_unloads_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
