/* Accept-Encoding: which coding of the answer a client prefers. Knows nothing of the host; tests/fuzz reads
 * it, too. */
#ifndef STANDARD_ENCODINGS_H
#define STANDARD_ENCODINGS_H

#include <stdbool.h>

/* In the order of preference among those that a client likes equally. */
enum encoding { ENCODING_BR, ENCODING_GZIP, ENCODING_DEFLATE, ENCODING_IDENTITY, ENCODINGS };

/* "br", "gzip", "deflate", "identity" */
const char *encoding_name(enum encoding encoding);

/* False for a text that names none. */
bool encoding_of_name(const char *name, enum encoding *encoding_r);

/* The best among those with their bit in `allowed`; identity is always allowed, and what it is when nothing
 * else is wanted. `header` is not NULL. */
enum encoding encoding_pick(const char *header, unsigned allowed);

/* Whether answers of this content type get smaller: texts do, pictures are small already. */
bool type_is_compressible(const char *type);

#endif
