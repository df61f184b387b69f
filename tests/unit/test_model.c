#include "unit.h"

#include "base/buf.h"
#include "models_fixture.h"

#define INFO "[info]\nsingularName = \"article\"\npluralName = \"articles\"\ndisplayName = \"Article\"\n"
#define TAG_INFO "[info]\nsingularName = \"tag\"\npluralName = \"tags\"\ndisplayName = \"Tag\"\n"

/* Five lines of INFO and the blank line put the first of these on line 6. */
static const char *article(struct fixture *f, const char *attributes)
{
	return arena_printf(f->arena, INFO "\n%s", attributes);
}

static void refuses_type(struct fixture *f, const char *text, const char *message)
{
	assert_int_equal(add_type(f, "article.toml", text), -1);
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	assert_string_equal(error_message(&f->error), message);
	assert_null(models_find(f->models, STR("api::article.article")));
}

static void refuses_attribute(struct fixture *f, const char *attributes, const char *message)
{
	refuses_type(f, article(f, attributes), message);
}

static void refuses_to_finish(struct fixture *f, const char *message)
{
	assert_int_equal(models_finish(f->models, &f->error), -1);
	assert_int_equal(f->error.kind, ERROR_CONFIG);
	assert_string_equal(error_message(&f->error), message);
}

static void add_article(struct fixture *f, const char *attributes)
{
	ok(f, add_type(f, "article.toml", article(f, attributes)));
}

static void add_tag(struct fixture *f, const char *attributes)
{
	ok(f, add_type(f, "tag.toml", arena_printf(f->arena, TAG_INFO "\n%s", attributes)));
}

static void finish(struct fixture *f)
{
	ok(f, models_finish(f->models, &f->error));
}

/* ---- reading ---- */

static void lists_attributes_in_strapis_order(void **state)
{
	static const char *const order[] = { "id", "documentId", "title", "secret", "author", "createdAt",
		"updatedAt",
		"publishedAt", "createdBy", "updatedBy", "locale", "localizations" };
	static const char *const columns[] = { "id", "document_id", "title", "secret", "created_at",
		"updated_at",
		"published_at", "locale" };
	struct fixture *f = *state;
	const struct model *model;

	add_article(f, "[attributes]\ntitle = { type = \"string\" }\n"
		"secret = { type = \"text\", private = true }\n"
		"author = { type = \"relation\", relation = \"oneToOne\", target = \"api::article.article\" "
		"}\n");
	finish(f);
	model = models_find(f->models, STR("api::article.article"));
	assert_int_equal(model->attribute_count, sizeof(order) / sizeof(*order));
	for (unsigned i = 0; i < model->attribute_count; i++) {
		assert_str(model->attributes[i].name, order[i]);
		assert_int_equal(model->attributes[i].index, i);
		assert_ptr_equal(model_attribute(model, str_of(order[i])), &model->attributes[i]);
	}
	assert_int_equal(model->column_count, sizeof(columns) / sizeof(*columns));
	for (unsigned i = 0; i < model->column_count; i++) {
		assert_str(model->columns[i]->column, columns[i]);
		assert_int_equal(model->columns[i]->column_index, i);
	}
	assert_str(model->published_at->json_key, "\"publishedAt\":");
	assert_str(model->table, "articles");
	assert_str(model->join_column, "article_id");
	assert_str(model->api, "article");
	assert_null(model_attribute(model, STR("nothing")));
}

static void knows_what_may_be_written_and_seen(void **state)
{
	struct fixture *f = *state;
	const struct model *model;

	f->models->private_names = &(struct str){ "teaser", 6 };
	f->models->private_count = 1;
	add_article(f, "[options]\nprivateAttributes = [\"createdAt\"]\n[attributes]\n"
		"teaser = { type = \"text\" }\n"
		"readOnly = { type = \"string\", writable = false }\n");
	finish(f);
	model = models_find(f->models, STR("api::article.article"));
	assert_false(model->id->writable || model->document_id->writable || model->created_at->writable ||
		model->updated_at->writable || model->created_by->writable || model->localizations->writable);
	assert_true(model->published_at->writable && model->locale->writable);
	assert_true(model->created_at->private_ && model->created_by->private_ && model->locale->private_ &&
		model->localizations->private_);
	assert_false(model->id->private_ || model->updated_at->private_);
	assert_true(attribute_of(f, "api::article.article", "teaser")->private_);
	assert_false(attribute_of(f, "api::article.article", "readOnly")->writable);
	assert_str(model->created_by->link.own_column, "created_by_id");
	assert_null(model->created_by->target);
}

