/* What happens to others when an entry is published for the first time: those that led to its draft and have no drafts of
 * their own lead to the published row from now on as well.
 *
 * Later publications need none of it: the published row keeps its id.
 */
#ifndef DOCUMENT_ADOPT_H
#define DOCUMENT_ADOPT_H

#include "extension/scope.h"
#include "model/model.h"

int adopt_links(struct scope *scope, const struct model *model, uint64_t draft, uint64_t published)
	__attribute__((warn_unused_result));

#endif
