/* What manifests and the operator say of the routes that content types have by themselves.
 *
 *	[core-routes.article]			# in a plugin.toml: a type of its own, or a full uid
 *	except = ["delete"]			# or: only = ["find", "findOne"]
 *	prefix = "/v2"				# /api/v2/articles
 *	path   = "posts"			# /api/posts instead of /api/articles
 *
 *	[core-routes.article.find]		# one action: as [routes.config] of a route
 *	auth        = false
 *	policies    = ["is-open"]
 *	middlewares = ["view-counter"]
 *
 *	[api.routes."api::article.article"]	# the same in config/api.toml; key by key over the manifest's
 *
 * What is switched off here is answered as any unknown path, and a route of a plugin may take its place.
 */
#ifndef PLUGIN_CORE_ROUTES_H
#define PLUGIN_CORE_ROUTES_H

#include "plugin/build.h"

/* A core action's settings. */
struct core_route {
	bool off;
	bool open;			/* auth = false */
	struct str scope;		/* STR_NULL: the action's name */
	struct manifest_uses policies, middlewares;
	const struct plugin *policies_from, *middlewares_from; /* whose short names count; NULL: nobody's */
	const struct node *node;	/* where it was said last; NULL: nowhere */
};

enum { CORE_ROUTES = 5 };		/* the most actions that a kind of model has */

struct core_routes {
	struct str prefix, path;	/* STR_NULL: none; the type's own name */
	struct core_route actions[CORE_ROUTES];	/* as rest_core_route() numbers them */
};

/* Of all models, by model->index; what is wrong is a problem. In the build's scratch arena. */
const struct core_routes *core_routes_read(struct build *build);

#endif
