/* The query string, as socle/context.h hands it out. */
#include <socle/context.h>

#include "api/door.h"
#include "base/json.h"
#include "http/query.h"

const char *socle_query_string(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);

	return request ? arena_strdup(request->scope.arena, request->message->query) : NULL;
}

static const struct param *item_at(const struct param *array, struct str index)
{
	uint64_t wanted;

	if (!str_to_uint64(index, &wanted))
		return NULL;
	param_foreach(item, array) {
		if (item->index == wanted)
			return item;
	}
	return NULL;
}

/* "pagination[page]" in the parsed query; NULL when there is no such member. */
static const struct param *find(const struct param *query, struct str name)
{
	struct str key = str_take(name, str_find(name, '['));
	const struct param *param = param_get(query, key);
	struct str rest = str_skip(name, key.n);

	while (param && rest.n) {
		size_t end = str_find(rest, ']');

		if (rest.p[0] != '[' || end == rest.n)
			return NULL;
		key = (struct str){ rest.p + 1, end - 1 };
		param = param_is_list(param) ? item_at(param, key) : param_get(param, key);
		rest = str_skip(rest, end + 1);
	}
	return param;
}

static bool has_text(const struct param *param)
{
	return param &&
	       (param->type == PARAM_STRING || param->type == PARAM_NUMBER || param->type == PARAM_BOOL);
}

const char *socle_query_value(socle_context *ctx, const char *name)
{
	struct request *request = api_request(ctx, __func__);
	const struct param *query, *param;

	if (!request || request_query(request, &query) < 0)
		return NULL;
	param = find(query, str_of(name));
	return has_text(param) ? arena_strdup(request->scope.arena, param->text) : NULL;
}

int socle_query_int(socle_context *ctx, const char *name, int64_t *value_r)
{
	struct request *request = api_request(ctx, __func__);
	const struct param *query, *param;

	if (!request || request_query(request, &query) < 0)
		return -1;
	param = find(query, str_of(name));
	if (!param)
		return 0;
	if (!has_text(param) || !str_to_int64(param->text, value_r)) {
		return scope_throw(&request->scope, ERROR_VALIDATION, "%s must be an integer", name);
	}
	return 1;
}

const json_t *socle_query(socle_context *ctx)
{
	struct request *request = api_request(ctx, __func__);
	const struct param *query;

	if (!request || request_query(request, &query) < 0)
		return NULL;
	return json_own(request->scope.arena, param_to_json(query));
}
