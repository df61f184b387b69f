#include "unit.h"
#include "models_fixture.h"

#include "base/json.h"
#include "document/validate.h"
#include "query/cast.h"

/* A type with every option that the recorded application leaves out. */
static const char special[] =
	"{\"kind\":\"collectionType\",\"collectionName\":\"specials\",\"info\":{\"singularName\":\"special\","
	"\"pluralName\":\"specials\",\"displayName\":\"Special\"},\"options\":{},\"attributes\":{"
	"\"name\":{\"type\":\"string\",\"required\":true,\"minLength\":2,\"maxLength\":5},"
	"\"nameLong\":{\"type\":\"text\",\"required\":true,\"regex\":\"^a/b$\"},"
	"\"slug\":{\"type\":\"uid\",\"regex\":\"^[a-z]+$\"},"
	"\"mail\":{\"type\":\"email\",\"minLength\":8,\"maxLength\":9},"
	"\"n\":{\"type\":\"integer\",\"min\":1.5,\"max\":9},"
	"\"f\":{\"type\":\"float\",\"required\":true,\"max\":1e21},"
	"\"b\":{\"type\":\"biginteger\",\"required\":true},"
	"\"flag\":{\"type\":\"boolean\",\"required\":true},"
	"\"e\":{\"type\":\"enumeration\",\"enum\":[\"a\",\"true\"]},"
	"\"rich\":{\"type\":\"blocks\"},"
	"\"one\":{\"type\":\"component\",\"component\":\"shared.link\",\"required\":true},"
	"\"many\":{\"type\":\"component\",\"component\":\"test.item\",\"repeatable\":true,\"required\":true,\"min\":2},"
	"\"zone\":{\"type\":\"dynamiczone\",\"components\":[\"test.item\"]},"
	"\"cond\":{\"type\":\"string\",\"required\":true,\"conditions\":{\"visible\":{\">\":[{\"var\":\"n\"},5]}}}}}";
static const char item[] = "{\"collectionName\":\"components_test_items\",\"info\":{\"displayName\":\"Item\"},"
	"\"attributes\":{\"code\":{\"type\":\"string\",\"unique\":true},\"link\":{\"type\":\"component\","
	"\"component\":\"shared.link\"},\"kind\":{\"type\":\"enumeration\",\"enum\":[\"x\",\"y\"],\"default\":\"x\"}}}";

static int set_up(void **state)
{
	struct fixture *f;

	fixture_set_up(state);
	f = *state;
	ok(f, add_type(f, "special.json", special));
	ok(f, add_component(f, "test.item", "item.json", item));
	add_all_plugins(f);
	return 0;
}

static int set_up_recorded(void **state)
{
	fixture_set_up(state);
	add_all_plugins(*state);
	return 0;
}

enum mode { CREATE, DRAFT, UPDATE };

static struct validate_options options_of(struct fixture *f, enum mode mode)
{
	return (struct validate_options){ .creating = mode != UPDATE, .draft = mode == DRAFT, .models = f->models };
}

/* What comes of the data: itself as JSON, or "<path>: <message>" a line. */
static const char *judge(struct fixture *f, const char *uid, const struct validate_options *options, const char *text)
{
	json_t *data = json_loads(text, 0, NULL), *failure;
	struct buf out = BUF_INIT;
	const char *result;
	size_t i;

	assert_non_null(data);
	if (document_validate(models_find(f->models, str_of(uid)), data, options, &f->error) == 0)
		json_write(&out, data);
	json_array_foreach(json_object_get(f->error.details, "errors"), i, failure) {
		if (i)
			buf_add_char(&out, '\n');
		json_write(&out, json_object_get(failure, "path"));
		buf_printf(&out, " %s", json_string_value(json_object_get(failure, "message")));
	}
	result = arena_printf(f->arena, "%s", buf_cstr(&out));
	buf_clear(&out);
	json_decref(data);
	error_clear(&f->error);
	return result;
}

struct expectation {
	enum mode mode;
	const char *data, *result;
};

static void check(struct fixture *f, const char *uid, const struct expectation *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct validate_options options = options_of(f, list[i].mode);
		const char *result = judge(f, uid, &options, list[i].data);

		if (strcmp(result, list[i].result) != 0)
			fail_msg("%s\ngave     %s\nexpected %s", list[i].data, result, list[i].result);
	}
}

