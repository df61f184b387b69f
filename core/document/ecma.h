/* JSON values as JavaScript looks at them: the wire's messages and casts follow its rules. */
#ifndef DOCUMENT_ECMA_H
#define DOCUMENT_ECMA_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

static inline struct str ecma_text(const json_t *string)
{
	return (struct str){ json_string_value(string), json_string_length(string) };
}

/* UTF-16 units. */
size_t ecma_length(struct str text);

/* What String(value) gives. */
void ecma_string(struct buf *out, const json_t *value);

/* What Number() makes of a text without any of its white space; NaN for empty text. */
double ecma_number_of_text(struct str text);

/* What a number attribute takes a value for: Number() of text without white space, parseFloat() of a list's
 * text. */
double ecma_number(const json_t *value);

/* New references: the value as a number, as text, as a boolean, or itself when it is one or can't be made
 * one. What is NaN or infinite becomes null, as JSON.stringify would write it. */
json_t *ecma_to_number(json_t *value);
json_t *ecma_to_text(json_t *value);
json_t *ecma_to_boolean(json_t *value);

/* As validation messages show a value: strings in quotes, objects and lists indented, with all their leaves
 * as strings. */
void ecma_print(struct buf *out, const json_t *value);

#endif
