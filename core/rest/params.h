/* From the parameters of a request to a query: checked, cleaned, converted, in Strapi's order. */
#ifndef REST_PARAMS_H
#define REST_PARAMS_H

#include "document/version.h"
#include "extension/scope.h"
#include "query/populate.h"
#include "rest/pagination.h"

enum rest_kind {
	REST_LIST,		/* find of a collection: pages */
	REST_ONE,		/* findOne, and find of a single type */
	REST_WRITE,		/* what the answer to a write shows */
};

struct rest_params {
	struct query query;
	struct pagination pagination;	/* REST_LIST */
	struct document_version version;
	struct populate *populate;	/* NULL: nothing */
};

/* Reads a tree of parameters that plugin code made: it may name private attributes, though what it reads is still shown as to
 * the client. On failure the error is on the scope. */
int rest_params_read(struct scope *scope, const struct model *model, const struct param *params, enum rest_kind kind,
	struct rest_params *out_r) __attribute__((warn_unused_result));

/* Reads the query string of the scope's request, for its model, with the client's rights. */
int rest_params_of_request(struct scope *scope, enum rest_kind kind, struct rest_params *out_r)
	__attribute__((warn_unused_result));

#endif
