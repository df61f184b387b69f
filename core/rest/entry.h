/* The entry that an event is about, as webhooks show it: its scalars, and everything that it leads to, one relation deep. */
#ifndef REST_ENTRY_H
#define REST_ENTRY_H

#include <jansson.h>

#include "extension/event.h"

/* Borrowed, as long as the scope. NULL with the error on the scope: ERROR_NOT_FOUND when the row is gone. */
json_t *entry_of_event(struct scope *scope, const struct event *event);

#endif
