/* Bodies of type multipart/form-data: fields become request->body, files go to disk (pipeline/upload.h) as
 * they come. */
#ifndef PIPELINE_FORM_DATA_H
#define PIPELINE_FORM_DATA_H

#include "pipeline/body_options.h"
#include "pipeline/request.h"

/* 0, or -1 with the error on the scope. */
int form_data_read(struct request *request, const struct body_options *options) __attribute__((warn_unused_result));

#endif
