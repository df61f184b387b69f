#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "plugin/manifest.h"

#define HEAD "[plugin]\nname = \"blog\"\nversion = \"1.0.0\"\nkind = \"api\"\n"
#define CODE HEAD "library = \"blog.so\"\n"
#define ROUTE CODE "[[routes]]\nmethod = \"GET\"\npath = \"/a\"\nhandler = \"a.b\"\n"

struct fixture {
	struct arena *arena;
	struct problems problems;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->arena = arena_new(4096);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;

	(void)!problems_finish(&f->problems, &error);
	error_clear(&error);
	arena_free(f->arena);
	free(f);
	return 0;
}

static const struct manifest *parse(struct fixture *f, const char *text)
{
	return manifest_parse(f->arena, str_of(text), STR("p.toml"), STR("p"), &f->problems);
}

/* Each mistake by itself: the manifest, and a part of what is said of it. */
static const struct {
	const char *text, *message;
} mistakes[] = {
	{"", "the table [plugin] is missing"},
	{"plugin = 1", "p.toml:1:"},
	{"[plugin", "p.toml:1:"},
	{"[plugin]\nversion = \"1.0.0\"\nkind = \"api\"\n", "`name` is missing"},
	{"[plugin]\nname = 3\nversion = \"1.0.0\"\nkind = \"api\"\n",
		"p.toml:2:8: `name` must be a string, but it is"},
	{"[plugin]\nname = \"\"\nversion = \"1.0.0\"\nkind = \"api\"\n", "`name` is empty"},
	{"[plugin]\nname = \"My Blog\"\nversion = \"1.0.0\"\nkind = \"api\"\n",
		"plugin name \"My Blog\" is not in kebab case"},
	{"[plugin]\nname = \"a--b\"\nversion = \"1.0.0\"\nkind = \"api\"\n", "not in kebab case"},
	{"[plugin]\nname = \"a-\"\nversion = \"1.0.0\"\nkind = \"api\"\n", "not in kebab case"},
	{"[plugin]\nname = \"blog\"\nversion = \"1.0\"\nkind = \"api\"\n",
		"p.toml:3:11: `version` must be like \"1.0.0\""},
	{"[plugin]\nname = \"blog\"\nversion = \"1.0.0\"\n", "`kind` is missing"},
	{"[plugin]\nname = \"blog\"\nversion = \"1.0.0\"\nkind = \"plugn\"\n", "did you mean \"plugin\"?"},
	{HEAD "libary = \"blog.so\"\n", "unknown key `libary`; did you mean `library`?"},
	{HEAD "library = \"lib/blog.so\"\n", "name of a .so file beside plugin.toml"},
	{HEAD "library = \"blog.dll\"\n", "name of a .so file beside plugin.toml"},
	{CODE "sdk = 2\n", "the plugin wants SDK 2, this host has SDK 1"},
	{CODE "sdk = \"1\"\n", "`sdk` must be an integer"},
	{HEAD "policies = [\"x\"]\n", "`library` is missing"},
	{CODE "policies = \"x\"\n", "`policies` must be a list of names"},
	{CODE "policies = [\"is_owner\"]\n", "p.toml:6:13: each of `policies` must be a name in kebab case"},
	{CODE "middlewares = [\"a\", \"b\", \"a\"]\n", "`middlewares` lists \"a\" twice"},
	{HEAD "requires = [\"x\"]\n", "`requires` must be a table"},
	{HEAD "requires = { x = \"newest\" }\n", "what is required of `x` must be a range of versions"},
	{HEAD "[routes]\nmethod = \"GET\"\n", "routes are written as [[routes]]"},
	{CODE "[[routes]]\npath = \"/a\"\nhandler = \"a.b\"\n", "a route must have a `method`"},
	{CODE "[[routes]]\nmethod = \"get\"\npath = \"/a\"\nhandler = \"a.b\"\n",
		"p.toml:7:10: `method` must be one of GET, POST, PUT, PATCH, DELETE, ALL, not \"get\""},
	{CODE "[[routes]]\nmethod = \"GET\"\npath = \"a\"\nhandler = \"a.b\"\n",
		"`path` must begin with '/'"},
	{CODE "[[routes]]\nmethod = \"GET\"\npath = \"/a\"\nhandler = \"popular\"\n",
		"`handler` must be \"controller.action\""},
	{CODE "[[routes]]\nmethod = \"GET\"\npath = \"/a\"\nhandler = \".b\"\n", "`handler` must be"},
	{CODE "[[routes]]\nmethod = \"GET\"\npath = \"/a\"\nhandler = \"a.\"\n", "`handler` must be"},
	{ROUTE "polices = []\n", "unknown key `polices`"},
	{ROUTE "config = 3\n", "`config` must be a table"},
	{ROUTE "[routes.config]\nauth = true\n", "`auth` must be false or { scope"},
	{ROUTE "[routes.config]\nauth = { scope = [\"a\", \"b\"] }\n", "`scope` must be a list of one"},
	{ROUTE "[routes.config]\nauth = { stratgies = [] }\n", "unknown key `stratgies`"},
	{ROUTE "[routes.config]\npolices = [\"x\"]\n", "unknown key `polices`; did you mean `policies`?"},
	{ROUTE "[routes.config]\npolicies = [3]\n", "each of `policies` must be a name or"},
	{ROUTE "[routes.config]\npolicies = [{ nam = \"x\" }]\n", "each of `policies` must be a name or"},
	{ROUTE "[routes.config]\npolicies = [{ name = \"x\", confg = {} }]\n", "did you mean `config`?"},
	{"[plugin]\nname = \"x\"\nversion = \"1.0.0\"\nkind = \"global\"\n[[routes]]\nmethod = \"GET\"\npath "
	 "= \"/a\"\n"
	 "handler = \"a.b\"\n",
		"a plugin of kind \"global\" has no routes"},
	{HEAD "[config]\nlimit = 3\n", "`limit` must be a table with a `type`"},
	{HEAD "[config.limit]\ndefault = 3\n", "`limit` must say its `type`"},
	{HEAD "[config.limit]\ntype = \"int\"\n",
		"`type` is integer, number, string, strings, boolean or json, not `int`"},
	{HEAD "[config.limit]\ntype = \"integr\"\n", "did you mean \"integer\"?"},
	{HEAD "[config.limit]\ntype = \"integer\"\ndefault = \"many\"\n",
		"`limit` must be an integer, but it is a string"},
	{HEAD "[config.limit]\ntype = \"integer\"\ndefault = 0\nmin = 1\nmax = 9\n",
		"the value of `limit` must be at least 1 and at most 9"},
	{HEAD "[config.limit]\ntype = \"boolean\"\nmin = 1\n", "a boolean has no `min`"},
	{HEAD "[config.limit]\ntype = \"string\"\nmin = \"a\"\n", "`min` must be a number"},
	{HEAD "[config.limit]\ntype = \"string\"\nvalues = []\n",
		"`values` must be a list with something in it"},
	{HEAD "[config.limit]\ntype = \"string\"\nvalues = [1]\n", "each of `values` must be a string"},
	{HEAD "[config.limit]\ntype = \"string\"\nvalues = [\"a\", \"b\"]\ndefault = \"c\"\n",
		"`limit` must be one of [\"a\",\"b\"]"},
	{HEAD "[config.limit]\ntype = \"integer\"\ndefalt = 3\n", "did you mean `default`?"},
	{HEAD "[options.cors.x]\ntype = \"json\"\n", "options of \"cors\", which is in neither"},
	{CODE "[cron]\nrule = \"x\"\n", "p.toml:6:1: tasks are written as [[cron]]"},
	{CODE "cron = [1]\n", "unknown key `cron`"},
	{CODE "[[cron]]\nrule = \"@daily\"\n", "p.toml:6:1: an entry of `cron` must have a `task`"},
	{CODE "[[cron]]\ntask = \"a\"\n", "p.toml:6:1: an entry of `cron` must have a `rule`, like \"0 3 * * *\""},
	{CODE "[[cron]]\ntask = \"Big\"\nrule = \"@daily\"\n", "p.toml:7:8: `task` is a function's name in small letters"},
	{CODE "[[cron]]\ntask = 1\nrule = \"@daily\"\n", "p.toml:7:8: `task` must be a string, but it is an integer"},
	{CODE "[[cron]]\ntask = \"a\"\nrule = 5\n", "p.toml:8:8: `rule` must be a string, but it is an integer"},
	{CODE "[[cron]]\ntask = \"a\"\nrule = \"0 25 * * *\"\n",
		"p.toml:8:8: the cron rule \"0 25 * * *\" can't be read: hour: \"25\" is not within 0 to 23"},
	{CODE "[[cron]]\ntask = \"a\"\nrule = \"0 0 30 2 *\"\n", "p.toml:8:8: the time of the cron rule \"0 0 30 2 *\" never comes"},
	{CODE "[[cron]]\ntask = \"a-b\"\nrule = \"@daily\"\n[[cron]]\ntask = \"a_b\"\nrule = \"@daily\"\n",
		"p.toml:10:8: the task \"a_b\" is listed twice"},
	{CODE "[[cron]]\ntask = \"a\"\nrule = \"@daily\"\noverlap = \"no\"\n",
		"p.toml:9:11: `overlap` is \"skip\" or \"allow\", not \"no\""},
	{CODE "[[cron]]\ntask = \"a\"\nrule = \"@daily\"\nevery-host = 1\n", "p.toml:9:14: "},
	{CODE "[[cron]]\ntask = \"a\"\nrule = \"@daily\"\ntz = 1\n", "p.toml:9:6: `tz` must be a string, but it is an integer"},
	{CODE "[[cron]]\ntask = \"a\"\nrules = \"@daily\"\n", "did you mean `rule`?"},
	{HEAD "[[cron]]\ntask = \"a\"\nrule = \"@daily\"\n", "tasks are code: `library` is missing"},
	{HEAD "[[lifecycles]]\nmodel = \"x\"\n", "p.toml:5:1: an entry of `lifecycles` must have a `hook`"},
	{HEAD "[[lifecycles]]\nevents = [\"beforeCreate\"]\nhook = \"a\"\n", "p.toml:5:1: `model` is missing"},
	{HEAD "[[lifecycles]]\nmodel = \"x\"\nevents = []\nhook = \"a\"\n", "p.toml:7:10: `events` is empty"},
	{HEAD "[[lifecycles]]\nmodel = 7\nevents = \"beforeCreate\"\nhook = \"a\"\n",
		"p.toml:6:9: `model` is a name or a list of names, but it is an integer"},
	{HEAD "[[subscribers]]\nevents = \"entry.*\"\nhook = \"Big\"\n",
		"p.toml:7:8: `hook` is a function's name in small letters"},
	{HEAD "[[subscribers]]\nevents = \"entry.*\"\nhook = \"a\"\ndurable = 1\n",
		"p.toml:8:11: `durable` is true or false, but it is an integer"},
	{HEAD "[[document-middlewares]]\nhook = \"a\"\nmodel = \"x\"\n", "p.toml:7:"},
	{HEAD "[[document-middlewares]]\nhook = \"a\"\n", "hooks are code: `library` is missing"},
	{HEAD "[confg]\n", "unknown key `confg`; did you mean `config`?"},
};

