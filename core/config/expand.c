#include "config/expand.h"

#include "base/buf.h"

static bool is_name(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
			(i && c >= '0' && c <= '9')))
			return false;
	}
	return text.n > 0;
}

/* `inside` is what stands between the braces. */
static int add_reference(struct buf *out, const struct environment *environment, struct str inside,
	const struct node *node, struct error *error)
{
	struct str otherwise = inside;
	struct str name = str_cut(&otherwise, ':');
	struct str value;

	if (!is_name(name)) {
		return node_error(node, error,
			"`${%.*s}`: expected the name of an environment variable between the "
			"braces (write `$${` for a literal `${`)",
			STR_ARG(inside));
	}
	value = environment_get(environment, name);
	if (str_is_null(value))
		value = otherwise;
	if (str_is_null(value)) {
		return node_error(node, error,
			"`${%.*s}`: the variable is not set; set it in the environment or in "
			".env, or write `${%.*s:default}`",
			STR_ARG(name), STR_ARG(name));
	}
	if (!str_is_utf8(value))
		return node_error(node, error, "`${%.*s}`: the variable is not UTF-8", STR_ARG(name));
	buf_add(out, value);
	return 0;
}

static int expand_text(struct buf *out, const struct environment *environment, const struct node *node,
	struct error *error)
{
	struct str rest = node->text;

	while (rest.n) {
		size_t dollar = str_find(rest, '$');
		struct str from = str_skip(rest, dollar);

		buf_add(out, str_take(rest, dollar));
		if (str_starts(from, STR("$${"))) {
			buf_add_literal(out, "${");
			rest = str_skip(from, 3);
		} else if (str_starts(from, STR("${"))) {
			size_t end = str_find(from, '}');
			struct str inside = str_skip(str_take(from, end), 2);

			if (end == from.n) {
				return node_error(node, error,
					"`${` without a closing `}` (write `$${` for a literal `${`)");
			}
			if (add_reference(out, environment, inside, node, error) < 0)
				return -1;
			rest = str_skip(from, end + 1);
		} else {
			buf_add(out, str_take(from, 1));
			rest = str_skip(from, 1);
		}
	}
	return 0;
}

static int expand_string(const struct environment *environment, struct node *node, struct arena *arena,
	struct error *error)
{
	struct buf out = BUF_INIT;
	int rc;

	if (str_find(node->text, '$') == node->text.n)
		return 0;
	rc = expand_text(&out, environment, node, error);
	if (rc == 0)
		node->text = arena_str(arena, buf_str(&out));
	buf_clear(&out);
	return rc;
}

int expand_strings(const struct environment *environment, struct node *root, struct arena *arena,
	struct error *error)
{
	if (root->type == NODE_STRING)
		return expand_string(environment, root, arena, error);
	if (root->type != NODE_ARRAY && root->type != NODE_TABLE)
		return 0;
	for (struct node *item = root->items.first; item; item = item->next) {
		if (expand_strings(environment, item, arena, error) < 0)
			return -1;
	}
	return 0;
}
