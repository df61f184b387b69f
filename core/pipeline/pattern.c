#include "pipeline/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Most patterns are texts and whole segments: those are compared by hand. The others become one expression. */
struct segment {
	struct str text;		/* literal; STR_NULL: a parameter */
	struct str name;
};

struct pattern {
	struct str prefix;
	struct segment *segments;
	unsigned segment_count;
	struct str names[REQUEST_PARAMS];	/* of the expression's groups */
	unsigned name_count;
	pcre2_code *code;			/* NULL: the segments say all */
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_special(char c)
{
	return strchr(":*?+(){}\\", c) != NULL;
}

static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == ':') {
			size_t from = i + 1;

			if (i == 0 || text.p[i - 1] != '/')
				return false;
			while (i + 1 < text.n && is_word(text.p[i + 1]))
				i++;
			if (i + 1 == from || (i + 1 < text.n && text.p[i + 1] != '/'))
				return false;
		} else if (is_special(text.p[i])) {
			return false;
		}
	}
	return true;
}

static struct str without_last_slash(struct str path)
{
	return path.n > 1 && path.p[path.n - 1] == '/' ? str_take(path, path.n - 1) : path;
}

static void cut_segments(struct arena *arena, struct pattern *pattern, struct str text)
{
	unsigned count = 1;

	for (size_t i = 0; i < text.n; i++)
		count += text.p[i] == '/';
	pattern->segments = arena_array(arena, count, sizeof(*pattern->segments));
	for (struct str rest = str_skip(without_last_slash(text), 1); !str_is_null(rest);) {
		struct str part = str_cut(&rest, '/');
		struct segment *segment = &pattern->segments[pattern->segment_count++];
		bool parameter = part.n && part.p[0] == ':';

		*segment = (struct segment){ parameter ? STR_NULL : part, parameter ? str_skip(part, 1) : STR_NULL };
	}
}

/* ---- expressions ---- */

struct translation {
	struct pattern *pattern;
	struct buf out;
	struct str text;
	size_t at;
	unsigned unnamed;
	struct error *error;
};

static int refuse(struct translation *t, const char *what)
{
	return error_set(t->error, ERROR_CONFIG, "the path \"%.*s\" is no route pattern: %s at position %zu",
		STR_ARG(t->text), what, t->at);
}

static char current(struct translation *t)
{
	return t->at < t->text.n ? t->text.p[t->at] : '\0';
}

static void quote(struct translation *t, char c)
{
	if (!is_word(c) && (unsigned char)c < 0x80)
		buf_add_char(&t->out, '\\');
	buf_add_char(&t->out, c);
}

/* "(...)" at the cursor, without the parentheses. */
static int take_expression(struct translation *t, struct str *expression_r)
{
	size_t from = t->at + 1, depth = 0;

	for (; t->at < t->text.n; t->at++) {
		if (current(t) == '\\')
			t->at++;
		else if (current(t) == '(')
			depth++;
		else if (current(t) == ')' && --depth == 0)
			break;
	}
	if (t->at >= t->text.n)
		return refuse(t, "a parenthesis that never closes");
	*expression_r = str_range(t->text.p + from, t->text.p + t->at);
	t->at++;
	return expression_r->n ? 0 : refuse(t, "an empty expression");
}

/* A parameter with its modifier; `before` and `after` belong to it: "/a/:x?" may miss the slash too. */
static int add_parameter(struct translation *t, struct str name, struct str expression, struct str before,
	struct str after)
{
	char modifier = current(t);
	bool repeated = modifier == '*' || modifier == '+';

	if (t->pattern->name_count == REQUEST_PARAMS)
		return refuse(t, "more parameters than a route may have");
	t->pattern->names[t->pattern->name_count++] = name;
	if (modifier == '?' || repeated)
		t->at++;
	else
		modifier = '\0';
	buf_add_literal(&t->out, "(?:");
	for (size_t i = 0; i < before.n; i++)
		quote(t, before.p[i]);
	buf_printf(&t->out, "((?:%.*s)", STR_ARG(expression));
	if (repeated) {
		buf_add_literal(&t->out, "(?:");
		for (size_t i = 0; i < after.n; i++)
			quote(t, after.p[i]);
		for (size_t i = 0; i < before.n; i++)
			quote(t, before.p[i]);
		buf_printf(&t->out, "(?:%.*s))*", STR_ARG(expression));
	}
	buf_add_char(&t->out, ')');
	for (size_t i = 0; i < after.n; i++)
		quote(t, after.p[i]);
	buf_add(&t->out, modifier == '?' || modifier == '*' ? STR(")?") : STR(")"));
	return 0;
}

/* ":name", ":name(expression)" or "(expression)" at the cursor. */
static int take_parameter(struct translation *t, struct arena *arena, struct str *name_r, struct str *expression_r)
{
	size_t from = t->at + 1;

	*expression_r = STR("[^\\/#\\?]+?");
	*name_r = STR_NULL;
	if (current(t) == ':') {
		for (t->at++; is_word(current(t)); t->at++)
			;
		*name_r = str_range(t->text.p + from, t->text.p + t->at);
		if (name_r->n == 0)
			return refuse(t, "a parameter without a name");
	}
	if (current(t) == '(' && take_expression(t, expression_r) < 0)
		return -1;
	if (str_is_null(*name_r))
		*name_r = str_of(arena_printf(arena, "%u", t->unnamed++));
	return 0;
}

