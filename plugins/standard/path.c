#include "path.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(const char *from, char *to)
{
	for (; *from; from++, to++) {
		int high, low;

		*to = *from;
		if (*from != '%')
			continue;
		high = hex(from[1]);
		low = high < 0 ? -1 : hex(from[2]);
		if (low < 0 || (high == 0 && low == 0))
			return false;
		*to = (char)(high * 16 + low);
		from += 2;
	}
	*to = '\0';
	return true;
}

/* Continuation bytes behind this one, and the smallest and largest that may be the first of them; -1: it begins nothing. */
static int sequence(unsigned char byte, unsigned char *least, unsigned char *most)
{
	*least = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
	*most = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
	if (byte < 0x80)
		return 0;
	if (byte < 0xc2 || byte > 0xf4)
		return -1;
	return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}

static bool is_utf8(const char *text)
{
	while (*text) {
		unsigned char least, most;
		int more = sequence((unsigned char)*text++, &least, &most);

		if (more < 0)
			return false;
		for (; more > 0; more--, text++) {
			if ((unsigned char)*text < least || (unsigned char)*text > most)
				return false;
			least = 0x80;
			most = 0xbf;
		}
	}
	return true;
}

/* Writes over the text itself: what is kept never stands further back than where it came from. */
static enum path_verdict normalize(char *text)
{
	enum path_verdict verdict = PATH_FILE;
	char *end = text;		/* of what is kept, without a slash */
	const char *from = text;

	while (*from) {
		size_t n = strcspn(from, "/");

		if (n == 2 && from[0] == '.' && from[1] == '.') {
			if (end == text)
				return PATH_ESCAPES;
			while (end > text && *--end != '/')
				;
		} else if (n > 0 && !(n == 1 && from[0] == '.')) {
			if (from[0] == '.')
				verdict = PATH_HIDDEN;
			if (end > text)
				*end++ = '/';
			memmove(end, from, n);
			end += n;
		}
		from += n;
		from += strspn(from, "/");
	}
	*end = '\0';
	return verdict;
}

enum path_verdict path_read(const char *path, char *file_r)
{
	if (!decode(path, file_r) || !is_utf8(file_r))
		return PATH_UNDECODABLE;
	return normalize(file_r);
}
