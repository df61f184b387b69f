#include "plugin/tasks.h"

#include "extension/task.h"
#include "plugin/functions.h"
#include "plugin/loader.h"
#include "plugin/manifest_cron.h"

void tasks_check(struct build *build)
{
	for (unsigned i = 0; i < build->plugin_count; i++) {
		const struct plugin *plugin = &build->plugins[i];

		for (unsigned t = 0; t < plugin->manifest->task_count; t++) {
			const struct manifest_task *task = &plugin->manifest->tasks[t];

			functions_check_symbol(build, plugin, FUNCTION_TASK, task->name, node_get(task->node, "task"), "task");
		}
	}
}

/* ---- what the manifests say ---- */

static void set_rule(struct build *build, struct task *task, const struct node *node)
{
	struct error error = ERROR_INIT;

	if (cron_rule_parse(node->text, &task->rule, &error) < 0)
		problems_add_node(&build->problems, node, "%s", error_message(&error));
	error_clear(&error);
	task->rule_text = node->text;
}

/* `node` NULL: the machine's own. Tasks in one zone share it. */
static void set_zone(struct build *build, struct task *task, const struct node *node)
{
	const struct generation *generation = build->generation;
	struct str name = node ? node->text : STR_NULL;
	struct error error = ERROR_INIT;

	for (unsigned i = 0; i < generation->task_count; i++) {
		const struct task *other = &generation->tasks[i];

		if (other->zone && str_is_null(other->zone_name) == !node && str_equal(other->zone_name, name)) {
			task->zone = other->zone;
			task->zone_name = name;
			return;
		}
	}
	task->zone = time_zone_load(build->arena, name, &error);
	task->zone_name = name;
	if (task->zone)
		return;
	if (node)
		problems_add_node(&build->problems, node, "`tz`: %s", error_message(&error));
	else
		problems_add(&build->problems, "%s", error_message(&error));
	error_clear(&error);
}

static void add_task(struct build *build, const struct plugin *plugin, const struct manifest_task *listed)
{
	struct generation *generation = build->generation;
	struct str namespace = build_namespace(build->scratch, plugin->manifest);
	struct task *task = &generation->tasks[generation->task_count];

	*task = (struct task){
		.step = {
			.instance = plugin->instance,
			.name = str_of(arena_printf(build->arena, "%.*s%.*s", STR_ARG(namespace), STR_ARG(listed->name))),
			.fn = loader_function(build->scratch, plugin->instance->handle, FUNCTION_TASK, listed->name),
		},
		.overlap = listed->overlap,
		.every_host = listed->every_host,
		.enabled = true,
	};
	for (unsigned i = 0; i < generation->task_count; i++) {
		/* Each has one row in socle_leases. */
		if (manifest_cron_same(generation->tasks[i].step.name, task->step.name))
			problems_add_node(&build->problems, node_get(listed->node, "task"), "the task \"%.*s\" is one of the plugin \"%.*s\", "
				"too; rename one of them, or disable one of the plugins", STR_ARG(task->step.name),
				STR_ARG(generation->tasks[i].step.instance->name));
	}
	if (task->step.name.n > TASK_NAME_LIMIT)
		problems_add_node(&build->problems, node_get(listed->node, "task"), "the name of the task \"%.*s\" has more than %d "
			"characters", STR_ARG(task->step.name), TASK_NAME_LIMIT);
	set_rule(build, task, node_get(listed->node, "rule"));
	set_zone(build, task, listed->zone);
	generation->task_count++;
}

/* ---- what the operator says ---- */

/* "api::blog.prune_drafts", or "blog::prune-drafts" whatever kind of plugin blog is. */
static bool is_called(const struct task *task, struct str name)
{
	struct str plugin = task->step.instance->name, full = task->step.name;
	size_t behind = plugin.n + 2;

	if (manifest_cron_same(full, name))
		return true;
	if (name.n <= behind || !str_equal(str_take(name, plugin.n), plugin) ||
		!str_equal(str_take(str_skip(name, plugin.n), 2), STR("::")))
		return false;
	name = str_skip(name, behind);
	return full.n > name.n && (full.p[full.n - name.n - 1] == '.' || full.p[full.n - name.n - 1] == ':') &&
		manifest_cron_same(str_skip(full, full.n - name.n), name);
}

static struct task *find(const struct build *build, struct str name)
{
	const struct generation *generation = build->generation;

	for (unsigned i = 0; i < generation->task_count; i++) {
		if (is_called(&generation->tasks[i], name))
			return &generation->tasks[i];
	}
	return NULL;
}

static void say_unknown(struct build *build, const struct node *name)
{
	const struct generation *generation = build->generation;
	const char **known = arena_zalloc(build->scratch, (generation->task_count + 1) * sizeof(*known));

	for (unsigned i = 0; i < generation->task_count; i++)
		known[i] = generation->tasks[i].step.name.p;
	problems_add_unknown(&build->problems, name, name->text, known, ": is the plugin there and enabled?",
		"no plugin brings the task \"%.*s\"", STR_ARG(name->text));
}

/* config/settings_lists.c has judged the types. */
static void apply(struct build *build, const struct node *entry)
{
	const struct node *name = node_get(entry, "name"), *rule = node_get(entry, "rule"), *zone = node_get(entry, "tz");
	struct task *task = find(build, name->text);
	struct error error = ERROR_INIT;

	if (!task) {
		say_unknown(build, name);
		return;
	}
	if (rule)
		set_rule(build, task, rule);
	if (zone)
		set_zone(build, task, zone);
	if (node_read_bool(entry, "enabled", &task->enabled, &error) < 0)
		problems_take(&build->problems, &error);
}

void tasks_make(struct build *build)
{
	struct generation *generation = build->generation;
	unsigned count = 0;

	for (unsigned i = 0; i < build->plugin_count; i++)
		count += build->plugins[i].manifest->task_count;
	generation->tasks = arena_array(build->arena, count + 1, sizeof(struct task));
	for (unsigned i = 0; i < build->plugin_count; i++) {
		for (unsigned t = 0; t < build->plugins[i].manifest->task_count; t++)
			add_task(build, &build->plugins[i], &build->plugins[i].manifest->tasks[t]);
	}
	node_foreach(entry, build->settings->cron_tasks)
		apply(build, entry);
}
