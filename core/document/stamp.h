/* The moment of a write, as its columns take it. */
#ifndef DOCUMENT_STAMP_H
#define DOCUMENT_STAMP_H

#include "base/clock.h"
#include "db/db.h"

/* "2025-02-01 10:00:00.000", in UTC. */
static inline struct db_value stamp_now(struct arena *arena)
{
	char *text = arena_alloc(arena, CLOCK_ISO_SIZE);

	clock_format_iso(clock_unix_ms(), text);
	text[10] = ' ';
	return db_text((struct str){ text, CLOCK_ISO_SIZE - 2 });
}

#endif
