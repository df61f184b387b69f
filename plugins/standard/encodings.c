#include "encodings.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const names[ENCODINGS] = {
	[ENCODING_BR] = "br", [ENCODING_GZIP] = "gzip", [ENCODING_DEFLATE] = "deflate", [ENCODING_IDENTITY] = "identity",
};

const char *encoding_name(enum encoding encoding)
{
	return names[encoding];
}

/* A range of bytes is the word, in any case. */
static bool is_word(const char *from, size_t n, const char *word)
{
	return strlen(word) == n && strncasecmp(from, word, n) == 0;
}

static bool find_name(const char *from, size_t n, enum encoding *encoding_r)
{
	for (int i = 0; i < ENCODINGS; i++) {
		if (is_word(from, n, names[i])) {
			*encoding_r = (enum encoding)i;
			return true;
		}
	}
	/* The old name, still sent. */
	*encoding_r = ENCODING_GZIP;
	return is_word(from, n, "x-gzip");
}

bool encoding_of_name(const char *name, enum encoding *encoding_r)
{
	return find_name(name, strlen(name), encoding_r);
}

static const char *skip_space(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* "1", "0.8", "0.125" in thousandths; what is no weight counts as none that was given. */
static int weight(const char *at, const char *end)
{
	int value = 0, digits = 0;

	if (at == end || (*at != '0' && *at != '1'))
		return 1000;
	value = (*at++ - '0') * 1000;
	if (at < end && *at == '.') {
		for (int scale = 100; ++at < end && *at >= '0' && *at <= '9' && digits < 3; digits++, scale /= 10)
			value += (*at - '0') * scale;
	}
	return value < 1000 ? value : 1000;
}

/* Behind the name: ";q=0.5". */
static int weight_of(const char *at, const char *end)
{
	while ((at = memchr(at, ';', (size_t)(end - at)))) {
		at = skip_space(at + 1, end);
		if (end - at >= 2 && (*at == 'q' || *at == 'Q') && at[1] == '=')
			return weight(at + 2, end);
		if (at == end)
			break;
	}
	return 1000;
}

struct wish {
	int weights[ENCODINGS];		/* -1: not mentioned */
	int others;			/* of "*"; -1 */
};

static void read_item(struct wish *wish, const char *from, const char *end)
{
	const char *name_end = from;
	enum encoding encoding;

	while (name_end < end && *name_end != ';' && *name_end != ' ' && *name_end != '\t')
		name_end++;
	if (is_word(from, (size_t)(name_end - from), "*"))
		wish->others = weight_of(name_end, end);
	else if (find_name(from, (size_t)(name_end - from), &encoding))
		wish->weights[encoding] = weight_of(name_end, end);
}

static void read_wish(struct wish *wish, const char *header)
{
	for (int i = 0; i < ENCODINGS; i++)
		wish->weights[i] = -1;
	wish->others = -1;
	for (const char *at = header;; at++) {
		const char *end = at + strcspn(at, ",");

		read_item(wish, skip_space(at, end), end);
		at = end;
		if (!*at)
			break;
	}
}

enum encoding encoding_pick(const char *header, unsigned allowed)
{
	enum encoding best = ENCODING_IDENTITY;
	struct wish wish;
	int most = 0;

	read_wish(&wish, header);
	for (int i = 0; i < ENCODING_IDENTITY; i++) {
		int own = wish.weights[i] >= 0 ? wish.weights[i] : wish.others;

		if (allowed & 1u << i && own > most) {
			most = own;
			best = (enum encoding)i;
		}
	}
	/* Identity has to be asked for to be preferred. */
	return wish.weights[ENCODING_IDENTITY] > most ? ENCODING_IDENTITY : best;
}

bool type_is_compressible(const char *type)
{
	static const char *const whole[] = {
		"application/javascript", "application/json", "application/ecmascript", "application/manifest",
		"application/vnd.ms-fontobject", "application/wasm", "application/x-javascript", "application/xml",
		"application/x-ndjson", "application/rtf", "font/otf", "font/ttf", "image/bmp", "image/x-icon", "image/svg+xml",
	};
	size_t n = strcspn(type, "; \t");

	if (strncasecmp(type, "text/", 5) == 0)
		return !is_word(type, n, "text/event-stream");
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++) {
		if (is_word(type, n, whole[i]))
			return true;
	}
	return (n > 5 && strncasecmp(type + n - 5, "+json", 5) == 0) || (n > 4 && strncasecmp(type + n - 4, "+xml", 4) == 0) ||
		(n > 5 && strncasecmp(type + n - 5, "+text", 5) == 0);
}
