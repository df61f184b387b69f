#include "http/query.h"

#include "http/query_merge.h"

enum { PARAMETERS = 1000, DEPTH = 20, ARRAY_LIMIT = 100, DEEPEST = 64 };

struct parser {
	struct query_merger merger;
	struct arena *arena;
	struct param_options options;
};

/* ---- decoding ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str param_decode(struct arena *arena, struct str text)
{
	char *out;
	size_t n = 0;
	bool broken = false;

	if (str_find(text, '%') == text.n && str_find(text, '+') == text.n)
		return text;
	out = arena_alloc(arena, text.n + 1);
	for (size_t i = 0; i < text.n && !broken; i++) {
		char c = text.p[i];

		if (c == '%') {
			int high = i + 2 < text.n ? hex_digit(text.p[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(text.p[i + 2]) : -1;

			broken = low < 0;
			c = (char)(high * 16 + low);
			i += 2;
		}
		out[n++] = c == '+' && text.p[i] == '+' ? ' ' : c;
	}
	if (broken || !str_is_utf8((struct str){ out, n })) {
		for (n = 0; n < text.n; n++)
			out[n] = text.p[n] == '+' ? ' ' : text.p[n];
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

/* ---- names ---- */

/* Members of every JavaScript object: a name like them is dropped, as an attack on the prototype. */
static bool is_prototype_name(struct str name)
{
	static const char *const names[] = { "__proto__", "constructor", "hasOwnProperty", "isPrototypeOf",
		"propertyIsEnumerable", "toLocaleString", "toString", "valueOf", "__defineGetter__",
		"__defineSetter__", "__lookupGetter__", "__lookupSetter__" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_equal(name, str_of(names[i])))
			return true;
	}
	return false;
}

enum group { GROUP_NONE, GROUP_CLOSED, GROUP_OPEN };

/* The next "[...]" from *at on, with the brackets inside it; one that never closes takes all the rest. */
static enum group next_group(struct str key, size_t *at, struct str *group_r)
{
	size_t open = *at, level = 0;

	while (open < key.n && key.p[open] != '[')
		open++;
	if (open == key.n)
		return GROUP_NONE;
	for (size_t i = open; i < key.n; i++) {
		if (key.p[i] == '[')
			level++;
		else if (key.p[i] == ']' && --level == 0) {
			*group_r = str_range(key.p + open, key.p + i + 1);
			*at = i + 1;
			return GROUP_CLOSED;
		}
	}
	*group_r = str_skip(key, open);
	*at = key.n;
	return GROUP_OPEN;
}

static struct str in_brackets(struct arena *arena, struct str text)
{
	char *out = arena_alloc(arena, text.n + 2);

	out[0] = '[';
	memcpy(out + 1, text.p, text.n);
	out[text.n + 1] = ']';
	return (struct str){ out, text.n + 2 };
}

/* Cuts "a[b][c]" into segments; those in brackets keep them. Returns how many, 0 when the name is dropped. */
static unsigned cut_name(struct parser *parser, struct str key, struct str *segments)
{
	unsigned n = 0, groups = 0;
	struct str group;
	size_t at = 0, start;
	enum group kind = next_group(key, &at, &group);

	if (kind == GROUP_NONE) {
		if (key.n == 0 || is_prototype_name(key))
			return 0;
		segments[0] = key;
		return 1;
	}
	start = (size_t)(group.p - key.p);
	if (start > 0) {
		segments[n++] = str_take(key, start);
		if (is_prototype_name(segments[0]))
			return 0;
	}
	do {
		if (groups == parser->options.depth || kind == GROUP_OPEN) {
			struct str rest = str_skip(key, (size_t)(group.p - key.p));

			segments[n++] = in_brackets(parser->arena, rest);
			break;
		}
		if (is_prototype_name(str_take(str_skip(group, 1), group.n - 2)))
			return 0;
		segments[n++] = group;
		groups++;
		kind = next_group(key, &at, &group);
	} while (kind != GROUP_NONE);
	return n;
}

