#include "plugin/hook_table.h"

#include "document/service.h"
#include "extension/event.h"
#include "extension/hook.h"
#include "plugin/functions.h"
#include "plugin/loader.h"

void hook_table_check(struct build *build)
{
	static const char *const words[FUNCTION_KINDS] = { [FUNCTION_LIFECYCLE] = "lifecycle hook",
		[FUNCTION_DOCUMENT_MIDDLEWARE] = "document middleware", [FUNCTION_SUBSCRIBER] = "subscriber" };

	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin *plugin = &build->plugins[i];

		for (unsigned h = 0; h < plugin->manifest->hook_count; h++) {
			const struct manifest_hook *hook = &plugin->manifest->hooks[h];

			functions_check_symbol(build, plugin, hook->kind, hook->name, node_get(hook->node, "hook"),
				words[hook->kind]);
		}
	}
}

/* ---- one hook ---- */

static void append(struct build *build, struct hooks *hooks, const struct hook *hook)
{
	struct hook *larger;

	/* Rooms of 1, 2, 4, ...: full when the count is one of these. */
	if ((hooks->count & (hooks->count - 1)) == 0) {
		larger = arena_array(build->arena, hooks->count ? hooks->count * 2 : 1, sizeof(*larger));
		if (hooks->count)
			memcpy(larger, hooks->items, hooks->count * sizeof(*larger));
		hooks->items = larger;
	}
	hooks->items[hooks->count++] = *hook;
}

static struct hook make(struct build *build, const struct plugin *plugin, const struct manifest_hook *listed)
{
	struct str namespace = build_namespace(build->scratch, plugin->manifest);
	struct hook hook = { .step = { .instance = plugin->instance, .name = str_of(arena_printf(build->arena, "%.*s%.*s",
		STR_ARG(namespace), STR_ARG(listed->name))) } };
	void *address = loader_symbol(build->scratch, plugin->instance->handle, listed->kind, listed->name);

	/* POSIX lets dlsym() give functions; ISO C has no cast for it. */
	memcpy(&hook.fn, &address, sizeof(hook.fn));
	return hook;
}

static struct model_hooks *hooks_of_model(struct build *build, const struct model *model)
{
	const struct model_hooks **slot = &build->generation->hooks->models[model->index];

	if (!*slot)
		*slot = arena_new_of(build->arena, struct model_hooks);
	return (struct model_hooks *)(uintptr_t)*slot;
}

/* ---- which models ---- */

static bool is_every_model(const struct manifest_hook *listed)
{
	return listed->models.count == 0 || (listed->models.count == 1 && str_is(listed->models.items[0].text, "*"));
}

static bool fits(const struct manifest_hook *listed, const struct model *model)
{
	return listed->kind == FUNCTION_LIFECYCLE || model->kind != MODEL_COMPONENT;
}

static bool names_model(const struct manifest_hook *listed, const struct model *model)
{
	for (unsigned i = 0; i < listed->models.count; i++) {
		if (str_equal(listed->models.items[i].text, model->uid))
			return true;
	}
	return is_every_model(listed) && fits(listed, model);
}

static void say_no_model(struct build *build, const struct manifest_name *name)
{
	const struct models *models = build->generation->models;
	const char **known = arena_zalloc(build->scratch, (models->count + 1) * sizeof(*known));

	/* Uids of models end in a NUL. */
	for (unsigned i = 0; i < models->count; i++)
		known[i] = models->list[i]->uid.p;
	problems_add_unknown(&build->problems, name->node, name->text, known, ": is the plugin there and enabled?",
		"no plugin brings the model \"%.*s\"", STR_ARG(name->text));
}

static void check_models(struct build *build, const struct manifest_hook *listed)
{
	for (unsigned i = 0; i < listed->models.count && !is_every_model(listed); i++) {
		const struct manifest_name *name = &listed->models.items[i];
		const struct model *model = models_find(build->generation->models, name->text);

		if (!model)
			say_no_model(build, name);
		else if (!fits(listed, model))
			problems_add_node(&build->problems, name->node,
				"\"%.*s\" is a component: only content types are documents", STR_ARG(name->text));
	}
}

/* ---- when ---- */

