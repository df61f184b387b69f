/* Reading what a manifest says of tasks: [[cron]]. */
#ifndef PLUGIN_MANIFEST_CRON_H
#define PLUGIN_MANIFEST_CRON_H

#include "plugin/manifest.h"

void manifest_cron_read(struct manifest *manifest, struct arena *arena, const struct node *root, struct problems *problems);

/* Two names of one function: "prune-drafts" is "prune_drafts". */
bool manifest_cron_same(struct str a, struct str b);

#endif
