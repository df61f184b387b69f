#include "query/populate.h"

#include "loop/fiber.h"
#include "query/link_load.h"

/* Further connections that one request may use at a time. */
enum { HELPERS = 3 };

/* One statement's worth of work. */
struct job {
	const struct loaded *parent;
	struct loaded_relation *relation;
	const struct key_set *ids;	/* NULL: the relation itself; else the rows of one of its types */
	unsigned type;
	struct job *next;
};

struct loader {
	const struct populate_source *source;
	struct job *first, *last;
	unsigned waiting;
	uint64_t room;			/* rows that may be read yet */
	struct error *error;
	bool failed;
	unsigned helpers;
	bool alone;			/* there is no further connection to be had */
	struct fiber_group group;
	struct fiber_queue news;	/* who began it waits here while only helpers work */
};

/* ---- work to do ---- */

static void push(struct loader *loader, const struct loaded *parent, struct loaded_relation *relation,
	unsigned type, const struct key_set *ids)
{
	struct job *job = arena_new_of(loader->source->arena, struct job);

	*job = (struct job){ .parent = parent, .relation = relation, .ids = ids, .type = type };
	if (loader->last)
		loader->last->next = job;
	else
		loader->first = job;
	loader->last = job;
	loader->waiting++;
	fiber_queue_wake(&loader->news);
}

static struct job *take(struct loader *loader)
{
	struct job *job = loader->failed ? NULL : loader->first;

	if (!job)
		return NULL;
	loader->first = job->next;
	if (!loader->first)
		loader->last = NULL;
	loader->waiting--;
	return job;
}

/* Rows have arrived: their relations are next. */
static void expand(struct loader *loader, struct loaded *loaded, const struct populate *first)
{
	unsigned count = 0;

	for (const struct populate *populate = first; populate; populate = populate->next)
		count++;
	if (count == 0 || !loaded->rows || loaded->rows->count == 0)
		return;
	loaded->relations = arena_zalloc(loader->source->arena, count * sizeof(*loaded->relations));
	for (const struct populate *populate = first; populate; populate = populate->next) {
		struct loaded_relation *relation = &loaded->relations[loaded->relation_count++];

		relation->populate = populate;
		if (populate->type_count == 0)
			continue;
		relation->types =
			arena_zalloc(loader->source->arena, populate->type_count * sizeof(*relation->types));
		for (unsigned i = 0; i < populate->type_count; i++)
			relation->types[i].query = populate->types[i].query;
		push(loader, loaded, relation, 0, NULL);
	}
}

/* ---- one job ---- */

static bool leads_to_several_types(const struct attribute *attribute)
{
	return attribute->type == ATTRIBUTE_DYNAMICZONE || attribute->relation == RELATION_MORPH_TO_ONE ||
		attribute->relation == RELATION_MORPH_TO_MANY;
}

static int load_links(struct loader *loader, const struct link_load *load, const struct job *job)
{
	const struct populate *populate = job->relation->populate;
	struct key_set *ids = arena_zalloc(loader->source->arena, populate->type_count * sizeof(*ids));

	if (link_load_links(load, ids) < 0)
		return -1;
	for (unsigned i = 0; i < populate->type_count && !populate->count; i++) {
		if (ids[i].count)
			push(loader, job->parent, job->relation, i, &ids[i]);
	}
	return 0;
}

static int run_job(struct loader *loader, struct db *db, const struct job *job, struct error *error)
{
	const struct populate *populate = job->relation->populate;
	struct link_load load = { db, loader->source->arena, job->parent, job->relation, &loader->room,
		error };

	if (job->ids) {
		if (link_load_type(&load, job->type, job->ids) < 0)
			return -1;
	} else if (leads_to_several_types(populate->attribute)) {
		return load_links(loader, &load, job);
	} else if (link_load_targets(&load) < 0) {
		return -1;
	}
	expand(loader, &job->relation->types[job->type], populate->types[job->type].first);
	return 0;
}

static void run(struct loader *loader, struct db *db, const struct job *job)
{
	struct error error = ERROR_INIT;

	if (run_job(loader, db, job, &error) == 0)
		return;
	if (loader->failed) {
		error_clear(&error);
		return;
	}
	loader->failed = true;
	error_move(loader->error, &error);
}

/* ---- several connections ---- */

