/* Route patterns, as path-to-regexp 6 reads them: "/a/:id", ":id?", ":id*", ":id+", ":cat([a-z]+)", "(.*)", "{-:x}?".
 *
 *	struct pattern *pattern = pattern_compile(arena, STR("/articles/:id"), &error);
 *	if (pattern_match(pattern, STR("/articles/7"), params, &count))
 *		...	// params[0] is { "id", "7" }, still encoded
 *
 * Whole paths match, in any ASCII case, with or without one slash at the end.
 */
#ifndef PIPELINE_PATTERN_H
#define PIPELINE_PATTERN_H

#include "pipeline/request.h"

struct pattern;

/* Lives in the arena. The error says what is wrong with the pattern. */
struct pattern *pattern_compile(struct arena *arena, struct str text, struct error *error)
	__attribute__((warn_unused_result));

/* Fills at most REQUEST_PARAMS parameters, pointing into `path`. */
bool pattern_match(const struct pattern *pattern, struct str path, struct request_param *params, unsigned *count_r);

/* What stands before the first parameter. */
struct str pattern_prefix(const struct pattern *pattern);

#endif
