/* Reading a request's body by its content type. */
#ifndef PIPELINE_BODY_H
#define PIPELINE_BODY_H

#include "pipeline/request.h"

/* Reads and parses the body of POST, PUT and PATCH: JSON and forms become request->body; another type leaves it NULL. 0, or -1
 * with the error on the scope. */
int body_read(struct request *request) __attribute__((warn_unused_result));

#endif
