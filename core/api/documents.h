/* What plugins hold as `socle_documents`. */
#ifndef API_DOCUMENTS_H
#define API_DOCUMENTS_H

#include <socle/documents.h>

#include "document/documents.h"
#include "extension/scope.h"
#include "rest/pagination.h"

#define API_DOCUMENTS_MAGIC 0xd0c5e7u

struct socle_documents {
	uint32_t magic;			/* API_DOCUMENTS_MAGIC */
	struct documents *content;	/* NULL: there are none */
	const struct pagination *pagination; /* of a list in REST's terms; NULL */
	uint64_t total;
};

/* In the scope's arena. */
socle_documents *api_documents_new(struct scope *scope, struct documents *content);

/* NULL stays NULL; aborts when it is something else. */
socle_documents *api_documents_check(const socle_documents *documents, const char *function);

/* NULL with the error on the scope: there is no such content type. */
const struct model *api_model(struct scope *scope, const char *uid);

#endif