#define CHECK(state, uid, list) check(*(state), (uid), (list), sizeof(list) / sizeof(*(list)))
#define WRONG_TYPE(path, type, value) "[\"" path "\"] " path " must be a `" type "` type, but the final value was: `" value "`"

static void texts_are_judged_by_length_and_form(void **state)
{
	static const struct expectation list[] = {
		{ UPDATE, "{\"name\":\"a\"}", "[\"name\"] name must be at least 2 characters" },
		{ UPDATE, "{\"name\":\"😀\"}", "{\"name\":\"😀\"}" },
		{ UPDATE, "{\"name\":\"abcdef\"}", "[\"name\"] name must be at most 5 characters" },
		{ UPDATE, "{\"name\":null}", WRONG_TYPE("name", "string", "null") "." },
		{ UPDATE, "{\"name\":5}", WRONG_TYPE("name", "string", "5") "." },
		{ DRAFT, "{\"name\":null,\"nameLong\":\"x\",\"one\":null,\"many\":[],\"zone\":[]}",
			"{\"name\":null,\"nameLong\":\"x\",\"one\":null,\"many\":[],\"zone\":[]}" },
		{ UPDATE, "{\"nameLong\":\"\"}", "[\"nameLong\"] nameLong must match the following: \"/^a\\/b$/\"" },
		{ UPDATE, "{\"slug\":\"A b\"}", "[\"slug\"] slug must match the following: \"/^[a-z]+$/\"\n"
			"[\"slug\"] slug must match the following: \"/^[a-z]+$/\"" },
		{ UPDATE, "{\"slug\":\"\"}", "[\"slug\"] slug must match the following: \"/^[a-z]+$/\"" },
		{ UPDATE, "{\"mail\":\"a@b.co\"}", "{\"mail\":\"a@b.co\"}" },
		{ UPDATE, "{\"mail\":\"\"}", "[\"mail\"] mail cannot be empty" },
		{ UPDATE, "{\"mail\":\"aaaaaaaaaa\"}", "[\"mail\"] mail must be at most 9 characters\n"
			"[\"mail\"] mail must be a valid email" },
		{ UPDATE, "{\"e\":true}", "{\"e\":\"true\"}" },
		{ UPDATE, "{\"e\":null}", "{\"e\":null}" },
		{ UPDATE, "{\"e\":\"\"}", "[\"e\"] e must be one of the following values: a, true, " },
		{ UPDATE, "{\"e\":[]}", WRONG_TYPE("e", "string", "[]") ".\n"
			"[\"e\"] e must be one of the following values: a, true, " },
	};

	CHECK(state, "api::special.special", list);
}

static void numbers_and_booleans_are_cast_then_judged(void **state)
{
	static const struct expectation list[] = {
		{ UPDATE, "{\"n\":\" 5 \"}", "{\"n\":5}" },
		{ UPDATE, "{\"n\":1}", "{\"n\":1}" },
		{ UPDATE, "{\"n\":\"1.5\"}", "[\"n\"] n must be an integer" },
		{ UPDATE, "{\"n\":\"abc\"}", WRONG_TYPE("n", "number", "NaN") " (cast from the value `\"abc\"`)." },
		{ UPDATE, "{\"n\":{}}", WRONG_TYPE("n", "number", "NaN") " (cast from the value `{}`)." },
		{ UPDATE, "{\"n\":\"Infinity\"}", "[\"n\"] n must be an integer\n[\"n\"] n must be less than or equal to 9" },
		{ UPDATE, "{\"f\":null}", WRONG_TYPE("f", "number", "NaN") "." },
		{ UPDATE, "{\"f\":\"-Infinity\"}", "[\"f\"] f must be a finite number" },
		{ UPDATE, "{\"f\":2e21}", "[\"f\"] f must be less than or equal to 1e+21" },
		{ UPDATE, "{\"b\":\"+0012345678901234567890\"}", "{\"b\":\"12345678901234567890\"}" },
		{ UPDATE, "{\"b\":5}", "{\"b\":\"5\"}" },
		{ UPDATE, "{\"b\":1.5}", "[\"b\"] b must be a valid integer" },
		{ UPDATE, "{\"b\":null}", "[\"b\"] b cannot be null." },
		{ UPDATE, "{\"flag\":\"TRUE\"}", "{\"flag\":true}" },
		{ UPDATE, "{\"flag\":0}", "{\"flag\":false}" },
		{ UPDATE, "{\"flag\":\"t\"}", WRONG_TYPE("flag", "boolean", "\"t\"") "." },
		{ UPDATE, "{\"flag\":null}", "[\"flag\"] flag cannot be null." },
	};

	CHECK(state, "api::special.special", list);
}

