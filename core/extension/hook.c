#include "extension/hook.h"

static const char *const names[LIFECYCLES][LIFECYCLE_PHASES] = {
	[LIFECYCLE_CREATE] = { "beforeCreate", "afterCreate" },
	[LIFECYCLE_CREATE_MANY] = { "beforeCreateMany", "afterCreateMany" },
	[LIFECYCLE_UPDATE] = { "beforeUpdate", "afterUpdate" },
	[LIFECYCLE_UPDATE_MANY] = { "beforeUpdateMany", "afterUpdateMany" },
	[LIFECYCLE_DELETE] = { "beforeDelete", "afterDelete" },
	[LIFECYCLE_DELETE_MANY] = { "beforeDeleteMany", "afterDeleteMany" },
	[LIFECYCLE_FIND_ONE] = { "beforeFindOne", "afterFindOne" },
	[LIFECYCLE_FIND_MANY] = { "beforeFindMany", "afterFindMany" },
	[LIFECYCLE_COUNT] = { "beforeCount", "afterCount" },
};

const char *lifecycle_name(enum lifecycle lifecycle, enum lifecycle_phase phase)
{
	return names[lifecycle][phase];
}

bool lifecycle_of_name(struct str name, enum lifecycle *lifecycle_r, enum lifecycle_phase *phase_r)
{
	for (unsigned i = 0; i < LIFECYCLES * LIFECYCLE_PHASES; i++) {
		*lifecycle_r = (enum lifecycle)(i / LIFECYCLE_PHASES);
		*phase_r = (enum lifecycle_phase)(i % LIFECYCLE_PHASES);
		if (str_equal(name, str_of(names[*lifecycle_r][*phase_r])))
			return true;
	}
	return false;
}

int hook_call(struct scope *scope, const struct hook *hook, void *what)
{
	struct crossing before = extension_enter(scope, &hook->step);
	int rc = hook->fn(scope, what);

	extension_leave(scope, before);
	if (rc < 0 && !error_is_set(&scope->error))
		scope_throw(scope, ERROR_INTERNAL, "The hook %.*s failed without saying why", STR_ARG(hook->step.name));
	return rc < 0 ? -1 : 0;
}
