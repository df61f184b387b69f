/* Everything with a name that a route or a middleware list can refer to.
 *
 *	functions_check(build);		// before any library is opened: is each listed name exported?
 *	functions_add(build);		// afterwards: names and addresses
 *	const struct build_function *found = functions_find(build, FUNCTION_POLICY, plugin, STR("is-owner"));
 *	functions_finish(build);	// into the generation, sorted
 */
#ifndef PLUGIN_FUNCTIONS_H
#define PLUGIN_FUNCTIONS_H

#include "plugin/build.h"

void functions_check(struct build *build);
void functions_add(struct build *build);
void functions_finish(struct build *build);

/* Before any library is opened: a problem at the node, unless the plugin's library has the function. `what`: "policy", ... */
void functions_check_symbol(struct build *build, const struct plugin *plugin, enum function_kind kind, struct str name,
	const struct node *node, const char *what);

/* By its full name; or by its short one in the plugin that says it (NULL: nobody's); or as
 * "blog::view-counter". NULL when there is none. */
const struct build_function *functions_find(
	struct build *build, enum function_kind kind, const struct plugin *plugin, struct str name);

/* What one use is configured with: checked against the options that the function's plugin declares. NULL:
 * nothing. */
const json_t *functions_options(
	struct build *build, const struct build_function *function, const struct node *config);

/* The same for code that asks at run time: a generation's check_options. */
int functions_check_options(const struct function *function, const json_t *config, json_t **options_r, struct error *error);

/* What a route's handler means. */
struct handler {
	struct str name;		/* full: "api::article.article.popular" */
	struct str local;		/* "article.popular": what its symbol is made of */
	const struct model *model;	/* of the controller; NULL */
	bool own;			/* of the plugin that declares the route: it may bring the code */
};
struct handler functions_handler(
	struct build *build, const struct plugin *plugin, const struct manifest_route *route);

#endif
