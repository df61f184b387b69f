/* The loader: from a library's file to code that can be called.
 *
 * Opens the private copy with everything bound at once and nothing shared with other plugins. Constructors
 * run here, so audit_file() has had its say before. Opening takes a deep stack: never call this on a fiber.
 *
 *	if (loader_open(arena, state, name, &audit, &library, &error) < 0)
 *		return -1;
 *	extension_fn *fn = loader_function(arena, &library, FUNCTION_POLICY, STR("is-owner"));
 *	loader_close(&library);		// whatever has its functions must be gone
 */
#ifndef PLUGIN_LOADER_H
#define PLUGIN_LOADER_H

#include <socle/plugin.h>

#include "extension/generation.h"
#include "plugin/audit.h"

struct library {
	void *handle;
	const char *path;			/* of the private copy, in the arena */
	const struct socle_plugin *plugin;	/* its descriptor; members beyond plugin->size don't exist */
};

int loader_open(struct arena *arena, struct str state, struct str name, const struct audit *audit,
	struct library *library_r, struct error *error) __attribute__((warn_unused_result));

/* Sanitizer builds leave it open: their reports need its symbols. */
void loader_close(struct library *library);

/* "socle_policy_is_owner" of "is-owner"; "socle_action_article_find_one" of "article.findOne". */
const char *loader_symbol_name(struct arena *arena, enum function_kind kind, struct str name);

/* "policy", "lifecycle", ...: what stands behind "socle_". */
const char *loader_kind_name(enum function_kind kind);

/* NULL when the library has none; NULL of a NULL handle. */
void *loader_symbol(struct arena *arena, void *handle, enum function_kind kind, struct str name);

/* The same as a policy, middleware or action. */
extension_fn *loader_function(struct arena *arena, void *handle, enum function_kind kind, struct str name);

#endif
