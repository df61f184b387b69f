/* What callers without a name may do: the patterns of `[rest] public`.
 *
 * Closed by default: an action that no pattern names is forbidden. "*" stands for any
 * text; a pattern that begins with "!" takes away, wherever in the list it stands.
 *
 *	public = ["*", "!api::vault.vault.*"]
 */
#ifndef EXTENSION_PERMISSION_H
#define EXTENSION_PERMISSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct settings;

bool permission_public(const struct settings *settings, struct str action);

/* "api::article.*" on "api::article.article.find"; '*' matches any text, the empty one too. */
bool permission_match(struct str pattern, struct str action);

#endif
