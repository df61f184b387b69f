#include "db/lease.h"

#include "base/clock.h"
#include "base/log.h"
#include "db/db.h"
#include "loop/fiber.h"

int lease_prepare(struct db *db, struct error *error)
{
	if (db_command(db, STR("CREATE TABLE IF NOT EXISTS `socle_leases` (`name` varchar(191) NOT NULL, "
			"`holder` varchar(255) NOT NULL, `until` datetime(6) NOT NULL, PRIMARY KEY (`name`)) "
			"ENGINE=InnoDB"), error) == 0)
		return 0;
	return error_prefix(error, "making the table socle_leases: ");
}

/* The row is there before it is fought for: a single UPDATE decides, and who changed it has it. The row's name is values[name_at]. */
static int change(struct db *db, struct str set, const struct db_value *values, size_t count, size_t name_at, bool *taken_r,
	struct error *error)
{
	const struct str make = STR("INSERT IGNORE INTO `socle_leases` (`name`, `holder`, `until`) "
		"VALUES (?, '', '1970-01-01')");
	struct db_result result = { 0, 0 };

	*taken_r = false;
	if (db_execute(db, make, &values[name_at], 1, NULL, error) == 0 &&
		db_execute(db, set, values, count, &result, error) == 0) {
		*taken_r = result.affected > 0;
		return 0;
	}
	if (error->kind != ERROR_CONFLICT)
		return -1;
	/* Another node was first. */
	error_clear(error);
	return 0;
}

int lease_take(struct db *db, struct str name, struct str holder, unsigned seconds, bool *taken_r,
	struct error *error)
{
	const struct str set = STR("UPDATE `socle_leases` SET `holder` = ?, "
		"`until` = UTC_TIMESTAMP(6) + INTERVAL ? SECOND "
		"WHERE `name` = ? AND (`holder` = ? OR `until` < UTC_TIMESTAMP(6))");
	const struct db_value values[] = {
		db_text(holder), db_uint(seconds), db_text(name), db_text(holder),
	};

	return change(db, set, values, 4, 2, taken_r, error);
}

int lease_claim(struct db *db, struct str name, struct str holder, int64_t unix_ms, unsigned early_s, bool *taken_r,
	struct error *error)
{
	const struct str set = STR("UPDATE `socle_leases` SET `holder` = ?, `until` = ? "
		"WHERE `name` = ? AND `until` < ? AND CAST(? AS datetime(3)) <= UTC_TIMESTAMP(6) + INTERVAL ? SECOND");
	char moment[CLOCK_ISO_SIZE];
	struct str text = { moment, sizeof("2025-02-01T10:00:00.000") - 1 };
	const struct db_value values[] = {
		db_text(holder), db_text(text), db_text(name), db_text(text), db_text(text), db_uint(early_s),
	};

	clock_format_iso(unix_ms, moment);
	return change(db, set, values, 6, 2, taken_r, error);
}

void lease_release(struct db *db, struct str name, struct str holder)
{
	const struct db_value values[] = { db_text(name), db_text(holder) };
	struct error error = ERROR_INIT;

	fiber_shield(true);
	if (db_execute(db, STR("UPDATE `socle_leases` SET `until` = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND "
			"WHERE `name` = ? AND `holder` = ?"), values, 2, NULL, &error) < 0)
		log_warn("db", "lease \"%.*s\" runs out by itself: %s", STR_ARG(name), error_message(&error));
	fiber_shield(false);
	error_clear(&error);
}
