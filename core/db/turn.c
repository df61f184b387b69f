#include "db/turn.h"

#include <string.h>

#include "base/buf.h"
#include "db/connection.h"
#include "db/pool.h"

enum { ROWS_AT_ONCE = 128 };

int turn_prepare(struct db *db, struct error *error)
{
	if (db_command(db, STR("CREATE TABLE IF NOT EXISTS `socle_locks` (`id` int unsigned NOT NULL, "
			"`turns` bigint unsigned NOT NULL, PRIMARY KEY (`id`)) ENGINE=InnoDB"), error) == 0)
		return 0;
	return error_prefix(error, "making the table socle_locks: ");
}

/* FNV-1a */
static uint32_t hash(uint32_t seed, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		seed = (seed ^ (unsigned char)text.p[i]) * 16777619u;
	return seed;
}

void turn_note(struct db *db, struct str table, struct str document_id)
{
	uint32_t number;

	if (!db_pool_takes_turns(db->pool))
		return;
	number = hash(hash(2166136261u, table), document_id) % TURNS;
	db->turns.noted[number / 64] |= UINT64_C(1) << number % 64;
	db->turns.any = true;
}

static int write_rows(struct db *db, const struct db_value *rows, unsigned count, struct error *error)
{
	struct buf sql = BUF_INIT;
	int rc;

	buf_add(&sql, STR("INSERT INTO `socle_locks` (`id`, `turns`) VALUES "));
	/* A row that comes again is changed again. */
	for (unsigned i = 0; i < db_list_size(count); i++)
		buf_add(&sql, i ? STR(", (?, 1)") : STR("(?, 1)"));
	buf_add(&sql, STR(" ON DUPLICATE KEY UPDATE `turns` = `turns` + 1"));
	rc = db_execute(db, buf_str(&sql), rows, db_list_size(count), NULL, error);
	buf_clear(&sql);
	return rc;
}

int turn_write(struct db *db, struct error *error)
{
	struct db_value rows[ROWS_AT_ONCE];
	unsigned count = 0;

	if (!db->turns.any)
		return 0;
	/* In the order of their numbers, for everybody: nobody waits in a circle. */
	for (unsigned number = 0; number < TURNS; number++) {
		if (!(db->turns.noted[number / 64] >> number % 64 & 1))
			continue;
		if (count == ROWS_AT_ONCE) {
			if (write_rows(db, rows, count, error) < 0)
				return -1;
			count = 0;
		}
		rows[count++] = db_uint(TURNS + number);
	}
	for (unsigned i = count; i < db_list_size(count); i++)
		rows[i] = rows[count - 1];
	return write_rows(db, rows, count, error);
}

void turn_forget(struct db *db)
{
	if (db->turns.any)
		memset(&db->turns, 0, sizeof(db->turns));
}
