/* The distinct keys of a column of rows: row ids, document ids.
 *
 * Each key gets a place (0, 1, ...) when it first comes. `keys` are the values as a statement takes them.
 *
 *	key_set_init(&set, arena, rows->count);
 *	for (unsigned r = 0; r < rows->count; r++)
 *		place[r] = key_set_add(&set, &rowset_row(rows, r)[column]);
 */
#ifndef QUERY_KEY_SET_H
#define QUERY_KEY_SET_H

#include "base/arena.h"
#include "db/db.h"

enum { KEY_NONE = UINT32_MAX };

struct key_set {
	struct db_value *keys;
	unsigned count;
	uint32_t *table;		/* places, by hash; KEY_NONE: free */
	unsigned mask;
};

/* Room for `most` keys. */
void key_set_init(struct key_set *set, struct arena *arena, unsigned most);

/* The key's place; KEY_NONE for NULL. The text of a cell isn't copied. */
uint32_t key_set_add(struct key_set *set, const struct cell *cell);

/* KEY_NONE when the set hasn't got it. */
uint32_t key_set_find(const struct key_set *set, const struct cell *cell);

#endif