static void a_creation_gets_its_defaults_and_upstreams_order(void **state)
{
	static const struct expectation list[] = {
		{ CREATE, "{\"req\":\"R\",\"other\":1}", "{\"zone\":[],\"hours\":[],\"kind\":\"alpha\",\"boolReq\":false,"
			"\"intDef\":7,\"reqDef\":\"rd\",\"def\":\"dflt\",\"req\":\"R\",\"other\":1}" },
		{ UPDATE, "{\"req\":\"R\"}", "{\"req\":\"R\"}" },
		{ CREATE, "{}", "[\"req\"] req must be defined." },
		{ CREATE, "{\"reqDef\":null,\"req\":null}", WRONG_TYPE("reqDef", "string", "null") ".\n" WRONG_TYPE("req", "string", "null") "." },
	};

	CHECK(state, "api::widget.widget", list);
}

static void conditions_switch_the_rules_of_a_field_off(void **state)
{
	static const struct expectation list[] = {
		{ CREATE, "{\"req\":\"R\",\"kind\":\"beta\"}", "[\"onlyBetaReq\"] onlyBetaReq must be defined." },
		{ UPDATE, "{\"kind\":\"alpha\",\"onlyBeta\":5}", "{\"kind\":\"alpha\",\"onlyBeta\":5}" },
		{ UPDATE, "{\"kind\":\"beta\",\"onlyBeta\":5}", WRONG_TYPE("onlyBeta", "string", "5") "." },
	};

	CHECK(state, "api::widget.widget", list);
}

static void components_are_judged_with_their_paths(void **state)
{
	static const struct expectation list[] = {
		{ UPDATE, "{\"one\":null}", WRONG_TYPE("one", "object", "null") "." },
		{ UPDATE, "{\"one\":\"x\"}", WRONG_TYPE("one", "object", "\"x\"") "." },
		{ UPDATE, "{\"one\":{\"label\":5,\"external\":\"x\"}}", "[\"one\",\"label\"] one.label must be a `string` type, but "
			"the final value was: `5`.\n[\"one\",\"external\"] one.external must be a `boolean` type, but the final value "
			"was: `\"x\"`." },
		{ UPDATE, "{\"many\":null}", WRONG_TYPE("many", "array", "null") "." },
		{ UPDATE, "{\"many\":[{\"kind\":\"z\"}]}", "[\"many\",\"0\",\"kind\"] many[0].kind must be one of the following values: "
			"x, y, \n[\"many\"] many field must have at least 2 items" },
		{ UPDATE, "{\"many\":[\"{\\\"kind\\\":\\\"y\\\"}\",{\"id\":7}]}", "{\"many\":[{\"kind\":\"y\"},{\"id\":7}]}" },
		{ UPDATE, "{\"many\":[null,{\"link\":{\"url\":1}}]}", "[\"many\",\"0\"] many[0] must be a `object` type, but the final "
			"value was: `null`.\n[\"many\",\"1\",\"link\",\"url\"] many[1].link.url must be a `string` type, but the final "
			"value was: `1`." },
	};

	CHECK(state, "api::special.special", list);
}

static void zones_take_any_known_component(void **state)
{
	static const struct expectation list[] = {
		{ UPDATE, "{\"zone\":[{\"__component\":\"section.gallery\",\"columns\":\"2\"}]}",
			"{\"zone\":[{\"__component\":\"section.gallery\",\"columns\":2}]}" },
		{ UPDATE, "{\"zone\":[{}]}", "[\"zone\",\"0\",\"__component\"] zone[0].__component is a required field\n"
			"[] Cannot build relations store from dynamiczone, component identifier is undefined" },
		{ UPDATE, "{\"zone\":[{\"__component\":null}]}", "[\"zone\",\"0\",\"__component\"] zone[0].__component must be a "
			"`string` type, but the final value was: `null`.\n[\"zone\",\"0\",\"__component\"] zone[0].__component must be "
			"one of the following values: location.address, location.geo, restaurant.menu-item, restaurant.menu-section, "
			"restaurant.opening-hour, section.gallery, section.hero, section.quote-list, section.related-restaurants, "
			"section.stats, section.text-block, shared.link, shared.meta-social, shared.quote, shared.seo, test.item\n"
			"[] Cannot build relations store from dynamiczone, component identifier is undefined" },
		{ UPDATE, "{\"zone\":[null]}", "[\"zone\",\"0\"] zone[0] must be a `object` type, but the final value was: `null`.\n"
			"[] Invalid relations" },
	};

	CHECK(state, "api::special.special", list);
}

