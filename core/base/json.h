/* JSON: writing it as a JavaScript program would, and reading it with limits.
 *
 * Writers append to a buf and allocate nothing else. Trees (json_t, jansson) are
 * for request bodies and for those who asked for one.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* In quotes; escapes what JSON.stringify escapes. Bytes that are not UTF-8 become U+FFFD. */
void json_write_string(struct buf *out, struct str text);

/* The shortest text that reads back as the same number, in JavaScript's notation
 * (1e+21, 5e-324, 100, 0.1). NaN and infinities are null. */
void json_write_double(struct buf *out, double value);

/* The same digits as text: at least JSON_NUMBER_SIZE bytes; returns the length. */
enum { JSON_NUMBER_SIZE = 32 };
size_t json_format_double(double value, char out[JSON_NUMBER_SIZE]);

/* A whole tree, without white space, keys in insertion order. NULL writes null. */
void json_write(struct buf *out, const json_t *value);

/* Gives a reference to the arena, which drops it at its end. Returns the tree; NULL of NULL. */
json_t *json_own(struct arena *arena, json_t *stolen);

/* A copy that lives as long as the arena; NULL of NULL. */
json_t *json_own_copy(struct arena *arena, const json_t *json);

struct json_limits {
	unsigned depth;			/* arrays and objects inside one another */
};

/* Parses a text. On failure the error is ERROR_SYNTAX with V8's words where they are known, so that a
 * client of Strapi reads the same; ERROR_BAD_REQUEST when it is deeper than allowed (checked before
 * anything recurses). The result is the caller's: json_decref(). */
json_t *json_parse(struct str text, const struct json_limits *limits, struct error *error)
	__attribute__((warn_unused_result));

#endif