static void knows_what_differs_by_locale(void **state)
{
	struct fixture *f = *state;
	const struct model *model;

	add_article(f, "[pluginOptions.i18n]\nlocalized = true\n[attributes]\nslug = { type = \"uid\" }\n"
		"title = { type = \"string\", pluginOptions = { i18n = { localized = true } } }\n"
		"views = { type = \"integer\" }\n"
		"next = { type = \"relation\", relation = \"oneToOne\", target = \"api::article.article\" "
		"}\n");
	finish(f);
	model = models_find(f->models, STR("api::article.article"));
	assert_true(model->localized);
	assert_false(model->locale->private_ || model->localizations->private_ || model->locale->localized);
	assert_true(attribute_of(f, "api::article.article", "title")->localized);
	assert_true(attribute_of(f, "api::article.article", "slug")->localized);
	assert_true(attribute_of(f, "api::article.article", "next")->localized);
	assert_false(attribute_of(f, "api::article.article", "views")->localized);
	assert_ptr_equal(model->localizations->target, model);
	assert_true(model->localizations->to_many);
}

static void reads_options_of_attributes(void **state)
{
	struct fixture *f = *state;
	const struct attribute *attribute;

	add_article(f, "[attributes]\n"
		"a = { type = \"string\", minLength = 2, maxLength = 9, regex = \"^x\", unique = true, "
		"required = true, default = \"xx\" }\n"
		"b = { type = \"decimal\", min = -1.5, max = 3 }\n"
		"c = { type = \"biginteger\", min = \"1\", max = \"9007199254740993\" }\n"
		"d = { type = \"enumeration\", enum = [\"one\", \"two\"], default = \"two\" }\n"
		"e = { type = \"password\", encryption = { rounds = 12 } }\n"
		"f = { type = \"string\", conditions = { visible = { \"==\" = [{ var = \"d\" }, \"one\"] } "
		"} }\n"
		"g = { type = \"uid\", targetField = \"a\" }\n"
		"h = { type = \"string\", maxLength = 900 }\n"
		"i = { type = \"string\", column = { type = \"string\", args = [900] } }\n");
	finish(f);
	attribute = attribute_of(f, "api::article.article", "a");
	assert_true(attribute->required && attribute->unique);
	assert_true(attribute->min_length == 2 && attribute->max_length == 9);
	assert_str(attribute->regex, "^x");
	assert_string_equal(json_string_value(attribute->default_value), "xx");
	attribute = attribute_of(f, "api::article.article", "b");
	assert_true(attribute->has_min && attribute->has_max);
	assert_true(attribute->min == -1.5 && attribute->max == 3);
	assert_false(attribute_of(f, "api::article.article", "c")->has_min);
	attribute = attribute_of(f, "api::article.article", "d");
	assert_int_equal(attribute->value_count, 2);
	assert_str(attribute->values[1], "two");
	assert_int_equal(attribute_of(f, "api::article.article", "e")->bcrypt_rounds, 12);
	assert_true(json_is_object(attribute_of(f, "api::article.article", "f")->conditions));
	attribute = attribute_of(f, "api::article.article", "g");
	assert_true(attribute->unique);
	assert_str(attribute->target_field, "a");
	assert_int_equal(attribute_of(f, "api::article.article", "h")->max_length, 255);
	assert_false(attribute_of(f, "api::article.article", "i")->has_max_length);
}

static void replaces_custom_fields(void **state)
{
	struct fixture *f = *state;

	ok(f, models_add_custom_field(f->models, STR("plugin::color-picker.color"), ATTRIBUTE_STRING,
		&f->error));
	assert_int_equal(models_add_custom_field(f->models, STR("global::x"), ATTRIBUTE_MEDIA, &f->error),
		-1);
	assert_int_equal(models_add_custom_field(f->models, STR("plugin::color-picker.color"),
		ATTRIBUTE_JSON, &f->error), -1);
	add_article(f, "[attributes]\ncolor = { type = \"customField\", customField = "
		"\"plugin::color-picker.color\" }\n");
	finish(f);
	assert_int_equal(attribute_of(f, "api::article.article", "color")->type, ATTRIBUTE_STRING);
}

