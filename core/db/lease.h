/* Leases: who does what only one host may do, written down in the database.
 *
 * A lease is a row of `socle_leases` with a holder and an end, changed by
 * compare-and-set, so that it works on Galera as well (which certifies rows and
 * has no GET_LOCK). The clock is the database's. A holder that dies is succeeded
 * when its time is up.
 *
 *	if (lease_take(db, STR("schema"), holder, 60, &taken, &error) < 0)
 *		...
 *	if (taken) {
 *		...	// lease_take() again before the 60 seconds are over: it renews
 *		lease_release(db, STR("schema"), holder);
 *	}
 *
 * What is to be done once at each of certain moments is claimed: the row says up to which moment that has been done, and only goes
 * forward. Hosts whose clocks differ come to it at different times, but with the same moment, and so only the first has it.
 */
#ifndef DB_LEASE_H
#define DB_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct db;

/* Makes the table when it isn't there. */
int lease_prepare(struct db *db, struct error *error) __attribute__((warn_unused_result));

/* Takes the lease, or renews it for the one who holds it; *taken_r is false while somebody else has it.
 * `holder` must name one process of one host. */
int lease_take(struct db *db, struct str name, struct str holder, unsigned seconds, bool *taken_r,
	struct error *error) __attribute__((warn_unused_result));

/* Claims a moment that everybody computes alike; *taken_r is false when that one, or a later one, was claimed before. It is refused
 * as well while it is more than `early_s` seconds away by the database's clock: a host whose clock is far ahead would keep all
 * others from their work. A row that is claimed is no lease: its name must be another. */
int lease_claim(struct db *db, struct str name, struct str holder, int64_t unix_ms, unsigned early_s, bool *taken_r,
	struct error *error) __attribute__((warn_unused_result));

/* Gives it back early; what fails here is mended by time. */
void lease_release(struct db *db, struct str name, struct str holder);

#endif
