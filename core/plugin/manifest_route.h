/* [[routes]] of a manifest. */
#ifndef PLUGIN_MANIFEST_ROUTE_H
#define PLUGIN_MANIFEST_ROUTE_H

#include "plugin/manifest.h"

/* `array` may be NULL. */
void manifest_routes_read(struct manifest *manifest, struct arena *arena, const struct node *array,
	struct problems *problems);

/* What a route is configured with: `policies`, `middlewares`, `auth`. `table` may be NULL. */
void manifest_route_read_settings(struct manifest_route *route, struct arena *arena, const struct node *table,
	struct problems *problems);

#endif