static void finds_both_forms_of_a_plugin_folder(void **state)
{
	static const char *const uids[] = { "api::flat.article", "api::shop.product", "api::tag.tag",
		"shared.seo",
		"shared.link", "api::own.thing" };
	struct fixture *f = *state;

	write_file("p/content-types/article.toml", "api = \"flat\"\n" INFO);
	write_file("p/content-types/tag.json",
		"{\"info\":{\"singularName\":\"tag\",\"pluralName\":\"tags\",\"displayName\":\"T\"}}");
	write_file("p/content-types/README.md", "not a schema");
	write_file("p/content-types/.tag.toml.swp", "not a schema");
	write_file("p/content-types/thing.json",
		"{\"uid\":\"api::own.thing\",\"info\":{\"singularName\":\"thing\","
		"\"pluralName\":\"things\",\"displayName\":\"T\"}}");
	write_file("p/api/shop/content-types/product/schema.json",
		"{\"info\":{\"singularName\":\"product\","
		"\"pluralName\":\"products\",\"displayName\":\"P\"}}");
	write_file("p/components/shared.seo.toml", "[attributes]\ntitle = { type = \"string\" }\n");
	write_file("p/components/shared/link.json",
		"{\"collectionName\":\"components_shared_links\",\"attributes\":{}}");
	ok(f, models_add_folder(f->models, source_of("api::"), "p", &f->error));
	finish(f);
	assert_int_equal(f->models->count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_non_null(models_find(f->models, str_of(uids[i])));
	assert_str(models_find(f->models, STR("shared.seo"))->table, "components_shared_seos");
	assert_str(models_find(f->models, STR("shared.seo"))->singular, "seo");
	assert_str(models_find(f->models, STR("api::shop.product"))->api, "shop");
	assert_str(models_find(f->models, STR("api::own.thing"))->api, "own");
	assert_int_equal(models_add_folder(f->models, source_of("plugin::p."), "p", &f->error), -1);
}

static void says_all_that_is_wrong_in_a_folder(void **state)
{
	struct fixture *f = *state;

	write_file("p/components/shared.seo.toml", "attributes = 1\n");
	write_file("p/content-types/article.toml", INFO "[attributes]\na = { type = \"strng\" }\nb = 7\n");
	write_file("p/content-types/tag.toml", "kind = \"oneType\"\n");
	assert_int_equal(models_add_folder(f->models, source_of("api::"), "p", &f->error), -1);
	assert_string_equal(error_message(&f->error),
		"p/components/shared.seo.toml:1:14: `attributes` must be a table, but it is an integer\n"
		"p/content-types/article.toml:6:14: unknown type \"strng\"; did you mean \"string\"?\n"
		"p/content-types/article.toml:7:5: an attribute is an object, but this is an integer\n"
		"p/content-types/tag.toml:1:8: `kind` must be \"collectionType\" or \"singleType\", but it "
		"is \"oneType\"\n"
		"p/content-types/tag.toml:1:1: `info` with singularName, pluralName and displayName is "
		"missing");
}

static void stops_listing_at_fifty(void **state)
{
	struct buf text = BUF_INIT;
	struct fixture *f = *state;
	unsigned lines = 1;

	buf_add_literal(&text, INFO "[attributes]\n");
	for (int i = 0; i < 60; i++)
		buf_printf(&text, "a%d = 1\n", i);
	assert_int_equal(add_type(f, "article.toml", buf_cstr(&text)), -1);
	for (const char *at = error_message(&f->error); *at; at++)
		lines += *at == '\n';
	assert_int_equal(lines, 51);
	assert_true(str_ends(str_of(error_message(&f->error)), STR("\nand 10 more")));
	buf_clear(&text);
}

/* ---- what one file can be held to ---- */

static void refuses_bad_names(void **state)
{
	struct fixture *f = *state;

	refuses_type(f, "[info]\nsingularName = \"Article\"\npluralName = \"articles\"\n"
		"displayName = \"A\"\n",
		"article.toml:2:16: `singularName` must be in kebab case, as \"blog-post\", but it is "
		"\"Article\"");
	refuses_type(f, "[info]\nsingularName = \"article\"\npluralName = \"article\"\ndisplayName = \"A\"\n",
		"article.toml:3:14: singularName and pluralName must differ, but both are \"article\"");
	refuses_type(f, "[info]\nsingularName = \"article\"\npluralName = \"articles\"\n",
		"article.toml:1:1: `displayName` is missing");
	refuses_type(f, "collectionName = \"a`b\"\n" INFO,
		"article.toml:1:18: `collectionName` can't be the name of a table: \"a`b\"");
}

static void refuses_reserved_attributes(void **state)
{
	static const char *const names[] = { "id", "documentId", "document_id", "createdAt", "created_at",
		"updatedBy",
		"publishedAt", "locale", "localizations" };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *text = arena_printf(f->arena, "[attributes]\n%s = { type = \"string\" }\n",
			names[i]);

		assert_int_equal(add_type(f, "article.toml", article(f, text)), -1);
		assert_true(str_starts(str_of(error_message(&f->error)), str_of(arena_printf(f->arena,
			"article.toml:7:%zu: "
			"The attribute \"%s\" is reserved and cannot be used in a model. Please rename "
			"\"article\" attribute "
			"\"%s\" to something else.", strlen(names[i]) + 4, names[i], names[i]))));
	}
	/* Strapi's builder reserves it, its core doesn't. */
	add_article(f, "[attributes]\nstatus = { type = \"string\" }\n");
}

