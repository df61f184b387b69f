#include <socle/sign.h>

#include "api/door.h"
#include "base/keygrip.h"
#include "config/settings.h"

/* NULL with the error set when there are none. */
static const struct config_list *keys(struct scope *scope, const char *function)
{
	const struct settings *settings = scope->generation->settings;

	if (settings && settings->server.keys.count)
		return &settings->server.keys;
	scope_throw(scope, ERROR_CONFIG, "%s(): there is no key to sign with; set `keys` in server.toml, for instance "
		"keys = [\"${APP_KEY}\"]", function);
	return NULL;
}

const char *socle_sign(socle_context *ctx, const char *text)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct config_list *list = keys(scope, __func__);
	char *signature;

	if (!list)
		return NULL;
	signature = arena_alloc(scope->arena, KEYGRIP_SIZE);
	keygrip_sign(list->items[0], str_of(text), signature);
	return signature;
}

int socle_verify(socle_context *ctx, const char *text, const char *signature)
{
	struct scope *scope = api_scope(ctx, __func__);
	const struct config_list *list = keys(scope, __func__);
	int place;

	if (!list)
		return -1;
	place = text && signature ? keygrip_verify(list->items, list->count, str_of(text), str_of(signature)) : -1;
	return place < 0 ? 0 : place == 0 ? 1 : 2;
}
