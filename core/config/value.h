/* Single values of a table: texts and nodes into fields, and ranges in words. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config/table.h"

/* The message has the node's place in front. */
int value_read_node(const struct config_key *key, const struct node *node, void *to, struct arena *arena,
	struct error *error) __attribute__((warn_unused_result));

/* "an integer from 1 to 65535", "a size", "one of `text`, `json`". */
void value_describe(struct buf *out, const struct config_key *key);

#endif
