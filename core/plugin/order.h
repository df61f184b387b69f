/* The order in which plugins are loaded: what a plugin requires comes before it, and otherwise the name
 * decides. */
#ifndef PLUGIN_ORDER_H
#define PLUGIN_ORDER_H

#include "config/settings.h"
#include "plugin/manifest.h"

/* Sorts the array. Requirements that are missing, too old or circular are problems. `settings` tells
 * whether a missing one is only disabled; may be NULL. */
void order_plugins(const struct manifest **manifests, unsigned count, const struct settings *settings,
	struct problems *problems);

#endif
