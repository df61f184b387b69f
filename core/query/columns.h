/* All columns of one row: as cells, as the values that would write them again, and as JSON. */
#ifndef QUERY_COLUMNS_H
#define QUERY_COLUMNS_H

#include <jansson.h>

#include "query/query.h"

/* The cells lie in model->columns' order; *cells_r is NULL when there is no such row. */
int columns_read(struct db *db, struct arena *arena, const struct model *model, uint64_t id, const struct cell **cells_r,
	struct error *error) __attribute__((warn_unused_result));

/* The value that puts the same into a column. */
struct db_value columns_value(struct arena *arena, const struct cell *cell);

bool columns_equal(const struct cell *a, const struct cell *b);

/* As the API shows it: the caller's. */
json_t *columns_to_json(const struct attribute *attribute, const struct cell *cell);

#endif
