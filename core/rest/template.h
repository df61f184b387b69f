/* Queries that plugins write once, in REST's own syntax, with values left open.
 *
 *	"filters[views][$gt]=:views&sort=views:desc&pagination[limit]=:limit"
 *
 * A value that is ":name" whole is a place; the places are numbered as they first come. Names are checked
 * when the generation is built, values when the query runs.
 */
#ifndef REST_TEMPLATE_H
#define REST_TEMPLATE_H

#include "base/error.h"
#include "extension/generation.h"
#include "http/query.h"

struct rest_template {
	const struct model *model;
	struct param *tree;
	struct str *places;		/* the names, without colons */
	unsigned place_count;
};

/* In the generation's arena. The error says what is wrong with the text. */
struct rest_template *rest_template_compile(struct generation *generation, struct str uid, struct str text,
	struct error *error) __attribute__((warn_unused_result));

/* The params with their places filled; `values` has place_count entries. */
struct param *rest_template_fill(struct arena *arena, const struct rest_template *template, struct param *const *values);

#endif