static void says_each_mistake_with_its_place(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct error error = ERROR_INIT;
		const struct manifest *manifest = parse(f, mistakes[i].text);

		if (manifest || problems_finish(&f->problems, &error) == 0)
			fail_msg("nothing is said of:\n%s", mistakes[i].text);
		if (!strstr(error_message(&error), mistakes[i].message) ||
			!strstr(error_message(&error), "p.toml"))
			fail_msg("of\n%s\nit is said: %s\nexpected: %s", mistakes[i].text,
				error_message(&error), mistakes[i].message);
		error_clear(&error);
	}
}

static void says_all_mistakes_at_once(void **state)
{
	struct fixture *f = *state;
	struct error error = ERROR_INIT;

	assert_null(parse(
		f, "[plugin]\nname = \"A\"\nversion = \"x\"\nkind = \"y\"\n[[routes]]\nmethod = \"X\"\n"));
	assert_int_equal(f->problems.count, 6);
	assert_int_equal(problems_finish(&f->problems, &error), -1);
	error_clear(&error);
}

static void reads_a_whole_manifest(void **state)
{
	struct fixture *f = *state;
	const struct manifest *m = parse(f, CODE
		"sdk = 1\nrequires = { users = \"^1.0\" }\npolicies = [\"is-owner\"]\n"
		"middlewares = [\"counter\"]\nservices = [\"article\"]\n"
		"[[routes]]\nmethod = \"GET\"\npath = \"/articles/popular\"\nhandler = \"article.popular\"\n"
		"[routes.config]\npolicies = [\"is-owner\", { name = \"global::has-role\", config = { role = "
		"\"editor\" } }]\n"
		"auth = false\nprefix = \"\"\n"
		"[[routes]]\nmethod = \"ALL\"\npath = \"/b\"\nhandler = \"api::x.y.find\"\n"
		"[routes.config]\nauth = { scope = [\"api::x.y.read\"] }\n"
		"[config.limit]\ntype = \"integer\"\ndefault = 10\n"
		"[options.counter.step]\ntype = \"number\"\ndefault = 1\n");

	assert_non_null(m);
	assert_str(m->name, "blog");
	assert_int_equal(m->kind, MANIFEST_API);
	assert_str(m->library, "blog.so");
	assert_int_equal(m->requirement_count, 1);
	assert_str(m->requirements[0].range, "^1.0");
	assert_int_equal(m->route_count, 2);
	assert_str(m->routes[0].controller, "article");
	assert_str(m->routes[0].action, "popular");
	assert_false(m->routes[0].auth);
	assert_true(m->routes[0].has_prefix);
	assert_int_equal(m->routes[0].policies.count, 2);
	assert_str(m->routes[0].policies.items[1].name, "global::has-role");
	assert_non_null(m->routes[0].policies.items[1].config);
	assert_str(m->routes[1].controller, "api::x.y");
	assert_str(m->routes[1].scope, "api::x.y.read");
	assert_true(m->routes[1].auth);
	assert_int_equal(m->config.count, 1);
	assert_non_null(manifest_options(m, STR("counter")));
	assert_null(manifest_options(m, STR("is-owner")));
}

