/* The recorded application, Strapi's own types with it, and a request from nobody in particular that may find all but the
 * vault: all that the way from a query string to a statement needs, without a server or a database. */
#ifndef RECORDED_SITE_H
#define RECORDED_SITE_H

#include <stdlib.h>

#include "base/clock.h"
#include "config/settings.h"
#include "extension/generation.h"
#include "model/model.h"
#include "pipeline/request.h"
#include "rest/access.h"
#include "rest/params.h"

struct recorded_site {
	struct arena *arena;
	struct settings settings;
	struct generation generation;
};

static inline int recorded_add(struct models *models, const char *folder, const char *prefix, struct error *error)
{
	const char *root = getenv("SOCLE_SOURCE_ROOT");
	const struct model_source source = { STR("test"), str_of(prefix), STR_NULL };

	return models_add_folder(models, &source, arena_printf(models->arena, "%s/%s", root ? root : ".", folder), error);
}

/* SOCLE_SOURCE_ROOT says where the sources are. */
static inline int recorded_site_init(struct recorded_site *site, struct error *error)
{
	static struct str patterns[] = { { "*", 1 }, { "!api::vault.vault.*", 19 }, { "!plugin::users-permissions.*", 28 } };
	struct settings_api *api = &site->settings.api;
	struct models *models;

	*site = (struct recorded_site){ .arena = arena_new(64 * 1024) };
	models = models_new(site->arena);
	if (recorded_add(models, "plugins/admin", "admin::", error) < 0 ||
		recorded_add(models, "plugins/upload", "plugin::upload.", error) < 0 ||
		recorded_add(models, "plugins/i18n", "plugin::i18n.", error) < 0 ||
		recorded_add(models, "plugins/users-permissions", "plugin::users-permissions.", error) < 0 ||
		recorded_add(models, "tests/conformance/plugins/oracle", "api::", error) < 0 ||
		models_finish(models, error) < 0)
		return -1;
	*api = (struct settings_api){ .default_limit = 25, .max_limit = 100, .with_count = true, .filter_depth = 32,
		.filter_conditions = 500, .filter_relations = 10, .populated_rows = 50000, .sort_keys = 20, .populate_depth = 20, .populate_breadth = 500,
		.public_actions = { patterns, sizeof(patterns) / sizeof(*patterns) } };
	site->generation.settings = &site->settings;
	site->generation.models = models;
	site->generation.arena = site->arena;
	site->generation.access = access_new(site->arena, &site->settings, models);
	strcpy(site->generation.locale.code, "en");
	return 0;
}

static inline void recorded_site_clear(struct recorded_site *site)
{
	arena_free(site->arena);
}

/* What a client asks of a type. The request and what it makes live in the arena. */
static inline struct request *recorded_request(struct recorded_site *site, struct arena *arena, const struct model *model,
	struct str query)
{
	struct request *request = arena_new_of(arena, struct request);

	/* As if it had just been read: there is no database to ask. */
	site->generation.locale.read_ms = clock_monotonic_ms();
	scope_init(&request->scope, arena, &site->generation, NULL);
	request->scope.request = request;
	request->scope.caller = CALLER_PUBLIC;
	request->model = model;
	request->query = param_parse(arena, query, NULL);
	return request;
}

#endif