static void help(void *arg)
{
	struct loader *loader = arg;
	struct db *db = db_try_acquire(loader->source->pool);
	struct job *job;

	loader->alone |= db == NULL;
	while (db && (job = take(loader)))
		run(loader, db, job);
	db_release(db);
	loader->helpers--;
	fiber_queue_wake(&loader->news);
}

/* A statement for each connection: no more helpers than can begin at once. */
static void call_helpers(struct loader *loader)
{
	/* One that is told to stop, or finds nothing to do, ends at once: it isn't called a second time. */
	for (unsigned jobs = loader->waiting;
		jobs > 0 && !loader->alone && !loader->failed && loader->helpers < HELPERS; jobs--) {
		loader->helpers++;
		if (fiber_group_spawn(&loader->group, help, loader) < 0) {
			loader->helpers--;
			loader->alone = true;
		}
	}
}

static void work(struct loader *loader)
{
	for (;;) {
		struct job *job = take(loader);

		if (job) {
			call_helpers(loader);
			run(loader, loader->source->db, job);
		} else if (loader->helpers == 0 || fiber_queue_wait(&loader->news, FIBER_FOREVER) < 0) {
			return;
		}
	}
}

/* ---- the order of what was read ---- */

static unsigned settle(struct loaded *loaded);

/* Statements that had to wait for one another. */
static unsigned rounds_of(const struct loaded_relation *relation)
{
	const struct populate *populate = relation->populate;
	bool one_by_one = populate->attribute->relation == RELATION_MORPH_TO_ONE;
	bool asked = relation->group_of || populate->type_count == 0;
	unsigned rounds = asked && !one_by_one ? 1 : 0, below = 0;

	for (unsigned i = 0; i < populate->type_count; i++) {
		unsigned of_type = settle(&relation->types[i]);

		if (leads_to_several_types(populate->attribute) && relation->types[i].rows)
			of_type++;
		if (one_by_one)
			below += of_type;
		else if (of_type > below)
			below = of_type;
	}
	return rounds + below;
}

/* Strapi adds an attribute to its entries when the last of its statements has been answered: keys come in
 * that order. Returns the most rounds. */
static unsigned settle(struct loaded *loaded)
{
	unsigned most = 0;

	for (unsigned i = 0; i < loaded->relation_count; i++) {
		struct loaded_relation relation = loaded->relations[i];
		unsigned at = i;

		relation.rounds = rounds_of(&relation);
		if (relation.rounds > most)
			most = relation.rounds;
		for (; at > 0 && loaded->relations[at - 1].rounds > relation.rounds; at--)
			loaded->relations[at] = loaded->relations[at - 1];
		loaded->relations[at] = relation;
	}
	return most;
}

/* ---- the whole ---- */

void populate_prepare(struct query *query, const struct populate *first)
{
	for (; first; first = first->next) {
		struct str type = link_load_type_column(first->attribute);

		query_read(query, STR("id"));
		query_read(query, link_load_key_column(first->attribute));
		if (!str_is_null(type))
			query_read(query, type);
	}
}

int populate_load(const struct populate_source *source, const struct query *query,
	const struct populate *first, const struct rowset *rows, struct loaded **loaded_r,
	struct error *error)
{
	struct loader loader = { .source = source, .error = error, .alone = source->pool == NULL,
		.room = source->most_rows ? source->most_rows : UINT32_MAX };

	*loaded_r = arena_new_of(source->arena, struct loaded);
	(*loaded_r)->query = query;
	(*loaded_r)->rows = rows;
	fiber_queue_init(&loader.news);
	fiber_group_init(&loader.group);
	expand(&loader, *loaded_r, first);
	work(&loader);
	fiber_group_wait(&loader.group);
	if (loader.failed)
		return -1;
	if (loader.first)
		return error_set(error, ERROR_CANCELLED, "populate: cancelled");
	settle(*loaded_r);
	return 0;
}

/* ---- what was read ---- */

struct loaded_group loaded_group(const struct loaded_relation *relation, unsigned row)
{
	uint32_t group = relation->group_of ? relation->group_of[row] : KEY_NONE;

	return group == KEY_NONE ? (struct loaded_group){ 0, 0 } : relation->groups[group];
}

const struct loaded *loaded_target(const struct loaded_relation *relation, struct loaded_group group,
	unsigned i, unsigned *row_r)
{
	const struct loaded_item *item = &relation->items[group.first + i];
	const struct loaded *target = &relation->types[item->type];

	*row_r = target->row_of ? target->row_of[item->place] : item->place;
	return *row_r != KEY_NONE ? target : NULL;
}