/* ---- declared settings ---- */

static json_t *apply(struct fixture *f, const char *declared, const char *given)
{
	struct error error = ERROR_INIT;
	struct declarations declarations;

	declarations_read(&declarations, f->arena,
		node_read_toml(f->arena, str_of(declared), STR("p.toml"), NULL, &error), &f->problems);
	return declarations_apply(&declarations,
		node_read_toml(f->arena, str_of(given), STR("c.toml"), NULL, &error), "enabled", false,
		&f->problems);
}

static const char declared[] =
	"[limit]\ntype = \"integer\"\ndefault = 10\nmax = 100\n"
	"[share]\ntype = \"number\"\n"
	"[title]\ntype = \"string\"\nmin = 2\n"
	"[open]\ntype = \"boolean\"\ndefault = false\n"
	"[tags]\ntype = \"strings\"\ndefault = \"a\"\n"
	"[any]\ntype = \"json\"\ndefault = { a = [1] }\n";

static void fills_in_defaults_and_null(void **state)
{
	json_t *values = apply(*state, declared, "enabled = true\n");
	char *text = json_dumps(values, JSON_COMPACT | JSON_SORT_KEYS);

	assert_string_equal(text, "{\"any\":{\"a\":[1]},\"limit\":10,\"open\":false,\"share\":null,\"tags\":"
				  "\"a\",\"title\":null}");
	assert_int_equal(((struct fixture *)*state)->problems.count, 0);
	free(text);
	json_decref(values);
}