/* "{before:name after}?" */
static int take_braces(struct translation *t, struct arena *arena)
{
	struct str before, after, name, expression;
	size_t from = ++t->at;

	while (current(t) && current(t) != ':' && current(t) != '(' && current(t) != '}')
		t->at++;
	before = str_range(t->text.p + from, t->text.p + t->at);
	if (current(t) == '}') {
		t->at++;
		buf_add_literal(&t->out, "(?:");
		for (size_t i = 0; i < before.n; i++)
			quote(t, before.p[i]);
		buf_add_char(&t->out, ')');
		if (strchr("?*+", current(t)) && current(t))
			buf_add_char(&t->out, t->text.p[t->at++]);
		return 0;
	}
	if (!current(t) || take_parameter(t, arena, &name, &expression) < 0)
		return error_is_set(t->error) ? -1 : refuse(t, "a brace that never closes");
	from = t->at;
	while (current(t) && current(t) != '}')
		t->at++;
	after = str_range(t->text.p + from, t->text.p + t->at);
	if (!current(t))
		return refuse(t, "a brace that never closes");
	t->at++;
	return add_parameter(t, name, expression, before, after);
}

static int translate(struct translation *t, struct arena *arena)
{
	while (current(t)) {
		char c = current(t), following = t->at + 1 < t->text.n ? t->text.p[t->at + 1] : '\0';
		struct str name, expression;
		bool slash = c == '/' && (following == ':' || following == '(');

		if (c == '{') {
			if (take_braces(t, arena) < 0)
				return -1;
		} else if (slash || c == ':' || c == '(') {
			t->at += slash;
			if (take_parameter(t, arena, &name, &expression) < 0 ||
				add_parameter(t, name, expression, slash ? STR("/") : STR_NULL, STR_NULL) < 0)
				return -1;
		} else if (c == '\\' && following) {
			quote(t, following);
			t->at += 2;
		} else if (is_special(c)) {
			return refuse(t, "a modifier that follows nothing");
		} else {
			quote(t, c);
			t->at++;
		}
	}
	return 0;
}

static void free_code(void *code)
{
	pcre2_code_free(code);
}

static int compile_expression(struct arena *arena, struct pattern *pattern, struct str text, struct error *error)
{
	struct translation t = { .pattern = pattern, .text = text, .error = error };
	PCRE2_SIZE at;
	int code, rc;

	buf_add_literal(&t.out, "\\A");
	rc = translate(&t, arena);
	buf_add_literal(&t.out, "[\\/#\\?]?\\z");
	if (rc == 0) {
		pattern->code = pcre2_compile((PCRE2_SPTR)t.out.p, t.out.n, PCRE2_CASELESS | PCRE2_DUPNAMES, &code, &at, NULL);
		if (!pattern->code)
			rc = refuse(&t, "an expression that can't be compiled");
		else
			arena_defer(arena, free_code, pattern->code);
	}
	buf_clear(&t.out);
	return rc;
}

struct pattern *pattern_compile(struct arena *arena, struct str text, struct error *error)
{
	struct pattern *pattern = arena_new_of(arena, struct pattern);
	size_t n = 0;

	if (text.n == 0 || text.p[0] != '/') {
		error_set(error, ERROR_CONFIG, "the path \"%.*s\" must begin with \"/\"", STR_ARG(text));
		return NULL;
	}
	while (n < text.n && !is_special(text.p[n]))
		n++;
	/* A parameter may take the slash before it along. */
	if (n < text.n && n > 0)
		n--;
	pattern->prefix = str_take(text, n);
	if (is_plain(text))
		cut_segments(arena, pattern, text);
	else if (compile_expression(arena, pattern, text, error) < 0)
		return NULL;
	return pattern;
}

/* ---- matching ---- */

static bool match_segments(const struct pattern *pattern, struct str path, struct request_param *params,
	unsigned *count_r)
{
	struct str rest = str_skip(without_last_slash(path), 1);
	unsigned count = 0;

	for (unsigned i = 0; i < pattern->segment_count; i++) {
		const struct segment *segment = &pattern->segments[i];
		struct str part;

		if (str_is_null(rest))
			return false;
		part = str_cut(&rest, '/');
		if (!str_is_null(segment->text)) {
			if (!str_equal_nocase(part, segment->text))
				return false;
		} else {
			if (part.n == 0 || count == REQUEST_PARAMS)
				return false;
			params[count++] = (struct request_param){ segment->name, part };
		}
	}
	*count_r = count;
	return str_is_null(rest);
}

static bool match_expression(const struct pattern *pattern, struct str path, struct request_param *params,
	unsigned *count_r)
{
	pcre2_match_data *data = pcre2_match_data_create(REQUEST_PARAMS + 1, NULL);
	int rc = pcre2_match(pattern->code, (PCRE2_SPTR)path.p, path.n, 0, 0, data, NULL);
	unsigned count = 0;

	for (int i = 1; i < rc && i <= (int)pattern->name_count; i++) {
		PCRE2_SIZE *at = pcre2_get_ovector_pointer(data) + 2 * i;

		if (at[0] != PCRE2_UNSET)
			params[count++] = (struct request_param){ pattern->names[i - 1],
				str_range(path.p + at[0], path.p + at[1]) };
	}
	pcre2_match_data_free(data);
	*count_r = count;
	return rc > 0;
}

bool pattern_match(const struct pattern *pattern, struct str path, struct request_param *params, unsigned *count_r)
{
	if (pattern->code)
		return match_expression(pattern, path, params, count_r);
	return match_segments(pattern, path, params, count_r);
}

struct str pattern_prefix(const struct pattern *pattern)
{
	return pattern->prefix;
}
