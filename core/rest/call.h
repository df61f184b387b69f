/* From REST's parameters to a call of the Document Service.
 *
 *	struct rest_call call;
 *	if (rest_call_of_request(scope, DOCUMENT_FIND_MANY, &call) < 0 || document_call(scope, &call.call) < 0)
 *		return -1;
 *	output_list(scope->request, call.call.documents, &rest_call_params(&call)->pagination, call.call.total);
 *
 * Where document middlewares change the params, they are read again, so ask for them after the call.
 */
#ifndef REST_CALL_H
#define REST_CALL_H

#include "document/service.h"
#include "rest/params.h"

struct rest_call {
	struct document_call call;
	struct rest_params params;	/* as they came; call.arg points to those that count */
};

/* With the query string of the scope's request and the client's rights. */
int rest_call_of_request(struct scope *scope, enum document_action action, struct rest_call *call_r)
	__attribute__((warn_unused_result));

/* With a tree that plugin code made, in REST's own terms: published documents, in pages. */
int rest_call_of_params(struct scope *scope, const struct model *model, enum document_action action,
	const struct param *params, struct rest_call *call_r) __attribute__((warn_unused_result));

/* The same in the Document Service's terms: drafts, unless `status` says otherwise; all of them, unless `start` and `limit` or `page`
 * and `pageSize`, at the root, ask for some. NULL: nothing is asked for. */
int rest_call_of_service(struct scope *scope, const struct model *model, enum document_action action,
	const struct param *params, struct rest_call *call_r) __attribute__((warn_unused_result));

static inline const struct rest_params *rest_call_params(const struct rest_call *call)
{
	return call->call.arg;
}

#endif
