/* Editing a list of links: connecting at positions, disconnecting. */
#include "base/json.h"
#include "document/relation.h"

struct list {
	struct link_target *targets;
	unsigned count;
};

static int find(const struct list *list, uint64_t id)
{
	for (unsigned i = 0; i < list->count; i++) {
		if (list->targets[i].id == id)
			return (int)i;
	}
	return -1;
}

static int find_target(const struct list *list, const struct link_target *target)
{
	for (unsigned i = 0; i < list->count; i++) {
		if (list->targets[i].id == target->id && str_equal(list->targets[i].type, target->type))
			return (int)i;
	}
	return -1;
}

static void remove_at(struct list *list, unsigned at)
{
	memmove(list->targets + at, list->targets + at + 1, (list->count - at - 1) * sizeof(*list->targets));
	list->count--;
}

static void insert_at(struct list *list, unsigned at, struct link_target target)
{
	memmove(list->targets + at + 1, list->targets + at, (list->count - at) * sizeof(*list->targets));
	list->targets[at] = target;
	list->count++;
}

/* ---- order of connecting: what an item names as its neighbour comes before it ---- */

enum mark { MARK_NEW, MARK_OPEN, MARK_DONE };

struct sorting {
	struct scope *scope;
	const struct relation_change *change;
	enum mark *marks;
	unsigned *chain;		/* items that wait for the neighbour that they name */
	const struct relation_item **sorted;
	unsigned count;
};

/* The item that this one names as its neighbour; `count` when there is none. */
static unsigned neighbour_of(const struct relation_change *change, unsigned i)
{
	const struct relation_item *item = &change->items[i];
	unsigned j = 0;

	if (item->place != PLACE_BEFORE && item->place != PLACE_AFTER)
		return change->count;
	while (j < change->count && (j == i || change->items[j].targets[0].id != item->anchor))
		j++;
	return j;
}

/* Each names one neighbour at most, so what has to come first is a chain. It is as long as the client wants: no recursion. */
static int visit(struct sorting *s, unsigned i)
{
	unsigned length = 0;

	for (; i < s->change->count && s->marks[i] == MARK_NEW; i = neighbour_of(s->change, i)) {
		s->marks[i] = MARK_OPEN;
		s->chain[length++] = i;
	}
	if (i < s->change->count && s->marks[i] == MARK_OPEN)
		return scope_throw(s->scope, ERROR_VALIDATION, "A circular reference was found in the connect array. One relation "
			"is trying to connect before/after another one that is trying to connect before/after it");
	while (length > 0) {
		i = s->chain[--length];
		s->marks[i] = MARK_DONE;
		s->sorted[s->count++] = &s->change->items[i];
	}
	return 0;
}

/* Two mentions of one relation at one place are one; at two places they contradict each other. */
static int check_twice(struct sorting *s, unsigned i, bool *repeated_r)
{
	const struct relation_item *items = s->change->items;

	*repeated_r = false;
	for (unsigned j = 0; j < i && !*repeated_r; j++) {
		if (items[j].targets[0].id != items[i].targets[0].id ||
			!str_equal(items[j].targets[0].type, items[i].targets[0].type))
			continue;
		if (items[j].place != items[i].place || items[j].anchor != items[i].anchor)
			return scope_throw(s->scope, ERROR_VALIDATION,
				"The relation with id %llu is already connected. You cannot connect the same relation twice.",
				(unsigned long long)items[i].targets[0].id);
		*repeated_r = true;
	}
	return 0;
}

static int sort(struct sorting *s)
{
	for (unsigned i = 0; i < s->change->count; i++) {
		bool repeated;

		if (check_twice(s, i, &repeated) < 0)
			return -1;
		if (repeated)
			s->marks[i] = MARK_DONE;
	}
	for (unsigned i = 0; i < s->change->count; i++) {
		if (visit(s, i) < 0)
			return -1;
	}
	return 0;
}

/* ---- connecting ---- */

