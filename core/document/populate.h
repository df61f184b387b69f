/* Reading what documents are populated with. */
#ifndef DOCUMENT_POPULATE_H
#define DOCUMENT_POPULATE_H

#include "extension/scope.h"
#include "query/populate.h"

/* The rows, which were read by the query, with what they lead to; `first` NULL: nothing. */
int document_populate(struct scope *scope, const struct query *query, const struct populate *first,
	const struct rowset *rows, struct loaded **loaded_r) __attribute__((warn_unused_result));

#endif
