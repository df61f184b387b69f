/* Prepared statements: db_query() and db_execute() stand on these. */
#ifndef DB_STATEMENT_H
#define DB_STATEMENT_H

struct db;

/* Frees what was prepared on a connection that is gone. */
void db_statement_forget_all(struct db *db);

#endif
