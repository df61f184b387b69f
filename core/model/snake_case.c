#include "model/snake_case.h"

#include "base/buf.h"

/* U+00C0 to U+017F without their accents; "" stays as it is. */
static const char *const plain[] = {
	"A", "A", "A", "A", "A", "A", "Ae", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"D", "N", "O", "O", "O", "O", "O", "", "O", "U", "U", "U", "U", "Y", "Th", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"d", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
	"A", "a", "A", "a", "A", "a", "C", "c", "C", "c", "C", "c", "C", "c", "D", "d",
	"D", "d", "E", "e", "E", "e", "E", "e", "E", "e", "E", "e", "G", "g", "G", "g",
	"G", "g", "G", "g", "H", "h", "H", "h", "I", "i", "I", "i", "I", "i", "I", "i",
	"I", "i", "IJ", "ij", "J", "j", "K", "k", "k", "L", "l", "L", "l", "L", "l", "L",
	"l", "L", "l", "N", "n", "N", "n", "N", "n", "'n", "N", "n", "O", "o", "O", "o",
	"O", "o", "Oe", "oe", "R", "r", "R", "r", "R", "r", "S", "s", "S", "s", "S", "s",
	"S", "s", "T", "t", "T", "t", "T", "t", "U", "u", "U", "u", "U", "u", "U", "u",
	"U", "u", "U", "u", "W", "w", "Y", "y", "Y", "Z", "z", "Z", "z", "Z", "z", "s",
};

enum { PLAIN_FIRST = 0xC0, PLAIN_LAST = 0x17F };
_Static_assert(sizeof(plain) / sizeof(*plain) == PLAIN_LAST - PLAIN_FIRST + 1, "a letter is missing");

enum class { END, BREAK, LOWER, UPPER, DIGIT, OTHER, SYMBOL };

struct letter {
	struct str bytes;
	enum class class;
};

/* One code point from the front of *rest; a stray byte counts as itself. */
static uint32_t take_point(struct str *rest, struct str *bytes_r)
{
	unsigned char first = (unsigned char)rest->p[0];
	size_t n = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
	uint32_t point = n == 1 ? first : first & (0x7Fu >> n);

	n = n < rest->n ? n : rest->n;
	for (size_t i = 1; i < n; i++)
		point = point << 6 | ((unsigned char)rest->p[i] & 0x3Fu);
	*bytes_r = str_take(*rest, n);
	*rest = str_skip(*rest, n);
	return point;
}

static bool is_combining(uint32_t point)
{
	return (point >= 0x300 && point <= 0x36F) || (point >= 0xFE20 && point <= 0xFE2F) ||
		(point >= 0x20D0 && point <= 0x20FF);
}

struct str snake_case_deburr(struct arena *arena, struct str text)
{
	struct buf out = BUF_INIT;
	struct str bytes, copy;

	while (text.n) {
		uint32_t point = take_point(&text, &bytes);

		if (is_combining(point))
			continue;
		if (point >= PLAIN_FIRST && point <= PLAIN_LAST && *plain[point - PLAIN_FIRST])
			bytes = str_of(plain[point - PLAIN_FIRST]);
		buf_add(&out, bytes);
	}
	copy = arena_str(arena, buf_str(&out));
	buf_clear(&out);
	return copy;
}

static bool is_break(uint32_t point)
{
	return point < 0xC0 || point == 0xD7 || point == 0xF7 || (point >= 0x2000 && point <= 0x206F) ||
		point == 0x1680 || point == 0x180E || point == 0x3000 || point == 0xFEFF;
}

static enum class class_of(uint32_t point)
{
	if (point >= 'a' && point <= 'z')
		return LOWER;
	if (point >= 'A' && point <= 'Z')
		return UPPER;
	if (point >= '0' && point <= '9')
		return DIGIT;
	if (is_break(point))
		return BREAK;
	return point >= 0x10000 || (point >= 0x2700 && point <= 0x27BF) ? SYMBOL : OTHER;
}

/* The letters without apostrophes, closed by an END. */
static struct letter *split_letters(struct arena *arena, struct str text)
{
	struct letter *letters = arena_array(arena, text.n + 1, sizeof(*letters));
	size_t n = 0;

	while (text.n) {
		uint32_t point = take_point(&text, &letters[n].bytes);

		if (point == '\'' || point == 0x2019)
			continue;
		letters[n++].class = class_of(point);
	}
	letters[n].class = END;
	letters[n].bytes = STR_NULL;
	return letters;
}

static size_t run(const struct letter *at, enum class one, enum class other)
{
	size_t n = 0;

	while (at[n].class == one || at[n].class == other)
		n++;
	return n;
}

/* "Word", "word", where no digit and no letter of another script follows. */
static size_t match_word(const struct letter *at)
{
	size_t first = at->class == UPPER, n = run(at + first, LOWER, LOWER);
	enum class next = at[first + n].class;

	return n && (next == END || next == BREAK || next == UPPER) ? first + n : 0;
}

/* "URL", and "SEO" of "SEOTitle": the last capital goes to the word behind it. */
static size_t match_capitals(const struct letter *at)
{
	for (size_t n = run(at, UPPER, OTHER); n > 0; n--) {
		enum class next = at[n].class;

		if (next == END || next == BREAK)
			return n;
		if (next == UPPER && (at[n + 1].class == LOWER || at[n + 1].class == OTHER))
			return n;
	}
	return 0;
}

/* "1st", "22nd", "13TH" in one case throughout. */
static size_t match_ordinal(const struct letter *at, enum class letters)
{
	static const char *const endings[][2] = {
		{ "TH", "th" }, { "ST", "st" }, { "ND", "nd" }, { "RD", "rd" },
	};
	size_t digits = run(at, DIGIT, DIGIT);
	const char *ending;
	char last;

	if (!digits)
		return 0;
	last = at[digits - 1].bytes.p[0];
	ending = endings[last >= '1' && last <= '3' ? last - '0' : 0][letters == LOWER];
	for (size_t i = 0; i < 2; i++) {
		if (at[digits + i].class != letters || at[digits + i].bytes.p[0] != ending[i])
			return 0;
	}
	return at[digits + 2].class == letters || at[digits + 2].class == DIGIT ? 0 : digits + 2;
}

/* How many letters from here make a word; the order of the attempts is lodash's. */
static size_t match(const struct letter *at)
{
	size_t n, first = at->class == UPPER;

	if ((n = match_word(at)) || (n = match_capitals(at)))
		return n;
	n = run(at + first, LOWER, OTHER);
	if (n)
		return first + n;
	if ((n = run(at, UPPER, UPPER)) || (n = match_ordinal(at, UPPER)) || (n = match_ordinal(at, LOWER)))
		return n;
	if ((n = run(at, DIGIT, DIGIT)))
		return n;
	return at->class == SYMBOL;
}

static void add_lower(struct buf *out, const struct letter *letter)
{
	if (letter->class == UPPER)
		buf_add_char(out, (char)(letter->bytes.p[0] | 0x20));
	else
		buf_add(out, letter->bytes);
}

struct str snake_case(struct arena *arena, struct str text)
{
	const struct letter *at = split_letters(arena, snake_case_deburr(arena, text));
	struct buf out = BUF_INIT;
	struct str copy;

	while (at->class != END) {
		size_t n = match(at);

		if (!n) {
			at++;
			continue;
		}
		if (out.n)
			buf_add_char(&out, '_');
		for (; n > 0; n--)
			add_lower(&out, at++);
	}
	copy = arena_str(arena, buf_str(&out));
	buf_clear(&out);
	return copy;
}
