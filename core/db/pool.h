/* What the rest of db/ needs of the pool. */
#ifndef DB_POOL_H
#define DB_POOL_H

#include <stdbool.h>

struct db;
struct db_pool;
struct error;

/* Opens a borrowed connection that was lost, with the pool's pauses and patience. */
int db_pool_connect(struct db *db, struct error *error) __attribute__((warn_unused_result));

/* Whether the transactions of other nodes have to be reckoned with (db/turn.h). */
bool db_pool_takes_turns(const struct db_pool *pool);

/* Closes all idle connections; returns how many there were. */
unsigned db_pool_close_idle(struct db_pool *pool);

#endif
