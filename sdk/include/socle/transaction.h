/* Transactions: several writes that happen all or not at all.
 *
 *	static int transfer(socle_context *ctx, void *arg)
 *	{
 *		struct transfer *t = arg;
 *
 *		if (!socle_update(ctx, "api::account.account", t->from, t->less, NULL) ||
 *			!socle_update(ctx, "api::account.account", t->to, t->more, NULL))
 *			return -1;
 *		socle_on_commit(ctx, announce, t);
 *		return 0;
 *	}
 *
 *	if (socle_transaction(ctx, transfer, &t) < 0)
 *		return -1;
 *
 * When the database calls a transaction off (deadlock, lock time-out, a certification that failed in a cluster) the host undoes it and
 * runs the function again, up to nine times and after growing pauses: **it may run several times**. So it changes nothing but the database; what happens
 * outside (mails, files, counters) belongs into socle_on_commit(). Keep it short: it holds a connection and locks.
 */
#ifndef SOCLE_TRANSACTION_H
#define SOCLE_TRANSACTION_H

#include <socle/context.h>

SOCLE_C_BEGIN

/* Runs `fn`; commits when it returns 0 (or more), undoes all when it returns a negative number. Inside another transaction it is a
 * part of it: a failure undoes that part, the outer function decides about the rest. 0, or negative with the error on the context.
 *
 *	if (socle_transaction(ctx, import_all, order) < 0)
 *		return -1;
 */
SOCLE_API int socle_transaction(socle_context *ctx, int (*fn)(socle_context *ctx, void *arg), void *arg) SOCLE_MUST_CHECK;

/* Which attempt of the open transaction this is, from 1; 0 outside of one.
 *
 *	if (socle_attempt(ctx) > 1)
 *		socle_log_debug(ctx, "once more");
 */
SOCLE_API unsigned socle_attempt(const socle_context *ctx);

/* Runs `fn` when the open transaction, the outermost, has been committed, in the order of these calls; never when it is undone. Outside of
 * a transaction it runs at once. `arg` must live as long as the context. The client's answer waits for it.
 *
 *	socle_on_commit(ctx, announce, order);
 */
SOCLE_API void socle_on_commit(socle_context *ctx, void (*fn)(socle_context *ctx, void *arg), void *arg);

SOCLE_C_END

#endif
