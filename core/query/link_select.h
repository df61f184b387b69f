/* Reading what a relation leads to, for all its parents in one statement.
 *
 * `keys` are the parents': their row ids, or whatever the relation goes by. A list is padded to the next
 * power of two, so that pages of any size share prepared statements.
 *
 *	struct link_select select = { db, arena, article->author, &query, &ids, &error };
 *	if (link_select_through(&select, false, &rows) < 0)
 *		...
 *	parent = key_set_find(&ids, &rowset_row(rows, r)[link_select_key(&query)]);
 *
 * Rows come in the query's order, and then by id; without one in any. A row that two parents share comes
 * twice, and so may a row that meets a condition on a joined table twice. No statement reads more than one row
 * past the room there is: that one tells that there are too many, and is an ERROR_VALIDATION.
 */
#ifndef QUERY_LINK_SELECT_H
#define QUERY_LINK_SELECT_H

#include "query/key_set.h"
#include "query/query.h"

struct link_select {
	struct db *db;
	struct arena *arena;
	const struct attribute *via;
	const struct query *query;	/* of the targets */
	const struct key_set *keys;
	uint64_t *room;			/* rows that may be read yet; shared by all who read for one page */
	struct error *error;
};

/* Where a target's row has its parent's key; behind it stands its order, when that was asked for. */
static inline unsigned link_select_key(const struct query *query)
{
	return query->column_count + query->extra_count;
}

/* Through the link table. */
int link_select_through(const struct link_select *select, bool ordered, struct rowset **rows_r)
	__attribute__((warn_unused_result));

/* By a column of the target that holds the parent's key. */
int link_select_by_column(const struct link_select *select, struct str column, struct rowset **rows_r)
	__attribute__((warn_unused_result));

/* Through the link table; each row: the parent's key, how many. */
int link_select_count(const struct link_select *select, struct rowset **rows_r)
	__attribute__((warn_unused_result));

/* The link rows themselves, where targets are of several types; each: these four. By parent and order: the
 * database sorts them, so that what ties stands as it does in Strapi's answers. Takes no query. */
enum { LINK_KEY, LINK_TARGET, LINK_TYPE, LINK_ORDER };
int link_select_links(const struct link_select *select, struct rowset **rows_r)
	__attribute__((warn_unused_result));

#endif
