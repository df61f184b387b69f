/* The scope: what every call in a worker carries with it.
 *
 * A request has one, a cron task has one, `start` of a plugin has one. It says
 * where memory comes from, what generation of plugins is in force, who asks, which
 * transaction is open, and holds the error that a failed call left. Plugin code
 * knows it as `socle_context *ctx`.
 *
 *	int publish(struct scope *scope, ...)
 *	{
 *		if (!allowed)
 *			return scope_throw(scope, ERROR_FORBIDDEN, "Only editors may publish");
 *	}
 *
 * Whatever fails returns a negative number after scope_throw() or with
 * scope->error set; the first who can answer (the errors middleware) reads it.
 */
#ifndef EXTENSION_SCOPE_H
#define EXTENSION_SCOPE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"

struct db;
struct db_pool;
struct generation;
struct instance;
struct request;
struct step;
struct task_run;
struct transaction;

#define SCOPE_MAGIC 0x50c1e5c0u

/* Who asks. */
enum caller_kind {
	CALLER_HOST,		/* the host itself, cron, life cycle: may do everything */
	CALLER_PUBLIC,		/* nobody in particular */
	CALLER_USER,
	CALLER_TOKEN,
};

struct scope {
	uint32_t magic;			/* SCOPE_MAGIC: checked wherever plugin code hands one in */
	enum caller_kind caller;
	struct arena *arena;
	struct generation *generation;
	struct db_pool *pool;
	struct db *db;			/* of the open transaction, NULL outside of one */
	struct transaction *transaction; /* extension/transaction.h; NULL outside of one */
	struct request *request;	/* NULL without one */
	const struct task_run *run;	/* extension/task.h; NULL outside of a task */
	const struct step *step;	/* the policy, middleware or action that runs: its options */
	const struct step *policy;	/* that decides: until it has, the request is only read; NULL: none does */
	struct instance *instance;	/* whose code runs; NULL: the host's own */
	unsigned nesting;		/* calls of the Document Service inside one another */
	uint64_t deadline_us;		/* clock_monotonic_us(); 0: none */
	struct error error;
};

/* `arena` takes the error along when it goes. */
void scope_init(struct scope *scope, struct arena *arena, struct generation *generation, struct db_pool *pool);

/* Returns -1. */
int scope_throw(struct scope *scope, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
