#define PCRE2_CODE_UNIT_WIDTH 8
#include "document/regexp.h"

#include <pcre2.h>
#include <stdlib.h>

/* Steps of one search: far beyond what a sane expression takes, and some milliseconds. */
enum { MATCH_LIMIT = 500000, DEPTH_LIMIT = 20000 };

struct regexp {
	pcre2_code *code;
};

/* White space that \s stands for in JavaScript, beyond ASCII's. */
#define WIDE_SPACES "\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff"

/* Escapes that both languages read alike; a letter that isn't among them stands for itself in JavaScript. */
static bool is_shared_escape(char c)
{
	return (c >= '0' && c <= '9') || strchr("bBdDwWStrnfcxuk", c) != NULL;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void translate_escape(struct buf *out, char c, bool in_class)
{
	if (c == 's' && in_class) {
		buf_add_literal(out, "\\s" WIDE_SPACES);
	} else if (c == 's') {
		buf_add_literal(out, "[\\s" WIDE_SPACES "]");
	} else if (c == 'S' && !in_class) {
		buf_add_literal(out, "[^\\s" WIDE_SPACES "]");
	} else if (c == 'v') {
		buf_add_literal(out, "\\x0b");
	} else {
		if (!is_letter(c) || is_shared_escape(c))
			buf_add_char(out, '\\');
		buf_add_char(out, c);
	}
}

static void translate(struct buf *out, struct str regex)
{
	bool in_class = false;

	for (size_t i = 0; i < regex.n; i++) {
		char c = regex.p[i];

		if (c == '\\' && i + 1 < regex.n) {
			translate_escape(out, regex.p[++i], in_class);
			continue;
		}
		/* "[[:alpha:]]" is a POSIX class for PCRE2 only. */
		if (in_class && c == '[')
			buf_add_char(out, '\\');
		if (c == '[')
			in_class = true;
		else if (c == ']')
			in_class = false;
		buf_add_char(out, c);
	}
}

struct regexp *regexp_new(struct str regex, struct error *error)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	struct regexp *regexp = malloc(sizeof(*regexp));
	struct buf text = BUF_INIT;
	PCRE2_SIZE offset;
	int number;

	if (!context || !regexp)
		abort();
	/* A dot stops at line ends, a dollar at the very end only. */
	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	translate(&text, regex);
	regexp->code = pcre2_compile((PCRE2_SPTR)(text.p ? text.p : ""), text.n,
		PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS | PCRE2_DOLLAR_ENDONLY |
		PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C, &number, &offset, context);
	pcre2_compile_context_free(context);
	if (!regexp->code) {
		PCRE2_UCHAR words[200];

		pcre2_get_error_message(number, words, sizeof(words));
		error_set(error, ERROR_CONFIG, "The regular expression %.*s is wrong near \"%.*s\": %s",
			STR_ARG(regex), STR_ARG(str_take(str_skip(buf_str(&text), offset), 20)),
			(const char *)words);
		free(regexp);
		regexp = NULL;
	}
	buf_clear(&text);
	return regexp;
}

void regexp_free(struct regexp *regexp)
{
	if (regexp) {
		pcre2_code_free(regexp->code);
		free(regexp);
	}
}

bool regexp_search(const struct regexp *regexp, struct str text)
{
	pcre2_match_data *data = pcre2_match_data_create(1, NULL);
	pcre2_match_context *context = pcre2_match_context_create(NULL);
	int rc;

	if (!data || !context)
		abort();
	pcre2_set_match_limit(context, MATCH_LIMIT);
	pcre2_set_depth_limit(context, DEPTH_LIMIT);
	rc = pcre2_match(regexp->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, 0, 0, data, context);
	pcre2_match_context_free(context);
	pcre2_match_data_free(data);
	return rc >= 0;
}

void regexp_print(struct buf *out, struct str regex)
{
	bool in_class = false;

	buf_add_char(out, '/');
	if (regex.n == 0)
		buf_add_literal(out, "(?:)");
	for (size_t i = 0; i < regex.n; i++) {
		char c = regex.p[i];

		if (c == '\\' && i + 1 < regex.n) {
			buf_add_char(out, c);
			c = regex.p[++i];
		} else if (c == '[') {
			in_class = true;
		} else if (c == ']') {
			in_class = false;
		} else if (c == '/' && !in_class) {
			buf_add_char(out, '\\');
		}
		if (c == '\n' || c == '\r')
			buf_add(out, c == '\n' ? STR("\\n") : STR("\\r"));
		else
			buf_add_char(out, c);
	}
	buf_add_char(out, '/');
}
