/* What `socle status` says. */
#ifndef SERVER_STATUS_H
#define SERVER_STATUS_H

#include <jansson.h>

struct supervisor;

/* `answers`: of the survey "status", by process id. The result is the caller's. */
json_t *status_json(const struct supervisor *supervisor, const json_t *answers);

#endif
