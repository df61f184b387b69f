/* What a client may write: the keys of a body's `data`. */
#ifndef REST_INPUT_H
#define REST_INPUT_H

#include "pipeline/request.h"

/* The body's `data`, an object with keys that may be written; borrowed from the request. The values are judged later
 * (document/validate.h). On failure the error is on the scope, in Strapi's words. */
int input_read(struct request *request, const struct model *model, json_t **data_r) __attribute__((warn_unused_result));

#endif
