/* Rows as they came from the database: typed cells, no tree, no copy per reader.
 *
 * A rowset lives in the arena that it was read into. Cells lie row by row;
 * whoever reads one knows its column by index.
 *
 *	for (unsigned r = 0; r < rows->count; r++) {
 *		const struct cell *cell = rowset_row(rows, r);
 *		if (cell[2].type != CELL_NULL)
 *			buf_add_int(out, cell[2].integer);
 *	}
 */
#ifndef DB_ROWSET_H
#define DB_ROWSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum cell_type {
	CELL_NULL,
	CELL_INT,		/* integer: all integer columns, signed */
	CELL_UINT,		/* uinteger: unsigned columns */
	CELL_DOUBLE,		/* real: FLOAT and DOUBLE */
	CELL_TEXT,		/* text: strings, JSON, DECIMAL as its digits; no NUL behind it */
	CELL_DATE,		/* time: year, month, day */
	CELL_TIME,		/* time: hour (may pass 23), minute, second, microsecond, negative */
	CELL_DATETIME,		/* time: all; DATETIME and TIMESTAMP, in UTC */
};

/* A moment in eight bytes, so that a cell has sixteen. */
struct cell_time {
	uint32_t year_or_hours : 16;	/* year; for CELL_TIME the hours */
	uint32_t month : 4, day : 5, hour : 5, negative : 1;
	uint32_t minute : 6, second : 6, microsecond : 20;
};

struct cell {
	enum cell_type type;
	uint32_t length;	/* of text */
	union {
		int64_t integer;
		uint64_t uinteger;
		double real;
		const char *text;
		struct cell_time time;
	};
};

_Static_assert(sizeof(struct cell_time) == 8 && sizeof(struct cell) == 16, "rows are read in bulk");

struct rowset {
	unsigned count;		/* rows */
	unsigned columns;
	struct cell *cells;	/* count * columns */
};

static inline const struct cell *rowset_row(const struct rowset *rows, unsigned row)
{
	return rows->cells + (size_t)row * rows->columns;
}

static inline struct str cell_text(const struct cell *cell)
{
	return cell->type == CELL_TEXT ? (struct str){ cell->text, cell->length } : STR_NULL;
}

/* An integer cell's value whatever its sign type; 0 for anything else. */
static inline int64_t cell_integer(const struct cell *cell)
{
	return cell->type == CELL_INT || cell->type == CELL_UINT ? cell->integer : 0;
}

#endif
