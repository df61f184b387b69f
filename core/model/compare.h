/* Wanted tables held against those that are there.
 *
 * Each difference says what it would take to mend it, so that one list serves
 * the migrator (which mends some), `socle db plan` (which prints all) and the
 * judgement of what can be served as it is.
 *
 *	struct differences *found = compare_tables(wanted, live, arena);
 *	for (unsigned i = 0; i < found->count; i++)
 *		log_info("db", "%s", compare_describe(&found->list[i], arena));
 *
 * Tables that no model wants are nobody's business and not reported. An index or
 * a foreign key that does the same under another name counts as there.
 */
#ifndef MODEL_COMPARE_H
#define MODEL_COMPARE_H

#include "db/catalogue.h"
#include "model/types.h"

enum difference_kind {
	DIFFERENCE_MISSING_TABLE,
	DIFFERENCE_MISSING_COLUMN,
	DIFFERENCE_TYPE,
	DIFFERENCE_MISSING_INDEX,
	DIFFERENCE_INDEX,		/* another one has its name */
	DIFFERENCE_MISSING_FOREIGN_KEY,
	DIFFERENCE_FOREIGN_KEY,		/* one that acts otherwise has its name or column */
	DIFFERENCE_SURPLUS_COLUMN,
};

struct difference {
	enum difference_kind kind;
	enum change change;
	bool blocks;			/* the types that use the table can't be served */
	const struct catalogue_table *table;	/* as wanted */
	/* as wanted, the one that `kind` speaks of; of a surplus column as it is there */
	const struct catalogue_column *column;
	const struct catalogue_index *index;
	const struct catalogue_foreign_key *foreign_key;
	const struct catalogue_column *live;	/* DIFFERENCE_TYPE */
};

struct differences {
	struct difference *list;	/* by table, in the order of the kinds above */
	unsigned count;
};

struct differences *compare_tables(const struct catalogue *wanted, const struct catalogue *live,
	struct arena *arena);

/* One line for people, such as "articles.title: is varchar(100), should be varchar(255)". */
const char *compare_describe(const struct difference *difference, struct arena *arena);

#endif