static void refuses_bad_options(void **state)
{
	struct fixture *f = *state;

	refuses_attribute(f, "[attributes.a]\ntype = \"string\"\nrequired = \"yes\"\n",
		"article.toml:8:12: `required` must be a boolean, but it is a string");
	refuses_attribute(f, "[attributes.a]\ntype = \"string\"\nminLength = -1\n",
		"article.toml:8:13: `minLength` must not be negative");
	refuses_attribute(f, "[attributes.a]\ntype = \"string\"\nminLength = 5\nmaxLength = 4\n",
		"article.toml:8:13: `minLength` is greater than `maxLength`");
	refuses_attribute(f, "[attributes.a]\ntype = \"integer\"\nmin = \"many\"\n",
		"article.toml:8:7: `min` must be a number, but it is a string");
	refuses_attribute(f, "[attributes.a]\ntype = \"float\"\nmin = 2\nmax = 1.5\n",
		"article.toml:8:7: `min` is greater than `max`");
	refuses_attribute(f, "[attributes.a]\nrequired = true\n", "article.toml:6:1: `type` is missing");
	refuses_attribute(f, "[attributes.a]\ntype = \"password\"\nencryption = { rounds = 99 }\n",
		"article.toml:8:25: `rounds` of bcrypt must be from 4 to 31");
	refuses_attribute(f, "[attributes.a]\ntype = \"customField\"\ncustomField = \"global::x\"\n",
		"article.toml:8:15: Could not find Custom Field: global::x");
	refuses_attribute(f, "[attributes.a]\ntype = \"media\"\nallowedTypes = [\"pictures\"]\n",
		"article.toml:8:17: `allowedTypes` takes images, videos, files and audios");
	refuses_attribute(f, "[attributes.\"__\"]\ntype = \"string\"\n",
		"article.toml:6:1: no column can be named after the attribute \"__\": use letters, digits "
		"and _");
	refuses_attribute(f, "[attributes.a]\ntype = \"string\"\n"
		"column = { type = \"geometry\", args = [99999], unique = 1 }\n",
		"article.toml:8:19: there is no column type \"geometry\"\n"
		"article.toml:8:56: `unique` must be a boolean, but it is an integer\n"
		"article.toml:8:39: an argument of a column's type must be from 0 to 16383");
	refuses_attribute(f, "[attributes.a]\ntype = \"relation\"\nrelation = \"oneToNone\"\n",
		"article.toml:8:12: Error on attribute a in model article(api::article.article): Unknown "
		"relation; "
		"did you mean \"oneToOne\"?");
}