static void say_unknown(struct build *build, const struct manifest_name *name, const char *what, const char *const *known)
{
	problems_add_unknown(&build->problems, name->node, name->text, known, "", "there is no %s \"%.*s\"", what,
		STR_ARG(name->text));
}

static void add_lifecycle(struct build *build, const struct manifest_hook *listed, const struct hook *hook)
{
	const struct models *models = build->generation->models;
	const char *known[LIFECYCLES * LIFECYCLE_PHASES + 1] = { NULL };
	enum lifecycle lifecycle;
	enum lifecycle_phase phase;

	for (unsigned i = 0; i < LIFECYCLES * LIFECYCLE_PHASES; i++)
		known[i] = lifecycle_name((enum lifecycle)(i / LIFECYCLE_PHASES), (enum lifecycle_phase)(i % LIFECYCLE_PHASES));
	for (unsigned i = 0; i < listed->when.count; i++) {
		if (!lifecycle_of_name(listed->when.items[i].text, &lifecycle, &phase)) {
			say_unknown(build, &listed->when.items[i], "lifecycle event", known);
			continue;
		}
		for (unsigned m = 0; m < models->count; m++) {
			if (names_model(listed, models->list[m]))
				append(build, &hooks_of_model(build, models->list[m])->lifecycles[phase][lifecycle], hook);
		}
	}
}

static uint32_t action_bits(struct build *build, const struct manifest_hook *listed)
{
	const char *known[DOCUMENT_ACTIONS + 1] = { NULL };
	uint32_t bits = listed->when.count ? 0 : UINT32_MAX;

	for (unsigned i = 0; i < DOCUMENT_ACTIONS; i++)
		known[i] = document_action_name((enum document_action)i);
	for (unsigned i = 0; i < listed->when.count; i++) {
		enum document_action action = document_action_of_name(listed->when.items[i].text);

		if (action == DOCUMENT_ACTIONS)
			say_unknown(build, &listed->when.items[i], "action", known);
		else
			bits |= UINT32_C(1) << action;
	}
	return bits;
}

static void add_middleware(struct build *build, const struct manifest_hook *listed, struct hook *hook)
{
	const struct models *models = build->generation->models;

	hook->wanted = action_bits(build, listed);
	for (unsigned m = 0; m < models->count; m++) {
		if (names_model(listed, models->list[m]))
			append(build, &hooks_of_model(build, models->list[m])->middlewares, hook);
	}
}

static void add_subscriber(struct build *build, const struct manifest_hook *listed, struct hook *hook)
{
	struct hook_table *table = build->generation->hooks;
	const char *known[EVENT_KINDS + 1] = { NULL };

	for (unsigned i = 0; i < EVENT_KINDS; i++)
		known[i] = event_name((enum event_kind)i);
	for (unsigned i = 0; i < listed->when.count; i++) {
		uint32_t bits = event_bits(listed->when.items[i].text);

		if (!bits)
			say_unknown(build, &listed->when.items[i], "event", known);
		hook->wanted |= bits;
	}
	table->events |= hook->wanted;
	append(build, listed->durable ? &table->durable : &table->after_commit, hook);
}

/* ---- the table ---- */

static void add(struct build *build, const struct plugin *plugin, const struct manifest_hook *listed)
{
	struct hook hook = make(build, plugin, listed);

	check_models(build, listed);
	if (listed->kind == FUNCTION_LIFECYCLE) {
		hook.subscriber = build->generation->hooks->subscriber_count++;
		add_lifecycle(build, listed, &hook);
	} else if (listed->kind == FUNCTION_DOCUMENT_MIDDLEWARE) {
		add_middleware(build, listed, &hook);
	} else {
		add_subscriber(build, listed, &hook);
	}
}

void hook_table_make(struct build *build)
{
	struct generation *generation = build->generation;

	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin *plugin = &build->plugins[i];

		for (unsigned h = 0; h < plugin->manifest->hook_count; h++) {
			if (!generation->hooks) {
				generation->hooks = arena_new_of(build->arena, struct hook_table);
				generation->hooks->models = arena_zalloc(build->arena,
					generation->models->count * sizeof(*generation->hooks->models));
			}
			add(build, plugin, &plugin->manifest->hooks[h]);
		}
	}
}