static void rich_text_is_judged_node_by_node(void **state)
{
	static const struct expectation list[] = {
		{ UPDATE, "{\"rich\":\"x\"}", "{\"rich\":null}" },
		{ UPDATE, "{\"rich\":\"[]\"}", "{\"rich\":[]}" },
		{ UPDATE, "{\"rich\":[null]}", "[\"rich\",\"0\"] Block node is of invalid type" },
		{ UPDATE, "{\"rich\":[{\"type\":\"paragraph\",\"children\":[]}]}", "[\"rich\",\"0\",\"children\"] "
			"Paragraph node children must have at least one Text or Link node" },
		{ UPDATE, "{\"rich\":[{\"type\":\"paragraph\",\"children\":[{\"type\":\"x\"}]}]}",
			"[\"rich\",\"0\",\"children\",\"0\"] Inline node must be Text or Link" },
		{ UPDATE, "{\"rich\":[{\"type\":\"heading\",\"level\":\"2\",\"children\":[{\"type\":\"text\",\"text\":5}]}]}",
			"{\"rich\":[{\"children\":[{\"text\":\"5\",\"type\":\"text\"}],\"level\":2,\"type\":\"heading\"}]}" },
		{ UPDATE, "{\"rich\":[{\"type\":\"quote\",\"children\":[{\"type\":\"text\"}]}]}",
			"[\"rich\",\"0\",\"children\",\"0\",\"text\"] Text must be defined with at least an empty string" },
		{ UPDATE, "{\"rich\":[{\"type\":\"list\",\"format\":\"x\",\"children\":[{\"type\":\"list\",\"format\":\"ordered\","
			"\"children\":[]},{\"type\":\"y\"}]}]}", "[\"rich\",\"0\",\"format\"] rich[0].format must be one of the following "
			"values: ordered, unordered\n[\"rich\",\"0\",\"children\",\"1\"] Inline node must be list-item or list\n"
			"[\"rich\",\"0\",\"children\",\"0\",\"children\"] List node children must have at least one ListItem or ListNode" },
		{ UPDATE, "{\"rich\":[{\"type\":\"code\",\"language\":null,\"children\":[5]}]}", "[\"rich\",\"0\",\"children\",\"0\"] "
			"rich[0].children[0] must be a `object` type, but the final value was: `null` (cast from the value `5`)." },
	};

	CHECK(state, "api::special.special", list);
}

static void failures_are_ranked_by_the_first_name_in_their_path(void **state)
{
	static const struct expectation list[] = {
		/* `name` stands in "nameLong" too: the two share a rank, and the later attribute leads. */
		{ UPDATE, "{\"nameLong\":5,\"name\":5,\"n\":\"x\"}", WRONG_TYPE("nameLong", "string", "5") ".\n" WRONG_TYPE("name", "string", "5")
			".\n" WRONG_TYPE("n", "number", "NaN") " (cast from the value `\"x\"`)." },
		/* Between equals a wrong type is found before a wrong value. */
		{ UPDATE, "{\"nameLong\":\"x\",\"name\":5}", WRONG_TYPE("name", "string", "5") ".\n"
			"[\"nameLong\"] nameLong must match the following: \"/^a\\/b$/\"" },
	};

	CHECK(state, "api::special.special", list);
}

static void data_that_is_no_object_is_refused(void **state)
{
	static const struct expectation list[] = {
		{ CREATE, "[]", "[] this must be a `object` type, but the final value was: `null` (cast from the value `[]`)." },
	};

	CHECK(state, "api::special.special", list);
}

