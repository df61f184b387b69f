#include "document/document_id.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>

enum { LETTERS = 26, CHARACTERS = 36, LENGTH = DOCUMENT_ID_SIZE - 1 };

/* A number below `bound`, each as likely as any other: bytes past the last whole multiple are thrown away. */
static unsigned below(unsigned bound)
{
	unsigned limit = 256 - 256 % bound;
	uint8_t byte;

	do {
		if (getrandom(&byte, 1, 0) != 1)
			abort();
	} while (byte >= limit);
	return byte % bound;
}

void document_id_new(char id[DOCUMENT_ID_SIZE])
{
	static const char characters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	id[0] = characters[below(LETTERS)];
	for (unsigned i = 1; i < LENGTH; i++)
		id[i] = characters[below(CHARACTERS)];
	id[LENGTH] = '\0';
}
