/* From MariaDB's row packets to a rowset: each value is decoded where it lies, each text is copied once. */
#ifndef DB_RESULT_H
#define DB_RESULT_H

#include <mysql.h>

#include "base/arena.h"
#include "db/rowset.h"

struct db;

/* What a connection keeps between its results. */
struct db_reader {
	uint8_t *kinds;			/* how to decode each column */
	unsigned columns, kind_capacity;
	struct cell *cells;		/* of the result that is being read */
	size_t count, capacity;

	struct arena *arena;
	char *at, *end;			/* room for texts */
	size_t block;			/* size of the next such room */
};

/* All rows of a statement that was just executed. Returns 0, or MariaDB's error number. */
unsigned db_result_read(struct db *db, MYSQL_STMT *stmt, struct arena *arena, struct rowset **rows_r);

void db_reader_clear(struct db_reader *reader);

#endif
