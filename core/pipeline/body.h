/* Reading a request's body by its content type. */
#ifndef PIPELINE_BODY_H
#define PIPELINE_BODY_H

#include "pipeline/body_options.h"
#include "pipeline/request.h"

/* Reads and parses the body of POST, PUT and PATCH (or what the options say): JSON, forms and texts become
 * request->body, files request->uploads; another type leaves both alone. All but multipart bodies may come compressed. 0,
 * or -1 with the error on the scope. */
int body_read(struct request *request, const struct body_options *options) __attribute__((warn_unused_result));

#endif
