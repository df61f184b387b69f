#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "http/query.h"

/* What `qs` gives for a text, with Strapi's settings. */
static const struct {
	const char *text, *tree;
} vectors[] = {
	{ "", "{}" },
	{ "a=1", "{\"a\":\"1\"}" },
	{ "a", "{\"a\":null}" },
	{ "a=", "{\"a\":\"\"}" },
	{ "a=1&a=2", "{\"a\":[\"1\",\"2\"]}" },
	{ "a[]=1&a[]=2", "{\"a\":[\"1\",\"2\"]}" },
	{ "a[0]=1&a[2]=3", "{\"a\":[\"1\",\"3\"]}" },
	{ "a[1]=b&a[0]=a", "{\"a\":[\"a\",\"b\"]}" },
	{ "a[99]=x", "{\"a\":[\"x\"]}" },
	{ "a[100]=x", "{\"a\":{\"100\":\"x\"}}" },
	/* Past 2^53 the next index is the same number. */
	{ "a[11111111111111112]=1&a[k]=2&a=3", "{\"a\":{\"11111111111111112\":\"3\",\"k\":\"2\"}}" },
	{ "a[01]=x", "{\"a\":{\"01\":\"x\"}}" },
	{ "a[b]=1&a[c]=2", "{\"a\":{\"b\":\"1\",\"c\":\"2\"}}" },
	{ "a[b][]=1&a[b][]=2", "{\"a\":{\"b\":[\"1\",\"2\"]}}" },
	{ "a%5Bb%5D=1", "{\"a\":{\"b\":\"1\"}}" },
	{ "a[b=c]=d", "{\"a\":{\"b=c\":\"d\"}}" },
	{ "a=b=c", "{\"a\":\"b=c\"}" },
	{ "a+b=c+d", "{\"a b\":\"c d\"}" },
	{ "a=%E2%82%AC", "{\"a\":\"€\"}" },
	{ "a=%zz", "{\"a\":\"%zz\"}" },
	{ "a=%2B", "{\"a\":\"+\"}" },
	{ "a.b=1", "{\"a.b\":\"1\"}" },
	{ "a=1,2", "{\"a\":\"1,2\"}" },
	{ "a[0]=1&a[k]=2", "{\"a\":{\"0\":\"1\",\"k\":\"2\"}}" },
	{ "&&a=1&", "{\"a\":\"1\"}" },
	{ "__proto__[x]=1", "{}" },
	{ "filters[$and][0][title][$contains]=a&filters[$and][1][views][$gte]=2",
		"{\"filters\":{\"$and\":[{\"title\":{\"$contains\":\"a\"}},{\"views\":{\"$gte\":\"2\"}}]}}" },
	{ "populate[blocks][on][shared.quote][populate]=*",
		"{\"populate\":{\"blocks\":{\"on\":{\"shared.quote\":{\"populate\":\"*\"}}}}}" },
	{ "a[b]", "{\"a\":{\"b\":null}}" },
	{ "a[]", "{\"a\":[null]}" },
	{ "[a]=1", "{\"a\":\"1\"}" },
	{ "a=1&a[b]=2", "{\"a\":[\"1\",{\"b\":\"2\"}]}" },
	{ "a[b]=2&a=1", "{\"a\":[{\"b\":\"2\"},\"1\"]}" },
	{ "a[b][c]=1&a[b]=2", "{\"a\":{\"b\":[{\"c\":\"1\"},\"2\"]}}" },
	{ "sort=title%3Adesc", "{\"sort\":\"title:desc\"}" },
	{ "filters[title][$eq]=a%26b", "{\"filters\":{\"title\":{\"$eq\":\"a&b\"}}}" },
	{ "a=1&a[]=2", "{\"a\":[\"1\",\"2\"]}" },
	{ "a[0]=1&a[]=2", "{\"a\":[\"1\",\"2\"]}" },
	{ "a[][b]=1&a[][c]=2", "{\"a\":[{\"b\":\"1\",\"c\":\"2\"}]}" },
	{ "a[0]=x&a[101]=y", "{\"a\":{\"0\":\"x\",\"101\":\"y\"}}" },
	{ "[]=x", "{\"0\":\"x\"}" },
	{ "[0]=x", "{\"0\":\"x\"}" },
	{ "=x", "{}" },
	{ "a==", "{\"a\":\"=\"}" },
	{ "a[1]x=2", "{\"a\":[\"2\"]}" },
	{ "a[b]c[d]=1", "{\"a\":{\"b\":{\"d\":\"1\"}}}" },
	{ "a]b=1", "{\"a]b\":\"1\"}" },
	{ "a[b=1", "{\"a\":{\"[b\":\"1\"}}" },
	{ "a[[b]]=1", "{\"a\":{\"[b]\":\"1\"}}" },
	{ "a[constructor]=1", "{}" },
	{ "hasOwnProperty=1", "{}" },
	{ "a[__proto__][b]=1", "{}" },
	{ "a[-1]=x", "{\"a\":{\"-1\":\"x\"}}" },
	{ "a[1.5]=x", "{\"a\":{\"1.5\":\"x\"}}" },
	{ "a[ 1]=x", "{\"a\":{\" 1\":\"x\"}}" },
	{ "a;b=1", "{\"a;b\":\"1\"}" },
	{ "a[b]=1&a", "{\"a\":{\"b\":\"1\"}}" },
};

