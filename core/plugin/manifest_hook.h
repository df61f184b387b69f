/* Reading what a manifest says of hooks: [[lifecycles]], [[document-middlewares]], [[subscribers]]. */
#ifndef PLUGIN_MANIFEST_HOOK_H
#define PLUGIN_MANIFEST_HOOK_H

#include "plugin/manifest.h"

/* Names of models, events and actions are judged when all models are known: plugin/hook_table.h. */
void manifest_hooks_read(struct manifest *manifest, struct arena *arena, const struct node *root,
	struct problems *problems);

/* What a function may be called: "fill_summary", "fill-summary". */
bool manifest_hook_is_name(struct str name);

#endif
