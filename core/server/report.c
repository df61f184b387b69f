#include "server/report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "config/settings.h"
#include "document/service.h"
#include "extension/event.h"
#include "extension/hook.h"
#include "extension/task.h"
#include "model/model.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static json_t *text(struct str s)
{
	return s.p ? json_stringn(s.p, s.n) : json_null();
}

/* The host's own things have no instance. */
static json_t *owner(const struct instance *instance)
{
	return instance ? text(instance->name) : json_string("socle");
}

/* ---- lists ---- */

static json_t *uses(const struct route_use *items, unsigned count)
{
	json_t *names = json_array();

	for (unsigned i = 0; i < count; i++)
		json_array_append_new(names, text(items[i].name));
	return names;
}

static void list_routes(const struct generation *generation, json_t *rows)
{
	for (unsigned i = 0; i < generation->route_count; i++) {
		const struct route *route = &generation->routes[i];

		json_array_append_new(rows,
			json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
				"method", text(route->method),
				"path", text(route->path),
				"action", text(route->action),
				"auth", route->auth ? text(route->scope) : json_false(),
				"policies", uses(route->policies, route->policy_count),
				"middlewares", uses(route->middlewares, route->middleware_count),
				"plugin", owner(route->instance)));
	}
}

static void list_functions(const struct generation *generation, enum function_kind kind, json_t *rows)
{
	for (unsigned i = 0; i < generation->function_count; i++) {
		const struct function *function = &generation->functions[i];

		if (function->kind == kind)
			json_array_append_new(rows, json_pack("{s:o, s:o}", "name", text(function->name),
				"plugin", owner(function->instance)));
	}
}

static void list_policies(const struct generation *generation, json_t *rows)
{
	list_functions(generation, FUNCTION_POLICY, rows);
}

static void list_actions(const struct generation *generation, json_t *rows)
{
	list_functions(generation, FUNCTION_ACTION, rows);
}

/* The place in the global chain, from 1, or null for one that only routes use. */
static json_t *global_place(const struct generation *generation, struct str name)
{
	for (unsigned i = 0; i < generation->middlewares.count; i++) {
		if (str_equal(generation->middlewares.steps[i].name, name))
			return json_integer(i + 1);
	}
	return json_null();
}

/* First those that every request passes, in their order. */
static void list_middlewares(const struct generation *generation, json_t *rows)
{
	for (unsigned i = 0; i < generation->middlewares.count; i++) {
		const struct step *step = &generation->middlewares.steps[i];

		json_array_append_new(rows, json_pack("{s:o, s:o, s:i}", "name", text(step->name),
			"plugin", owner(step->instance), "global", (int)i + 1));
	}
	for (unsigned i = 0; i < generation->function_count; i++) {
		const struct function *function = &generation->functions[i];
		json_t *place;

		if (function->kind != FUNCTION_MIDDLEWARE)
			continue;
		place = global_place(generation, function->name);
		if (json_is_null(place))
			json_array_append_new(rows, json_pack("{s:o, s:o, s:o}", "name", text(function->name),
				"plugin", owner(function->instance), "global", place));
		else
			json_decref(place);
	}
}

static void list_content_types(const struct generation *generation, json_t *rows)
{
	static const char *const kinds[] = {
		[MODEL_COLLECTION] = "collectionType",
		[MODEL_SINGLE] = "singleType",
		[MODEL_COMPONENT] = "component",
	};

	for (unsigned i = 0; generation->models && i < generation->models->count; i++) {
		const struct model *model = generation->models->list[i];

		json_array_append_new(rows,
			json_pack("{s:o, s:s, s:o, s:b, s:b, s:o}",
				"uid", text(model->uid),
				"kind", kinds[model->kind],
				"table", text(model->table),
				"draftAndPublish", model->draft_and_publish,
				"localized", model->localized,
				"plugin", text(model->plugin)));
	}
}