static void refuses_values_that_graphql_could_not_name(void **state)
{
	struct fixture *f = *state;

	refuses_attribute(f, "[attributes.a]\ntype = \"enumeration\"\n",
		"article.toml:6:1: `enum` must list the values of an enumeration");
	refuses_attribute(f, "[attributes.a]\ntype = \"enumeration\"\nenum = [\"5 stars\", \"-\"]\n",
		"article.toml:8:9: the value \"5 stars\" has no GraphQL name: a letter must come before the "
		"first digit\n"
		"article.toml:8:20: the value \"-\" has no GraphQL name: a letter must come before the "
		"first digit");
	refuses_attribute(f, "[attributes.a]\ntype = \"enumeration\"\nenum = [\"so so\", \"so_so\"]\n",
		"article.toml:8:18: the values \"so so\" and \"so_so\" have the same GraphQL name");
	refuses_attribute(f, "[attributes.a]\ntype = \"enumeration\"\nenum = [\"x\"]\ndefault = \"y\"\n",
		"article.toml:9:11: `default` must be one of the values of `enum`");
}

static void says_where_in_a_json_file(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(add_type(f, "schema.json", "{\"info\":{\"singularName\":\"a\",\"pluralName\":\"as\","
		"\"displayName\":\"A\"},\"attributes\":{\"x\":{\"type\":\"texts\"}}}"), -1);
	assert_non_null(strstr(error_message(&f->error), "schema.json"));
	assert_non_null(strstr(error_message(&f->error), "unknown type \"texts\"; did you mean \"text\"?"));
}

/* ---- what needs more than one file ---- */

static void refuses_a_type_that_is_there_already(void **state)
{
	struct fixture *f = *state;

	add_article(f, "");
	assert_int_equal(add_type(f, "again.toml", INFO), -1);
	assert_string_equal(error_message(&f->error),
		"again.toml:2:16: \"api::article.article\" is already defined by article.toml; rename one of them, or take its "
		"file away");
}

static void refuses_names_that_are_taken(void **state)
{
	struct fixture *f = *state;

	add_article(f, "");
	ok(f, add_type(f, "tag.toml", "api = \"other\"\ncollectionName = \"articles\"\n[info]\n"
		"singularName = \"tag\"\n"
		"pluralName = \"articles\"\ndisplayName = \"T\"\n"));
	refuses_to_finish(f, "tag.toml:5:14: pluralName \"articles\" is already a name of "
		"\"api::article.article\": take another\n"
		"tag.toml:2:18: DB table \"articles\" already exists. Change the collectionName of the "
		"related content type. (The table is one of \"api::article.article\", article.toml)");
}

static void refuses_two_attributes_of_one_column(void **state)
{
	struct fixture *f = *state;

	add_article(f, "[attributes]\nfooBar = { type = \"string\" }\nfoo_bar = { type = \"string\" }\n"
		"a = { type = \"relation\", relation = \"morphToOne\" }\n"
		"b = { type = \"relation\", relation = \"morphToOne\" }\n");
	refuses_to_finish(f,
		"article.toml:8:11: the attributes \"fooBar\" and \"foo_bar\" would both have the column "
		"\"foo_bar\": rename one\n"
		"article.toml:10:5: the attributes \"a\" and \"b\" would both have the column "
		"\"target_id\": rename one\n"
		"article.toml:10:5: the attributes \"a\" and \"b\" would both have the column "
		"\"target_type\": rename one");
}

#define RELATION(name, kind, target, more) \
	name " = { type = \"relation\", relation = \"" kind "\", target = \"" target "\"" more " }\n"
#define ON(attribute) "Error on attribute " attribute " in model article(api::article.article): "

