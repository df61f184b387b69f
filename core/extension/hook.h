/* Hooks: what plugins run when content is read or written.
 *
 * Three kinds, each listed by a plugin's manifest and resolved when the generation is built:
 *
 *	lifecycle	around what the Query Engine does to the rows of one model (query/lifecycle.h)
 *	middleware	around a call of the Document Service (document/service.h)
 *	subscriber	told of what happened to entries (extension/event.h)
 *
 * A model that nobody hooks into costs one load and one comparison:
 *
 *	const struct hooks *before = hooks_of(scope, model, LIFECYCLE_CREATE, LIFECYCLE_BEFORE);
 *	if (before)
 *		...
 */
#ifndef EXTENSION_HOOK_H
#define EXTENSION_HOOK_H

#include "extension/generation.h"
#include "extension/scope.h"
#include "model/model.h"

enum lifecycle {
	LIFECYCLE_CREATE, LIFECYCLE_CREATE_MANY, LIFECYCLE_UPDATE, LIFECYCLE_UPDATE_MANY, LIFECYCLE_DELETE,
	LIFECYCLE_DELETE_MANY, LIFECYCLE_FIND_ONE, LIFECYCLE_FIND_MANY, LIFECYCLE_COUNT, LIFECYCLES
};

enum lifecycle_phase { LIFECYCLE_BEFORE, LIFECYCLE_AFTER, LIFECYCLE_PHASES };

/* "beforeCreate", "afterFindMany", ... */
const char *lifecycle_name(enum lifecycle lifecycle, enum lifecycle_phase phase);
bool lifecycle_of_name(struct str name, enum lifecycle *lifecycle_r, enum lifecycle_phase *phase_r);

/* What a hook is called with besides the scope: the struct of its kind. */
typedef int hook_fn(struct scope *scope, void *what);

struct hook {
	struct step step;		/* its name and instance; `fn` is not used */
	hook_fn *fn;
	uint32_t wanted;		/* middlewares: bits of document actions; subscribers: of events */
	unsigned subscriber;		/* lifecycles: the entry of the manifest it stands for, numbered over all plugins */
};

struct hooks {
	struct hook *items;
	unsigned count;
};

/* Of one model. */
struct model_hooks {
	struct hooks lifecycles[LIFECYCLE_PHASES][LIFECYCLES];
	struct hooks middlewares;
};

/* Of a generation. */
struct hook_table {
	const struct model_hooks **models;	/* by model->index; NULL: nobody hooks into it */
	unsigned subscriber_count;		/* of lifecycles */
	struct hooks durable, after_commit;	/* subscribers */
	uint32_t events;			/* bits of those that somebody wants */
};

/* NULL when there are none. */
static inline const struct hooks *hooks_of(const struct scope *scope, const struct model *model,
	enum lifecycle lifecycle, enum lifecycle_phase phase)
{
	const struct model_hooks *hooks = scope->generation->hooks ? scope->generation->hooks->models[model->index] : NULL;

	return hooks && hooks->lifecycles[phase][lifecycle].count ? &hooks->lifecycles[phase][lifecycle] : NULL;
}

/* Somebody hooks in before or after. */
static inline bool hooks_any(const struct scope *scope, const struct model *model, enum lifecycle lifecycle)
{
	return hooks_of(scope, model, lifecycle, LIFECYCLE_BEFORE) || hooks_of(scope, model, lifecycle, LIFECYCLE_AFTER);
}

/* Through the door, as extension_call(). Negative with the error on the scope, also when the hook failed without saying why. */
int hook_call(struct scope *scope, const struct hook *hook, void *what);

#endif
