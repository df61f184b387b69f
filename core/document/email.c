#include "document/email.h"

/* Decodes one code point of well-formed UTF-8. */
static unsigned take(struct str *rest)
{
	static const unsigned char marks[] = { 0xFF, 0xFF, 0x1F, 0x0F, 0x07 };
	unsigned char first = (unsigned char)*rest->p;
	size_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	unsigned code = first & marks[n];

	for (size_t i = 1; i < n && i < rest->n; i++)
		code = code << 6 | ((unsigned char)rest->p[i] & 0x3F);
	*rest = str_skip(*rest, n);
	return code;
}

static bool is_letter(unsigned c)
{
	return c < 0x80 && (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_foreign(unsigned c)
{
	return (c >= 0xA0 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFDCF) || (c >= 0xFDF0 && c <= 0xFFEF);
}

static bool is_word(unsigned c)
{
	return is_letter(c) || is_foreign(c) ||
	       (c && c < 0x80 && strchr("0123456789!#$%&'*+-/=?^_`{|}~", (int)c));
}

static bool is_words(struct str local)
{
	unsigned last = '.';

	while (local.n) {
		unsigned c = take(&local);

		if (c == '.' ? last == '.' : !is_word(c))
			return false;
		last = c;
	}
	return last != '.';
}

/* Blanks, which may be folded once: blanks, CR LF, blanks. */
static bool skip_folded(struct str *rest)
{
	struct str at = *rest;

	while (at.n && (*at.p == ' ' || *at.p == '\t'))
		at = str_skip(at, 1);
	if (str_starts(at, STR("\r\n"))) {
		at = str_skip(at, 2);
		if (!at.n || (*at.p != ' ' && *at.p != '\t'))
			return false;
		while (at.n && (*at.p == ' ' || *at.p == '\t'))
			at = str_skip(at, 1);
		/* Another fold needs a character between. */
		if (str_starts(at, STR("\r\n")))
			return false;
	}
	*rest = at;
	return true;
}

static bool is_quotable(unsigned c)
{
	return is_foreign(c) || (c >= 0x23 && c <= 0x7F && c != '\\') || c == '!' ||
		(c >= 1 && c < 0x20 && c != '\t' && c != '\n' && c != '\r');
}

static bool is_quoted(struct str local)
{
	if (local.n < 2 || local.p[0] != '"' || local.p[local.n - 1] != '"')
		return false;
	local = (struct str){ local.p + 1, local.n - 2 };
	for (;;) {
		unsigned c;

		if (!skip_folded(&local))
			return false;
		if (!local.n)
			return true;
		c = take(&local);
		if (c == '\\') {
			if (!local.n)
				return false;
			c = take(&local);
			if (!is_foreign(c) && (c == 0 || c == '\n' || c > 0x7F))
				return false;
		} else if (!is_quotable(c)) {
			return false;
		}
	}
}

static bool is_edge(unsigned c, bool digits)
{
	return is_letter(c) || is_foreign(c) || (digits && c >= '0' && c <= '9');
}

/* A name, and behind one of its dots a name without a digit at its ends. */
static bool is_domain(struct str domain)
{
	unsigned first = 0, behind = 0, last = 0;
	bool open = false;

	while (domain.n) {
		unsigned c = take(&domain);

		if (!is_edge(c, true) && (!c || c > 0x7F || !strchr("-._~", (int)c)))
			return false;
		if (!first)
			first = c;
		if (last == '.' && is_edge(behind, true) && is_edge(c, false))
			open = true;
		behind = last;
		last = c;
	}
	return open && is_edge(first, true) && is_edge(last, false);
}

bool email_is_valid(struct str text)
{
	/* A domain has no "@"; a quoted local part may. */
	const char *at = text.n ? memrchr(text.p, '@', text.n) : NULL;
	struct str local;

	if (!at)
		return false;
	local = str_range(text.p, at);
	return (is_words(local) || is_quoted(local)) && is_domain(str_range(at + 1, text.p + text.n));
}
