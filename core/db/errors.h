/* What MariaDB's error numbers mean to Socle. */
#ifndef DB_ERRORS_H
#define DB_ERRORS_H

#include <stdbool.h>

#include "base/error.h"

struct db_failure {
	unsigned code;			/* MariaDB's number, of the server or of the client library */
	enum error_kind kind;
	bool lost;			/* the connection is of no use any more */
	bool rolled_back;		/* a transaction can't go on after it */
};

/* What isn't in the table is ERROR_INTERNAL and leaves connection and transaction as they are. */
const struct db_failure *db_errors_find(unsigned code);

#endif
