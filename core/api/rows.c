#include <socle/rows.h>

#include "api/documents.h"
#include "api/door.h"
#include "document/bulk.h"

int64_t socle_rows_create_many(socle_context *ctx, const char *uid, const json_t *list)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = api_model(scope, uid);
	uint64_t count;

	return model && bulk_create(scope, model, list, &count) == 0 ? (int64_t)count : -1;
}

int64_t socle_rows_update_many(socle_context *ctx, const char *uid, const json_t *where, const json_t *data)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = api_model(scope, uid);
	uint64_t count;

	return model && bulk_update(scope, model, where, data, &count) == 0 ? (int64_t)count : -1;
}

int64_t socle_rows_delete_many(socle_context *ctx, const char *uid, const json_t *where)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct model *model = api_model(scope, uid);
	uint64_t count;

	return model && bulk_delete(scope, model, where, &count) == 0 ? (int64_t)count : -1;
}