static json_t *plugin_json(const struct instance *instance)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:I}",
		"name", text(instance->name),
		"version", text(instance->version),
		"kind", text(instance->kind),
		"hash", text(instance->hash),
		"calls", (json_int_t)instance->calls);
}

static json_t *plugins_json(const struct generation *generation)
{
	json_t *plugins = json_array();

	for (unsigned i = 0; i < generation->instance_count; i++)
		json_array_append_new(plugins, plugin_json(generation->instances[i]));
	return plugins;
}

static void list_plugins(const struct generation *generation, json_t *rows)
{
	for (unsigned i = 0; i < generation->instance_count; i++) {
		json_t *plugin = plugin_json(generation->instances[i]);

		json_object_set_new(plugin, "folder", text(generation->instances[i]->folder));
		json_array_append_new(rows, plugin);
	}
}

static void list_services(const struct generation *generation, json_t *rows)
{
	for (unsigned i = 0; i < generation->service_count; i++) {
		const struct service *service = &generation->services[i];

		json_array_append_new(rows, json_pack("{s:o, s:i, s:o}", "name", text(service->step.name), "version",
			(int)service->version, "plugin", owner(service->step.instance)));
	}
}

static json_t *next_time(const struct generation *generation, const struct task *task)
{
	int64_t now = clock_unix_ms() / 1000, next;
	char text[CLOCK_ISO_SIZE];

	if (!generation->settings->cron_enabled || !task->enabled || !cron_rule_next(&task->rule, task->zone, now, &next))
		return json_null();
	clock_format_iso(next * 1000, text);
	return json_string(text);
}

static void list_tasks(const struct generation *generation, json_t *rows)
{
	for (unsigned i = 0; i < generation->task_count; i++) {
		const struct task *task = &generation->tasks[i];

		json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:o, s:s, s:s, s:o}",
			"name", text(task->step.name),
			"rule", text(task->rule_text),
			"tz", text(task->zone_name),
			"next", next_time(generation, task),
			"overlap", task->overlap ? "allow" : "skip",
			"hosts", task->every_host ? "every" : "one",
			"plugin", owner(task->step.instance)));
	}
}

/* ---- hooks ---- */

static void add_hooks(json_t *rows, const struct hooks *hooks, const char *kind, const char *when, json_t *model)
{
	for (unsigned i = 0; i < hooks->count; i++)
		json_array_append_new(rows, json_pack("{s:o, s:s, s:s, s:O, s:o}", "hook", text(hooks->items[i].step.name),
			"kind", kind, "when", when, "model", model, "plugin", owner(hooks->items[i].step.instance)));
	json_decref(model);
}

static json_t *actions_text(uint32_t bits)
{
	struct buf out = BUF_INIT;
	json_t *json;

	for (unsigned i = 0; i < DOCUMENT_ACTIONS; i++) {
		if (bits & UINT32_C(1) << i)
			buf_printf(&out, "%s%s", out.n ? "," : "", document_action_name((enum document_action)i));
	}
	json = json_string(bits == UINT32_MAX ? "*" : buf_cstr(&out));
	buf_clear(&out);
	return json;
}

static void list_model_hooks(const struct model_hooks *hooks, const struct model *model, json_t *rows)
{
	for (unsigned i = 0; i < hooks->middlewares.count; i++) {
		const struct hooks one = { &hooks->middlewares.items[i], 1 };
		json_t *actions = actions_text(one.items->wanted);

		add_hooks(rows, &one, "document-middleware", json_string_value(actions), text(model->uid));
		json_decref(actions);
	}
	for (unsigned i = 0; i < LIFECYCLES * LIFECYCLE_PHASES; i++) {
		enum lifecycle lifecycle = (enum lifecycle)(i / LIFECYCLE_PHASES);
		enum lifecycle_phase phase = (enum lifecycle_phase)(i % LIFECYCLE_PHASES);

		add_hooks(rows, &hooks->lifecycles[phase][lifecycle], "lifecycle", lifecycle_name(lifecycle, phase),
			text(model->uid));
	}
}

