#include "plugin/order.h"

#include <stdlib.h>

enum mark { UNSEEN, OPEN, DONE };

struct ordering {
	const struct manifest **all;	/* by name */
	enum mark *marks;
	const struct manifest **sorted;
	unsigned count, sorted_count;
	const struct manifest **path;	/* from the first open one to the one at hand */
	unsigned depth;
	const struct settings *settings;
	struct problems *problems;
};

static int by_name(const void *a, const void *b)
{
	const struct manifest *const *left = a, *const *right = b;

	return str_compare((*left)->name, (*right)->name);
}

static int index_of(const struct ordering *ordering, struct str name)
{
	for (unsigned i = 0; i < ordering->count; i++) {
		if (str_equal(ordering->all[i]->name, name))
			return (int)i;
	}
	return -1;
}

static void say_missing(struct ordering *ordering, const struct manifest *manifest,
	const struct manifest_requirement *requirement)
{
	const struct settings_plugin *entry = NULL;

	if (ordering->settings)
		entry = settings_plugin(ordering->settings, requirement->name);
	problems_add_node(ordering->problems, requirement->node,
		"plugin \"%.*s\" requires \"%.*s\" %.*s, which %s", STR_ARG(manifest->name),
		STR_ARG(requirement->name), STR_ARG(requirement->range),
		entry && !entry->enabled ? "is disabled in plugins.toml; enable it there, or take the requirement away"
			: "is not in the plugin folders; add it, or take the requirement away");
}

/* "a -> b -> a" */
static void say_cycle(struct ordering *ordering, const struct manifest_requirement *requirement)
{
	struct buf words = BUF_INIT;
	unsigned first = 0;

	while (first + 1 < ordering->depth && !str_equal(ordering->path[first]->name, requirement->name))
		first++;
	for (unsigned i = first; i < ordering->depth; i++)
		buf_printf(&words, "%.*s -> ", STR_ARG(ordering->path[i]->name));
	problems_add_node(ordering->problems, requirement->node,
		"plugins require one another in a circle: %s%.*s; take one of these requirements away",
		buf_cstr(&words), STR_ARG(requirement->name));
	buf_clear(&words);
}

static void visit(struct ordering *ordering, unsigned index);

static void visit_requirement(struct ordering *ordering, const struct manifest *manifest,
	const struct manifest_requirement *requirement)
{
	int other = index_of(ordering, requirement->name);

	if (other < 0) {
		say_missing(ordering, manifest, requirement);
		return;
	}
	if (!version_matches(&ordering->all[other]->version, requirement->range)) {
		problems_add_node(ordering->problems, requirement->node,
			"plugin \"%.*s\" requires \"%.*s\" %.*s, but %.*s is version %.*s; put another one there, or change the requirement",
			STR_ARG(manifest->name), STR_ARG(requirement->name), STR_ARG(requirement->range),
			STR_ARG(ordering->all[other]->folder), STR_ARG(ordering->all[other]->version_text));
	}
	if (ordering->marks[other] == OPEN)
		say_cycle(ordering, requirement);
	else if (ordering->marks[other] == UNSEEN)
		visit(ordering, (unsigned)other);
}

static void visit(struct ordering *ordering, unsigned index)
{
	const struct manifest *manifest = ordering->all[index];

	ordering->marks[index] = OPEN;
	ordering->path[ordering->depth++] = manifest;
	for (unsigned i = 0; i < manifest->requirement_count; i++)
		visit_requirement(ordering, manifest, &manifest->requirements[i]);
	ordering->depth--;
	ordering->marks[index] = DONE;
	ordering->sorted[ordering->sorted_count++] = manifest;
}

void order_plugins(const struct manifest **manifests, unsigned count, const struct settings *settings,
	struct problems *problems)
{
	struct arena *scratch = arena_new(4 * 1024);
	struct ordering ordering = {
		.all = manifests,
		.marks = arena_zalloc(scratch, (count + 1) * sizeof(*ordering.marks)),
		.sorted = arena_array(scratch, count + 1, sizeof(*ordering.sorted)),
		.path = arena_array(scratch, count + 1, sizeof(*ordering.path)),
		.count = count,
		.settings = settings,
		.problems = problems,
	};

	if (count) {
		qsort(manifests, count, sizeof(*manifests), by_name);
		for (unsigned i = 0; i < count; i++) {
			if (ordering.marks[i] == UNSEEN)
				visit(&ordering, i);
		}
		memcpy(manifests, ordering.sorted, count * sizeof(*manifests));
	}
	arena_free(scratch);
}