static void data_is_untouched_when_it_is_refused(void **state)
{
	struct fixture *f = *state;
	struct validate_options options = options_of(f, CREATE);
	json_t *data = json_loads("{\"int\":\"5\",\"req\":5}", 0, NULL), *before = json_deep_copy(data);

	assert_int_equal(document_validate(models_find(f->models, STR("api::widget.widget")), data, &options, &f->error), -1);
	assert_int_equal(f->error.kind, ERROR_VALIDATION);
	assert_true(json_equal(data, before));
	json_decref(data);
	json_decref(before);
}

static void a_flood_of_failures_is_counted_but_not_kept(void **state)
{
	struct fixture *f = *state;
	struct validate_options options = options_of(f, UPDATE);
	json_t *data = json_pack("{s:[]}", "many");

	for (int i = 0; i < 5000; i++)
		json_array_append_new(json_object_get(data, "many"), json_integer(i));
	assert_int_equal(document_validate(models_find(f->models, STR("api::special.special")), data, &options, &f->error), -1);
	assert_string_equal(error_message(&f->error), "5000 errors occurred");
	assert_int_equal(json_array_size(json_object_get(f->error.details, "errors")), 1000);
	json_decref(data);
}

/* ---- questions to the database ---- */

struct answers {
	const char *taken;
	unsigned asked;
	struct str path[4];
};

static int is_taken(void *arg, const struct validate_holder *holder, const struct attribute *attribute,
	const json_t *value, bool *taken_r, struct error *error)
{
	struct answers *answers = arg;
	unsigned depth = 0;

	answers->asked++;
	answers->path[depth++] = attribute->name;
	for (; holder; holder = holder->parent)
		answers->path[depth++] = holder->attribute->name;
	if (!answers->taken)
		return error_set(error, ERROR_UNAVAILABLE, "away");
	*taken_r = json_is_string(value) && strcmp(json_string_value(value), answers->taken) == 0;
	return 0;
}

static int no_rows_exist(void *arg, const struct model *model, const json_t *data, struct error *error)
{
	return error_set(error, ERROR_VALIDATION, "1 relation(s) of type %s associated with this entity do not exist", "x");
}

static void unique_values_are_asked_for(void **state)
{
	struct fixture *f = *state;
	struct answers answers = { .taken = "used" };
	struct validate_options options = options_of(f, UPDATE);

	options.is_taken = is_taken;
	options.arg = &answers;
	assert_string_equal(judge(f, "api::widget.widget", &options, "{\"uniq\":\"used\",\"handle\":\"used\",\"req\":5}"),
		WRONG_TYPE("req", "string", "5") ".\n[\"uniq\"] This attribute must be unique\n[\"handle\"] This attribute must be unique");
	assert_int_equal(answers.asked, 2);
	/* Not for what is empty, and not for what is no number. */
	judge(f, "api::widget.widget", &options, "{\"uniq\":null,\"handle\":\"\",\"intUniq\":1.5,\"bigUniq\":\"x\"}");
	assert_int_equal(answers.asked, 2);
	options.draft = true;
	judge(f, "api::widget.widget", &options, "{\"uniq\":\"used\"}");
	assert_int_equal(answers.asked, 2);
}

static void unique_values_in_components_are_compared_with_their_neighbours_first(void **state)
{
	static const char once[] = "[\"many\",\"0\",\"code\"] This attribute must be unique\n"
		"[\"many\",\"1\",\"code\"] This attribute must be unique";
	struct fixture *f = *state;
	struct answers answers = { .taken = "used" };
	struct validate_options options = options_of(f, UPDATE);

	options.is_taken = is_taken;
	options.arg = &answers;
	assert_string_equal(judge(f, "api::special.special", &options, "{\"many\":[{\"code\":\"a\"},{\"code\":\"a\"}]}"), once);
	assert_int_equal(answers.asked, 0);
	assert_string_equal(judge(f, "api::special.special", &options, "{\"zone\":[{\"__component\":\"test.item\",\"code\":\"a\"},"
		"{\"__component\":\"test.item\",\"code\":\"a\"}]}"), "[\"zone\",\"0\",\"code\"] This attribute must be unique\n"
		"[\"zone\",\"1\",\"code\"] This attribute must be unique");
	assert_int_equal(answers.asked, 0);
	judge(f, "api::special.special", &options, "{\"many\":[{\"code\":\"a\"},{\"code\":\"b\"}]}");
	assert_int_equal(answers.asked, 2);
	assert_str(answers.path[0], "code");
	assert_str(answers.path[1], "many");
}

