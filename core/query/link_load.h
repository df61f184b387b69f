/* One relation of populate, read for all rows of its parent: statements (query/link_select.h), then which
 * row belongs to which. query/populate.c says when. */
#ifndef QUERY_LINK_LOAD_H
#define QUERY_LINK_LOAD_H

#include "query/key_set.h"
#include "query/populate.h"

struct link_load {
	struct db *db;
	struct arena *arena;
	const struct loaded *parent;
	struct loaded_relation *relation;
	uint64_t *room;			/* query/link_select.h */
	struct error *error;
};

/* The columns that a relation goes by in its parent's rows: the key, and for a morphToOne the type;
 * STR_NULL when there is none. */
struct str link_load_key_column(const struct attribute *attribute);
struct str link_load_type_column(const struct attribute *attribute);

/* A relation to one type: its rows, or how many. */
int link_load_targets(const struct link_load *load) __attribute__((warn_unused_result));

/* To several types: which rows of which type. ids_r is an array by type, all zero; sets of types that don't
 * occur stay so. */
int link_load_links(const struct link_load *load, struct key_set *ids_r) __attribute__((warn_unused_result));
/* Then the rows of each type that occurs. */
int link_load_type(const struct link_load *load, unsigned type, const struct key_set *ids)
	__attribute__((warn_unused_result));

#endif
