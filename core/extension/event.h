/* Events: what happened to entries, for those who subscribed to it.
 *
 * A write raises events in its open transaction (document/raise.h). Before the commit, in the same transaction, durable
 * subscribers are told: what they write is there exactly when the change is. After the commit the others are told, on fibers
 * of their own: nobody waits for them, and a failure is a line in the log.
 *
 *	if (event_wanted(scope, model, EVENT_CREATE))
 *		rc = event_raise(scope, &(struct event){ .kind = EVENT_CREATE, .model = model, ... });
 *
 * The events of one transaction are told in order, by one fiber. Of a generation, DELIVERIES_AT_ONCE transactions are told at a
 * time; those behind them wait, DELIVERIES_WAITING at the most, past which they are dropped and counted in the log: a subscriber
 * that must not miss any is a durable one.
 */
#ifndef EXTENSION_EVENT_H
#define EXTENSION_EVENT_H

#include <jansson.h>

#include "extension/scope.h"
#include "model/model.h"

enum { DELIVERIES_AT_ONCE = 5, DELIVERIES_WAITING = 10000 };

/* Of one transaction; and how long a chain of durable subscribers may be, each of which is told of what the one before has written. One
 * that writes what it subscribes to would go on for ever. */
enum { EVENTS_AT_MOST = 10000, EVENTS_DEPTH = 8 };

enum event_kind {
	EVENT_CREATE, EVENT_UPDATE, EVENT_DELETE, EVENT_PUBLISH, EVENT_UNPUBLISH, EVENT_DISCARD_DRAFT, EVENT_KINDS
};

/* "entry.create", ... */
const char *event_name(enum event_kind kind);

/* The bits of a name or a pattern ("entry.*", "*"); 0: there is none such. */
uint32_t event_bits(struct str pattern);

#define EVENT_MAGIC 0xe7e27u

struct event {
	uint32_t magic;			/* EVENT_MAGIC: plugin code hands it in again */
	enum event_kind kind;
	const struct model *model;
	struct str document_id, locale;	/* locale STR_NULL: the type has none */
	uint64_t row;
	unsigned depth;			/* durable subscribers behind one another that led to it */
	json_t *entry;			/* of a row that is gone: as it was; else NULL until somebody asks. Owned */
	struct event *next;
};

/* Whether anybody wants to hear of it: else there is no need to raise it. Nobody is told of users. */
bool event_wanted(const struct scope *scope, const struct model *model, enum event_kind kind);

/* In an open transaction. What the event points to must live as long as the scope's arena; `entry` is stolen. Negative with the error
 * on the scope: there are too many. */
int event_raise(struct scope *scope, const struct event *event) __attribute__((warn_unused_result));

/* Before the commit, in the transaction: durable subscribers. Negative: undo it. */
int event_tell_durable(struct scope *scope, const struct event *first) __attribute__((warn_unused_result));

/* After the commit: copies the events and goes on at once. */
void event_tell_later(struct scope *scope, const struct event *first);

#endif
