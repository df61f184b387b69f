/* [[routes]] of a manifest. */
#ifndef PLUGIN_MANIFEST_ROUTE_H
#define PLUGIN_MANIFEST_ROUTE_H

#include "plugin/manifest.h"

/* `array` may be NULL. */
void manifest_routes_read(struct manifest *manifest, struct arena *arena, const struct node *array,
	struct problems *problems);

#endif
