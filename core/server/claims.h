/* Claims: which of all hosts on one database runs a task at one of its times.
 *
 * Every host works out the times of a task from its rule, to the second, so hosts whose clocks differ come to 03:00:00 one after
 * the other, but all mean 03:00:00. Two rows of socle_leases decide:
 *
 *	cron NAME	up to which time the task has been run. A host claims a time by setting the row to it, which it can
 *			while the row says an earlier one: so each time is claimed once, however far apart the hosts come to it,
 *			and whether it is another host, the successor after a reload, or one and the same whose clock was put
 *			back. A time that by the database's clock is more than CLAIM_EARLY_S away is refused, so that a host
 *			whose clock is far ahead runs nothing, instead of keeping the others from it.
 *	cron-run NAME	a lease, of a task that may not overlap with itself: held and renewed while a run is at work, so
 *			that the time which comes then is left out on all hosts.
 *
 * A claim comes before the run: a time runs once at most. A host that dies at work leaves its lease for CLAIM_LEASE_S; a
 * background process that was replaced after a crash gives back at once what its predecessors of the same host held.
 *
 * Claims have a connection of their own, so that tasks that use up theirs don't hold them up. All of this waits: fibers only.
 */
#ifndef SERVER_CLAIMS_H
#define SERVER_CLAIMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct claims;
struct db_pool;
struct duty;
struct generation;
struct loop;
struct task;

enum { CLAIM_EARLY_S = 300, CLAIM_LEASE_S = 20, CLAIM_RENEW_MS = 5000 };

/* In the canary: the table, if there is a task that is claimed. */
int claims_prepare(const struct generation *generation, struct db_pool *pool, struct error *error)
	__attribute__((warn_unused_result));

/* NULL with the error set. */
struct claims *claims_new(struct loop *loop, const struct duty *duty, struct error *error)
	__attribute__((warn_unused_result));
void claims_free(struct claims *claims);

/* Gives back what processes of this host held that are no more. What fails here is mended by time. */
void claims_sweep(struct claims *claims, const struct generation *generation);

enum claim { CLAIM_OURS, CLAIM_TAKEN, CLAIM_AT_WORK };

/* Claims a time of a task, and its lease. CLAIM_TAKEN: somebody ran it, or the database's clock says that it is far away;
 * CLAIM_AT_WORK: claimed, but a run of before still is at work, so that it is left out. */
int claims_take(struct claims *claims, const struct task *task, int64_t time_ms, enum claim *claim_r, struct error *error)
	__attribute__((warn_unused_result));

/* While a run is at work, every CLAIM_RENEW_MS. */
void claims_renew(struct claims *claims, const struct task *task);

void claims_give_back(struct claims *claims, const struct task *task);

#endif
