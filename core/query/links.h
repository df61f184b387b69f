/* The links of one row through one attribute: reading them, and making them what they should be.
 *
 * Whatever kind of relation it is, the host sees a list of targets in order. links_write() compares
 * the list that should be with the one that is, and touches only the rows that differ: links that stay
 * keep their row and, where it still fits, their order value.
 *
 *	struct links before;
 *	links_read(db, arena, attribute, row, &before, &error);
 *	links_write(db, arena, attribute, row, &before, wanted, count, &error);
 *
 * The caller holds a transaction and a lock on the row, so that two writers take turns. Where what is written depends on the
 * other links of a target (its list of those that lead to it, or that it has one owner only), its row is locked too:
 * whoever writes the relation from its other side holds that one.
 */
#ifndef QUERY_LINKS_H
#define QUERY_LINKS_H

#include "query/query.h"

struct link_target {
	uint64_t id;			/* the other row's */
	struct str type;		/* its uid, for morph relations and components; STR_NULL */
};

struct links {
	struct link_target *targets;
	uint64_t *rows;			/* ids of the link rows; NULL where links are no rows of their own */
	double *orders;			/* NAN: NULL */
	unsigned count;
};

/* Whether writing links needs the targets for oneself. */
bool links_need_targets(const struct attribute *attribute);

/* In order. */
int links_read(struct db *db, struct arena *arena, const struct attribute *attribute, uint64_t row,
	struct links *links_r, struct error *error) __attribute__((warn_unused_result));

/* Makes the list `wanted`. Targets that a relation allows one owner only are taken from the owner that they have, unless it is
 * another version of the same document. */
int links_write(struct db *db, struct arena *arena, const struct attribute *attribute, uint64_t row,
	const struct links *before, const struct link_target *wanted, unsigned count, struct error *error)
	__attribute__((warn_unused_result));

/* Order values for a list whose elements have had `orders` (NAN: none): the greatest number of them is kept, the others are
 * fitted in between; when there is no room left, all become 1, 2, 3 ... */
void links_fit_orders(struct arena *arena, double *orders, unsigned count);

#endif
