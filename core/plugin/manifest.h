/* The manifest: what plugin.toml says, read and checked.
 *
 *	struct problems problems = PROBLEMS_INIT;
 *	const struct manifest *manifest = manifest_read(arena, STR("plugins/blog"), &problems);
 *	if (!manifest)
 *		return problems_finish(&problems, error);	// each line has file:line:column
 *
 * Everything points into the arena and is never changed. What needs more than this one file (do handlers
 * exist, is a required plugin there) is judged by others: order.h, functions.h, routes.h.
 */
#ifndef PLUGIN_MANIFEST_H
#define PLUGIN_MANIFEST_H

#include "config/node.h"
#include "extension/generation.h"
#include "plugin/declaration.h"
#include "model/problems.h"
#include "plugin/version.h"

enum manifest_kind {
	MANIFEST_API,		/* api::<type>.<type>, routes under /api */
	MANIFEST_PLUGIN,	/* plugin::<name>.<type>, routes under /api/<name> */
	MANIFEST_GLOBAL,	/* global::<name> for its policies and middlewares */
	MANIFEST_ADMIN,		/* admin::<type> */
	MANIFEST_HOST,		/* socle::<name>: what stands beside the host's own */
	MANIFEST_KINDS
};

const char *manifest_kind_name(enum manifest_kind kind);

/* A name with the place where it is written. */
struct manifest_name {
	struct str text;
	const struct node *node;
};

struct manifest_names {
	const struct manifest_name *items;
	unsigned count;
};

struct manifest_requirement {
	struct str name, range;
	const struct node *node;
};

/* A policy or middleware that a route uses. */
struct manifest_use {
	struct str name;
	const struct node *config;	/* a table; NULL */
	const struct node *node;
};

struct manifest_uses {
	const struct manifest_use *items;
	unsigned count;
};

struct manifest_route {
	struct str method, path;
	struct str controller, action;	/* "article", "popular"; the controller may be a full uid */
	bool auth;
	bool has_prefix;		/* config.prefix is there: the plugin's own prefix is left out */
	struct str scope;		/* STR_NULL: the action's name */
	struct manifest_uses policies, middlewares;
	const struct node *node;
};

/* [options.<name>] of one of its policies or middlewares. */
struct manifest_options {
	struct str function;
	struct declarations declarations;
};

/* An entry of [[lifecycles]], [[document-middlewares]] or [[subscribers]]. */
struct manifest_hook {
	enum function_kind kind;	/* FUNCTION_LIFECYCLE, ... */
	struct str name;		/* "fill_summary" */
	struct manifest_names models;	/* none: every one */
	struct manifest_names when;	/* events; of document middlewares actions: none is every one */
	bool durable;
	const struct node *node;
};

/* An entry of [[cron]]. */
struct manifest_task {
	struct str name;		/* "prune_drafts" */
	struct str rule;
	const struct node *zone;	/* a string; NULL: the machine's own */
	bool overlap, every_host;
	const struct node *node;
};

struct embedded;

struct manifest {
	struct str folder, file;	/* "plugins/blog", "plugins/blog/plugin.toml" */
	const struct embedded *embedded; /* of a plugin in one file, which `folder` names then; NULL */
	struct str name, version_text;
	struct version version;
	enum manifest_kind kind;
	struct str library;		/* STR_NULL: a plugin without code */
	int64_t sdk;			/* 0: the manifest doesn't say */
	const struct manifest_requirement *requirements;
	unsigned requirement_count;
	struct manifest_names policies, middlewares, services;
	const struct manifest_route *routes;
	unsigned route_count;
	const struct node *core_routes;	/* [core-routes]; NULL: nothing is said */
	const struct manifest_hook *hooks;	/* kind by kind, in their order */
	unsigned hook_count;
	const struct manifest_task *tasks;
	unsigned task_count;
	struct declarations config;
	const struct manifest_options *options;
	unsigned option_count;
	const struct node *node;	/* the [plugin] table */
};

/* Of a plugin's folder, or of a plugin in one file. NULL after at least one problem. The path's text must live as long as the
 * arena. */
const struct manifest *manifest_read(struct arena *arena, struct str path, struct problems *problems);

/* The same from memory. */
const struct manifest *manifest_parse(
	struct arena *arena, struct str text, struct str file, struct str folder, struct problems *problems);

/* Whether it can be a plugin's name: kebab case. */
bool manifest_is_name(struct str name);

/* The declared options of a policy or middleware, NULL when there are none. */
const struct declarations *manifest_options(const struct manifest *manifest, struct str function);

#endif
