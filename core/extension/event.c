#include "extension/event.h"

#include "base/json.h"
#include "base/log.h"
#include "extension/hook.h"
#include "extension/transaction.h"
#include "loop/fiber.h"

static const char *const names[EVENT_KINDS] = {
	[EVENT_CREATE] = "entry.create", [EVENT_UPDATE] = "entry.update", [EVENT_DELETE] = "entry.delete",
	[EVENT_PUBLISH] = "entry.publish", [EVENT_UNPUBLISH] = "entry.unpublish",
	[EVENT_DISCARD_DRAFT] = "entry.draft-discard",
};

const char *event_name(enum event_kind kind)
{
	return names[kind];
}

uint32_t event_bits(struct str pattern)
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		if (str_is(pattern, "*") || str_is(pattern, "entry.*") || str_equal(pattern, str_of(names[i])))
			bits |= UINT32_C(1) << i;
	}
	return bits;
}

/* As in Strapi: what happens to accounts is nobody's business. */
static bool is_account(const struct model *model)
{
	return str_starts(model->uid, STR("admin::")) || str_is(model->uid, "plugin::users-permissions.user");
}

bool event_wanted(const struct scope *scope, const struct model *model, enum event_kind kind)
{
	const struct hook_table *hooks = scope->generation->hooks;

	return hooks && hooks->events & UINT32_C(1) << kind && !is_account(model);
}

int event_raise(struct scope *scope, const struct event *event)
{
	struct event *kept = arena_memdup(scope->arena, event, sizeof(*event));

	kept->magic = EVENT_MAGIC;
	kept->next = NULL;
	json_own(scope->arena, kept->entry);
	kept->depth = scope->transaction->event_depth;
	if (kept->depth > EVENTS_DEPTH || scope->transaction->event_count == EVENTS_AT_MOST)
		return scope_throw(scope, ERROR_INTERNAL, "One transaction has raised %u events, the last of them %s of %.*s, behind %u "
			"durable subscribers: does one write what it subscribes to?", scope->transaction->event_count,
			names[event->kind], STR_ARG(event->model->uid), kept->depth);
	transaction_add_event(scope, kept);
	return 0;
}

/* ---- telling ---- */

static bool wants(const struct hook *hook, const struct event *event)
{
	return hook->wanted & UINT32_C(1) << event->kind;
}

int event_tell_durable(struct scope *scope, const struct event *first)
{
	const struct hook_table *hooks = scope->generation->hooks;

	for (const struct event *event = first; event; event = event->next) {
		scope->transaction->event_depth = event->depth + 1;
		for (unsigned i = 0; i < hooks->durable.count; i++) {
			const struct hook *hook = &hooks->durable.items[i];

			if (wants(hook, event) && hook_call(scope, hook, (void *)(uintptr_t)event) < 0)
				return -1;
		}
	}
	return 0;
}

/* The events of one transaction, on their way. */
struct delivery {
	struct arena *arena;
	struct generation *generation;	/* pinned */
	struct db_pool *pool;
	struct event *first;
	struct delivery *next;
};

/* What a generation has under way; in its arena. */
struct deliveries {
	unsigned running, waiting;
	uint64_t dropped;
	struct delivery *first, *last;
};

static void tell(const struct delivery *delivery, const struct hook *hook, struct event *event)
{
	struct arena *arena = arena_new(4 * 1024);
	struct scope scope;

	/* Each has a scope of its own, so that what one leaves behind is no other's. */
	scope_init(&scope, arena, delivery->generation, delivery->pool);
	scope.caller = CALLER_HOST;
	if (hook_call(&scope, hook, event) < 0)
		log_error("event", "%.*s failed on %s of %.*s %.*s: %s", STR_ARG(hook->step.name), event_name(event->kind),
			STR_ARG(event->model->uid), STR_ARG(event->document_id), error_message(&scope.error));
	arena_free(arena);
}

static void deliver(struct delivery *delivery)
{
	const struct hooks *subscribers = &delivery->generation->hooks->after_commit;
	struct generation *generation = delivery->generation;

	for (struct event *event = delivery->first; event; event = event->next) {
		for (unsigned i = 0; i < subscribers->count; i++) {
			if (wants(&subscribers->items[i], event))
				tell(delivery, &subscribers->items[i], event);
		}
	}
	arena_free(delivery->arena);
	generation_unpin(generation);
}

static struct delivery *take(struct deliveries *deliveries)
{
	struct delivery *delivery = deliveries->first;

	if (!delivery)
		return NULL;
	deliveries->first = delivery->next;
	deliveries->waiting--;
	return delivery;
}

static void run(void *arg)
{
	struct generation *generation = generation_pin(arg);
	struct delivery *delivery;

	while ((delivery = take(generation->deliveries)) != NULL)
		deliver(delivery);
	generation->deliveries->running--;
	generation_unpin(generation);
}

static struct event *copy_of(struct arena *arena, const struct event *first)
{
	struct event *copy = NULL, **at = &copy;

	for (const struct event *event = first; event; event = event->next) {
		*at = arena_memdup(arena, event, sizeof(*event));
		(*at)->document_id = arena_str(arena, event->document_id);
		(*at)->locale = str_is_null(event->locale) ? STR_NULL : arena_str(arena, event->locale);
		json_own(arena, json_incref(event->entry));
		at = &(*at)->next;
	}
	*at = NULL;
	return copy;
}

static struct delivery *delivery_new(struct scope *scope, const struct event *first)
{
	struct arena *arena = arena_new(1024);
	struct delivery *delivery = arena_new_of(arena, struct delivery);

	*delivery = (struct delivery){ arena, generation_pin(scope->generation), scope->pool, copy_of(arena, first), NULL };
	return delivery;
}

void event_tell_later(struct scope *scope, const struct event *first)
{
	struct generation *generation = scope->generation;
	struct deliveries *deliveries = generation->deliveries;
	struct delivery *delivery;

	if (!first || generation->hooks->after_commit.count == 0)
		return;
	if (!deliveries)
		deliveries = generation->deliveries = arena_new_of(generation->arena, struct deliveries);
	if (deliveries->waiting == DELIVERIES_WAITING) {
		if (deliveries->dropped++ % 1000 == 0)
			log_error("event", "subscribers are too slow: %llu changes were not told to them, as %d wait already",
				(unsigned long long)deliveries->dropped, DELIVERIES_WAITING);
		return;
	}
	delivery = delivery_new(scope, first);
	if (deliveries->first)
		deliveries->last->next = delivery;
	else
		deliveries->first = delivery;
	deliveries->last = delivery;
	deliveries->waiting++;
	if (deliveries->running < DELIVERIES_AT_ONCE) {
		deliveries->running++;
		if (!fiber_spawn(fiber_loop(), run, generation))
			deliveries->running--;	/* the next one tries again */
	}
}
