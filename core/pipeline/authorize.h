/* May this caller use this route? */
#ifndef PIPELINE_AUTHORIZE_H
#define PIPELINE_AUTHORIZE_H

#include "pipeline/request.h"

/* 0, or -1 with ERROR_FORBIDDEN or ERROR_UNAUTHORIZED on the scope. */
int authorize(struct request *request) __attribute__((warn_unused_result));

#endif
