/* The core controllers: what a content type answers without a line of code.
 *
 * Each is an action like a plugin's: it finds its model in the request's route and
 * returns 0, or a negative number with the error on the scope.
 */
#ifndef REST_ACTIONS_H
#define REST_ACTIONS_H

#include "extension/generation.h"
#include "model/model.h"

/* "find", "findOne", "create", "update", "delete"; NULL when the model's kind has no such action. */
extension_fn *rest_core_action(const struct model *model, struct str action);

/* A core action with the route that leads to it. */
struct rest_core_route {
	const char *action;
	const char *method;
	bool with_id;		/* "/:id" behind the type's path */
};

/* The i-th of the model's kind, NULL behind the last. */
const struct rest_core_route *rest_core_route(const struct model *model, unsigned i);

#endif
