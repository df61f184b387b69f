/* Regular expressions as schemas write them: JavaScript's, run by PCRE2.
 *
 *	struct pattern *pattern = pattern_new(STR("^[A-Z]{3}-[0-9]+$"), &error);
 *	bool found = pattern_search(pattern, text);
 *	pattern_free(pattern);
 */
#ifndef DOCUMENT_PATTERN_H
#define DOCUMENT_PATTERN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct pattern;

/* ERROR_CONFIG with the place in the expression when it isn't one. */
struct pattern *pattern_new(struct str regex, struct error *error) __attribute__((warn_unused_result));
void pattern_free(struct pattern *pattern);

/* Whether it matches anywhere in the text. An expression that needs too many steps for this text doesn't match. */
bool pattern_search(const struct pattern *pattern, struct str text);

/* As a literal, "/^a\/b$/": what messages show. */
void pattern_print(struct buf *out, struct str regex);

#endif
