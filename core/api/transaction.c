#include <socle/transaction.h>

#include "api/door.h"
#include "extension/transaction.h"

/* A scope is what plugins call a context: their functions are wrapped, so that each is called as what it is. */
struct plugin_function {
	int (*fn)(socle_context *ctx, void *arg);
	void (*callback)(socle_context *ctx, void *arg);
	void *arg;
};

static int run(struct scope *scope, void *arg)
{
	const struct plugin_function *function = arg;
	int rc = function->fn((socle_context *)scope, function->arg);

	if (rc < 0 && !error_is_set(&scope->error))
		scope_throw(scope, ERROR_INTERNAL, "A transaction of %s failed without saying why", api_plugin_name(scope));
	return rc < 0 ? -1 : 0;
}

int socle_transaction(socle_context *ctx, int (*fn)(socle_context *ctx, void *arg), void *arg)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct plugin_function function = { .fn = fn, .arg = arg };

	if (!scope->pool)
		return scope_throw(scope, ERROR_INTERNAL, "%s() was called where there is no database", __func__);
	return transaction_run(scope, run, &function);
}

unsigned socle_attempt(const socle_context *ctx)
{
	const struct scope *scope = api_scope(ctx, __func__);

	return scope->transaction ? scope->transaction->attempt : 0;
}

static void call_back(struct scope *scope, void *arg)
{
	const struct plugin_function *function = arg;

	function->callback((socle_context *)scope, function->arg);
}

void socle_on_commit(socle_context *ctx, void (*fn)(socle_context *ctx, void *arg), void *arg)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct plugin_function *function = arena_new_of(scope->arena, struct plugin_function);

	*function = (struct plugin_function){ .callback = fn, .arg = arg };
	transaction_on_commit(scope, call_back, function);
}