static void reads_what_qs_reads(void **state)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct arena *arena = arena_new(1024);
		struct buf out = BUF_INIT;

		param_write(&out, param_parse(arena, str_of(vectors[i].text), NULL));
		if (!str_equal(buf_str(&out), str_of(vectors[i].tree))) {
			print_error("%s\n", vectors[i].text);
			assert_str(buf_str(&out), vectors[i].tree);
		}
		buf_clear(&out);
		arena_free(arena);
	}
}

/* A line without its end; false behind the last. */
static bool next_line(FILE *file, char *line, size_t size)
{
	if (!fgets(line, (int)size, file))
		return false;
	assert_non_null(strchr(line, '\n'));
	*strchr(line, '\n') = '\0';
	return true;
}

/* Made by tests/differential/qs.mjs: a text and its tree on alternate lines. */
static void reads_what_qs_read_when_it_was_recorded(void **state)
{
	const char *root = getenv("SOCLE_SOURCE_ROOT");
	char path[1024], text[1024], tree[1024];
	unsigned count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/unit/query_vectors.txt", root ? root : ".");
	file = fopen(path, "r");
	assert_non_null(file);
	for (; next_line(file, text, sizeof(text)); count++) {
		struct arena *arena = arena_new(1024);
		struct buf out = BUF_INIT;

		assert_true(next_line(file, tree, sizeof(tree)));
		param_write(&out, param_parse(arena, str_of(text), NULL));
		if (!str_equal(buf_str(&out), str_of(tree)))
			print_error("%s\n", text);
		assert_str(buf_str(&out), tree);
		buf_clear(&out);
		arena_free(arena);
	}
	fclose(file);
	assert_true(count > 200);
}

static void groups_beyond_the_depth_are_one_name(void **state)
{
	struct arena *arena = arena_new(1024);
	const struct param *at = param_parse(arena, STR("a[b][c][d][e]=1"), &(struct param_options){ .depth = 2 });
	struct buf out = BUF_INIT;

	param_write(&out, at);
	assert_str(buf_str(&out), "{\"a\":{\"b\":{\"c\":{\"[d][e]\":\"1\"}}}}");
	buf_clear(&out);
	arena_free(arena);
}

static void parameters_beyond_the_limit_are_left_out(void **state)
{
	struct arena *arena = arena_new(1024);
	struct buf text = BUF_INIT;

	/* What stands before the first "&" counts, though it is empty. */
	for (int i = 0; i < 1001; i++)
		buf_printf(&text, "&p%d=1", i);
	assert_int_equal(param_parse(arena, buf_str(&text), NULL)->count, 999);
	buf_clear(&text);
	arena_free(arena);
}

static void a_list_longer_than_the_limit_becomes_an_object(void **state)
{
	static const char *const forms[] = { "&a=x", "&a[]=x" };

	for (int form = 0; form < 2; form++) {
		struct arena *arena = arena_new(1024);
		struct buf text = BUF_INIT;
		const struct param *a;

		for (int i = 0; i < 100; i++)
			buf_add(&text, str_of(forms[form]));
		a = param_get(param_parse(arena, buf_str(&text), NULL), STR("a"));
		assert_int_equal(a->type, PARAM_ARRAY);
		buf_add(&text, str_of(forms[form]));
		a = param_get(param_parse(arena, buf_str(&text), NULL), STR("a"));
		assert_int_equal(a->type, PARAM_OBJECT);
		assert_int_equal(a->count, 101);
		assert_str(a->last->key, "100");
		buf_clear(&text);
		arena_free(arena);
	}
}

static void json_becomes_the_same_tree(void **state)
{
	struct arena *arena = arena_new(1024);
	json_t *json = json_loads("{\"a\":[1,2.5,true,null,\"x\"],\"b\":{\"c\":-3}}", 0, NULL);
	struct buf out = BUF_INIT;

	param_write(&out, param_of_json(arena, json));
	assert_str(buf_str(&out), "{\"a\":[1,2.5,true,null,\"x\"],\"b\":{\"c\":-3}}");
	json_decref(json);
	buf_clear(&out);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_qs_reads),
		cmocka_unit_test(reads_what_qs_read_when_it_was_recorded),
		cmocka_unit_test(groups_beyond_the_depth_are_one_name),
		cmocka_unit_test(parameters_beyond_the_limit_are_left_out),
		cmocka_unit_test(a_list_longer_than_the_limit_becomes_an_object),
		cmocka_unit_test(json_becomes_the_same_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
