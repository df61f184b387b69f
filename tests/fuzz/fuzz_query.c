/* Any bytes as a query string: the tree is sound, is the same as JSON, and, written as a query string again, as a query. */
#include <assert.h>
#include <stdlib.h>

#include "base/json.h"
#include "http/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the tree ---- */

static bool is_index(struct str key, uint64_t *index_r)
{
	return key.n && key.n <= 10 && (key.p[0] != '0' || key.n == 1) && str_to_uint64(key, index_r) && *index_r < UINT32_MAX;
}

/* Names are there once, those that are indices first and in their order. */
static void check_names(const struct param *object)
{
	const struct param *before = NULL;
	uint64_t index, last = 0;

	param_foreach(item, object) {
		assert(param_get(object, item->key) == item);
		if (is_index(item->key, &index)) {
			assert(!before || (is_index(before->key, &last) && last < index));
			before = item;
		} else {
			before = item;
		}
	}
}

static void check(const struct param *param, unsigned depth)
{
	const struct param *last = NULL;
	unsigned count = 0;

	/* 20 levels, the root, and the rest of the name; where a value and an object meet, one list holds both of a level. */
	assert(depth <= 2 * 22);
	assert(param->type == PARAM_NULL || param->type == PARAM_STRING || param->type == PARAM_ARRAY ||
		param->type == PARAM_OBJECT);
	if (param->type != PARAM_ARRAY && param->type != PARAM_OBJECT)
		return;
	param_foreach(item, param) {
		check(item, depth + 1);
		last = item;
		count++;
	}
	assert(count == param->count && last == param->last);
	assert(param->type == PARAM_OBJECT || count <= 100);
	if (param->type == PARAM_OBJECT && count < 200)
		check_names(param);
}

/* ---- as JSON ---- */

static void check_json(struct arena *arena, const struct param *tree)
{
	struct buf first = BUF_INIT, second = BUF_INIT;
	json_t *json;

	param_write(&first, tree);
	json = json_loadb(first.p, first.n, JSON_ALLOW_NUL, NULL);
	if (!memmem(first.p, first.n, "\\u0000", 6)) {
		assert(json);
		param_write(&second, param_of_json(arena, json));
		assert(str_equal(buf_str(&first), buf_str(&second)));
	}
	json_decref(json);
	buf_clear(&first);
	buf_clear(&second);
}

/* ---- as a query string ---- */

/* A name that means itself between brackets, and an object that is none by its names alone. */
static bool is_plain(const struct param *param, unsigned depth)
{
	uint64_t index;

	if (depth > 20)
		return false;
	if (param->type != PARAM_ARRAY && param->type != PARAM_OBJECT)
		return true;
	param_foreach(item, param) {
		if (param->type == PARAM_OBJECT && (item->key.n == 0 || str_find(item->key, '[') < item->key.n ||
			str_find(item->key, ']') < item->key.n || (depth && is_index(item->key, &index))))
			return false;
		if (!is_plain(item, depth + 1))
			return false;
	}
	return true;
}

static void escape(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		buf_printf(out, "%%%02X", (unsigned char)text.p[i]);
}

static unsigned write_query(struct buf *out, const struct param *param, struct str name)
{
	unsigned parts = 0, i = 0;

	if (param->type != PARAM_ARRAY && param->type != PARAM_OBJECT) {
		if (out->n)
			buf_add_char(out, '&');
		buf_add(out, name);
		if (param->type == PARAM_STRING) {
			buf_add_char(out, '=');
			escape(out, param->text);
		}
		return 1;
	}
	param_foreach(item, param) {
		struct buf below = BUF_INIT;

		buf_add(&below, name);
		if (name.n)
			buf_add_char(&below, '[');
		if (param->type == PARAM_ARRAY)
			buf_add_uint(&below, i++);
		else
			escape(&below, item->key);
		if (name.n)
			buf_add_char(&below, ']');
		parts += write_query(out, item, buf_str(&below));
		buf_clear(&below);
	}
	return parts;
}

static void check_query(struct arena *arena, const struct param *tree)
{
	struct buf text = BUF_INIT, first = BUF_INIT, second = BUF_INIT;

	param_write(&first, tree);
	if (is_plain(tree, 0) && write_query(&text, tree, STR("")) <= 1000) {
		param_write(&second, param_parse(arena, buf_str(&text), NULL));
		assert(str_equal(buf_str(&first), buf_str(&second)));
	}
	buf_clear(&text);
	buf_clear(&first);
	buf_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new(4096);
	/* A block of its own, so that one byte too far is seen. */
	char *text = malloc(size ? size : 1);
	const struct param *tree;

	assert(text);
	memcpy(text, data, size);
	tree = param_parse(arena, (struct str){ text, size }, NULL);
	check(tree, 0);
	/* What isn't UTF-8 is no text: it is shown with replacement characters. */
	if (str_is_utf8((struct str){ text, size })) {
		check_json(arena, tree);
		check_query(arena, tree);
	}
	if (size)
		param_parse(arena, (struct str){ text, size }, &(struct param_options){ .parameters = data[0] % 8u + 1,
			.depth = data[0] % 5u + 1, .array_limit = data[size - 1] % 7u + 1 });
	free(text);
	arena_free(arena);
	return 0;
}
