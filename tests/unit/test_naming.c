#include "unit.h"

#include <stdlib.h>

#include "base/arena.h"
#include "model/naming.h"
#include "model/snake_case.h"

static int set_up(void **state)
{
	*state = arena_new(4096);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

struct pair {
	const char *from, *to;
};

static void snakes(struct arena *arena, const struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_str(snake_case(arena, str_of(pairs[i].from)), pairs[i].to);
}

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void splits_words_as_strapi_does(void **state)
{
	static const struct pair pairs[] = {
		{ "myField", "my_field" }, { "address1", "address_1" }, { "SEOTitle", "seo_title" },
			{ "URL", "url" },
		{ "canonicalURL", "canonical_url" }, { "HTMLParser2", "html_parser_2" }, { "image3D",
			"image_3_d" },
		{ "v2API", "v_2_api" }, { "fooBAR1baz", "foo_bar_1_baz" }, { "a1b2", "a_1_b_2" }, { "x__y",
			"x_y" },
		{ "1st", "1st" },
	};

	snakes(*state, pairs, COUNT(pairs));
}

static void splits_what_is_unusual(void **state)
{
	static const struct pair pairs[] = {
		{ "", "" }, { "__", "" }, { "id", "id" }, { "documentId", "document_id" }, { "text-block",
			"text_block" },
		{ "provider_metadata", "provider_metadata" }, { "ABC", "abc" }, { "ABc", "a_bc" }, { "aB",
			"a_b" },
		{ "11th", "11_th" }, { "12TH", "12_th" }, { "14TH", "14th" }, { "22nd", "22nd" },
			{ "3rdParty", "3rd_party" },
		{ "1stx", "1_stx" }, { "don't", "dont" }, { "--foo--bar", "foo_bar" }, { "A1", "a_1" },
		{ "x1Y", "x_1_y" }, { "XMLHttpRequest", "xml_http_request" },
	};

	snakes(*state, pairs, COUNT(pairs));
}

static void takes_accents_off(void **state)
{
	static const struct pair pairs[] = {
		{ "caf\xc3\xa9", "cafe" }, { "Stra\xc3\x9f" "e", "strasse" }, { "\xc5\x92uvre", "oeuvre" },
		{ "na\xc3\xafveT\xc3\xaate", "naive_tete" }, { "\xc5\xbdlut\xc3\xbd", "zluty" },
		{ "pri\xe2\x80\x99x", "prix" }, { "e\xcc\x81t\xc3\xa9", "ete" },
	};

	snakes(*state, pairs, COUNT(pairs));
}

static void survives_bytes_that_are_no_text(void **state)
{
	static const char *const odd[] = { "\xff", "a\xc3", "\xe2\x82", "\xf0\x9f\x98\x80",
		"x\xf0\x9f\x98\x80y" };

	for (size_t i = 0; i < COUNT(odd); i++)
		(void)snake_case(*state, str_of(odd[i]));
	assert_str(snake_case(*state, STR("x\xf0\x9f\x98\x80y")), "x_\xf0\x9f\x98\x80_y");
}

static void keeps_names_that_fit(void **state)
{
	struct arena *arena = *state;

	assert_str(naming(arena, NAMING_LINK_TABLE, STR("articles"), STR("tags")), "articles_tags_lnk");
	assert_str(naming(arena, NAMING_MORPH_TABLE, STR("comments"), STR("mentions")),
		"comments_mentions_mph");
	assert_str(naming(arena, NAMING_COMPONENTS_TABLE, STR("articles"), STR_NULL), "articles_cmps");
	assert_str(naming(arena, NAMING_JOIN_COLUMN, STR("text-block"), STR_NULL), "text_block_id");
	assert_str(naming(arena, NAMING_INVERSE_JOIN_COLUMN, STR("article"), STR_NULL), "inv_article_id");
	assert_str(naming(arena, NAMING_ORDER_COLUMN, STR("tag"), STR_NULL), "tag_ord");
	assert_str(naming(arena, NAMING_INVERSE_ORDER_COLUMN, STR("article"), STR_NULL), "inv_article_ord");
	assert_str(naming(arena, NAMING_TYPE_COLUMN, STR("related"), STR_NULL), "related_type");
	assert_str(naming(arena, NAMING_INDEX, STR("articles"), STR("documents")), "articles_documents_idx");
	assert_str(naming(arena, NAMING_FOREIGN_KEY, STR("articles"), STR("created_by_id")),
		"articles_created_by_id_fk");
	assert_str(naming(arena, NAMING_ORDER_INDEX, STR("a_lnk"), STR_NULL), "a_lnk_ofk");
	assert_str(naming(arena, NAMING_INVERSE_ORDER_INDEX, STR("a_lnk"), STR_NULL), "a_lnk_oifk");
	assert_str(naming(arena, NAMING_MORPH_ORDER_INDEX, STR("a_mph"), STR_NULL), "a_mph_oidx");
	assert_str(naming(arena, NAMING_MORPH_ID_INDEX, STR("a_mph"), STR_NULL), "a_mph_idix");
}

static void turns_table_names_to_snake_case_inside_link_tables_only(void **state)
{
	assert_str(naming(*state, NAMING_TABLE, STR("myThings"), STR_NULL), "myThings");
	assert_str(naming(*state, NAMING_LINK_TABLE, STR("myThings"), STR("mainTag")),
		"my_things_main_tag_lnk");
}

static void shortens_names_as_strapi_does(void **state)
{
	struct arena *arena = *state;
	const struct str wide = STR("components_section_related_restaurantss_restaurants_lnk");

	assert_str(naming(arena, NAMING_LINK_TABLE, STR("a_very_long_collection_name_for_testing_things"),
		STR("an_attribute_name_that_is_long_too")),
			"a_very_long_collecti784e3_an_attribute_name_th9da68_lnk");
	assert_str(naming(arena, NAMING_LINK_TABLE, STR("short"),
		STR("an_attribute_name_that_is_long_too_and_even_longer_than_expected_really")),
		"short_an_attribute_name_that_is_long_too_and_e19361_lnk");
	assert_str(naming(arena,
		NAMING_COLUMN, STR("an_attribute_name_that_is_longer_than_the_fifty_five_chars_limit"),
		STR_NULL), "an_attribute_name_that_is_longer_than_the_fifty_fiebe7d");
	assert_str(naming(arena, NAMING_FOREIGN_KEY, wide, STR_NULL),
		"components_section_related_restaurantss_restaurfe36d_fk");
	assert_str(naming(arena, NAMING_INVERSE_FOREIGN_KEY, wide, STR_NULL),
		"components_section_related_restaurantss_restaufe36d_ifk");
	assert_str(naming(arena,
		NAMING_FOREIGN_KEY, STR("a_table_name_that_is_definitely_longer_than_fifty_fi"),
		STR("created_by_id")), "a_table_name_that_is_definitely_l05465_created_by_id_fk");
}

static void never_passes_the_limit(void **state)
{
	static char long_word[200];

	memset(long_word, 'x', sizeof(long_word));
	for (size_t n = 1; n < sizeof(long_word); n++) {
		for (enum naming_kind kind = 0; kind < NAMING_KINDS; kind++) {
			bool two = kind >= NAMING_LINK_TABLE;
			struct str word = { long_word, n };
			struct str name = naming(*state, kind, word, two ? word : STR_NULL);

			assert_true(name.n > 0 && name.n <= NAMING_LIMIT);
		}
	}
}

static void refuses_more_words_than_fit(void **state)
{
	struct naming_token tokens[8];

	for (unsigned i = 0; i < 8; i++)
		tokens[i] = (struct naming_token){ STR("twelve_chars"), false };
	assert_true(str_is_null(naming_join(*state, tokens, 8)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(splits_words_as_strapi_does),
		TEST(splits_what_is_unusual),
		TEST(takes_accents_off),
		TEST(survives_bytes_that_are_no_text),
		TEST(keeps_names_that_fit),
		TEST(turns_table_names_to_snake_case_inside_link_tables_only),
		TEST(shortens_names_as_strapi_does),
		TEST(never_passes_the_limit),
		TEST(refuses_more_words_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
