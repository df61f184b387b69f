#include "query/lifecycle.h"

#include "base/json.h"

static int run(struct scope *scope, struct lifecycle_event *event, enum lifecycle_phase phase)
{
	const struct hooks *hooks = hooks_of(scope, event->model, event->lifecycle, phase);
	int rc = 0;

	event->magic = LIFECYCLE_MAGIC;
	event->phase = phase;
	for (unsigned i = 0; hooks && i < hooks->count && rc == 0; i++) {
		event->hook = &hooks->items[i];
		rc = hook_call(scope, event->hook, event);
	}
	/* Whoever kept it has nothing in his hands. */
	event->magic = 0;
	return rc;
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
	json_t **state;

	if (!event->states)
		event->states = arena_zalloc(scope->arena,
			scope->generation->hooks->subscriber_count * sizeof(*event->states));
	state = &event->states[event->hook->subscriber];
	if (!*state)
		*state = json_own(scope->arena, json_object());
	return *state;
}