static void refuses_relations_without_their_other_side(void **state)
{
	struct fixture *f = *state;

	add_tag(f, "[attributes]\nname = { type = \"string\" }\n" RELATION("one", "manyToOne",
		"api::article.article", "")
		RELATION("many", "manyToMany", "api::article.article", ""));
	add_article(f, "[attributes]\n" RELATION("a", "manyToOne", "api::tag.tag", ", inversedBy = \"none\"")
		RELATION("b", "manyToOne", "api::tag.tag", ", inversedBy = \"name\"")
		RELATION("c", "oneToMany", "api::tag.tag", ", inversedBy = \"one\"")
		RELATION("d", "manyToOne", "api::tag.tag", ", mappedBy = \"many\"")
		RELATION("e", "manyToMany", "api::tag.tag", ", inversedBy = \"many\"")
		RELATION("f", "manyToMany", "api::tag.tag", ", mappedBy = \"one\"")
		RELATION("g", "manyToMany", "api::tag.tag", ", mappedBy = \"many\", inversedBy = \"many\"")
		RELATION("h", "oneToMany", "api::tag.tag", ", useJoinTable = false")
		RELATION("i", "oneToOne", "api::taag.tag", "")
		RELATION("j", "morphMany", "api::tag.tag", ", morphBy = \"many\""));
	refuses_to_finish(f,
		"article.toml:7:5: " ON("a") "inversedBy attribute none not found target api::tag.tag\n"
		"article.toml:8:5: " ON("b") "inversedBy attribute name targets non relational attribute in "
		"api::tag.tag\n"
		"article.toml:9:5: " ON("c") "one side of a oneToMany cannot be the owner side in a "
		"bidirectional relation\n"
		"article.toml:10:5: " ON("d") "The many side of a manyToOne must be the owning side\n"
		"article.toml:11:5: " ON("e") "attribute many of api::tag.tag must say mappedBy = \"e\" and "
		"target = "
		"\"api::article.article\"\n"
		"article.toml:12:5: " ON("f") "mappedBy attribute one of api::tag.tag isn't the other side "
		"of a relation of this kind\n"
		"article.toml:13:5: " ON("g") "`inversedBy` and `mappedBy` exclude each other\n"
		"article.toml:14:5: " ON("h") "a one-way oneToMany is kept in a link table: take "
		"`useJoinTable` away\n"
		"article.toml:15:5: " ON("i") "target \"api::taag.tag\" isn't defined by any plugin\n"
		"article.toml:16:5: " ON("j") "Morph target attribute not found. Looking for many");
}

static void refuses_what_is_missing(void **state)
{
	struct fixture *f = *state;

	add_article(f, "[attributes]\na = { type = \"media\" }\n"
		"b = { type = \"component\", component = \"shared.seo\" }\n"
		"c = { type = \"dynamiczone\", components = [\"api::article.article\"] }\n"
		"d = { type = \"uid\", targetField = \"title\" }\n");
	refuses_to_finish(f,
		"article.toml:8:5: " ON("b") "component \"shared.seo\" isn't defined by any plugin\n"
		"article.toml:9:5: " ON("c") "component \"api::article.article\" is a content type\n"
		"article.toml:7:5: " ON("a") "media are entries of \"plugin::upload.file\", which no plugin "
		"defines: "
		"load the plugin `upload`\n"
		"article.toml:10:5: " ON("d") "targetField \"title\" isn't an attribute with a text");
}

static void refuses_two_sided_relations_of_components(void **state)
{
	struct fixture *f = *state;

	add_article(f, "[attributes]\n" RELATION("a", "manyToMany", "api::article.article", ""));
	ok(f, add_component(f, "shared.seo", "seo.toml", "[attributes]\n"
		RELATION("x", "manyToMany", "api::article.article", ", inversedBy = \"a\"")));
	refuses_to_finish(f, "seo.toml:2:5: Error on attribute x in model seo(shared.seo): a component's "
		"relation has no "
		"other side: take `inversedBy` and `mappedBy` away");
}

static void shows_creators_only_where_there_are_some(void **state)
{
	struct fixture *f = *state;

	add_article(f, "[options]\npopulateCreatorFields = true\n");
	assert_int_equal(models_finish(f->models, &f->error), -1);
	assert_non_null(strstr(error_message(&f->error), "load the plugin `admin`"));
}

/* ---- links ---- */

static void both_sides_see_one_link_table(void **state)
{
	struct fixture *f = *state;
	const struct attribute *owner, *inverse;

	add_tag(f, "[attributes]\n" RELATION("articles", "manyToMany", "api::article.article",
		", mappedBy = \"tags\""));
	add_article(f, "[attributes]\n" RELATION("tags", "manyToMany", "api::tag.tag",
		", inversedBy = \"articles\""));
	finish(f);
	owner = attribute_of(f, "api::article.article", "tags");
	inverse = attribute_of(f, "api::tag.tag", "articles");
	assert_ptr_equal(owner->inverse, inverse);
	assert_ptr_equal(inverse->inverse, owner);
	assert_true(owner->link.owner && !inverse->link.owner && owner->to_many && inverse->to_many);
	assert_str(owner->link.table, "articles_tags_lnk");
	assert_str(inverse->link.table, "articles_tags_lnk");
	assert_str(owner->link.own_column, "article_id");
	assert_str(owner->link.target_column, "tag_id");
	assert_str(owner->link.order_column, "tag_ord");
	assert_str(owner->link.inverse_order_column, "article_ord");
	assert_str(inverse->link.own_column, "tag_id");
	assert_str(inverse->link.order_column, "article_ord");
}