static void reads_values_that_came_from_the_environment_as_text(void **state)
{
	json_t *values = apply(*state, declared,
		"limit = \"20\"\nshare = \"0.5\"\nopen = \"true\"\ntitle = \"Hi\"\ntags = [\"x\", \"y\"]\n");
	char *text = json_dumps(values, JSON_COMPACT | JSON_SORT_KEYS);

	assert_string_equal(text,
		"{\"any\":{\"a\":[1]},\"limit\":20,\"open\":true,\"share\":0.5,\"tags\":[\"x\",\"y\"],"
		"\"title\":\"Hi\"}");
	assert_int_equal(((struct fixture *)*state)->problems.count, 0);
	free(text);
	json_decref(values);
}

static void refuses_values_that_do_not_fit(void **state)
{
	static const struct {
		const char *given, *message;
	} cases[] = {
		{ "limit = 101", "c.toml:1:9: the value of `limit` must be at most 100" },
		{ "limit = 1.5", "`limit` must be an integer" },
		{ "limit = \"1.5\"", "`limit` must be an integer" },
		{ "share = \"nan\"", "`share` must be a number" },
		{ "title = \"x\"", "the length of `title` must be at least 2" },
		{ "open = \"yes\"", "`open` must be a boolean" },
		{ "tags = [1]", "`tags` must be a string or an array of strings" },
		{ "limt = 3", "c.toml:1:8: unknown key `limt`; did you mean `limit`?" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct error error = ERROR_INIT;

		json_decref(apply(f, declared, cases[i].given));
		assert_int_equal(problems_finish(&f->problems, &error), -1);
		if (!strstr(error_message(&error), cases[i].message))
			fail_msg("%s: %s", cases[i].given, error_message(&error));
		error_clear(&error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(says_each_mistake_with_its_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(says_all_mistakes_at_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_a_whole_manifest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fills_in_defaults_and_null, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			reads_values_that_came_from_the_environment_as_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refuses_values_that_do_not_fit, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
