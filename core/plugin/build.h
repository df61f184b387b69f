/* A generation in the making: what the steps of builder_build() hand to one another. */
#ifndef PLUGIN_BUILD_H
#define PLUGIN_BUILD_H

#include "config/settings.h"
#include "extension/generation.h"
#include "model/model.h"
#include "model/problems.h"
#include "plugin/audit.h"
#include "plugin/manifest.h"

/* One enabled plugin. */
struct plugin {
	const struct manifest *manifest;
	struct audit audit;		/* all zero without a library */
	struct instance *instance;
};

/* A function with where it comes from: for the options that its plugin declares. */
struct build_function {
	struct function function;
	const struct plugin *owner;	/* NULL: the host's own */
	struct str name;		/* in its plugin: "is-owner" */
};

struct build {
	const struct settings *settings;
	struct generation *generation;
	struct arena *arena;		/* the generation's */
	struct arena *scratch;		/* until builder_build() returns */
	struct problems problems;
	struct plugin *plugins;		/* in load order: requirements first */
	unsigned plugin_count;
	struct build_function *functions;
	unsigned function_count, function_capacity;
};

/* "api::blog.", "plugin::blog.", "global::", "admin::", "socle::": what stands in front of a plugin's own
 * names. */
struct str build_namespace(struct arena *arena, const struct manifest *manifest);

/* "file:line:column" in the generation's arena. */
struct str build_where(struct build *build, const struct node *node);

/* The path of the plugin's library: beside its manifest, or what holds that. */
const char *build_library(struct build *build, const struct manifest *manifest);

/* Keeps a tree as long as the generation. Stolen; NULL is allowed. */
const json_t *build_keep(struct build *build, json_t *stolen);

#endif
