#include "query/key_set.h"

#include <assert.h>

void key_set_init(struct key_set *set, struct arena *arena, unsigned most)
{
	unsigned size = 8;

	while (size < 2 * most)
		size *= 2;
	*set = (struct key_set){ .mask = size - 1 };
	set->keys = arena_array(arena, most ? most : 1, sizeof(*set->keys));
	set->table = arena_array(arena, size, sizeof(*set->table));
	memset(set->table, 0xff, size * sizeof(*set->table));
}

static uint64_t hash_of(const struct cell *cell)
{
	uint64_t hash = 0xcbf29ce484222325;

	if (cell->type != CELL_TEXT)
		return (uint64_t)cell->integer * 0x9e3779b97f4a7c15;
	for (uint32_t i = 0; i < cell->length; i++)
		hash = (hash ^ (unsigned char)cell->text[i]) * 0x100000001b3;
	return hash;
}

static bool is_key(const struct db_value *key, const struct cell *cell)
{
	if (cell->type == CELL_TEXT)
		return key->type == DB_TEXT && str_equal(key->text, cell_text(cell));
	return key->type != DB_TEXT && key->integer == cell->integer;
}

/* Where the key is, or would be. */
static uint32_t *slot_of(const struct key_set *set, const struct cell *cell)
{
	uint64_t hash = hash_of(cell);

	for (unsigned i = (unsigned)(hash >> 32) & set->mask;; i = (i + 1) & set->mask) {
		uint32_t place = set->table[i];

		if (place == KEY_NONE || is_key(&set->keys[place], cell))
			return &set->table[i];
	}
}

static bool can_be_key(const struct cell *cell)
{
	return cell->type == CELL_INT || cell->type == CELL_UINT || cell->type == CELL_TEXT;
}

uint32_t key_set_add(struct key_set *set, const struct cell *cell)
{
	uint32_t *slot;

	if (!can_be_key(cell))
		return KEY_NONE;
	slot = slot_of(set, cell);
	if (*slot == KEY_NONE) {
		assert(2 * set->count <= set->mask);
		*slot = set->count;
		set->keys[set->count++] =
			cell->type == CELL_TEXT ? db_text(cell_text(cell)) : db_int(cell->integer);
	}
	return *slot;
}

uint32_t key_set_find(const struct key_set *set, const struct cell *cell)
{
	return can_be_key(cell) ? *slot_of(set, cell) : KEY_NONE;
}
