#include "document/document_id.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

enum { LETTERS = 26, CHARACTERS = 36, LENGTH = DOCUMENT_ID_SIZE - 1 };

/* Random bytes, fetched as many at a time as an id needs with near certainty. */
struct source {
	uint8_t bytes[LENGTH * 2];
	size_t used;
};

static uint8_t next(struct source *source)
{
	if (source->used == sizeof(source->bytes)) {
		/* So few bytes come whole or not at all. */
		while (getrandom(source->bytes, sizeof(source->bytes), 0) != (ssize_t)sizeof(source->bytes)) {
			if (errno != EINTR)
				abort();
		}
		source->used = 0;
	}
	return source->bytes[source->used++];
}

/* A number below `bound`, each as likely as any other: bytes past the last whole multiple are thrown away. */
static unsigned below(struct source *source, unsigned bound)
{
	unsigned limit = 256 - 256 % bound;
	uint8_t byte;

	do {
		byte = next(source);
	} while (byte >= limit);
	return byte % bound;
}

void document_id_new(char id[DOCUMENT_ID_SIZE])
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	struct source source = { .used = sizeof(source.bytes) };

	id[0] = characters[below(&source, LETTERS)];
	for (unsigned i = 1; i < LENGTH; i++)
		id[i] = characters[below(&source, CHARACTERS)];
	id[LENGTH] = '\0';
}