static void relations_that_do_not_exist_come_last_in_the_list(void **state)
{
	struct fixture *f = *state;
	struct validate_options options = options_of(f, UPDATE);

	options.rows_exist = no_rows_exist;
	assert_string_equal(judge(f, "api::widget.widget", &options, "{\"tag\":{\"set\":[{\"id\":9}]},\"int\":99}"),
		"[\"int\"] int must be less than or equal to 10\n"
		"[] 1 relation(s) of type x associated with this entity do not exist");
}

static void a_question_that_fails_ends_the_validation(void **state)
{
	struct fixture *f = *state;
	struct answers answers = { .taken = NULL };
	struct validate_options options = options_of(f, UPDATE);
	json_t *data = json_loads("{\"uniq\":\"a\",\"req\":5}", 0, NULL);

	options.is_taken = is_taken;
	options.arg = &answers;
	assert_int_equal(document_validate(models_find(f->models, STR("api::widget.widget")), data, &options, &f->error), -1);
	assert_int_equal(f->error.kind, ERROR_UNAVAILABLE);
	json_decref(data);
}

static void defaults_are_given_to_what_is_absent(void **state)
{
	struct fixture *f = *state;
	json_t *data = json_loads("{\"def\":null,\"kind\":\"beta\"}", 0, NULL);
	struct buf out = BUF_INIT;

	document_apply_defaults(models_find(f->models, STR("api::widget.widget")), data);
	json_write(&out, data);
	assert_str(buf_str(&out), "{\"def\":null,\"kind\":\"beta\",\"reqDef\":\"rd\",\"intDef\":7,\"boolReq\":false}");
	buf_clear(&out);
	json_decref(data);
}

/* ---- what was recorded ---- */

/* Casts every scalar of an entity and its components, as a write does. */
static int cast_all(struct fixture *f, const struct model *model, json_t *data)
{
	for (unsigned i = 0; i < model->attribute_count; i++) {
		const struct attribute *attribute = &model->attributes[i];
		json_t *value = json_object_getn(data, attribute->name.p, attribute->name.n), *one;
		struct db_value cast;
		size_t k;

		if (!value || attribute->automatic)
			continue;
		if (attribute_kind(attribute->type)->scalar && cast_json(attribute, value, f->arena, &cast, &f->error) < 0)
			return -1;
		if (attribute->type == ATTRIBUTE_COMPONENT && !attribute->repeatable && cast_all(f, attribute->component, value) < 0)
			return -1;
		json_array_foreach(value, k, one) {
			if (attribute->type == ATTRIBUTE_COMPONENT && cast_all(f, attribute->component, one) < 0)
				return -1;
		}
	}
	return 0;
}

static const struct model *model_at(struct fixture *f, const char *path)
{
	struct str name = str_skip(str_of(path), strlen("/api/"));
	size_t end = 0;

	while (end < name.n && name.p[end] != '/' && name.p[end] != '?')
		end++;
	name = str_take(name, end);
	for (unsigned i = 0; i < f->models->count; i++) {
		const struct model *model = f->models->list[i];

		if (model->kind != MODEL_COMPONENT && str_starts(model->uid, STR("api::")) &&
				str_equal(model->kind == MODEL_SINGLE ? model->singular : model->plural, name))
			return model;
	}
	return NULL;
}

/* What validation has no part in: an answer of 400 that neither its rules nor the casts gave. */
static bool is_foreign(const json_t *problem)
{
	static const char *const signs[] = {
		"Invalid key", "must be unique", "not related to the entity", "Document with id", "do not exist",
		"Not Found", "Forbidden", "Internal Server Error",
	};
	char *text = problem ? json_dumps(problem, 0) : NULL;
	bool found = false;

	for (size_t i = 0; text && i < sizeof(signs) / sizeof(*signs); i++)
		found |= strstr(text, signs[i]) != NULL;
	free(text);
	return found;
}

