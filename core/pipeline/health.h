/* GET /_health: whether the host answers at all. Open to everybody, so it tells nothing else. */
#ifndef PIPELINE_HEALTH_H
#define PIPELINE_HEALTH_H

#include "pipeline/request.h"

/* Answers 204 and returns true when the request asks for it, whatever its method, as Strapi does. */
bool health_answer(struct request *request);

#endif
