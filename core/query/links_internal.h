/* What reading and writing links have in common: query/links.c, link_rows.c, link_columns.c. */
#ifndef QUERY_LINKS_INTERNAL_H
#define QUERY_LINKS_INTERNAL_H

#include "query/links.h"
#include "query/statement.h"

/* One list of links that is made like another. */
struct links_writer {
	struct db *db;
	struct arena *arena;
	const struct attribute *attribute;
	uint64_t row;
	const struct links *before;
	const struct link_target *wanted;
	unsigned count;
	int *stood;			/* where each wanted one stood before, -1: it is new */
	double *orders;			/* what each wanted one gets */
	struct error *error;
};

struct statement *links_begin(struct arena *arena);
int links_run(struct db *db, struct statement *statement, struct error *error) __attribute__((warn_unused_result));

/* "`column` = ?" */
void links_add_equal(struct statement *statement, struct str column, struct db_value value);

/* Rows of the link table that are ours: "`article_id` = ? AND `field` = ? ..." */
void links_add_ours(struct statement *statement, const struct attribute *attribute, uint64_t row);

/* The morph relation's own side: its links name what they lead to by type, and are all of the row's whatever their field. */
static inline bool links_is_morph_owner(const struct attribute *attribute)
{
	return attribute->link.storage == LINK_MORPH_TABLE && attribute->link.owner;
}

static inline bool links_has_own_rows(const struct link *link)
{
	return link->storage == LINK_TABLE || link->storage == LINK_MORPH_TABLE || link->storage == LINK_COMPONENTS;
}

/* The links say of which type their targets are. */
bool links_show_type(const struct attribute *attribute);

/* The value of an order column; NAN: NULL. */
double links_order(const struct cell *cell);

/* Pairs what is wanted with what stands, and notes which link rows have to go; how many these are. */
unsigned links_match(struct links_writer *w, uint64_t *gone);

/* Links that are rows of a table of their own; links that are columns of one side's table. */
int links_write_rows(struct links_writer *w) __attribute__((warn_unused_result));
int links_write_columns(struct links_writer *w) __attribute__((warn_unused_result));

#endif