/* The whole entity is shown with the host's own columns in it. */
static json_t *without_entity(const json_t *details)
{
	json_t *copy = json_deep_copy(details), *failure;
	size_t i;

	json_array_foreach(json_object_get(copy, "errors"), i, failure) {
		if (json_array_size(json_object_get(failure, "path")) == 0)
			json_object_del(failure, "value");
	}
	return copy;
}

static bool replay(struct fixture *f, const char *id, const json_t *step)
{
	const char *path = json_string_value(json_object_get(step, "path")), *method;
	const json_t *body = json_object_get(step, "body"), *problem;
	const struct model *model = path && strlen(path) > 5 ? model_at(f, path) : NULL;
	json_t *data = json_deep_copy(json_object_get(body, "data")), *ours, *theirs;
	bool creating, refused;
	struct validate_options options;
	int rc;

	method = json_string_value(json_object_get(step, "method"));
	problem = json_object_get(json_object_get(step, "response"), "error");
	if (!model || !json_is_object(data) || is_foreign(problem)) {
		json_decref(data);
		return false;
	}
	creating = strcmp(method, "POST") == 0;
	options = options_of(f, model->draft_and_publish ? DRAFT : creating ? CREATE : UPDATE);
	options.creating = creating;
	rc = document_validate(model, data, &options, &f->error);
	if (rc == 0)
		rc = cast_all(f, model, data);
	refused = json_integer_value(json_object_get(step, "status")) == 400;
	/* What fails on the way from the draft to the published row isn't asked here. */
	if (refused && !(rc == 0 && model->draft_and_publish)) {
		if (rc == 0)
			fail_msg("%s was accepted", id);
		ours = without_entity(f->error.details);
		theirs = without_entity(json_object_get(problem, "details"));
		if (!json_equal(ours, theirs))
			fail_msg("%s: %s", id, json_dumps(ours, 0));
		assert_string_equal(error_message(&f->error), json_string_value(json_object_get(problem, "message")));
		json_decref(ours);
		json_decref(theirs);
	} else if (!refused && rc < 0) {
		fail_msg("%s was refused: %s", id, error_message(&f->error));
	}
	error_clear(&f->error);
	json_decref(data);
	return true;
}

static void strapis_recorded_answers_are_ours(void **state)
{
	static const char *const groups[] = {
		"scalar", "validate-widget", "validate-gadget", "validate-gadget-draft", "validate-update", "components",
		"dynamiczone", "create-empty", "create", "update",
	};
	struct fixture *f = *state;
	const char *root = source_root();
	unsigned replayed = 0;
	char path[512], *line = NULL;
	size_t capacity = 0, i;
	ssize_t n;

	for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s%s%s/tests/conformance/corpus/shared/%s.jsonl", root[0] == '/' ? "" : f->before,
			root[0] == '/' ? "" : "/", root, groups[g]);
		file = fopen(path, "r");
		if (!file)
			skip();
		while ((n = getline(&line, &capacity, file)) > 0) {
			json_t *entry = json_loadb(line, (size_t)n, JSON_ALLOW_NUL, NULL), *step;

			assert_non_null(entry);
			json_array_foreach(json_object_get(entry, "steps"), i, step)
				replayed += replay(f, json_string_value(json_object_get(entry, "id")), step);
			json_decref(entry);
		}
		fclose(file);
	}
	free(line);
	print_message("%u recorded writes\n", replayed);
	assert_true(replayed > 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts_are_judged_by_length_and_form, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(numbers_and_booleans_are_cast_then_judged, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(a_creation_gets_its_defaults_and_upstreams_order, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(conditions_switch_the_rules_of_a_field_off, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(components_are_judged_with_their_paths, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(zones_take_any_known_component, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(rich_text_is_judged_node_by_node, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(failures_are_ranked_by_the_first_name_in_their_path, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(data_that_is_no_object_is_refused, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(data_is_untouched_when_it_is_refused, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(a_flood_of_failures_is_counted_but_not_kept, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(unique_values_are_asked_for, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(unique_values_in_components_are_compared_with_their_neighbours_first, set_up,
			fixture_tear_down),
		cmocka_unit_test_setup_teardown(relations_that_do_not_exist_come_last_in_the_list, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(a_question_that_fails_ends_the_validation, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(defaults_are_given_to_what_is_absent, set_up, fixture_tear_down),
		cmocka_unit_test_setup_teardown(strapis_recorded_answers_are_ours, set_up_recorded, fixture_tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
