/* What the middlewares of plugins/standard read of what clients send: Accept-Encoding, Cookie, base64. The input, as a text, is each of
 * them. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cookies.h"
#include "encodings.h"

static void pick(const char *text)
{
	for (unsigned allowed = 0; allowed < 8; allowed++) {
		enum encoding picked = encoding_pick(text, allowed);

		assert(picked == ENCODING_IDENTITY || (picked < ENCODING_IDENTITY && allowed & 1u << picked));
	}
	type_is_compressible(text);
}

static void find(const char *text)
{
	size_t n;
	const char *value = cookie_find(text, "a", &n);

	assert(!value || (value >= text && value + n <= text + strlen(text)));
	cookie_is_token(text);
}

/* What was decoded and is written again decodes to the same. */
static void decode(const char *text)
{
	size_t n = strlen(text);
	unsigned char *bytes = malloc(n + 1), *again = malloc(n + 4);
	char *written = malloc(4 * (n + 2) / 3 + 8);
	long length = base64_read(text, n, bytes);

	assert(length <= (long)n);
	if (length >= 0) {
		base64_write(bytes, (size_t)length, written);
		assert(base64_read(written, strlen(written), again) == length);
		assert(memcmp(bytes, again, (size_t)length) == 0);
	}
	free(bytes);
	free(again);
	free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	pick(text);
	find(text);
	decode(text);
	free(text);
	return 0;
}
