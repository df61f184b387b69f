/* Versions as plugins have them, and the ranges in which they require one another.
 *
 * A version is "1.2.3" (semver 2: "-beta.1" sorts before, "+build" doesn't count). A range is a list of
 * comparisons that must all hold, or several such lists with "||" between them: ">=1.0 <2", "^1.2",
 * "~1.2.3", "1.x", "*". Numbers that are left out are 0; in "1.2" and "=1.2" they may be any.
 *
 *	struct version version;
 *	if (version_parse(STR("1.4.2"), &version) && version_matches(&version, STR("^1.2")))
 */
#ifndef PLUGIN_VERSION_H
#define PLUGIN_VERSION_H

#include "base/str.h"

struct version {
	uint64_t major, minor, patch;
	struct str pre;			/* "beta.1"; STR_NULL */
};

/* All three numbers must be there. */
bool version_parse(struct str text, struct version *version_r) __attribute__((warn_unused_result));

/* Negative, 0, positive. */
int version_compare(const struct version *a, const struct version *b);

bool version_range_valid(struct str range);

/* False as well for a range that isn't one. */
bool version_matches(const struct version *version, struct str range);

#endif
