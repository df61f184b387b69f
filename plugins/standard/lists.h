/* Options that are a text or a list of texts. */
#ifndef STANDARD_LISTS_H
#define STANDARD_LISTS_H

#include <socle/socle.h>

/* The items with `between` between them; a text as it is. Lives as long as the use. */
const char *list_join(socle_context *ctx, const json_t *list, const char *between);

/* Whether one of the items (of a text: of the parts between commas, trimmed) is `text`. */
bool list_has(const json_t *list, const char *text);

/* Adds a name to the answer's Vary: caches must keep answers apart that differ by this header of the request. */
void vary_add(socle_context *ctx, const char *name);

#endif
