/* Populate: the rows that an entry's relations lead to, and theirs, to any depth.
 *
 * What is wanted is a tree of `struct populate`, made of checked names (rest/populate.c). populate_load()
 * reads it below a page of rows: one statement per relation and level, whatever the number of rows (a zone
 * and a morphToMany take one for the links and one per type that occurs). Statements that don't wait for one
 * another run side by side on further connections when there are idle ones.
 *
 *	struct populate_source source = { db, pool, arena };
 *	struct loaded *page;
 *	if (populate_load(&source, &query, wanted, rows, &page, &error) < 0)
 *		...
 *	for (unsigned i = 0; i < page->relation_count; i++) {
 *		const struct loaded_relation *relation = &page->relations[i];
 *		struct loaded_group group = loaded_group(relation, row);
 *		for (unsigned k = 0; k < group.count; k++)
 *			target = loaded_target(relation, group, k, &target_row);
 *	}
 *
 * Results stay rows: a relation knows which rows of its target belong to which row of its parent. Everything
 * lies in the arena.
 */
#ifndef QUERY_POPULATE_H
#define QUERY_POPULATE_H

#include "query/query.h"

/* ---- what is wanted ---- */

/* One type that a relation leads to. */
struct populate_type {
	const struct query *query;	/* columns, conditions, order; its model is the type; never changed */
	const struct populate *first;	/* what its rows are populated with */
};

struct populate {
	const struct attribute *attribute;
	bool count;			/* how many, not which */
	struct populate_type *types;	/* one; of a zone, a morphToOne, a morphToMany what is wanted */
	unsigned type_count;
	struct populate *next;
};

/* Lets the rows of a query be populated: reads what its relations go by. To be called when all that is
 * shown of the query is selected. */
void populate_prepare(struct query *query, const struct populate *first);

/* ---- what was read ---- */

struct loaded;

/* One link of a row of the parent. */
struct loaded_item {
	uint32_t type;			/* in populate->types */
	uint32_t place;			/* of the target's row: see loaded_target() */
};

struct loaded_group {
	uint32_t first, count;		/* in items; for a count: 0 and the number */
};

struct loaded_relation {
	const struct populate *populate;
	const uint32_t *group_of;	/* by the parent's row; NULL: none has any */
	struct loaded_group *groups;
	struct loaded_item *items;
	struct loaded *types;		/* as populate->types */
	unsigned rounds;		/* of statements, one after the other, that it took */
};

struct loaded {
	const struct query *query;
	const struct rowset *rows;	/* NULL: nothing was read */
	const uint32_t *row_of;		/* by place; NULL: places are rows */
	struct loaded_relation *relations; /* as Strapi shows them: those of fewer rounds first */
	unsigned relation_count;
};

struct loaded_group loaded_group(const struct loaded_relation *relation, unsigned row);

/* The i-th target of a group and its row; NULL when it is not shown: it is not there, or is of another
 * version. */
const struct loaded *loaded_target(const struct loaded_relation *relation, struct loaded_group group,
	unsigned i, unsigned *row_r);

/* ---- reading ---- */

struct populate_source {
	struct db *db;
	struct db_pool *pool;		/* where further connections come from; NULL: this one reads all */
	struct arena *arena;
	unsigned most_rows;		/* that may be read below the page, all levels together; 0: any number */
};

/* `query` must be the one that the rows were read with. */
int populate_load(const struct populate_source *source, const struct query *query,
	const struct populate *first, const struct rowset *rows, struct loaded **loaded_r,
	struct error *error) __attribute__((warn_unused_result));

#endif
