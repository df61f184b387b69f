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

/* The names one by one, NULL behind the last. */
const char *report_list_name(size_t i);

/* {"ok", "columns": [key...], "rows": [{key: value}...]}; the caller's. NULL when there is no such list. */
json_t *report_list(const struct generation *generation, const char *list);

struct report {
	const struct generation *generation;
	const char *const *unserved;	/* as schema_judge() fills it; NULL: nobody has looked */
	struct http_stats http;
	struct db_pool_stats database;
};

json_t *report_status(const struct report *report);

#endif
