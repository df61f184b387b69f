/* What a worker says when it is asked: how it is, and what its generation holds. */
#ifndef SERVER_REPORT_H
#define SERVER_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "db/db.h"
#include "http/server.h"

struct generation;

/* Whether there is a list of that name: "routes", "plugins", ... */
bool report_knows(const char *list);

/* The names, for help and messages: "routes, policies, ..." */
const char *report_lists(void);

/* {"ok", "columns": [key...], "rows": [{key: value}...]}; the caller's. NULL when there is no such list. */
json_t *report_list(const struct generation *generation, const char *list);

json_t *report_status(const struct generation *generation, const struct http_stats *http,
	const struct db_pool_stats *database);

#endif
