#include "extension/generation.h"

#include <assert.h>

#include "base/log.h"
#include "extension/scope.h"
#include "model/model.h"

void generation_unpin(struct generation *generation)
{
	assert(generation->references > 0);
	if (--generation->references == 0)
		generation->release(generation);
}

void generation_mark_stale(struct generation *generation, const struct model *model, const char *reason)
{
	if (!generation->unserved)
		generation->unserved = arena_zalloc(generation->arena, generation->models->count * sizeof(*generation->unserved));
	if (generation->unserved[model->index])
		return;
	generation->unserved[model->index] = arena_strdup(generation->arena, str_of(reason));
	log_error("schema", "%.*s is answered 503 from now on: %s. Put the column or table back, or take it out of the schema, "
		"then run `socle reload`", STR_ARG(model->uid), reason);
}

const struct function *generation_function(const struct generation *generation, enum function_kind kind,
	struct str name)
{
	unsigned low = 0, high = generation->function_count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;
		const struct function *function = &generation->functions[middle];
		int order = (int)kind - (int)function->kind;

		if (order == 0)
			order = str_compare(name, function->name);
		if (order == 0)
			return function;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

struct crossing extension_here(const struct scope *scope)
{
	return (struct crossing){ scope->step, scope->instance };
}

struct crossing extension_enter_again(struct scope *scope, struct crossing whose)
{
	struct crossing before = extension_here(scope);

	scope->step = whose.step;
	scope->instance = whose.instance;
	if (whose.instance)
		whose.instance->calls++;
	return before;
}

struct crossing extension_enter(struct scope *scope, const struct step *step)
{
	return extension_enter_again(scope, (struct crossing){ step, step->instance });
}

void extension_leave(struct scope *scope, struct crossing before)
{
	scope->step = before.step;
	scope->instance = before.instance;
}

int extension_call(struct scope *scope, const struct step *step)
{
	struct crossing before = extension_enter(scope, step);
	int rc = step->fn(scope);

	extension_leave(scope, before);
	return rc;
}

int extension_decide(struct scope *scope, const struct step *policy)
{
	const struct step *outer = scope->policy;
	int rc;

	scope->policy = policy;
	rc = extension_call(scope, policy);
	scope->policy = outer;
	if (rc < 0 && !error_is_set(&scope->error))
		return scope_throw(scope, ERROR_INTERNAL, "The policy %.*s failed without saying why", STR_ARG(policy->name));
	/* Only a clear yes is one. */
	return rc < 0 ? -1 : rc == 1;
}