static int place_of(struct scope *scope, const struct list *list, const struct relation_item *item, bool lenient,
	unsigned *at_r)
{
	struct buf position = BUF_INIT;
	int anchor;

	*at_r = item->place == PLACE_START ? 0 : list->count;
	if (item->place != PLACE_BEFORE && item->place != PLACE_AFTER)
		return 0;
	anchor = find(list, item->anchor);
	if (anchor >= 0) {
		*at_r = (unsigned)anchor + (item->place == PLACE_AFTER);
		return 0;
	}
	if (lenient)
		return 0;
	json_write(&position, item->position);
	scope_throw(scope, ERROR_VALIDATION, "There was a problem connecting relation with id %llu at position %s. The "
		"relation with id %llu needs to be connected first.", (unsigned long long)item->targets[0].id,
		buf_cstr(&position), (unsigned long long)item->anchor);
	buf_clear(&position);
	return -1;
}

static int connect(struct scope *scope, struct list *list, const struct relation_item *item, bool lenient)
{
	unsigned at;

	for (unsigned t = 0; t < item->target_count; t++) {
		int there = find_target(list, &item->targets[t]);

		if (there >= 0)
			remove_at(list, (unsigned)there);
	}
	if (place_of(scope, list, item, lenient, &at) < 0)
		return -1;
	for (unsigned t = item->target_count; t-- > 0;)
		insert_at(list, at, item->targets[t]);
	return 0;
}

static bool is_connected(const struct relation_change *change, const struct link_target *target)
{
	for (unsigned i = 0; i < change->count; i++) {
		for (unsigned t = 0; t < change->items[i].target_count; t++) {
			if (change->items[i].targets[t].id == target->id &&
				str_equal(change->items[i].targets[t].type, target->type))
				return true;
		}
	}
	return false;
}

/* Afterwards, so that what leaves can still be somebody's neighbour. */
static void disconnect(struct list *list, const struct relation_change *change)
{
	for (unsigned i = 0; i < change->leaving_count; i++) {
		for (unsigned t = 0; t < change->leaving[i].target_count; t++) {
			const struct link_target *target = &change->leaving[i].targets[t];
			int at = is_connected(change, target) ? -1 : find_target(list, target);

			if (at >= 0)
				remove_at(list, (unsigned)at);
		}
	}
}

static int edit(struct scope *scope, const struct relation_change *change, bool lenient, struct list *list)
{
	struct sorting sorting = { .scope = scope, .change = change };

	sorting.marks = arena_zalloc(scope->arena, (change->count + 1) * sizeof(*sorting.marks));
	sorting.chain = arena_array(scope->arena, change->count, sizeof(*sorting.chain));
	sorting.sorted = arena_array(scope->arena, change->count, sizeof(*sorting.sorted));
	if (sort(&sorting) < 0)
		return -1;
	for (unsigned i = 0; i < sorting.count; i++) {
		if (connect(scope, list, sorting.sorted[i], lenient) < 0)
			return -1;
	}
	disconnect(list, change);
	return 0;
}

static void set(const struct relation_change *change, struct list *list)
{
	list->count = 0;
	for (unsigned i = 0; i < change->count; i++) {
		for (unsigned t = 0; t < change->items[i].target_count; t++) {
			if (find_target(list, &change->items[i].targets[t]) < 0)
				list->targets[list->count++] = change->items[i].targets[t];
		}
	}
}

int relation_apply(const struct relation_source *source, const struct relation_change *change,
	const struct links *before, bool creating, struct link_target **wanted_r, unsigned *count_r)
{
	struct scope *scope = source->scope;
	struct list list = { .count = before->count };

	list.targets = arena_array(scope->arena, before->count + 2 * change->count, sizeof(*list.targets));
	if (before->count)
		memcpy(list.targets, before->targets, before->count * sizeof(*list.targets));
	if (change->kind == RELATION_SET)
		set(change, &list);
	else if (edit(scope, change, change->lenient && !creating, &list) < 0)
		return -1;
	*wanted_r = list.targets;
	*count_r = list.count;
	return 0;
}
