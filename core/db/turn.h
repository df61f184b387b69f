/* Turns: rows of `socle_locks` that no two transactions may change at the same time.
 *
 * On one server a SELECT ... FOR UPDATE makes others wait. A node of a Galera cluster doesn't know what another node has
 * locked: there the first one to commit is right, and the other is refused, if both have *changed* one row. So a lock that
 * must hold among nodes as well is noted as a turn, by what it is about:
 *
 *	if (lock_rows_of(document) < 0)			// SELECT ... FOR UPDATE
 *		return -1;
 *	turn_note(db, model->table, document_id);	// and for the other nodes
 *
 * What a transaction has noted is written just before its commit, one row for each number under 4096 that the names come
 * to: the table can't grow, and what shares a number by chance takes turns without need. Who is refused is run again
 * (extension/transaction.h). On a server that is alone, and where the table can't be made, a note costs nothing and does
 * nothing.
 *
 * Rows under 4096 are those of document/value_lock.h, which are taken in the middle of a transaction, on every server.
 */
#ifndef DB_TURN_H
#define DB_TURN_H

#include "base/error.h"
#include "base/str.h"

struct db;

#define TURN_TABLE STR("socle_locks")

enum { TURNS = 4096 };

/* The transaction's notes; in `struct db`. */
struct turns {
	uint64_t noted[TURNS / 64];
	bool any;
};

/* Makes the table when it isn't there. */
int turn_prepare(struct db *db, struct error *error) __attribute__((warn_unused_result));

/* In a transaction, which then has the turn of this document when it is committed. */
void turn_note(struct db *db, struct str table, struct str document_id);

/* For db_commit() and those who begin anew. */
int turn_write(struct db *db, struct error *error) __attribute__((warn_unused_result));
void turn_forget(struct db *db);

#endif
