#include <string.h>

#include "describe.h"

SOCLE_PLUGIN()

static bool is_component(const socle_model *model)
{
	return socle_model_kind(model) == SOCLE_COMPONENT;
}

static int send_data(socle_context *ctx, json_t *stolen)
{
	return socle_send_json(ctx, json_pack("{s:o}", "data", stolen));
}

static int not_found(socle_context *ctx, const char *what)
{
	socle_status(ctx, 404);
	return socle_send_json(ctx, json_pack("{s:s}", "error", what));
}

/* ---- content types ---- */

/* What "kind" in the query string asks for; -1: all. */
static int read_kind(socle_context *ctx, const char *text, int *kind_r)
{
	*kind_r = -1;
	if (!text)
		return 0;
	if (strcmp(text, "collectionType") == 0)
		*kind_r = SOCLE_COLLECTION_TYPE;
	else if (strcmp(text, "singleType") == 0)
		*kind_r = SOCLE_SINGLE_TYPE;
	else
		return socle_throw(ctx, SOCLE_VALIDATION, "kind must be collectionType or singleType");
	return 0;
}

/* GET /api/content-type-builder/content-types?kind=... */
SOCLE_ACTION(content_types_get_content_types)
{
	json_t *all;
	int kind;

	if (read_kind(ctx, socle_query_value(ctx, "kind"), &kind) < 0)
		return -1;
	all = json_array();
	for (size_t i = 0; i < socle_model_count(ctx); i++) {
		const socle_model *model = socle_model_at(ctx, i);

		if (!is_component(model) && (kind < 0 || (int)socle_model_kind(model) == kind))
			json_array_append_new(all, describe_type(ctx, model));
	}
	return send_data(ctx, all);
}

/* GET /api/content-type-builder/content-types/:uid */
SOCLE_ACTION(content_types_get_content_type)
{
	const socle_model *model = socle_model_find(ctx, socle_param(ctx, "uid"));

	if (!model || is_component(model))
		return not_found(ctx, "contentType.notFound");
	return send_data(ctx, describe_type(ctx, model));
}

/* ---- components ---- */

/* GET /api/content-type-builder/components */
SOCLE_ACTION(components_get_components)
{
	json_t *all = json_array();

	for (size_t i = 0; i < socle_model_count(ctx); i++) {
		const socle_model *model = socle_model_at(ctx, i);

		if (is_component(model))
			json_array_append_new(all, describe_component(ctx, model));
	}
	return send_data(ctx, all);
}

/* GET /api/content-type-builder/components/:uid */
SOCLE_ACTION(components_get_component)
{
	const socle_model *model = socle_model_find(ctx, socle_param(ctx, "uid"));

	if (!model || !is_component(model))
		return not_found(ctx, "component.notFound");
	return send_data(ctx, describe_component(ctx, model));
}