static void list_subscribers(const struct hooks *subscribers, const char *kind, json_t *rows)
{
	for (unsigned i = 0; i < subscribers->count; i++) {
		const struct hooks one = { &subscribers->items[i], 1 };

		for (unsigned e = 0; e < EVENT_KINDS; e++) {
			if (one.items->wanted & UINT32_C(1) << e)
				add_hooks(rows, &one, kind, event_name((enum event_kind)e), json_null());
		}
	}
}

static void list_hooks(const struct generation *generation, json_t *rows)
{
	const struct hook_table *table = generation->hooks;

	for (unsigned i = 0; table && i < generation->models->count; i++) {
		if (table->models[generation->models->list[i]->index])
			list_model_hooks(table->models[generation->models->list[i]->index], generation->models->list[i], rows);
	}
	if (table) {
		list_subscribers(&table->durable, "durable subscriber", rows);
		list_subscribers(&table->after_commit, "subscriber", rows);
	}
}

struct list {
	const char *name;
	void (*fill)(const struct generation *generation, json_t *rows);
	const char *columns[8];
};

static const struct list lists[] = {
	{ "routes", list_routes,
		{ "method", "path", "action", "auth", "policies", "middlewares", "plugin" } },
	{ "policies", list_policies, { "name", "plugin" } },
	{ "middlewares", list_middlewares, { "name", "global", "plugin" } },
	{ "controllers", list_actions, { "name", "plugin" } },
	{ "content-types", list_content_types,
		{ "uid", "kind", "table", "draftAndPublish", "localized", "plugin" } },
	{ "services", list_services, { "name", "version", "plugin" } },
	{ "tasks", list_tasks, { "name", "rule", "tz", "next", "overlap", "hosts", "plugin" } },
	{ "hooks", list_hooks, { "model", "kind", "when", "hook", "plugin" } },
	{ "plugins", list_plugins, { "name", "version", "kind", "hash", "calls", "folder" } },
};

const char *report_list_name(size_t i)
{
	return i < COUNT(lists) ? lists[i].name : NULL;
}

static const struct list *find(const char *name)
{
	for (size_t i = 0; i < COUNT(lists); i++) {
		if (strcmp(lists[i].name, name) == 0)
			return &lists[i];
	}
	return NULL;
}

bool report_knows(const char *list)
{
	return find(list) != NULL;
}

json_t *report_list(const struct generation *generation, const char *name)
{
	const struct list *list = find(name);
	json_t *columns, *rows;

	if (!list)
		return NULL;
	columns = json_array();
	rows = json_array();
	for (size_t i = 0; i < COUNT(list->columns) && list->columns[i]; i++)
		json_array_append_new(columns, json_string(list->columns[i]));
	list->fill(generation, rows);
	return json_pack("{s:b, s:o, s:o}", "ok", 1, "columns", columns, "rows", rows);
}

/* ---- status ---- */

static long resident_kib(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%*s %ld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static json_t *unserved_json(const struct report *report)
{
	const struct models *models = report->generation->models;
	json_t *list = json_array();

	for (unsigned i = 0; report->unserved && i < models->count; i++) {
		const char *reason = report->unserved[models->list[i]->index];

		if (reason)
			json_array_append_new(list,
				json_pack("{s:o, s:s}", "uid", text(models->list[i]->uid), "reason", reason));
	}
	return list;
}

json_t *report_status(const struct report *report)
{
	const struct db_pool_stats *database = &report->database;
	json_t *connections = json_pack("{s:b, s:i, s:i, s:i}", "available", database->available,
		"open", (int)database->open, "idle", (int)database->idle, "waiting", (int)database->waiting);

	return json_pack("{s:i, s:i, s:I, s:I, s:o, s:o, s:o}",
		"inFlight", (int)report->http.in_flight,
		"connections", (int)report->http.connections,
		"rssKiB", (json_int_t)resident_kib(),
		"messages", (json_int_t)report->http.messages,
		"database", connections,
		"plugins", plugins_json(report->generation),
		"unserved", unserved_json(report));
}
