#include "base/json_error.h"

/* A walk over the grammar of JSON that builds nothing and stops at the first mistake. */
struct walk {
	struct str text;
	size_t at;
	struct error *error;
};

static int value(struct walk *w);

static int fail(struct walk *w, const char *what)
{
	return error_set(w->error, ERROR_SYNTAX, "%s in JSON at position %zu", what, w->at);
}

static int unexpected(struct walk *w)
{
	enum { AROUND = 10 };
	size_t from = w->at > AROUND ? w->at - AROUND : 0;
	size_t to = w->at + AROUND < w->text.n ? w->at + AROUND : w->text.n;

	if (w->at >= w->text.n)
		return error_set(w->error, ERROR_SYNTAX, "Unexpected end of JSON input");
	return error_set(w->error, ERROR_SYNTAX, "Unexpected token '%c', %s\"%.*s\"%s is not valid JSON",
		w->text.p[w->at], from ? "..." : "", (int)(to - from), w->text.p + from, to < w->text.n ? "..." : "");
}

static char peek(struct walk *w)
{
	return w->at < w->text.n ? w->text.p[w->at] : '\0';
}

static char peek_token(struct walk *w)
{
	while (w->at < w->text.n && strchr(" \t\r\n", w->text.p[w->at]) && w->text.p[w->at])
		w->at++;
	return peek(w);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static int escape(struct walk *w)
{
	char c;

	w->at++;
	c = peek(w);
	if (w->at >= w->text.n)
		return fail(w, "Unterminated string");
	if (!strchr("\"\\/bfnrtu", c) || !c)
		return fail(w, "Bad escaped character");
	w->at++;
	for (int i = 0; c == 'u' && i < 4; i++, w->at++) {
		if (!is_hex(peek(w)))
			return fail(w, "Bad Unicode escape");
	}
	return 0;
}

static int string(struct walk *w)
{
	w->at++;
	while (w->at < w->text.n) {
		char c = peek(w);

		if (c == '"') {
			w->at++;
			return 0;
		}
		if ((unsigned char)c < 0x20)
			return fail(w, "Bad control character in string literal");
		if (c != '\\')
			w->at++;
		else if (escape(w) < 0)
			return -1;
	}
	return fail(w, "Unterminated string");
}

static void digits(struct walk *w)
{
	while (is_digit(peek(w)))
		w->at++;
}

static int number(struct walk *w)
{
	if (peek(w) == '-') {
		w->at++;
		if (!is_digit(peek(w)))
			return fail(w, "No number after minus sign");
	}
	if (peek(w) == '0')
		w->at++;
	else
		digits(w);
	if (is_digit(peek(w)))
		return fail(w, "Unexpected number");
	if (peek(w) == '.') {
		w->at++;
		if (!is_digit(peek(w)))
			return fail(w, "Unterminated fractional number");
		digits(w);
	}
	if ((peek(w) | 0x20) == 'e') {
		w->at++;
		if (peek(w) == '+' || peek(w) == '-')
			w->at++;
		if (!is_digit(peek(w)))
			return fail(w, "Exponent part is missing a number");
		digits(w);
	}
	return 0;
}

static int array(struct walk *w)
{
	w->at++;
	if (peek_token(w) == ']') {
		w->at++;
		return 0;
	}
	for (;;) {
		if (value(w) < 0)
			return -1;
		switch (peek_token(w)) {
		case ',':
			w->at++;
			break;
		case ']':
			w->at++;
			return 0;
		default:
			return fail(w, "Expected ',' or ']' after array element");
		}
	}
}

static int object(struct walk *w)
{
	bool first = true;

	w->at++;
	if (peek_token(w) == '}') {
		w->at++;
		return 0;
	}
	for (;; first = false) {
		if (peek_token(w) != '"')
			return fail(w, first ? "Expected property name or '}'" : "Expected double-quoted property name");
		if (string(w) < 0)
			return -1;
		if (peek_token(w) != ':')
			return fail(w, "Expected ':' after property name");
		w->at++;
		if (value(w) < 0)
			return -1;
		switch (peek_token(w)) {
		case ',':
			w->at++;
			break;
		case '}':
			w->at++;
			return 0;
		default:
			return fail(w, "Expected ',' or '}' after property value");
		}
	}
}

static int word(struct walk *w, struct str expected)
{
	for (size_t i = 0; i < expected.n; i++, w->at++) {
		if (peek(w) != expected.p[i])
			return unexpected(w);
	}
	return 0;
}

static int value(struct walk *w)
{
	char c = peek_token(w);

	switch (c) {
	case '"':
		return string(w);
	case '[':
		return array(w);
	case '{':
		return object(w);
	case 't':
		return word(w, STR("true"));
	case 'f':
		return word(w, STR("false"));
	case 'n':
		return word(w, STR("null"));
	default:
		return c == '-' || is_digit(c) ? number(w) : unexpected(w);
	}
}

int json_error_describe(struct str text, struct error *error)
{
	struct walk w = { .text = text, .error = error };

	if (value(&w) < 0)
		return -1;
	peek_token(&w);
	if (w.at < text.n)
		return error_set(error, ERROR_SYNTAX, "Unexpected non-whitespace character after JSON at position %zu", w.at);
	/* The grammar is kept; what remains is what our parser alone refuses. */
	return error_set(error, ERROR_SYNTAX, "Invalid UTF-8, a lone surrogate or a NUL in a name in JSON");
}
