#include "plugin/manifest_cron.h"

#include "base/cron_rule.h"
#include "plugin/manifest_hook.h"

bool manifest_cron_same(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if ((a.p[i] == '-' ? '_' : a.p[i]) != (b.p[i] == '-' ? '_' : b.p[i]))
			return false;
	}
	return true;
}

/* NULL, with a problem when it is there and no string. */
static const struct node *string_of(const struct node *table, const char *key, struct problems *problems)
{
	const struct node *node = node_get(table, key);

	if (!node || node->type == NODE_STRING)
		return node;
	problems_add_node(problems, node, "`%s` must be a string, but it is %s", key, node_type_name(node));
	return NULL;
}

static bool is_listed(const struct manifest *manifest, struct str name)
{
	for (unsigned i = 0; i < manifest->task_count; i++) {
		if (manifest_cron_same(manifest->tasks[i].name, name))
			return true;
	}
	return false;
}

static void read_task_name(const struct manifest *manifest, struct manifest_task *task, struct problems *problems)
{
	const struct node *node = string_of(task->node, "task", problems);

	if (!node && !node_get(task->node, "task"))
		problems_add_node(problems, task->node, "an entry of `cron` must have a `task`");
	if (!node)
		return;
	if (!manifest_hook_is_name(node->text))
		problems_add_node(problems, node, "`task` is a function's name in small letters: \"prune_drafts\"");
	else if (is_listed(manifest, node->text))
		problems_add_node(problems, node, "the task \"%.*s\" is listed twice: each has one rule; let a second function call "
			"the first", STR_ARG(node->text));
	else
		task->name = node->text;
}

static void read_rule(struct manifest_task *task, struct problems *problems)
{
	const struct node *node = string_of(task->node, "rule", problems);
	struct error error = ERROR_INIT;

	if (!node && !node_get(task->node, "rule"))
		problems_add_node(problems, task->node, "an entry of `cron` must have a `rule`, like \"0 3 * * *\"");
	if (!node)
		return;
	task->rule = node->text;
	if (cron_rule_parse(node->text, &(struct cron_rule){ 0 }, &error) < 0)
		problems_add_node(problems, node, "%s", error_message(&error));
	error_clear(&error);
}

static void read_overlap(struct manifest_task *task, struct problems *problems)
{
	const struct node *node = string_of(task->node, "overlap", problems);

	if (!node)
		return;
	task->overlap = str_is(node->text, "allow");
	if (!task->overlap && !str_is(node->text, "skip"))
		problems_add_node(problems, node, "`overlap` is \"skip\" or \"allow\", not \"%.*s\"", STR_ARG(node->text));
}

static void read_task(const struct manifest *manifest, struct manifest_task *task, struct problems *problems)
{
	static const char *const keys[] = { "task", "rule", "tz", "overlap", "every-host", NULL };
	struct error error = ERROR_INIT;

	if (node_check_keys(task->node, keys, &error) < 0)
		problems_take(problems, &error);
	read_task_name(manifest, task, problems);
	read_rule(task, problems);
	read_overlap(task, problems);
	/* Which zones there are is the machine's to say: plugin/tasks.h. */
	task->zone = string_of(task->node, "tz", problems);
	if (node_read_bool(task->node, "every-host", &task->every_host, &error) < 0)
		problems_take(problems, &error);
}

void manifest_cron_read(struct manifest *manifest, struct arena *arena, const struct node *root, struct problems *problems)
{
	const struct node *array = node_get(root, "cron");
	struct manifest_task *tasks;

	if (!array)
		return;
	if (array->type != NODE_ARRAY) {
		problems_add_node(problems, array, "tasks are written as [[cron]]");
		return;
	}
	tasks = arena_zalloc(arena, (array->items.count + 1) * sizeof(*tasks));
	manifest->tasks = tasks;
	node_foreach(item, array) {
		tasks[manifest->task_count].node = item;
		if (item->type == NODE_TABLE)
			read_task(manifest, &tasks[manifest->task_count++], problems);
		else
			problems_add_node(problems, item, "tasks are written as [[cron]]");
	}
	if (manifest->task_count && str_is_null(manifest->library))
		problems_add_node(problems, manifest->node, "tasks are code: `library` is missing");
}
