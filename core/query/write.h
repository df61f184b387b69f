/* Inserting, changing and deleting rows of one model: columns and values, nothing more. */
#ifndef QUERY_WRITE_H
#define QUERY_WRITE_H

#include "query/query.h"

/* What a column is to hold. */
struct assignment {
	const struct attribute *attribute;
	struct db_value value;
};

int write_insert(struct db *db, struct arena *arena, const struct model *model, const struct assignment *assignments,
	unsigned count, uint64_t *id_r, struct error *error) __attribute__((warn_unused_result));

int write_update(struct db *db, struct arena *arena, const struct model *model, uint64_t id,
	const struct assignment *assignments, unsigned count, struct error *error) __attribute__((warn_unused_result));

/* Rows that link to it go by foreign key. */
int write_delete(struct db *db, struct arena *arena, const struct model *model, uint64_t id, struct error *error)
	__attribute__((warn_unused_result));

#endif