/* The leaf wrapped into what its segments say, from the innermost. */
static struct param *wrap(struct parser *parser, struct param *leaf, const struct str *segments, unsigned count)
{
	while (count-- > 0) {
		struct str name = segments[count];
		bool bracketed = name.n >= 2 && name.p[0] == '[' && name.p[name.n - 1] == ']';
		double index;

		if (bracketed)
			name = str_take(str_skip(name, 1), name.n - 2);
		if (bracketed && name.n == 0) {
			if (leaf->type != PARAM_ARRAY && !leaf->overflowed)
				leaf = query_array(&parser->merger, 0, leaf);
		} else if (!bracketed || !query_is_index(&parser->merger, name, &index)) {
			leaf = query_object(&parser->merger, name, leaf);
		} else if (index < parser->options.array_limit) {
			leaf = query_array(&parser->merger, (unsigned)index, leaf);
		} else {
			leaf = query_overflow(&parser->merger, index, leaf);
		}
	}
	return leaf;
}

/* ---- parts ---- */

/* Encoded brackets count as brackets, in names and in values. */
static struct str decode_brackets(struct arena *arena, struct str text)
{
	char *out;
	size_t n = 0;

	if (!memmem(text.p, text.n, "%5", 2))
		return text;
	out = arena_alloc(arena, text.n);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i], kind = i + 2 < text.n ? text.p[i + 2] | 0x20 : 0;

		if (c == '%' && (kind == 'b' || kind == 'd') && text.p[i + 1] == '5') {
			c = kind == 'b' ? '[' : ']';
			i += 2;
		}
		out[n++] = c;
	}
	return (struct str){ out, n };
}

/* "]=" ends a name; else the first "=" does. part.n when there is none. */
static size_t find_split(struct str part)
{
	const char *bracket = memmem(part.p, part.n, "]=", 2);

	return bracket ? (size_t)(bracket - part.p) + 1 : str_find(part, '=');
}

static bool is_list(const struct param *param)
{
	return param->type == PARAM_ARRAY || param->overflowed;
}

/* All values of one name: the first alone, several as an array. */
static void add_value(struct parser *parser, struct param *flat, struct str key, struct param *value)
{
	struct param *there = (struct param *)param_get(flat, key), *combined;

	value->key = key;
	if (!there) {
		value->next = NULL;
		if (flat->last)
			flat->last->next = value;
		else
			flat->first = value;
		flat->last = value;
		flat->count++;
		return;
	}
	combined = is_list(there) ? there : arena_memdup(parser->arena, there, sizeof(*there));
	combined = query_combine(&parser->merger, combined, value);
	if (combined != there) {
		combined->next = there->next;
		combined->key = key;
		*there = *combined;
	}
}

static struct param *split_parts(struct parser *parser, struct str text)
{
	struct param *flat = query_node(&parser->merger, PARAM_OBJECT);
	unsigned parts = 0;

	for (struct str rest = text; !str_is_null(rest) && parts < parser->options.parameters; parts++) {
		struct str part = str_cut(&rest, '&');
		size_t split;
		struct param *value;

		if (part.n == 0)
			continue;
		split = find_split(part);
		value = query_node(&parser->merger, split < part.n ? PARAM_STRING : PARAM_NULL);
		if (split < part.n)
			value->text = param_decode(parser->arena, str_skip(part, split + 1));
		add_value(parser, flat, param_decode(parser->arena, str_take(part, split)), value);
	}
	query_order(&parser->merger, flat);
	return flat;
}

static struct param_options with_defaults(const struct param_options *options)
{
	struct param_options all = options ? *options : (struct param_options){ .depth = 0 };

	if (!all.parameters)
		all.parameters = PARAMETERS;
	if (!all.depth)
		all.depth = DEPTH;
	if (!all.array_limit)
		all.array_limit = ARRAY_LIMIT;
	if (all.depth > DEEPEST)
		all.depth = DEEPEST;
	return all;
}

struct param *param_parse(struct arena *arena, struct str text, const struct param_options *options)
{
	struct parser parser = { .arena = arena, .options = with_defaults(options) };
	struct param *root, *flat;
	struct str *segments;

	parser.merger = (struct query_merger){ arena, parser.options.array_limit };
	root = query_node(&parser.merger, PARAM_OBJECT);
	if (text.n == 0)
		return root;
	segments = arena_array(arena, parser.options.depth + 2, sizeof(*segments));
	flat = split_parts(&parser, decode_brackets(arena, text));
	for (struct param *item = flat->first, *next; item; item = next) {
		unsigned count = cut_name(&parser, item->key, segments);

		next = item->next;
		item->next = NULL;
		if (count)
			root = query_merge(&parser.merger, root, wrap(&parser, item, segments, count));
	}
	query_finish(&parser.merger, root);
	return root;
}
