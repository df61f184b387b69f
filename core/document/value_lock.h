/* Turns: of those who are about to write the same unique value, one at a time gets to look whether it is taken.
 *
 * Strapi keeps no unique index, so "is it there?" followed by "then insert it" is a race. Here every writer first
 * changes a row of `socle_locks` (db/turn.h) that the value decides on, in its transaction, and only then looks:
 *
 *	if (value_lock_take(scope, model, attribute, locale, value) < 0)
 *		return -1;
 *	... SELECT ... WHERE `name` = ?		// sees what the one before us has committed
 *
 * - The second one waits for the row until the first one's transaction has ended. That the SELECT behind it then sees
 *   what the first one wrote is the connection's doing: db/connection.c sets READ COMMITTED, where each statement sees
 *   what is committed when it begins. (With REPEATABLE READ it would look at the time of the transaction's first SELECT,
 *   which may lie before the wait.) A locking read instead would lock every row that it passes: the columns have no index.
 * - On Galera nobody waits for another node, but both change one row: the certification of its primary key lets one
 *   transaction in, and the other is run again (extension/transaction.h), looks again, and finds the value taken.
 * - Which row, is a number under 4096 made of the type, the attribute, the locale, and the value as the column's
 *   collation sees it ("Muller" is "müller "). So the table can't grow; values that share a number by chance take
 *   turns without need. Who needs two of them, in the other order than somebody else, ends in a deadlock that the
 *   database finds at once; one of both is run again.
 * - The row is never taken as truth: Strapi, which writes beside us, knows nothing of it. Against Strapi's own writes
 *   the check is as good as Strapi's.
 *
 * Where the table can't be made, values are looked up without taking turns, and the log says so at each start.
 */
#ifndef DOCUMENT_VALUE_LOCK_H
#define DOCUMENT_VALUE_LOCK_H

#include "db/db.h"
#include "extension/scope.h"
#include "model/model.h"

/* Whether there is anything that writers would take turns at. */
bool value_lock_is_wanted(const struct models *models);

/* On the scope's open transaction. `model` is the entry's, the attribute may be a component's. locale: STR_NULL for a type that
 * isn't localized. On failure the error is on the scope. */
int value_lock_take(struct scope *scope, const struct model *model, const struct attribute *attribute, struct str locale,
	struct db_value value) __attribute__((warn_unused_result));

/* The turn of who makes the one document of a single type. */
int value_lock_take_single(struct scope *scope, const struct model *model) __attribute__((warn_unused_result));

#endif
