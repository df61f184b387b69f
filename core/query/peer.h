/* Conditions on another row of the same table: is there one that ...?
 *
 *	struct peer published = { .equal = model->document_id, .flag = model->published_at, .set = true };
 *	query_where(query, condition_peer(query->arena, &published, false));	// without a published row
 */
#ifndef QUERY_PEER_H
#define QUERY_PEER_H

#include "query/query.h"

struct statement;

struct peer {
	const struct attribute *equal;		/* has our value in this column */
	const struct attribute *same;		/* and in this one, where NULL is a value like others; NULL: not asked */
	const struct attribute *flag;		/* has something in this column, or, when not `set`, NULL */
	bool set;
	const struct attribute *compared;	/* ours `is` theirs ($gt, $lte, ...); NULL: not asked */
	enum operator is;
};

/* Of rows of the root table that have such a peer, or, when not `exists`, that haven't. The peer is copied. */
struct condition *condition_peer(struct arena *arena, const struct peer *peer, bool exists);

/* "[NOT ]EXISTS (SELECT ...)"; `alias` is the table whose rows are asked about. */
void peer_write(struct statement *statement, const struct condition *condition, unsigned alias);

#endif
