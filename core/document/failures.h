/* What validation finds wrong, in the order in which a client of Strapi gets to read it.
 *
 * The members of an object or a list are checked each with a list of failures of its own; then the lists are
 * joined: members first, those of an object by rank, then what is wrong with the whole.
 *
 *	struct failures list;
 *	struct members members;
 *
 *	members_begin(&members, pool);
 *	for (...) {
 *		failures_begin(&list, pool);
 *		tick = check(..., &list);
 *		members_add(&members, &list, &place, tick);
 *	}
 *	members_join(&members, rank_of, model, out);
 *
 * The rank of a member is the position of the first name that stands anywhere in its path. Between equals the
 * check that ended first leads; `tick` counts the turns that it takes upstream, where all run at once.
 */
#ifndef DOCUMENT_FAILURES_H
#define DOCUMENT_FAILURES_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/* Where a value stands: "hours[0].day". NULL is the entity itself. */
struct place {
	const struct place *parent;
	struct str key;			/* STR_NULL: an element */
	size_t index;
};

struct failure;

/* Further failures are counted and not kept: a body of a megabyte may hold hundreds of thousands. */
enum { FAILURES_KEPT = 1000 };

/* What all lists of one validation share. */
struct failures_pool {
	struct arena *arena;
	unsigned count;
};

struct failures {
	struct failures_pool *pool;
	struct failure *first, **end;
};

struct member {
	struct failures failures;
	struct str path;
	unsigned tick;
	unsigned rank;
};

struct members {
	struct failures_pool *pool;
	struct member *list;
	unsigned count, capacity;
};

void failures_begin(struct failures *failures, struct failures_pool *pool);

/* Adds "<path> <text>", or the text alone. `value` is what the client is shown (NULL: nothing). The text is
 * copied. */
void failures_add(struct failures *failures, const struct place *place, const json_t *value,
	const char *format, ...) __attribute__((format(printf, 4, 5)));
void failures_add_plain(
	struct failures *failures, const struct place *place, const json_t *value, struct str text);

/* "<path> must be a `string` type, but the final value was: `5`." `shown` is the value (NULL: NaN),
 * `original` what it was cast from (NULL or the same: not mentioned). */
void failures_add_type(struct failures *failures, const struct place *place, const char *type,
	const json_t *shown, const json_t *original);

void members_begin(struct members *members, struct failures_pool *pool);
/* Takes over what the list holds. An empty one is left out. */
void members_add(
	struct members *members, const struct failures *failures, const struct place *place, unsigned tick);
/* The position of the first name found in the path. */
typedef unsigned failures_rank_fn(const void *names, struct str path);
/* `rank_of` NULL: by tick alone. */
void members_join(
	struct members *members, failures_rank_fn *rank_of, const void *names, struct failures *into);
/* Appends what `from` holds. */
void failures_join(struct failures *into, const struct failures *from);

/* ERROR_VALIDATION with all of them. Returns -1, or 0 when there are none. */
int failures_to_error(const struct failures *failures, struct error *error)
	__attribute__((warn_unused_result));
/* Gives the values back. */
void failures_clear(struct failures *failures);

#endif
