/* Files of SQL statements, such as a plugin's internal-tables.sql. */
#ifndef MODEL_STATEMENTS_H
#define MODEL_STATEMENTS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/* A statement ends with a semicolon at the end of a line; lines that begin with `--` are no part of one.
 * Returns how many there are. */
unsigned statements_split(struct arena *arena, struct str text, struct str **list_r);

int statements_read(struct arena *arena, const char *path, struct str **list_r, unsigned *count_r,
	struct error *error) __attribute__((warn_unused_result));

#endif