static void links_to_itself_have_names_of_their_own(void **state)
{
	struct fixture *f = *state;
	const struct link *link;

	add_article(f, "[attributes]\n" RELATION("parent", "manyToOne", "api::article.article",
		", inversedBy = \"children\"")
		RELATION("children", "oneToMany", "api::article.article", ", mappedBy = \"parent\"")
		RELATION("near", "oneToMany", "api::article.article", "")
		RELATION("next", "oneToOne", "api::article.article", ", useJoinTable = false"));
	finish(f);
	link = &attribute_of(f, "api::article.article", "parent")->link;
	assert_str(link->target_column, "inv_article_id");
	assert_true(str_is_null(link->order_column));
	assert_str(link->inverse_order_column, "article_ord");
	assert_str(attribute_of(f, "api::article.article", "children")->link.order_column, "article_ord");
	assert_str(attribute_of(f, "api::article.article", "near")->link.order_column, "article_ord");
	link = &attribute_of(f, "api::article.article", "next")->link;
	assert_int_equal(link->storage, LINK_COLUMN);
	assert_str(link->own_column, "next_id");
}

static void media_and_components_are_links_too(void **state)
{
	struct fixture *f = *state;
	const struct attribute *cover, *sections, *mentioned;

	add_all_plugins(f);
	cover = attribute_of(f, "api::article.article", "cover");
	assert_int_equal(cover->relation, RELATION_MORPH_ONE);
	assert_int_equal(cover->link.storage, LINK_MORPH_TABLE);
	assert_str(cover->target->uid, "plugin::upload.file");
	assert_str(cover->link.table, "files_related_mph");
	assert_str(cover->link.own_column, "related_id");
	assert_str(cover->link.target_column, "file_id");
	assert_str(cover->link.type_column, "related_type");
	assert_str(cover->link.field, "cover");
	sections = attribute_of(f, "api::article.article", "sections");
	assert_int_equal(sections->component_count, 3);
	assert_str(sections->link.table, "articles_cmps");
	mentioned = attribute_of(f, "api::tag.tag", "pinned");
	assert_int_equal(mentioned->link.storage, LINK_MORPH_COLUMNS);
	assert_str(mentioned->link.own_column, "target_id");
	assert_str(attribute_of(f, "api::article.article", "createdBy")->target->uid, "admin::user");
}

static void lets_strapis_own_types_place_automatic_attributes(void **state)
{
	struct fixture *f = *state;
	const struct model *model;

	add_all_plugins(f);
	model = models_find(f->models, STR("plugin::content-releases.release-action"));
	assert_non_null(model);
	assert_true(model->locale->automatic && model->locale->private_);
	assert_true(model->locale->index < model->created_at->index);
	assert_true(str_is_null(model->api));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_attributes_in_strapis_order),
		TEST(knows_what_may_be_written_and_seen),
		TEST(knows_what_differs_by_locale),
		TEST(reads_options_of_attributes),
		TEST(replaces_custom_fields),
		TEST(finds_both_forms_of_a_plugin_folder),
		TEST(says_all_that_is_wrong_in_a_folder),
		TEST(stops_listing_at_fifty),
		TEST(refuses_bad_names),
		TEST(refuses_reserved_attributes),
		TEST(refuses_bad_options),
		TEST(refuses_values_that_graphql_could_not_name),
		TEST(says_where_in_a_json_file),
		TEST(refuses_a_type_that_is_there_already),
		TEST(refuses_names_that_are_taken),
		TEST(refuses_two_attributes_of_one_column),
		TEST(refuses_relations_without_their_other_side),
		TEST(refuses_what_is_missing),
		TEST(refuses_two_sided_relations_of_components),
		TEST(shows_creators_only_where_there_are_some),
		TEST(both_sides_see_one_link_table),
		TEST(links_to_itself_have_names_of_their_own),
		TEST(media_and_components_are_links_too),
		TEST(lets_strapis_own_types_place_automatic_attributes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
