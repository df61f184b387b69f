/* Trees of parameters as JavaScript's `qs` module puts them together.
 *
 * Each name of a query string makes a tree of its own, with one value in it; the trees are merged one after the
 * other. Arrays may have holes meanwhile: an element knows its index, and holes close when query_finish() is called.
 * What would become an array of more than `limit` elements is an object instead, which goes on counting.
 *
 *	for each name
 *		root = query_merge(&merger, root, tree);
 *	query_finish(&merger, root);
 */
#ifndef HTTP_QUERY_MERGE_H
#define HTTP_QUERY_MERGE_H

#include "http/query.h"

struct query_merger {
	struct arena *arena;
	unsigned limit;
};

/* Digits as JavaScript prints them: an index, whether of an array or past its limit. */
bool query_is_index(struct query_merger *merger, struct str name, double *index_r);

struct param *query_node(struct query_merger *merger, enum param_type type);

/* The one member of a new object, the one element of a new array. */
struct param *query_object(struct query_merger *merger, struct str key, struct param *member);
struct param *query_array(struct query_merger *merger, unsigned index, struct param *element);
/* An object that counts on from its one member, as an array of so many elements would. */
struct param *query_overflow(struct query_merger *merger, double index, struct param *member);

/* One more value of the same name: the list of both. */
struct param *query_combine(struct query_merger *merger, struct param *list, struct param *value);

/* Both are used up. */
struct param *query_merge(struct query_merger *merger, struct param *target, struct param *source);

/* Orders the members of objects as JavaScript does: names that are indices first, by number. */
void query_order(struct query_merger *merger, struct param *object);

/* The same for the whole tree. */
void query_finish(struct query_merger *merger, struct param *root);

#endif
