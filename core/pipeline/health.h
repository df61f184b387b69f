/* GET /_health: whether the host answers at all. Open to everybody, so it tells nothing else. */
#ifndef PIPELINE_HEALTH_H
#define PIPELINE_HEALTH_H

#include "pipeline/request.h"

/* Whatever the method, as with Strapi. */
bool health_asked(const struct request *request);

/* 204. */
int health_answer(struct request *request) __attribute__((warn_unused_result));

#endif
