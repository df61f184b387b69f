#include "cookies.h"

#include <stdint.h>
#include <string.h>

const char *cookie_find(const char *header, const char *name, size_t *n_r)
{
	size_t name_n = strlen(name);

	for (const char *at = header; *at;) {
		size_t n;

		at += strspn(at, " \t;");
		n = strcspn(at, ";");
		if (n > name_n && at[name_n] == '=' && memcmp(at, name, name_n) == 0) {
			const char *value = at + name_n + 1;

			n -= name_n + 1;
			while (n && (value[n - 1] == ' ' || value[n - 1] == '\t'))
				n--;
			if (n >= 2 && value[0] == '"' && value[n - 1] == '"') {
				value++;
				n -= 2;
			}
			*n_r = n;
			return value;
		}
		at += n;
	}
	return NULL;
}

bool cookie_is_token(const char *text)
{
	return *text && !text[strcspn(text, "()<>@,;:\\\"/[]?={} \t\r\n\x7f")];
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_write(const unsigned char *bytes, size_t n, char *out)
{
	for (size_t i = 0; i < n; i += 3) {
		uint32_t three = (uint32_t)bytes[i] << 16 | (i + 1 < n ? (uint32_t)bytes[i + 1] << 8 : 0) |
			(i + 2 < n ? bytes[i + 2] : 0);

		*out++ = digits[three >> 18];
		*out++ = digits[three >> 12 & 63];
		*out++ = i + 1 < n ? digits[three >> 6 & 63] : '=';
		*out++ = i + 2 < n ? digits[three & 63] : '=';
	}
	*out = '\0';
}

static int digit(char c)
{
	const char *found = c ? strchr(digits, c) : NULL;

	if (c == '-')
		return 62;
	if (c == '_')
		return 63;
	return found ? (int)(found - digits) : -1;
}

long base64_read(const char *text, size_t n, unsigned char *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	long written = 0;

	while (n && text[n - 1] == '=')
		n--;
	if (n % 4 == 1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int value = digit(text[i]);

		if (value < 0)
			return -1;
		bits = bits << 6 | (uint32_t)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[written++] = (unsigned char)(bits >> have);
		}
	}
	return written;
}
