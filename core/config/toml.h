/* toml.cc: the only C++ of the core, and what C sees of it. */
#ifndef CONFIG_TOML_H
#define CONFIG_TOML_H

#include "config/node.h"

/* Order and places are the file's, dates become strings, `${` stays. scan_toml() comes before it. */
struct node *toml_parse(struct arena *arena, struct str text, struct str file, struct error *error)
	__attribute__((warn_unused_result));

#endif
