#include <socle/document_middleware.h>

#include "api/documents.h"
#include "api/door.h"
#include "document/service.h"
#include "model/model.h"

/* socle_call is what plugins call it; it has no other shape. */
static struct document_call *check(const socle_call *call, const char *function)
{
	struct document_call *inside = (struct document_call *)(uintptr_t)call;

	if (!inside || inside->magic != DOCUMENT_CALL_MAGIC)
		api_abort(function, "what is no call, or one that is over");
	return inside;
}

const char *socle_call_action(const socle_call *call)
{
	return document_action_name(check(call, __func__)->action);
}

const char *socle_call_model(const socle_call *call)
{
	return check(call, __func__)->model->uid.p;
}

json_t *socle_call_params(socle_context *ctx, socle_call *call)
{
	return document_call_params(api_scope(ctx, __func__), check(call, __func__));
}

int socle_call_next(socle_context *ctx, socle_call *call)
{
	return document_call_next(api_scope(ctx, __func__), check(call, __func__));
}

socle_documents *socle_call_documents(socle_context *ctx, socle_call *call)
{
	struct scope *scope = api_scope(ctx, __func__);
	struct document_call *inside = check(call, __func__);

	return inside->documents ? api_documents_new(scope, inside->documents) : NULL;
}

void socle_call_set_documents(socle_context *ctx SOCLE_UNUSED, socle_call *call, const socle_documents *documents)
{
	const socle_documents *given = api_documents_check(documents, __func__);

	check(call, __func__)->documents = given ? given->content : NULL;
}

int64_t socle_call_count(const socle_call *call)
{
	return (int64_t)check(call, __func__)->total;
}

void socle_call_set_count(socle_context *ctx SOCLE_UNUSED, socle_call *call, int64_t count)
{
	check(call, __func__)->total = count < 0 ? 0 : (uint64_t)count;
}
