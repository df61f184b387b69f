/* Regular expressions as schemas write them: JavaScript's, run by PCRE2.
 *
 *	struct regexp *regexp = regexp_new(STR("^[A-Z]{3}-[0-9]+$"), &error);
 *	bool found = regexp_search(regexp, text);
 *	regexp_free(regexp);
 */
#ifndef DOCUMENT_REGEXP_H
#define DOCUMENT_REGEXP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

struct regexp;

/* ERROR_CONFIG with the place in the expression when it isn't one. */
struct regexp *regexp_new(struct str regex, struct error *error) __attribute__((warn_unused_result));
void regexp_free(struct regexp *regexp);

/* Whether it matches anywhere in the text. An expression that needs too many steps for this text doesn't
 * match. */
bool regexp_search(const struct regexp *regexp, struct str text);

/* As a literal, "/^a\/b$/": what messages show. */
void regexp_print(struct buf *out, struct str regex);

#endif
