/* Values on their way to a column: of filters (struct param) and of input data (JSON).
 *
 *	struct db_value value;
 *
 *	if (cast_param(attribute, param, arena, &value, error) < 0)
 *		return -1;	// ERROR_VALIDATION: "Invalid format, expected yyyy-MM-dd"
 *
 * Each attribute type has its own idea of what it takes: numbers come as text too, dates are parsed, and
 * anything is a boolean. null is NULL for all. Text in a result lies in the arena or where the value had it.
 */
#ifndef QUERY_CAST_H
#define QUERY_CAST_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "db/db.h"
#include "http/query.h"
#include "model/model.h"

/* What the operators compare a column with. Lists and objects are refused: an operator takes one value at a
 * time. */
int cast_param(const struct attribute *attribute, const struct param *value, struct arena *arena,
	struct db_value *value_r, struct error *error) __attribute__((warn_unused_result));

/* For operators on text ($contains, $eqi, ...): what was written, whatever the column. */
struct db_value cast_text(const struct param *value);

/* $null and $notNull: "false", "f", "0", empty text, null and absence are false. */
bool cast_truth(const struct param *value);

/* What an attribute's column is to hold: the value has been validated. What the column can't hold (a number
 * out of its range, text too long, JSON text that isn't) is refused here, before the database would. */
int cast_json(const struct attribute *attribute, const json_t *value, struct arena *arena,
	struct db_value *value_r, struct error *error) __attribute__((warn_unused_result));

#endif
