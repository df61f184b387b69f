/* `${NAME}` in the strings of configuration. */
#ifndef CONFIG_EXPAND_H
#define CONFIG_EXPAND_H

#include "config/node.h"

/* Replaces `${NAME}` and `${NAME:default}` in every string of the tree; `$${` becomes `${`. A name that is
 * not set and has no default is an error at its string. */
int expand_strings(const struct environment *environment, struct node *root, struct arena *arena,
	struct error *error) __attribute__((warn_unused_result));

#endif
