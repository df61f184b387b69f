#include "query/lifecycle.h"

#include "base/json.h"

static int run(struct scope *scope, struct lifecycle_event *event, enum lifecycle_phase phase)
{
	const struct hooks *hooks = hooks_of(scope, event->model, event->lifecycle, phase);

	event->magic = LIFECYCLE_MAGIC;
	event->phase = phase;
	for (unsigned i = 0; hooks && i < hooks->count; i++) {
		if (hook_call(scope, &hooks->items[i], event) < 0)
			return -1;
	}
	return 0;
}

int lifecycle_before(struct scope *scope, struct lifecycle_event *event)
{
	return run(scope, event, LIFECYCLE_BEFORE);
}

int lifecycle_after(struct scope *scope, struct lifecycle_event *event)
{
	return run(scope, event, LIFECYCLE_AFTER);
}

json_t *lifecycle_state(struct scope *scope, struct lifecycle_event *event)
{
	/* The step that runs is the first member of its hook. */
	const struct hook *hook = (const struct hook *)scope->step;
	json_t **state;

	if (!event->states)
		event->states = arena_zalloc(scope->arena,
			scope->generation->hooks->subscriber_count * sizeof(*event->states));
	state = &event->states[hook->subscriber];
	if (!*state)
		*state = json_own(scope->arena, json_object());
	return *state;
}
