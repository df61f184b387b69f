#include "server/status.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/supervisor.h"

static const char *const counts[] = { "inFlight", "connections", "rssKiB", "messages" };
static const char *const task_counts[] = { "tasks", "running", "runs", "failed", "skipped", "rssKiB" };
static const char *const connections[] = { "open", "idle", "waiting" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static json_t *moment(int64_t unix_ms)
{
	char text[CLOCK_ISO_SIZE];

	if (!unix_ms)
		return json_null();
	clock_format_iso(unix_ms, text);
	return json_string(text);
}

static const json_t *answer_of(const json_t *answers, const struct child *child)
{
	char key[16];

	snprintf(key, sizeof(key), "%d", (int)child->pid);
	return json_object_get(answers, key);
}

/* The counts of a child that hasn't answered are null. */
static json_t *child_json(const struct child *child, const json_t *said, const char *const *names, size_t name_count)
{
	json_t *json = json_pack("{s:i, s:i, s:s}",
		"pid", (int)child->pid,
		"generation", (int)child->generation,
		"state", child_doing(child));

	if (child->role == CHILD_WORKER)
		json_object_set_new(json, "number", json_integer(child->number));
	for (size_t i = 0; i < name_count; i++) {
		json_t *count = json_object_get(said, names[i]);

		json_object_set_new(json, names[i], count ? json_deep_copy(count) : json_null());
	}
	return json;
}

static json_t *workers_json(const struct supervisor *supervisor, const json_t *answers)
{
	json_t *workers = json_array();
	const struct child *child;

	TAILQ_FOREACH(child, &supervisor->children, entry) {
		if (child->role == CHILD_WORKER && child->pid)
			json_array_append_new(workers, child_json(child, answer_of(answers, child), counts, COUNT(counts)));
	}
	return workers;
}

/* One, two while a reload is under way, or none. */
static json_t *background_json(const struct supervisor *supervisor, const json_t *answers)
{
	json_t *list = json_array();
	const struct child *child;

	TAILQ_FOREACH(child, &supervisor->children, entry) {
		if (child->role == CHILD_BACKGROUND && child->pid)
			json_array_append_new(list, child_json(child, answer_of(answers, child), task_counts, COUNT(task_counts)));
	}
	return list;
}

static void add_count(json_t *sum, const char *key, const json_t *more)
{
	json_object_set_new(sum, key, json_integer(json_integer_value(json_object_get(sum, key)) +
		json_integer_value(json_object_get(more, key))));
}

static json_t *find_named(json_t *list, const char *name)
{
	json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *its = json_string_value(json_object_get(item, "name"));

		if (its && name && strcmp(its, name) == 0)
			return item;
	}
	return NULL;
}

static void add_plugins(json_t *plugins, const json_t *said)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(said, "plugins"), i, item) {
		json_t *known = find_named(plugins, json_string_value(json_object_get(item, "name")));

		if (known)
			add_count(known, "calls", item);
		else
			json_array_append_new(plugins, json_deep_copy(item));
	}
}

static void add_database(json_t *database, const json_t *said, bool first)
{
	bool available = json_is_true(json_object_get(said, "available"));

	for (size_t i = 0; i < COUNT(connections); i++)
		add_count(database, connections[i], said);
	if (first || !available)
		json_object_set_new(database, "available", json_boolean(available));
}

/* What the workers of the generation in force say together. */
static void add_sums(const struct supervisor *supervisor, const json_t *answers, json_t *status)
{
	json_t *plugins = json_array(), *unserved = NULL, *database = json_pack("{s:b}", "available", 0);
	const struct child *child;
	bool first = true;

	TAILQ_FOREACH(child, &supervisor->children, entry) {
		const json_t *said = answer_of(answers, child);

		if (!said || child->generation != supervisor->generation)
			continue;
		add_plugins(plugins, said);
		add_database(database, json_object_get(said, "database"), first);
		unserved = json_object_get(said, "unserved");
		first = false;
	}
	json_object_set_new(status, "plugins", plugins);
	json_object_set_new(status, "database", database);
	json_object_set_new(status, "unserved", unserved ? json_deep_copy(unserved) : json_array());
}

static json_t *reload_json(const struct reload *reload)
{
	return json_pack("{s:o, s:b, s:s?, s:b}",
		"at", moment(reload->at_unix_ms),
		"ok", reload->ok,
		"message", reload->message,
		"underWay", reload->stage != RELOAD_IDLE);
}

static json_t *listen_json(const struct listeners *listeners)
{
	json_t *list = json_array();
	char url[300];

	for (unsigned i = 0; i < listeners->count; i++) {
		listener_url(&listeners->items[i], url, sizeof(url));
		json_array_append_new(list, json_string(url));
	}
	return list;
}

json_t *status_json(const struct supervisor *supervisor, const json_t *answers)
{
	json_t *status = json_pack("{s:b, s:s, s:i, s:i, s:o, s:o, s:o, s:o, s:o}",
		"ok", 1,
		"version", SOCLE_VERSION,
		"pid", (int)getpid(),
		"generation", (int)supervisor->generation,
		"since", moment(supervisor->since_unix_ms),
		"listen", listen_json(&supervisor->listeners),
		"workers", workers_json(supervisor, answers),
		"background", background_json(supervisor, answers),
		"lastReload", reload_json(&supervisor->reload));

	add_sums(supervisor, answers, status);
	return status;
}
