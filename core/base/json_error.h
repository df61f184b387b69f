/* Why a text is no JSON, in the words of the engine that Strapi's clients know (V8). */
#ifndef BASE_JSON_ERROR_H
#define BASE_JSON_ERROR_H

#include "base/error.h"
#include "base/str.h"

/* Sets ERROR_SYNTAX with where the first mistake is. `text` doesn't parse, and is not nested deeply. Returns -1. */
int json_error_describe(struct str text, struct error *error);

#endif
