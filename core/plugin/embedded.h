/* The single-file form of a plugin: manifest and schemas in a section of its library (socle/embed.h).
 *
 *	struct embedded files;
 *	if (embedded_read(arena, "plugins/shop.so", &files, &error) < 0)
 *		return -1;	// no library, or nothing in it, or something that can't be
 *	const struct model_text *manifest = embedded_find(&files, STR("plugin.toml"));
 */
#ifndef PLUGIN_EMBEDDED_H
#define PLUGIN_EMBEDDED_H

#include "base/arena.h"
#include "base/error.h"
#include "model/model.h"

enum { EMBEDDED_FILES = 256, EMBEDDED_NAME = 256, EMBEDDED_TEXT = 1 << 20 };

struct embedded {
	struct model_text *items;
	unsigned count;
};

/* Whether a path is one of a plugin in a single file. */
bool embedded_is(struct str path);

/* Everything lies in the arena; each text has a NUL behind it. Without a plugin.toml among them it is an error. */
int embedded_read(struct arena *arena, const char *path, struct embedded *files_r, struct error *error)
	__attribute__((warn_unused_result));

/* The same of the section's bytes. */
int embedded_parse(struct arena *arena, struct str section, const char *path, struct embedded *files_r,
	struct error *error) __attribute__((warn_unused_result));

/* NULL: there is none of that name. */
const struct model_text *embedded_find(const struct embedded *files, struct str name);

#endif
