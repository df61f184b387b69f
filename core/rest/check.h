/* Whether a caller may use the names in its parameters: Strapi's validation of queries.
 *
 * Each parameter is walked several times, once per question, in Strapi's order; the first
 * answer "no" ends it with `Invalid key <key> at <path>` and the recorded details. Nothing is converted
 * here: rest/params.c does that afterwards, on names that are known to be good.
 */
#ifndef REST_CHECK_H
#define REST_CHECK_H

#include "base/error.h"
#include "http/query.h"
#include "rest/access.h"

/* Where the checks are asked from. */
struct check {
	const struct access *access;
	struct arena *arena;
	bool trusted;			/* the host's own code asks: private names are fine, unknown ones aren't */
	bool in_populate;		/* filters, sort and fields stand inside populate: details.param says so */
	const struct models *models;	/* to find what fragments of populate name */
	unsigned populate_depth;	/* levels at the most */
	const char *param;		/* what details.param says: "filters", "sort", ... */
	struct error *error;
};

int check_filters(struct check *check, const struct model *model, const struct param *filters)
	__attribute__((warn_unused_result));
int check_sort(struct check *check, const struct model *model, const struct param *sort)
	__attribute__((warn_unused_result));
int check_fields(struct check *check, const struct model *model, const struct param *fields)
	__attribute__((warn_unused_result));

/* rest/populate_check.c. */
int check_populate(struct check *check, const struct model *model, const struct param *populate)
	__attribute__((warn_unused_result));

/* `Invalid key <key> [at <path>]`, 400; path NULL for a name that is unknown at the root. Returns -1. */
int check_refuse(struct check *check, struct str key, const char *path);

#endif
