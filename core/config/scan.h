/* What must hold before a parser sees a text: parsers recurse. */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include "base/error.h"
#include "base/str.h"

/* Past these a text is refused. */
enum { SCAN_SIZE_LIMIT = 4 << 20, SCAN_DEPTH_LIMIT = 64 };

/* Exact for well-formed texts, and for others as far as their first mistake. `file` is for messages. */
int scan_json(struct str text, struct str file, struct error *error) __attribute__((warn_unused_result));

/* Looks at each line and each header by itself, so that a whole file nests less than twice the limit. */
int scan_toml(struct str text, struct str file, struct error *error) __attribute__((warn_unused_result));

#endif
