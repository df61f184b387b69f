/* What each action of the Document Service does, when its middlewares have been passed: the part of document/service.h that reads and
 * writes. */
#ifndef DOCUMENT_ACTION_H
#define DOCUMENT_ACTION_H

#include "document/service.h"

/* Leaves the result in the call. A write is a transaction of its own, or part of the open one. */
int action_run(struct scope *scope, struct document_call *call) __attribute__((warn_unused_result));

#endif
